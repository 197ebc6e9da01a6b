import type { Frame } from '../contract/index.ts';
import type { InputQueue } from './input-queue.ts';
import { META_DELAY_SHIFT, META_FOCUSED } from './requests.ts';
import type { InputSampler } from './types.ts';

/** Samples the local player and puts each input on the frame where it will be played. */
export class LocalInputs {
  private readonly action: Uint8Array;

  constructor(
    private readonly queue: InputQueue,
    private readonly defaultAction: Uint8Array,
  ) {
    this.action = new Uint8Array(defaultAction.length);
  }

  /**
   * Before frame `frame` is stepped: provides the inputs of all frames up to `frame + delay`.
   *
   * In the steady state that is one. When the delay was raised it is one more for each frame: the
   * sampler is asked again and tells what is held down, while a single press went into the first.
   * When it was lowered it is none, and a press waits in the sampler.
   *
   * @param end frames from here on are never played
   */
  sample(frame: Frame, delay: number, end: Frame, sampler: InputSampler): void {
    const newest = Math.min(frame + delay, end - 1);
    if (this.queue.held === 0) this.begin(delay, newest, sampler);
    while (this.queue.held <= newest) {
      const focused = this.take(sampler);
      const distance = this.queue.held - frame;
      this.queue.push(focused | (distance << META_DELAY_SHIFT), this.action, 0);
    }
  }

  /** Nobody has played yet before the first sample: those frames get the default action. */
  private begin(delay: number, newest: Frame, sampler: InputSampler): void {
    const focused = this.take(sampler);
    const meta = focused | (delay << META_DELAY_SHIFT);
    for (let f = 0; f < Math.min(delay, newest + 1); f++)
      this.queue.push(meta, this.defaultAction, 0);
    if (newest >= delay) this.queue.push(meta, this.action, 0);
  }

  private take(sampler: InputSampler): number {
    this.action.set(this.defaultAction);
    return sampler.sample(this.action) & META_FOCUSED;
  }
}
