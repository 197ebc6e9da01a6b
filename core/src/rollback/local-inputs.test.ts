import { beforeEach, describe, expect, it } from 'vitest';
import { InputQueue } from './input-queue.ts';
import { LocalInputs } from './local-inputs.ts';
import { META_DELAY_SHIFT, META_FOCUSED } from './requests.ts';

/** A hand that holds 1, and once presses 9. */
class Hand {
  pressed = false;
  samples = 0;
  sample(action: Uint8Array): number {
    this.samples += 1;
    action[0] = this.pressed ? 9 : 1;
    this.pressed = false;
    return META_FOCUSED;
  }
}

describe('local inputs', () => {
  let queue: InputQueue;
  let inputs: LocalInputs;
  let hand: Hand;
  beforeEach(() => {
    queue = new InputQueue(64, 1);
    inputs = new LocalInputs(queue, Uint8Array.of(5));
    hand = new Hand();
  });
  const played = (): number[] => Array.from({ length: queue.held }, (_, f) => queue.actions[f]!);
  const delays = (): number[] =>
    Array.from({ length: queue.held }, (_, f) => queue.meta(f) >> META_DELAY_SHIFT);

  it('are the default before the first sample can be played', () => {
    inputs.sample(0, 3, Infinity, hand);
    expect(played()).toEqual([5, 5, 5, 1]);
    expect(delays()).toEqual([3, 3, 3, 3]);
    expect(hand.samples).toBe(1);
  });

  it('are sampled once a frame', () => {
    for (let frame = 0; frame < 5; frame++) inputs.sample(frame, 2, Infinity, hand);
    expect(played()).toEqual([5, 5, 1, 1, 1, 1, 1]);
    expect(hand.samples).toBe(5);
  });

  it('fill the frames between when the delay rises; a press is played once', () => {
    inputs.sample(0, 0, Infinity, hand);
    hand.pressed = true;
    inputs.sample(1, 3, Infinity, hand);
    expect(played()).toEqual([1, 9, 1, 1, 1]);
    expect(delays()).toEqual([0, 0, 1, 2, 3]);
  });

  it('wait when the delay falls; a press is not lost', () => {
    inputs.sample(0, 3, Infinity, hand);
    hand.pressed = true;
    for (let frame = 1; frame < 4; frame++) inputs.sample(frame, 1, Infinity, hand);
    expect(played()).toEqual([5, 5, 5, 1, 9]);
    expect(delays()).toEqual([3, 3, 3, 3, 1]);
  });

  it('are not sampled for frames that are never played', () => {
    for (let frame = 0; frame < 4; frame++) inputs.sample(frame, 3, 4, hand);
    expect(played()).toEqual([5, 5, 5, 1]);
    expect(hand.samples).toBe(1);
  });
});
