import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { Counters } from './metrics.ts';
import type { SessionEvent } from './types.ts';

/** Times in which ticks pass without a step because an input is missing for too long. */
export class Stalls {
  private since: Milliseconds | null = null;
  private by: PlayerIndex[] = [];

  constructor(private readonly counters: Counters) {}

  /** @returns the event, if a stall begins. @param waitingFor who is waited for */
  begin(now: Milliseconds, waitingFor: () => PlayerIndex[]): SessionEvent | null {
    if (this.since !== null) return null;
    this.since = now;
    this.by = waitingFor();
    this.counters.stalls += 1;
    return { kind: 'stall_started', t_ms: now, waiting_for: this.by };
  }

  /** @returns the event, if a stall ends */
  end(now: Milliseconds): SessionEvent | null {
    if (this.since === null) return null;
    this.counters.stallMs += now - this.since;
    this.since = null;
    return { kind: 'stall_ended', t_ms: now, waiting_for: this.by };
  }
}
