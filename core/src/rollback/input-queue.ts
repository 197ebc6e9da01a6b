import type { Frame } from '../contract/index.ts';
import type { InputRing } from '../protocol/input-runs.ts';

/**
 * Real inputs of one player in the current episode, without gaps: frames `base` to `held` - 1.
 * Nothing is ever overwritten: when the ring is full, inputs are refused and come again.
 */
export class InputQueue implements InputRing {
  readonly mask: number;
  readonly metas: Uint8Array;
  readonly actions: Uint8Array;
  private first = 0;
  private end = 0;

  /** @param capacity frames, a power of two */
  constructor(
    capacity: number,
    readonly actionBytes: number,
  ) {
    this.mask = capacity - 1;
    this.metas = new Uint8Array(capacity);
    this.actions = new Uint8Array(capacity * actionBytes);
  }

  /** Number of inputs that were ever held in this episode: all frames below have theirs. */
  get held(): Frame {
    return this.end;
  }

  /** Oldest frame whose input is still kept. */
  get base(): Frame {
    return this.first;
  }

  /** For a new episode. */
  clear(): void {
    this.first = 0;
    this.end = 0;
  }

  /** Appends the input of frame `held`. @returns false when the ring is full. */
  push(meta: number, source: Uint8Array, offset: number): boolean {
    if (this.end - this.first > this.mask) return false;
    const slot = this.end & this.mask;
    this.metas[slot] = meta;
    const to = slot * this.actionBytes;
    for (let i = 0; i < this.actionBytes; i++) this.actions[to + i] = source[offset + i]!;
    this.end += 1;
    return true;
  }

  meta(frame: Frame): number {
    return this.metas[frame & this.mask]!;
  }

  /** Where the action of `frame` begins in `actions`. */
  offset(frame: Frame): number {
    return (frame & this.mask) * this.actionBytes;
  }

  /** Frees what lies below `frame`. */
  release(frame: Frame): void {
    this.first = Math.max(this.first, Math.min(frame, this.end));
  }
}
