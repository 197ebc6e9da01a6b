import type { Scope } from '../scope.ts';
import { BindingError, normalizeKey, type Action, type Binding } from './bindings.ts';
import type { KeyEvents } from './keyboard.ts';

/** One on-screen button: a stand-in for a key, or an action of its own. */
export interface TouchButton {
  label: string;
  /** Name of a key of `keys` that the button stands for. */
  key?: string;
  /** Action of its own, for a button without a key. */
  action?: Action;
  /** With `action`: act once per press instead of while held. */
  press?: boolean;
}

const ARROWS = new Map([
  ['arrowup', '▲'],
  ['arrowleft', '◀'],
  ['arrowdown', '▼'],
  ['arrowright', '▶'],
]);
const LABELS = new Map([
  [' ', 'Space'],
  ['enter', 'Enter'],
]);

/**
 * Calls `found` once it is clear that the participant touches the screen: at once on phones and
 * tablets, with the first touch on computers that have a touch screen as well.
 */
export function whenTouched(scope: Scope, found: () => void): void {
  if (window.matchMedia('(pointer: coarse)').matches) {
    found();
    return;
  }
  const waiting = scope.child();
  waiting.listen<PointerEvent>(document, 'pointerdown', (event) => {
    if (event.pointerType !== 'touch') return;
    waiting.close();
    found();
  });
}

/** Buttons that make every action of the keys reachable; of several keys for one action the first. */
export function buttonsFor(bindings: readonly Binding[]): TouchButton[] {
  const seen = new Set<string>();
  const buttons: TouchButton[] = [];
  for (const binding of bindings) {
    const [key] = binding.keys;
    const action = JSON.stringify(binding.action);
    if (binding.keys.length !== 1 || key === undefined || seen.has(action)) continue;
    seen.add(action);
    buttons.push({ label: ARROWS.get(key) ?? LABELS.get(key) ?? key.toUpperCase(), key });
  }
  return buttons;
}

/** Key name that stands for a button with an action of its own; no keyboard has such a key. */
const ownKey = (index: number): string => `button ${index}`;

/**
 * Bindings of the buttons that have actions of their own.
 *
 * @throws BindingError for a button with neither key nor action.
 */
export function bindingsOfButtons(buttons: readonly TouchButton[]): Binding[] {
  return buttons.flatMap((button, index) => {
    if (button.key !== undefined) return [];
    if (button.action === undefined) {
      throw new BindingError(`touch_buttons: "${button.label}" needs a key or an action.`);
    }
    return [{ keys: [ownKey(index)], action: button.action, press: button.press ?? false }];
  });
}

/** The buttons as elements: arrow keys as a cross on the left, all others on the right. */
export function touchButtons(
  buttons: readonly TouchButton[],
  scope: Scope,
  keys: KeyEvents,
): HTMLElement {
  const pad = document.createElement('div');
  pad.className = 'cotrial-pad';
  const cross = document.createElement('div');
  cross.className = 'cotrial-cross';
  const others = document.createElement('div');
  others.className = 'cotrial-buttons';
  buttons.forEach((button, index) => {
    const name = button.key === undefined ? ownKey(index) : normalizeKey(button.key);
    const element = document.createElement('button');
    element.type = 'button';
    element.tabIndex = -1;
    element.className = 'cotrial-button';
    element.textContent = button.label;
    if (ARROWS.has(name)) {
      element.style.gridArea = name;
      cross.append(element);
    } else {
      others.append(element);
    }
    listenToButton(element, `touch:${index}`, name, scope, keys);
  });
  for (const group of [cross, others]) if (group.childElementCount > 0) pad.append(group);
  return pad;
}

function listenToButton(
  element: HTMLElement,
  physical: string,
  name: string,
  scope: Scope,
  keys: KeyEvents,
): void {
  scope.listen<PointerEvent>(element, 'pointerdown', (event) => {
    event.preventDefault();
    element.classList.add('cotrial-pressed');
    keys.down(physical, name);
  });
  const release = () => {
    element.classList.remove('cotrial-pressed');
    keys.up(physical);
  };
  // A touch is captured by the element it began on, so its end comes here wherever it happens.
  for (const type of ['pointerup', 'pointercancel', 'lostpointercapture', 'pointerleave']) {
    scope.listen(element, type, release);
  }
  // A long press would open a menu.
  scope.listen(element, 'contextmenu', (event) => {
    event.preventDefault();
  });
}
