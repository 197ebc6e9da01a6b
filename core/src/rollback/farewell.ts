import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { Match } from './match.ts';

/** A peer that has heard all others finish waits so long to be sure that they heard it, ms. */
const LINGER_MS = 1_000;

/**
 * The end of a match: everybody must hear that everybody has finished, so that nobody waits for
 * one who is gone. It is an episode of one input each, which nobody steps (docs/protocol.md).
 */
export class Farewell {
  private heardAllAt: Milliseconds | null = null;
  /** Once over here: who showed that it has not heard so. */
  private readonly unaware: boolean[];

  constructor(private readonly match: Match) {
    this.unaware = match.queues.map(() => false);
  }

  /** After all is played here. */
  begin(): void {
    const { local, defaultActions } = this.match.options;
    this.match.queues[local]!.push(0, defaultActions[local]!, 0);
  }

  /** Whether all are known to know, or all were heard a while ago. */
  isOver(now: Milliseconds): boolean {
    let allKnow = true;
    for (let p = 0; p < this.unaware.length; p++) {
      if (!this.isOther(p)) continue;
      if (this.match.queues[p]!.held === 0) return false;
      allKnow &&= this.knows(p);
    }
    this.heardAllAt ??= now;
    return allKnow || now - this.heardAllAt >= LINGER_MS;
  }

  /** A packet of `player` came when this peer was through: an answer is due unless it knows. */
  heardAfterwards(player: PlayerIndex): void {
    this.unaware[player] = !this.knows(player);
  }

  /** Whether `player` is still owed an answer; then it counts as given. */
  takeAnswer(player: PlayerIndex): boolean {
    const due = this.unaware[player]!;
    this.unaware[player] = false;
    return due;
  }

  get answersDue(): boolean {
    return this.unaware.includes(true);
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
