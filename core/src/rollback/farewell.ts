import type { Frame, Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { Match } from './match.ts';

/** A peer that has heard all others finish waits so long to be sure that they heard it, ms. */
const LINGER_MS = 1_000;
/** Frame that packets say once the sender knows that everybody has finished; 0 before. */
const OVER: Frame = 1;

/**
 * The end of a match: everybody must hear that everybody has finished, so that nobody waits for
 * one who is gone. It is an episode of one input each, which nobody steps (docs/protocol.md).
 */
export class Farewell {
  private heardAllAt: Milliseconds | null = null;
  /** Once over here: who is owed a packet that says so. */
  private readonly owed: boolean[];

  constructor(private readonly match: Match) {
    this.owed = match.queues.map(() => false);
  }

  /** After all is played here. */
  begin(): void {
    const { local, defaultActions } = this.match.options;
    this.match.queues[local]!.push(0, defaultActions[local]!, 0);
  }

  /** Whether all are known to know, or all were heard a while ago. */
  isOver(now: Milliseconds): boolean {
    let allKnow = true;
    for (let p = 0; p < this.owed.length; p++) {
      if (!this.isOther(p)) continue;
      if (this.match.queues[p]!.held === 0) return false;
      allKnow &&= this.knows(p);
    }
    this.heardAllAt ??= now;
    return allKnow || now - this.heardAllAt >= LINGER_MS;
  }

  /** It is over here: everybody is told at once, by the frame that packets say. */
  end(): void {
    this.match.simulation.frame = OVER;
    for (let p = 0; p < this.owed.length; p++) this.owed[p] = this.isOther(p);
  }

  /**
   * A packet came when it was over here: an answer is due, unless it is over there too.
   *
   * @param episode of the packet
   * @param frame of the packet
   */
  heardAfterwards(player: PlayerIndex, episode: number, frame: Frame): void {
    const overThere = episode === this.match.options.episodes && frame === OVER;
    if (!overThere) this.owed[player] = true;
  }

  /** Whether `player` is owed a packet; then it counts as sent. */
  takeOwed(player: PlayerIndex): boolean {
    const due = this.owed[player]!;
    this.owed[player] = false;
    return due;
  }

  get owesAny(): boolean {
    return this.owed.includes(true);
  }

  private isOther(player: PlayerIndex): boolean {
    return player !== this.match.options.local && this.match.remains(player);
  }

  /** Whether `player` said that it heard everybody finish. */
  private knows(player: PlayerIndex): boolean {
    const { marks, options } = this.match;
    if (marks.episodeOf(player) < options.episodes) return false;
    const row = marks.row(player);
    for (let q = 0; q < options.players; q++) {
      if (q !== player && marks.remains(q) && row[q] === 0) return false;
    }
    return true;
  }
}
