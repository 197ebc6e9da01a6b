import type { Frame, PlayerIndex } from '../contract/index.ts';
import { HELD_ALL } from '../protocol/packet.ts';

/**
 * Who holds how many inputs of whom, and in which episode everybody is: the whole matrix, as it
 * was when the newest packets were sent. Row p is what peer p said of itself, in p's episode.
 */
export class Marks {
  private readonly rows: Int32Array[];
  private readonly episodes: Int32Array;
  private readonly remaining: boolean[];

  constructor(
    private readonly players: number,
    private readonly local: PlayerIndex,
  ) {
    this.rows = Array.from({ length: players }, () => new Int32Array(players));
    this.episodes = new Int32Array(players);
    this.remaining = Array.from({ length: players }, () => true);
  }

  remains(player: PlayerIndex): boolean {
    return this.remaining[player]!;
  }

  playerLeft(player: PlayerIndex): void {
    this.remaining[player] = false;
  }

  /** Newest episode in which `player` was seen. */
  episodeOf(player: PlayerIndex): number {
    return this.episodes[player]!;
  }

  /** What `player` holds of everybody, by seat. Not to be written to. */
  row(player: PlayerIndex): Int32Array {
    return this.rows[player]!;
  }

  /** Takes what a packet says. Late packets say less than is known, and change nothing. */
  learn(player: PlayerIndex, episode: number, held: Int32Array): void {
    const row = this.rows[player]!;
    if (episode > this.episodes[player]!) {
      this.episodes[player] = episode;
      row.fill(0);
    } else if (episode < this.episodes[player]!) {
      return;
    }
    for (let q = 0; q < this.players; q++) {
      if (q !== player && held[q]! > row[q]!) row[q] = held[q]!;
    }
  }

  /** This peer holds `count` inputs of `player`. */
  hold(player: PlayerIndex, count: number): void {
    this.rows[this.local]![player] = count;
  }

  /** This peer goes on to `episode`. */
  enter(episode: number): void {
    this.episodes[this.local] = episode;
    this.rows[this.local]!.fill(0);
    for (const row of this.rows) row[this.local] = 0;
  }

  /** Frames below have every real input here: nothing below will roll back. */
  held(): Frame {
    return this.heldOf(this.local);
  }

  /** Frames below are held by every remaining peer, as far as is known here. */
  agreed(): Frame {
    let agreed = this.held();
    const episode = this.episodes[this.local]!;
    for (let p = 0; p < this.players; p++) {
      if (p === this.local || !this.remaining[p]) continue;
      const theirs = this.episodes[p]!;
      // Whoever is an episode ahead has proved that this one is agreed.
      if (theirs > episode) continue;
      agreed = Math.min(agreed, theirs < episode ? 0 : this.heldOf(p));
    }
    return agreed;
  }

  /** Whether a remaining player was seen in a later episode than this peer's. */
  anyAhead(): boolean {
    const episode = this.episodes[this.local]!;
    for (let p = 0; p < this.players; p++) {
      if (this.remaining[p] && this.episodes[p]! > episode) return true;
    }
    return false;
  }

  /** Remaining players who keep `agreed` at or below `frame`: by their inputs or their silence. */
  waitingFor(frame: Frame): PlayerIndex[] {
    const episode = this.episodes[this.local]!;
    const players: PlayerIndex[] = [];
    for (let p = 0; p < this.players; p++) {
      if (p === this.local || !this.remaining[p]) continue;
      const ahead = this.episodes[p]! > episode;
      const behind = this.rows[this.local]![p]! <= frame || this.heldOf(p) <= frame;
      if (!ahead && behind) players.push(p);
    }
    return players;
  }

  /** A peer holds as many of its own inputs as anybody. */
  private heldOf(player: PlayerIndex): Frame {
    const row = this.rows[player]!;
    let least = HELD_ALL;
    for (let q = 0; q < this.players; q++) {
      if (q !== player && row[q]! < least) least = row[q]!;
    }
    return least;
  }
}
