import type { DrawEntry } from './draw-list.ts';

/**
 * What is to be seen: the newest list, and what persists of earlier ones.
 *
 * A persistent entry comes once, so every list must be applied, also those that are never drawn.
 */
export class Scene {
  private readonly persistent = new Map<string, DrawEntry>();
  private newest: DrawEntry[] = [];

  apply(entries: DrawEntry[]): void {
    this.newest = entries;
    for (const entry of entries) {
      if (entry.id === null) continue;
      if (entry.persist) this.persistent.set(entry.id, entry);
      else this.persistent.delete(entry.id);
    }
  }

  /** In drawing order: by depth, then persistent ones, then as listed. */
  entries(): DrawEntry[] {
    const all = [...this.persistent.values()];
    for (const entry of this.newest) {
      if (!entry.persist) all.push(entry);
    }
    return all.sort((a, b) => a.depth - b.depth);
  }
}
