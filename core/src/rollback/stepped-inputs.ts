import type { Frame, PlayerIndex } from '../contract/index.ts';
import type { InputQueue } from './input-queue.ts';

/** The actions that each frame was last stepped with, real or predicted, as a ring. */
export class SteppedInputs {
  private readonly mask: number;
  private readonly actions: Uint8Array;

  /** @param capacity frames, a power of two */
  constructor(
    capacity: number,
    private readonly players: number,
    private readonly actionBytes: number,
  ) {
    this.mask = capacity - 1;
    this.actions = new Uint8Array(capacity * players * actionBytes);
  }

  record(frame: Frame, player: PlayerIndex, action: Uint8Array, offset: number): void {
    const at = this.offset(frame, player);
    for (let i = 0; i < this.actionBytes; i++) this.actions[at + i] = action[offset + i]!;
  }

  equals(frame: Frame, player: PlayerIndex, action: Uint8Array, offset: number): boolean {
    const at = this.offset(frame, player);
    for (let i = 0; i < this.actionBytes; i++) {
      if (this.actions[at + i] !== action[offset + i]) return false;
    }
    return true;
  }

  /** First frame from `from` to `to` - 1 that was stepped with another action, or -1. */
  firstWrong(queue: InputQueue, player: PlayerIndex, from: Frame, to: Frame): Frame {
    for (let frame = from; frame < to; frame++) {
      if (!this.equals(frame, player, queue.actions, queue.offset(frame))) return frame;
    }
    return -1;
  }

  /** A copy, for an event. */
  action(frame: Frame, player: PlayerIndex): Uint8Array {
    const at = this.offset(frame, player);
    return this.actions.slice(at, at + this.actionBytes);
  }

  private offset(frame: Frame, player: PlayerIndex): number {
    return ((frame & this.mask) * this.players + player) * this.actionBytes;
  }
}
