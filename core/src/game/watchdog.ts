import type { Milliseconds } from '../contract/index.ts';
import type { Timers } from './timers.ts';

const LOOK_MS: Milliseconds = 1_000;
/** A step that takes longer never comes back, for all that a participant can wait. */
const SILENT_LOOKS = 30;

/**
 * Notices that the worker says nothing any more although the page is awake: a method of the
 * environment that does not return, which no error would ever tell of. Looks are counted, not time:
 * a page that slept took none meanwhile.
 */
export class Watchdog {
  private looks = 0;
  private cancel: (() => void) | null = null;

  constructor(
    private readonly timers: Pick<Timers, 'after'>,
    /** Asks the worker for a word. */
    private readonly ask: () => void,
    private readonly silent: () => void,
  ) {}

  /** From now on the worker is expected to answer. */
  start(): void {
    this.stop();
    this.looks = 0;
    this.look();
  }

  heard(): void {
    this.looks = 0;
  }

  stop(): void {
    this.cancel?.();
    this.cancel = null;
  }

  private look(): void {
    this.ask();
    this.cancel = this.timers.after(LOOK_MS, () => {
      this.looks += 1;
      if (this.looks < SILENT_LOOKS) this.look();
      else this.silent();
    });
  }
}
