import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import { META_DELAY_MASK } from './requests.ts';

/**
 * How many frames lie between sampling an input and playing it.
 *
 * Delay costs every player the same small lag on every input; without it, a partner's input that
 * travels L ms is corrected by a rollback of L ms, which is seen as a jump. A short rollback is not
 * noticed, a long one is, so the policy lets rollbacks hide the first part of the way and the delay
 * the rest, up to where lag itself becomes the worse evil.
 */

/** Way that rollbacks hide, ms: 2 frames at 30 Hz. */
const HIDDEN_MS = 67;
/** Most delay that is added on its own, ms. Above about 100 ms people notice and adapt badly. */
const MOST_MS = 100;
/** Where nothing is known of the links, ms. */
const START_MS = 33;
/** Packets wait for the next tick on both sides: half a frame each on average. */
const TICK_WAIT_FRAMES = 1;
/** A lower delay must be right for so long before it is taken, ms: a delay that flutters is worse. */
const LOWER_AFTER_MS = 2_000;

export class InputDelay {
  private readonly fixed: number | null;
  /** Time that an input travels, by seat, ms; NaN where it was not measured yet. */
  private readonly way: Float64Array;
  /** Frames, as decided last. */
  current: number;
  private lowerSince: Milliseconds | null = null;

  constructor(
    setting: number | 'adaptive',
    players: number,
    private readonly frameMs: Milliseconds,
  ) {
    this.fixed = setting === 'adaptive' ? null : Math.min(setting, META_DELAY_MASK);
    this.way = new Float64Array(players).fill(NaN);
    this.current = this.fixed ?? Math.round(START_MS / frameMs);
  }

  /** A link's newest figures. Jitter counts twice: half of all packets come later than the mean. */
  setRtt(player: PlayerIndex, rtt: Milliseconds, jitter: Milliseconds): void {
    this.way[player] = rtt / 2 + 2 * jitter;
  }

  /** The delay to use for the input sampled now. @param remains whose links count */
  frames(now: Milliseconds, remains: (player: PlayerIndex) => boolean): number {
    if (this.fixed !== null) return this.fixed;
    let way = -Infinity;
    for (let p = 0; p < this.way.length; p++) {
      if (remains(p) && this.way[p]! > way) way = this.way[p]!;
    }
    if (way === -Infinity) return this.current;
    const wanted = this.wanted(way);
    if (wanted >= this.current) {
      this.lowerSince = null;
      this.current = wanted;
    } else {
      this.lowerSince ??= now;
      if (now - this.lowerSince >= LOWER_AFTER_MS) {
        this.lowerSince = null;
        this.current -= 1;
      }
    }
    return this.current;
  }

  private wanted(way: Milliseconds): number {
    const most = Math.min(META_DELAY_MASK, Math.round(MOST_MS / this.frameMs));
    const beyond = way + TICK_WAIT_FRAMES * this.frameMs - HIDDEN_MS;
    return Math.max(0, Math.min(most, Math.ceil(beyond / this.frameMs)));
  }
}
