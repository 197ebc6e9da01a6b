import type { Scope } from '../scope.ts';
import { dots, make, setText, textElements } from './elements.ts';
import type { Screen, StateOf, Texts } from './screen.ts';
import { fill, minutes } from './texts.ts';

/** Says how long it took and can take, and nothing of a place in a queue. */
export function waitingScreen(texts: Texts, scope: Scope): Screen<StateOf<'waiting'>> {
  const time = make('p', 'cotrial-soft');
  // Time that ticks is not news: a screen reader must not read it out every second.
  time.setAttribute('aria-live', 'off');
  const element = make('div', 'cotrial-panel', ...textElements(texts.waiting), dots(), time);
  let began = performance.now();
  let timeout = 0;
  const show = () => {
    const waited = Math.min(timeout, performance.now() - began);
    setText(time, fill(texts.waiting_time, { waited: minutes(waited), timeout: minutes(timeout) }));
  };
  scope.every(1_000, show);
  return {
    element,
    update(state) {
      began = performance.now() - state.waited_ms;
      timeout = state.timeout_ms;
      show();
    },
  };
}
