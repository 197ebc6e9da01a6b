import type { Milliseconds } from '../contract/index.ts';

/** Newest samples among which the best is taken: at one in 5 s, clocks drift little meanwhile. */
const SAMPLES = 16;

interface Sample {
  offset: Milliseconds;
  rtt: Milliseconds;
}

/**
 * The server's clock, seen from the local monotonic one. Each probe bounds the offset by half its
 * round trip, so the quickest probe is believed (Cristian's algorithm).
 */
export class ServerClock {
  private readonly samples: Sample[] = [];

  /** The server said `server_ms` at some moment between `sent` and `received` of the local clock. */
  sample(sent: Milliseconds, received: Milliseconds, server_ms: number): void {
    if (!Number.isFinite(server_ms) || received < sent) return;
    this.samples.push({ offset: server_ms - (sent + received) / 2, rtt: received - sent });
    if (this.samples.length > SAMPLES) this.samples.shift();
  }

  /** Largest possible error of the conversion, or null before the first sample. */
  get error_ms(): Milliseconds | null {
    const best = this.best();
    return best === null ? null : best.rtt / 2;
  }

  /** Local time of a moment on the server's clock, or null before the first sample. */
  toLocal(server_ms: number): Milliseconds | null {
    const best = this.best();
    return best === null ? null : server_ms - best.offset;
  }

  private best(): Sample | null {
    let best: Sample | null = null;
    for (const sample of this.samples) if (best === null || sample.rtt < best.rtt) best = sample;
    return best;
  }
}
