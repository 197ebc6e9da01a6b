import { dots, make, textElements } from './elements.ts';
import type { Screen } from './screen.ts';

/** A text for a state that passes by itself: connecting, saving. */
export function noticeScreen(text: string): Screen<unknown> {
  return {
    element: make('div', 'cotrial-panel', ...textElements(text), dots()),
    update() {
      // Nothing on it changes.
    },
  };
}
