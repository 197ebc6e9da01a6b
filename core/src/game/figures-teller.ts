import type { GameEvents, LiveFigures } from './run.ts';

/** Links are sampled twice a second; figures are told once. */
const EVERY_SAMPLES = 2;

/** Asks the worker for its counters, if anybody wants them, and tells them with the links' times. */
export class FiguresTeller {
  private samples = 0;
  private pings_ms: LiveFigures['pings_ms'] = {};

  constructor(
    private readonly events: Pick<GameEvents, 'figures'>,
    private readonly ask: () => void,
  ) {}

  /** The links were read just now. */
  sampled(pings_ms: LiveFigures['pings_ms']): void {
    if (this.events.figures === undefined) return;
    this.pings_ms = pings_ms;
    if (this.samples % EVERY_SAMPLES === 0) this.ask();
    this.samples += 1;
  }

  answered({ rollbacks, rollback_frames, stall_ms }: Omit<LiveFigures, 'pings_ms'>): void {
    this.events.figures?.({ pings_ms: this.pings_ms, rollbacks, rollback_frames, stall_ms });
  }
}
