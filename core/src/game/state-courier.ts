import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import { encodePiece, pieceCount, StateAssembler } from '../protocol/state-pieces.ts';

/**
 * How fast states leave, bytes a second over all takers: half of what the relay lets through, so
 * that the inputs beside them are never refused there. 4 MiB take 8 s, a usual state one piece.
 */
const RATE = 512 * 1024;
/** What leaves at once: a few pieces, which no path feels. */
const BURST_BYTES = 64 * 1024;
/** Between two looks at what may leave. In a hidden page it is a second, and then so much leaves. */
const PUMP_MS: Milliseconds = 30;
const MOST_AT_ONCE_BYTES = RATE;

/** What the courier needs: the mesh's control path, and time. */
export interface CourierParts {
  /** Reliable and ordered, whichever path the link takes and however often it changes. */
  sendControl(to: PlayerIndex, message: Uint8Array): void;
  /** A whole state message of another player. */
  arrived(from: PlayerIndex, message: Uint8Array): void;
  now(): Milliseconds;
  /** Returns a function that cancels. */
  after(delay: Milliseconds, callback: () => void): () => void;
}

interface Parcel {
  to: PlayerIndex;
  transfer: number;
  message: Uint8Array;
  /** Next piece. */
  number: number;
}

/** Carries states between the players of one match, in pieces over the control path (ROLL-8). */
export class StateCourier {
  private readonly parcels: Parcel[] = [];
  private readonly transfers = new Map<PlayerIndex, number>();
  private readonly assemblers = new Map<PlayerIndex, StateAssembler>();
  private budget = 0;
  private pumpedAt: Milliseconds = 0;
  private cancel: (() => void) | null = null;

  constructor(private readonly parts: CourierParts) {}

  /** A newer state for the same player takes the place of one that is still under way. */
  send(to: PlayerIndex, message: Uint8Array): void {
    this.drop(to);
    const transfer = this.transfers.get(to) ?? 0;
    this.transfers.set(to, transfer + 1);
    if (this.parcels.length === 0) {
      this.budget = BURST_BYTES;
      this.pumpedAt = this.parts.now();
    }
    this.parcels.push({ to, transfer, message, number: 0 });
    if (this.cancel === null) this.pump();
  }

  /** A control message of `from`: any bytes. */
  received(from: PlayerIndex, bytes: Uint8Array): void {
    const assembler = this.assemblers.get(from) ?? new StateAssembler();
    this.assemblers.set(from, assembler);
    const message = assembler.take(bytes);
    if (message !== null) this.parts.arrived(from, message);
  }

  /** Nothing goes to this player any more, and nothing of it is kept. */
  playerLeft(player: PlayerIndex): void {
    this.drop(player);
    this.assemblers.delete(player);
  }

  /** Wrong messages of all other players. */
  get refused(): number {
    return [...this.assemblers.values()].reduce((sum, { refused }) => sum + refused, 0);
  }

  /** Drops what is under way. May be called twice. */
  close(): void {
    this.cancel?.();
    this.cancel = null;
    this.parcels.length = 0;
    this.assemblers.clear();
  }

  private drop(to: PlayerIndex): void {
    const at = this.parcels.findIndex((parcel) => parcel.to === to);
    if (at >= 0) this.parcels.splice(at, 1);
  }

  private pump(): void {
    const now = this.parts.now();
    const earned = ((now - this.pumpedAt) * RATE) / 1000;
    this.budget = Math.min(this.budget + earned, Math.max(this.budget, MOST_AT_ONCE_BYTES));
    this.pumpedAt = now;
    while (this.budget > 0 && this.parcels.length > 0) {
      const parcel = this.parcels[0]!;
      const piece = encodePiece(parcel.transfer, parcel.message, parcel.number++);
      this.budget -= piece.length;
      this.parts.sendControl(parcel.to, piece);
      if (parcel.number === pieceCount(parcel.message.length)) this.parcels.shift();
    }
    this.cancel = this.parcels.length === 0 ? null : this.parts.after(PUMP_MS, () => this.pump());
  }
}
