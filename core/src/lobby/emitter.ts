/** Listeners by event name; `M` maps each name to what its listeners are given. */
export class Emitter<M extends object> {
  private readonly listeners = new Map<keyof M, Set<(value: never) => void>>();

  /** Returns a function that stops listening. */
  on<K extends keyof M>(name: K, listener: (value: M[K]) => void): () => void {
    const of = this.listeners.get(name) ?? new Set();
    this.listeners.set(name, of);
    of.add(listener);
    return () => of.delete(listener);
  }

  emit<K extends keyof M>(name: K, value: M[K]): void {
    // A copy: a listener may stop itself or another.
    for (const listener of [...(this.listeners.get(name) ?? [])]) {
      (listener as (value: M[K]) => void)(value);
    }
  }

  clear(): void {
    this.listeners.clear();
  }
}
