import type { Milliseconds } from '../contract/index.ts';
import { KIND } from './link-packet.ts';

/**
 * Messages sent and not acknowledged at any time. 16 of 16 KiB fill a 100 ms path at 20 Mbit/s, and
 * it bounds what a relay has to carry at once when a path breaks.
 */
const WINDOW = 16;
/** Wait before a silent relay is sent everything unacknowledged again: above any usable RTT. */
const RESEND_MS = 1_000;

interface Outgoing {
  number: number;
  payload: Uint8Array;
}

export type ControlPacket =
  | { kind: typeof KIND.control; number: number; payload: Uint8Array }
  | { kind: typeof KIND.ack; next: number };

/**
 * Reliable, ordered messages over paths that may break under them.
 *
 * Each message has a number. The sender keeps it until the receiver acknowledges it, and sends all
 * that are kept again when the path changes (`restart`) or stays silent. The receiver takes only
 * the next number and answers every message with the number it expects: duplicates do no harm and
 * a gap fills when the sender starts over.
 */
export class ControlStream {
  private readonly queue: Outgoing[] = [];
  /** How many of the queue, from its front, were transmitted since the last restart. */
  private inFlight = 0;
  private nextNumber = 0;
  private expected = 0;
  private progressAt: Milliseconds = 0;

  /**
   * @param transmit sends a packet on the current path; false when there is none now, or it has
   *   enough to carry
   * @param deliver takes the next message
   */
  constructor(
    private readonly transmit: (packet: ControlPacket, now: Milliseconds) => boolean,
    private readonly deliver: (message: Uint8Array) => void,
  ) {}

  /** Messages not acknowledged yet. */
  get pending(): number {
    return this.queue.length;
  }

  send(message: Uint8Array, now: Milliseconds): void {
    this.queue.push({ number: this.nextNumber++, payload: message });
    this.pump(now);
  }

  /** The path changed, or there is one for the first time: everything unacknowledged goes again. */
  restart(now: Milliseconds): void {
    this.inFlight = 0;
    this.pump(now);
  }

  /** For paths that may lose messages silently, and take only so many at once. */
  resendWhenStuck(now: Milliseconds): void {
    if (this.queue.length > 0 && now - this.progressAt >= RESEND_MS) this.restart(now);
    else this.pump(now);
  }

  received(number: number, payload: Uint8Array, now: Milliseconds): void {
    const isNext = number === this.expected;
    if (isNext) this.expected += 1;
    this.transmit({ kind: KIND.ack, next: this.expected }, now);
    if (isNext) this.deliver(payload);
  }

  acknowledged(next: number, now: Milliseconds): void {
    if (next > this.nextNumber) return;
    let progress = false;
    while (this.queue.length > 0 && this.queue[0]!.number < next) {
      this.queue.shift();
      this.inFlight = Math.max(0, this.inFlight - 1);
      progress = true;
    }
    if (progress) {
      this.progressAt = now;
      this.pump(now);
    }
  }

  private pump(now: Milliseconds): void {
    while (this.inFlight < Math.min(WINDOW, this.queue.length)) {
      const next = this.queue[this.inFlight]!;
      // Counted first: a path in the same process may acknowledge before `transmit` returns.
      this.inFlight += 1;
      if (!this.transmit({ kind: KIND.control, ...next }, now)) {
        this.inFlight -= 1;
        return;
      }
      this.progressAt = now;
    }
  }
}
