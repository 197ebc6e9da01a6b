import { make, progressBar, setText, textElements } from './elements.ts';
import type { Screen, StateOf, Texts } from './screen.ts';

export function loadingScreen(texts: Texts): Screen<StateOf<'loading'>> {
  const bar = progressBar(texts.loading.split('\n')[0]!);
  const stage = make('p', 'cotrial-soft');
  const element = make('div', 'cotrial-panel', ...textElements(texts.loading), bar.element, stage);
  return {
    element,
    update(state) {
      bar.set(state.fraction);
      setText(stage, texts[`loading_${state.stage}`]);
    },
  };
}
