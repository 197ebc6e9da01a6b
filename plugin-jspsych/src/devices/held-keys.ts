import type { Action, Binding } from './bindings.ts';

/**
 * Which keys are down, and what that means. Pure: keyboards, buttons and simulations tell it.
 *
 * Of the bindings whose keys are all down, the one with most keys counts (a chord before its
 * parts), then the one completed last: who holds right and adds up goes up, and right again after.
 */
export class HeldKeys {
  /** Physical key (or button) to key name, in the order in which they went down. */
  private readonly down = new Map<string, string>();

  constructor(private readonly bindings: readonly Binding[]) {}

  /** Whether any binding uses this key. */
  uses(name: string): boolean {
    return this.bindings.some((binding) => binding.keys.includes(name));
  }

  /**
   * A key went down. Returns the action to play once because of it, or null: an action of a press
   * key, or the held action now, so that a tap between two samples is not lost.
   */
  press(physical: string, name: string): Action | null {
    if (this.down.has(physical)) return null;
    this.down.set(physical, name);
    return this.best((binding) => binding.keys.includes(name))?.action ?? null;
  }

  /** A key went up. Returns whether it was down. */
  release(physical: string): boolean {
    return this.down.delete(physical);
  }

  releaseAll(): void {
    this.down.clear();
  }

  /** Action of the keys that are held now, or null. */
  held(): Action | null {
    return this.best((binding) => !binding.press)?.action ?? null;
  }

  private best(counts: (binding: Binding) => boolean): Binding | null {
    const order = [...this.down.values()];
    let best: Binding | null = null;
    let bestAt = -1;
    for (const binding of this.bindings) {
      if (!counts(binding)) continue;
      const at = Math.min(...binding.keys.map((key) => order.lastIndexOf(key)));
      if (at < 0) continue;
      const completed = Math.max(...binding.keys.map((key) => order.lastIndexOf(key)));
      const longer = best === null || binding.keys.length > best.keys.length;
      const asLong = best !== null && binding.keys.length === best.keys.length;
      if (longer || (asLong && completed > bestAt)) {
        best = binding;
        bestAt = completed;
      }
    }
    return best;
  }
}
