import type { Clock } from '../clock.ts';
import type { Presence } from './presence.ts';

/** Kept round trips per participant: the median of five shrugs off one late answer. */
const SAMPLES = 5;

/** Measures every participant's round trip to the server, by the server's own clock (LOB-8). */
export class RttMeter {
  private readonly samples = new Map<string, number[]>();
  private readonly stops = new Map<string, () => void>();

  constructor(
    private readonly clock: Clock,
    private readonly presence: Presence,
    private readonly intervalMs: number,
  ) {}

  /** Median, ms; null before the first answer. */
  rtt(participant: string): number | null {
    const sorted = [...(this.samples.get(participant) ?? [])].sort((a, b) => a - b);
    return sorted[sorted.length >> 1] ?? null;
  }

  /** Asks now and, after each answer, again: at most one question is open. */
  start(participant: string): void {
    this.stops.get(participant)?.();
    let stopped = false;
    let cancel = () => {};
    const ask = () => {
      const asked = this.clock.now();
      this.presence.send(participant, 'rtt', () => {
        if (stopped) return;
        const samples = this.samples.get(participant) ?? [];
        samples.push(this.clock.now() - asked);
        this.samples.set(participant, samples.slice(-SAMPLES));
        cancel();
        cancel = this.clock.after(this.intervalMs, ask);
      });
    };
    this.stops.set(participant, () => {
      stopped = true;
      cancel();
    });
    ask();
  }

  stop(participant: string): void {
    this.stops.get(participant)?.();
    this.stops.delete(participant);
    this.samples.delete(participant);
  }

  close(): void {
    for (const participant of [...this.stops.keys()]) this.stop(participant);
  }
}
