import type { Milliseconds } from '../contract/index.ts';

/** The peer connection, as a link needs it. */
export interface PeerPath {
  /** Both channels are open. Asked before every packet: a closed channel is noticed at once. */
  readonly open: boolean;
  readonly bufferedBytes: number;
  sendInput(bytes: Uint8Array): void;
  sendControl(bytes: Uint8Array): void;
  close(): void;
}

/** Wait before a lost peer connection is made anew, doubled after each attempt. */
const FIRST_AGAIN_MS: Milliseconds = 3_000;
const LAST_AGAIN_MS: Milliseconds = 60_000;

/** When a peer connection that was lost is worth another attempt. */
export class AttemptPace {
  private wait = FIRST_AGAIN_MS;
  private next: Milliseconds = -Infinity;

  isDue(now: Milliseconds): boolean {
    return now >= this.next;
  }

  /** It was lost, or an attempt is under way. */
  begin(now: Milliseconds): void {
    this.next = now + this.wait;
    this.wait = Math.min(2 * this.wait, LAST_AGAIN_MS);
  }

  /** It works again. */
  reset(): void {
    this.wait = FIRST_AGAIN_MS;
  }
}
