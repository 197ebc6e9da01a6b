import type { Scope } from '../scope.ts';
import { make, setText, textElements } from './elements.ts';
import type { Screen, StateOf, Texts } from './screen.ts';
import { fill, parts, secondsLeft } from './texts.ts';

/** Over the board: for whom the game waits, why, and how much longer at most. */
export function pausedScreen(texts: Texts, scope: Scope): Screen<StateOf<'paused'>> {
  const element = make('div', 'cotrial-card');
  let state: StateOf<'paused'> | null = null;
  let shown = '';
  const show = () => {
    if (state === null) return;
    const seconds = secondsLeft(state.since + state.limit_ms - performance.now());
    const text = fill(texts[`paused_${state.reason}`], { agent: state.agent, seconds });
    const { heading, paragraphs } = parts(text);
    const same =
      heading === parts(shown).heading && paragraphs.length === element.childElementCount - 1;
    if (same) {
      paragraphs.forEach((paragraph, i) => {
        setText(element.children[i + 1]!, paragraph);
      });
    } else {
      element.replaceChildren(...textElements(text));
    }
    shown = text;
  };
  scope.every(250, show);
  return {
    element,
    update(next) {
      state = next;
      show();
    },
  };
}
