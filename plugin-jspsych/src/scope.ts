/**
 * Everything that must stop when a trial ends: listeners, timers, observers. jsPsych has no
 * teardown hook, so nothing in this plugin starts anything outside a scope.
 */
export class Scope {
  private readonly controller = new AbortController();
  private readonly closers = new Set<() => void>();

  get closed(): boolean {
    return this.controller.signal.aborted;
  }

  /** Aborted when the scope closes; for `fetch` and the like. */
  get signal(): AbortSignal {
    return this.controller.signal;
  }

  listen<E extends Event>(
    target: EventTarget,
    type: string,
    listener: (event: E) => void,
    options: AddEventListenerOptions = {},
  ): void {
    target.addEventListener(type, listener as EventListener, {
      ...options,
      signal: this.controller.signal,
    });
  }

  /** Calls `action` once, `ms` from now. */
  after(ms: number, action: () => void): void {
    if (this.closed) return;
    const timer = setTimeout(() => {
      forget();
      action();
    }, ms);
    const forget = this.onClose(() => {
      clearTimeout(timer);
    });
  }

  /** Calls `action` every `ms`. */
  every(ms: number, action: () => void): void {
    if (this.closed) return;
    const timer = setInterval(action, ms);
    this.onClose(() => {
      clearInterval(timer);
    });
  }

  /**
   * Calls `action` when the scope closes, at once if it has. Returns what makes it forget.
   */
  onClose(action: () => void): () => void {
    if (this.closed) action();
    else this.closers.add(action);
    return () => {
      this.closers.delete(action);
    };
  }

  /** A scope that closes with this one, or sooner. */
  child(): Scope {
    const child = new Scope();
    const forget = this.onClose(() => {
      child.close();
    });
    child.onClose(forget);
    return child;
  }

  close(): void {
    if (this.closed) return;
    this.controller.abort();
    for (const close of this.closers) close();
    this.closers.clear();
  }
}
