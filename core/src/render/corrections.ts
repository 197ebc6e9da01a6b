import type { Milliseconds } from '../contract/index.ts';
import { anchorOf, type DrawEntry } from './draw-list.ts';

/** How long a corrected object takes to its right place (ROLL-17): seen as a glide, not as a lag. */
const CORRECTION_MS: Milliseconds = 100;
/** Corrections by less than this share of the picture's longer side cannot be seen. */
const LEAST = 0.0005;
/** By more than this an object was sent elsewhere: it would smear across the picture. */
const FARTHEST = 0.25;

interface Offset {
  /** From the right place to where it was drawn when the correction came. */
  x: number;
  y: number;
  /** When that was first shown; null until then. */
  since: Milliseconds | null;
}

/**
 * How far from their right places objects are drawn, so that what a rollback corrects glides there
 * instead of jumping. Motion that no rollback changed is not touched, and neither is any state.
 *
 * Time is that of animation frames: an object starts where it was seen last.
 */
export class Corrections {
  private readonly offsets = new Map<string, Offset>();
  private shownAt: Milliseconds = 0;

  /** @param longest the longer side of the picture */
  constructor(private readonly longest: number) {}

  /** Whether the picture changes by itself. */
  get active(): boolean {
    return this.offsets.size > 0;
  }

  /** `shown` was on the page and should have been `corrected`. */
  correct(shown: readonly DrawEntry[], corrected: readonly DrawEntry[]): void {
    const before = new Map<string, DrawEntry>();
    for (const entry of shown) if (entry.id !== null) before.set(entry.id, entry);
    for (const entry of corrected) {
      if (entry.id === null) continue;
      const wrong = before.get(entry.id);
      if (wrong !== undefined && wrong.shape.type === entry.shape.type) {
        this.move(entry.id, anchorOf(wrong.shape), anchorOf(entry.shape));
      }
    }
  }

  /** Forgets what is no longer there, so that it is new when it comes again. */
  keep(entries: readonly DrawEntry[]): void {
    if (this.offsets.size === 0) return;
    const there = new Set<string | null>();
    for (const entry of entries) there.add(entry.id);
    for (const id of this.offsets.keys()) if (!there.has(id)) this.offsets.delete(id);
  }

  /** To be called before a picture of the time `now` is drawn. */
  advance(now: Milliseconds): void {
    this.shownAt = now;
    for (const [id, offset] of this.offsets) {
      offset.since ??= now;
      if (now - offset.since >= CORRECTION_MS) this.offsets.delete(id);
    }
  }

  /** The share of its offset that is left to an object, or null where it is in its place. */
  of(id: string | null): { x: number; y: number; share: number } | null {
    const offset = id === null ? undefined : this.offsets.get(id);
    if (offset === undefined) return null;
    this.answer.x = offset.x;
    this.answer.y = offset.y;
    this.answer.share = shareLeft(offset, this.shownAt);
    return this.answer;
  }
  /** One for all: this is asked for every object of every animation frame. */
  private readonly answer = { x: 0, y: 0, share: 0 };

  clear(): void {
    this.offsets.clear();
  }

  private move(id: string, from: readonly number[], to: readonly number[]): void {
    const known = this.offsets.get(id);
    const share = known === undefined ? 0 : shareLeft(known, this.shownAt);
    const x = from[0]! - to[0]! + (known?.x ?? 0) * share;
    const y = from[1]! - to[1]! + (known?.y ?? 0) * share;
    const moved = from[0] !== to[0] || from[1] !== to[1];
    if (!moved) return;
    const far = Math.hypot(x, y) / this.longest;
    if (far < LEAST || far > FARTHEST) this.offsets.delete(id);
    else this.offsets.set(id, { x, y, since: null });
  }
}

function shareLeft(offset: Offset, now: Milliseconds): number {
  if (offset.since === null) return 1;
  return Math.max(0, 1 - (now - offset.since) / CORRECTION_MS);
}
