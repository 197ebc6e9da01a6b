import type { WriteStream } from 'node:tty';

const WIDTH = 30;

/** How far a batch is: on a terminal only, one line that is written over. */
export class ProgressBar {
  private shown = -1;
  private drawn = false;
  private readonly startedAt = performance.now();

  constructor(
    private readonly out: WriteStream,
    private readonly of: number,
  ) {}

  /** @returns true, so that it can say that a batch goes on */
  show(done: number): true {
    const percent = Math.floor((100 * done) / this.of);
    if (!this.out.isTTY || percent === this.shown) return true;
    this.shown = percent;
    this.drawn = true;
    const full = Math.round((WIDTH * done) / this.of);
    const seconds = (performance.now() - this.startedAt) / 1000;
    const left = Math.round((seconds * (this.of - done)) / done);
    const bar = '█'.repeat(full) + '░'.repeat(WIDTH - full);
    this.out.write(`\r${bar} ${done} of ${this.of} matches, ${left} s left \x1b[K`);
    return true;
  }

  /** Takes the bar away. */
  end(): void {
    if (this.drawn) this.out.write('\r\x1b[K');
  }
}
