import type { Frame, PlayerIndex } from '../contract/index.ts';
import type { Packet } from '../protocol/packet.ts';

/**
 * How the remaining peers agree on the last input of everybody who has left
 * (docs/protocol.md, "Departures").
 *
 * Each departure opens a view. In a view every peer gives its word once: what it held of each
 * leaver, as (episode, count), when it learnt of the view's departure. The cut of a leaver is the
 * largest word. A leaver is settled here once the cut is known and everything up to it is held;
 * settled cuts stay, the others are taken anew in the next view.
 */
export class Departures {
  /** In the server's order. */
  readonly order: PlayerIndex[] = [];
  /** This peer's word of the present view, by position in `order`. */
  readonly wordEpisodes: Int32Array;
  readonly wordHeld: Int32Array;

  private readonly seats: Seat[];
  private readonly words: Word[];

  constructor(
    private readonly players: number,
    private readonly local: PlayerIndex,
  ) {
    this.wordEpisodes = new Int32Array(players);
    this.wordHeld = new Int32Array(players);
    this.seats = Array.from({ length: players }, () => ({
      left: false,
      settled: false,
      cutEpisode: UNKNOWN,
      cut: 0,
    }));
    this.words = Array.from({ length: players }, () => ({
      view: 0,
      episodes: new Int32Array(players),
      held: new Int32Array(players),
    }));
  }

  /** Number of departures known: the present view. */
  get count(): number {
    return this.order.length;
  }

  hasLeft(player: PlayerIndex): boolean {
    return this.seats[player]!.left;
  }

  /** Newest view that `player` has given its word for. */
  viewOf(player: PlayerIndex): number {
    return this.words[player]!.view;
  }

  /**
   * The server says that `player` left. Opens a view and gives this peer's word for it.
   *
   * @param heldOf inputs held of a player in `episode`
   */
  add(player: PlayerIndex, episode: number, heldOf: (player: PlayerIndex) => number): void {
    this.order.push(player);
    this.seats[player]!.left = true;
    for (let i = 0; i < this.order.length; i++) {
      const leaver = this.order[i]!;
      const seat = this.seats[leaver]!;
      if (!seat.settled) seat.cutEpisode = UNKNOWN;
      this.wordEpisodes[i] = seat.settled ? seat.cutEpisode : episode;
      this.wordHeld[i] = seat.settled ? seat.cut : heldOf(leaver);
    }
  }

  /** Whether a packet names the same leavers in the same order, as far as both know them. */
  matches(packet: Packet): boolean {
    const known = Math.min(packet.departureCount, this.order.length);
    for (let i = 0; i < known; i++) {
      if (packet.departurePlayers[i] !== this.order[i]) return false;
    }
    return true;
  }

  /** Takes the word in a packet of `player`, who remains. */
  learn(player: PlayerIndex, packet: Packet): void {
    const word = this.words[player]!;
    // Words of one view never change, and older views are of no use.
    if (packet.departureCount <= word.view) return;
    word.view = packet.departureCount;
    for (let i = 0; i < word.view; i++) {
      word.episodes[i] = packet.departureEpisodes[i]!;
      word.held[i] = packet.departureHeld[i]!;
    }
  }

  /** Takes the cuts as soon as everybody's word is here. @returns whether any became known. */
  resolve(): boolean {
    if (this.order.every((leaver) => this.seats[leaver]!.cutEpisode !== UNKNOWN)) return false;
    for (let p = 0; p < this.players; p++) {
      if (this.speaks(p) && this.words[p]!.view !== this.order.length) return false;
    }
    for (let i = 0; i < this.order.length; i++) this.takeCut(i);
    return true;
  }

  /** Whether all cuts are known: until then nobody leaves an episode. */
  get resolved(): boolean {
    for (const leaver of this.order) if (this.seats[leaver]!.cutEpisode === UNKNOWN) return false;
    return true;
  }

  /** First frame of `episode` that `player`'s seat plays as `left`; Infinity if not known or none. */
  cut(player: PlayerIndex, episode: number): Frame {
    const seat = this.seats[player]!;
    if (!seat.left || seat.cutEpisode === UNKNOWN || seat.cutEpisode > episode) return Infinity;
    return seat.cutEpisode < episode ? 0 : seat.cut;
  }

  /** Whether any leaver was cut in `episode` or before it. */
  anyCutBy(episode: number): boolean {
    return this.order.some((leaver) => this.cut(leaver, episode) !== Infinity);
  }

  /** This peer holds all that there will ever be of `player`. Holds for good. */
  settle(player: PlayerIndex): void {
    this.seats[player]!.settled = true;
  }

  isSettled(player: PlayerIndex): boolean {
    return this.seats[player]!.settled;
  }

  private speaks(player: PlayerIndex): boolean {
    return player !== this.local && !this.seats[player]!.left;
  }

  private takeCut(i: number): void {
    const seat = this.seats[this.order[i]!]!;
    if (seat.settled) return;
    let episode = this.wordEpisodes[i]!;
    let held = this.wordHeld[i]!;
    for (let p = 0; p < this.players; p++) {
      if (!this.speaks(p)) continue;
      const word = this.words[p]!;
      const e = word.episodes[i]!;
      const h = word.held[i]!;
      if (e > episode || (e === episode && h > held)) {
        episode = e;
        held = h;
      }
    }
    seat.cutEpisode = episode;
    seat.cut = held;
  }
}

interface Seat {
  left: boolean;
  settled: boolean;
  /** UNKNOWN until the present view is resolved. */
  cutEpisode: number;
  cut: Frame;
}

/** What a remaining peer said in its newest view. */
interface Word {
  view: number;
  episodes: Int32Array;
  held: Int32Array;
}

const UNKNOWN = -1;
