import type { Scope } from '../scope.ts';
import { make, setText, textElements } from './elements.ts';
import type { Screen, StateOf, Texts } from './screen.ts';
import { secondsLeft } from './texts.ts';

/** 3, 2, 1 over the board, on the clock that the game starts by. */
export function countdownScreen(texts: Texts, scope: Scope): Screen<StateOf<'countdown'>> {
  const number = make('div', 'cotrial-count');
  const element = make('div', 'cotrial-card', ...textElements(texts.countdown), number);
  let startsAt = 0;
  let ticking: Scope | null = null;
  const tick = () => {
    const left = startsAt - performance.now();
    setText(number, String(Math.max(1, secondsLeft(left))));
    ticking?.close();
    ticking = scope.child();
    // The next change is when a whole number of seconds is left.
    if (left > 1_000) ticking.after(left % 1_000 || 1_000, tick);
  };
  return {
    element,
    update(state) {
      startsAt = state.starts_at;
      tick();
    },
  };
}
