import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import { HELD_ALL, PacketWriter } from '../protocol/packet.ts';
import type { Match } from './match.ts';

/** Writes packets: for each receiver all that it is not known to hold. */
export class Outbox {
  private readonly writer: PacketWriter;

  constructor(private readonly match: Match) {
    this.writer = new PacketWriter(match.shape);
  }

  /** The packet for `to`: a view, valid until the next call. */
  write(to: PlayerIndex, now: Milliseconds): Uint8Array {
    const { match, writer } = this;
    const { marks, departures, options } = match;
    const own = match.queues[options.local]!;
    const theirs = marks.episodeOf(to);
    // A peer in an earlier episode holds nothing of this one; one in a later episode lacks nothing.
    let base = theirs < match.episode ? 0 : own.held;
    if (theirs === match.episode) base = Math.min(marks.row(to)[options.local]!, own.held);
    writer.begin(
      options.local,
      match.sync.advantageOf(to),
      match.episode,
      base,
      match.simulation.frame,
      marks.row(options.local),
      own,
      own.held,
      match.handshake.mustSay(to),
    );
    match.checksums.write(to, writer, now);
    if (this.mustTellDepartures()) {
      writer.departures(departures.order, departures.wordEpisodes, departures.wordHeld);
    }
    if (theirs === match.episode) this.fill(to);
    return writer.end();
  }

  /** Until everybody has said that it holds all of every leaver. */
  private mustTellDepartures(): boolean {
    const { departures, marks, options } = this.match;
    for (const leaver of departures.order) {
      for (let p = 0; p < options.players; p++) {
        if (marks.remains(p) && marks.row(p)[leaver] !== HELD_ALL) return true;
      }
    }
    return false;
  }

  /** Inputs of leavers that `to` lacks and this peer has. */
  private fill(to: PlayerIndex): void {
    const { departures, marks, queues } = this.match;
    for (let i = 0; i < departures.count; i++) {
      // One that does not know of the departure yet may still hear from the leaver itself.
      if (departures.viewOf(to) <= i) break;
      const leaver = departures.order[i]!;
      const lacks = marks.row(to)[leaver]!;
      const queue = queues[leaver]!;
      if (lacks < queue.held) this.writer.fill(leaver, queue, lacks, queue.held);
    }
  }
}
