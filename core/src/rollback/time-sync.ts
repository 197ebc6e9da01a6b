import type { Frame, Milliseconds, PlayerIndex } from '../contract/index.ts';

/**
 * Keeps peers at the same frame at the same time.
 *
 * A peer's advantage over us is its estimated frame minus ours. Both sides send what they measured;
 * whatever both measured wrongly in the same way (half an RTT that is not known, say) cancels in
 * the difference. We move by half the difference and leave the other half to them.
 */

/** Time constant of the average: packets of about a second count, s. */
const AVERAGE_S = 0.3;
/** A distance is worked off in about this time; shorter would overshoot, given the average, s. */
const CORRECT_S = 0.6;
/**
 * Clocks that run at different speeds would leave a constant distance: its integral is worked off
 * as well. Per s².
 */
const INTEGRAL_PER_S2 = 0.4;
/** The integral is forgotten, or noise would slow all peers down together, s. */
const FORGET_S = 20;
/** Stretching beyond this is felt (DESIGN.md, "Time"). */
const MAX_STRETCH = 0.1;
/** Beyond this distance stretching alone takes too long: ticks are skipped as well, s. */
const SKIP_BEYOND_S = 0.1;
/** At most one tick of so many is skipped. */
const SKIP_EVERY = 4;

/** Frames to wait, negative to hurry: half of what both sides measured (GGRS). */
export const framesToWait = (local: number, remote: number): number => (remote - local) / 2;

export class TimeSync {
  private readonly local: Float64Array;
  private readonly remote: Float64Array;
  private readonly samples: Int32Array;
  private readonly halfRtt: Float64Array;
  private readonly newest: Int32Array;
  /** Speed that was found to be wanted, frames a second. */
  private drift = 0;
  private sinceSkip = 0;
  private stretch = 0;
  private wait = 0;

  constructor(
    private readonly players: number,
    private readonly fps: number,
  ) {
    this.local = new Float64Array(players);
    this.remote = new Float64Array(players);
    this.samples = new Int32Array(players);
    this.halfRtt = new Float64Array(players);
    this.newest = new Int32Array(players);
  }

  setRtt(player: PlayerIndex, rtt: Milliseconds): void {
    this.halfRtt[player] = rtt / 2;
  }

  /** Frames are counted anew. What was learnt of the clocks stays. */
  beginEpisode(): void {
    this.newest.fill(-1);
  }

  /**
   * A packet came.
   *
   * @param theirFrame frame that they were about to step when they sent
   * @param ourFrame frame that we are at, with the part of the present tick that has gone by
   */
  observe(player: PlayerIndex, theirFrame: Frame, advantage: number, ourFrame: number): void {
    if (theirFrame < this.newest[player]!) return;
    this.newest[player] = theirFrame;
    const distance = theirFrame + (this.halfRtt[player]! * this.fps) / 1000 - ourFrame;
    const n = Math.min(this.samples[player]! + 1, Math.max(1, AVERAGE_S * this.fps));
    this.samples[player] = n;
    this.local[player]! += (distance - this.local[player]!) / n;
    this.remote[player] = advantage;
  }

  /** We stepped this many frames beyond one a tick: everybody is that much less ahead of us. */
  jumped(frames: number): void {
    for (let p = 0; p < this.players; p++) {
      this.local[p]! -= frames;
      this.remote[p]! += frames;
    }
  }

  /** Averaged frames by which `player` is ahead of us. */
  advantageOf(player: PlayerIndex): number {
    return this.local[player]!;
  }

  /** Newest frame that `player` was about to step, or -1. */
  frameOf(player: PlayerIndex): Frame {
    return this.newest[player]!;
  }

  /** Once a tick. @param remains whom to keep time with */
  update(remains: (player: PlayerIndex) => boolean): void {
    let sum = 0;
    let peers = 0;
    for (let p = 0; p < this.players; p++) {
      if (this.samples[p] === 0 || !remains(p)) continue;
      sum += framesToWait(this.local[p]!, this.remote[p]!);
      peers += 1;
    }
    this.wait = peers === 0 ? 0 : sum / peers;
    const wanted = (this.wait / CORRECT_S + this.drift) / this.fps;
    this.stretch = Math.max(-MAX_STRETCH, Math.min(MAX_STRETCH, wanted));
    if (this.stretch === wanted) this.drift += (INTEGRAL_PER_S2 * this.wait) / this.fps;
    this.drift -= this.drift / (FORGET_S * this.fps);
    this.sinceSkip += 1;
  }

  /** Averaged frames by which we are ahead of the others and have to wait. */
  get framesAhead(): number {
    return this.wait;
  }

  /** Whether this tick should pass without a step. */
  skips(): boolean {
    if (this.wait <= SKIP_BEYOND_S * this.fps || this.sinceSkip < SKIP_EVERY) return false;
    this.sinceSkip = 0;
    return true;
  }

  tickInterval(): Milliseconds {
    return (1000 / this.fps) * (1 + this.stretch);
  }
}
