import type { Scope } from './scope.ts';

/**
 * Calls `removed` once `element` is no longer in the document: `abortExperiment` and other
 * plugins' mistakes end a trial without telling it. Watches the child lists of the ancestors only,
 * which costs nothing while the game runs.
 */
export function onRemoval(element: HTMLElement, scope: Scope, removed: () => void): void {
  const observer = new MutationObserver(() => {
    if (element.isConnected) return;
    observer.disconnect();
    removed();
  });
  for (let node = element.parentNode; node !== null; node = node.parentNode) {
    observer.observe(node, { childList: true });
  }
  scope.onClose(() => {
    observer.disconnect();
  });
}
