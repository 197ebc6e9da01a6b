import type { Scope } from '../scope.ts';
import { normalizeKey } from './bindings.ts';

/** What a keyboard or a row of buttons tells. `physical` identifies the key itself. */
export interface KeyEvents {
  down(physical: string, name: string): void;
  up(physical: string): void;
  releaseAll(): void;
  /** Whether the game uses the key now: then the page must not scroll because of it. */
  uses(name: string): boolean;
}

/**
 * Listens on the document in the capture phase: that sees what participants type anywhere on the
 * page, and what jsPsych's simulation dispatches on the display container without bubbling.
 */
export function listenToKeyboard(scope: Scope, keys: KeyEvents): void {
  scope.listen<KeyboardEvent>(
    document,
    'keydown',
    (event) => {
      const name = normalizeKey(event.key);
      if (isShortcut(event, keys) || isTyping(event.target) || !keys.uses(name)) return;
      event.preventDefault();
      if (!event.repeat) keys.down(physicalKey(event, name), name);
    },
    { capture: true },
  );
  scope.listen<KeyboardEvent>(
    document,
    'keyup',
    (event) => {
      // macOS tells of no release while Command is held.
      if (event.key === 'Meta') keys.releaseAll();
      keys.up(physicalKey(event, normalizeKey(event.key)));
    },
    { capture: true },
  );
  scope.listen(window, 'blur', () => {
    keys.releaseAll();
  });
}

/** The same for press and release also when Shift changes `key`; simulated events have no `code`. */
const physicalKey = (event: KeyboardEvent, name: string): string => event.code || `key:${name}`;

/** Browser shortcuts stay the browser's, unless the game uses that very modifier. */
function isShortcut(event: KeyboardEvent, keys: KeyEvents): boolean {
  return (
    (event.ctrlKey && !keys.uses('control')) ||
    (event.altKey && !keys.uses('alt')) ||
    (event.metaKey && !keys.uses('meta'))
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}
