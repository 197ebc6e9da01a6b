import type { DrawEntry } from './draw-list.ts';

/**
 * What is to be seen: the newest list, and what persists of earlier ones.
 *
 * A persistent entry comes once, so every list must be applied, also those that are never drawn.
 */
export class Scene {
  private readonly persistent = new Map<string, DrawEntry>();
  private newest: readonly DrawEntry[] = [];
  /** All entries in drawing order, made when a list has come. */
  private ordered: DrawEntry[] = [];
  private changed = false;

  apply(entries: readonly DrawEntry[]): void {
    this.newest = entries;
    this.changed = true;
    for (const entry of entries) {
      if (entry.id === null) continue;
      if (entry.persist) this.persistent.set(entry.id, entry);
      else this.persistent.delete(entry.id);
    }
  }

  /** In drawing order: by depth, then persistent ones, then as listed. */
  entries(): readonly DrawEntry[] {
    if (!this.changed) return this.ordered;
    this.changed = false;
    const all: DrawEntry[] = [];
    for (const entry of this.persistent.values()) all.push(entry);
    for (const entry of this.newest) {
      if (!entry.persist) all.push(entry);
    }
    this.ordered = all.sort((a, b) => a.depth - b.depth);
    return this.ordered;
  }
}
