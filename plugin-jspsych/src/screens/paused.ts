import type { Scope } from '../scope.ts';
import { make, setText, textElements } from './elements.ts';
import type { Screen, StateOf, Texts } from './screen.ts';
import { fill, parts, secondsLeft } from './texts.ts';

/** Over the board: for whom the game waits, why, and how much longer at most if there is a limit. */
export function pausedScreen(texts: Texts, scope: Scope): Screen<StateOf<'paused'>> {
  const element = make('div', 'cotrial-card');
  let state: StateOf<'paused'> | null = null;
  let shown = '';
  const show = () => {
    if (state === null) return;
    const { agent, reason, since, limit_ms } = state;
    const seconds = limit_ms === null ? null : secondsLeft(since + limit_ms - performance.now());
    const text = fill(texts[`paused_${reason}`], { agent, seconds });
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
