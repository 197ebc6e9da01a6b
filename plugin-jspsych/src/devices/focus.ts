import type { Scope } from '../scope.ts';

/** Events do not tell of everything (focus that moves between frames), so it is looked at as well. */
const LOOK_MS = 250;

/**
 * Whether the participant has this page before them: visible, and focused itself or, where the
 * experiment is shown in a frame of a page of the same origin, within a focused page.
 */
export function isFocused(): boolean {
  if (document.visibilityState !== 'visible') return false;
  return document.hasFocus() || topPage()?.document.hasFocus() === true;
}

/** The outermost page if it is another one and may be looked at. */
function topPage(): Window | null {
  try {
    const top = window.top;
    // Reading the document of another origin throws.
    return top !== null && top !== window && (top.document as Document | null) !== null
      ? top
      : null;
  } catch {
    return null;
  }
}

/** Calls `changed` with every change of {@link isFocused}. */
export function watchFocus(scope: Scope, changed: (focused: boolean) => void): void {
  let last = isFocused();
  const look = () => {
    const now = isFocused();
    if (now === last) return;
    last = now;
    changed(now);
  };
  for (const target of [window, topPage()]) {
    if (target === null) continue;
    scope.listen(target, 'focus', look);
    scope.listen(target, 'blur', look);
  }
  scope.listen(document, 'visibilitychange', look);
  scope.every(LOOK_MS, look);
}
