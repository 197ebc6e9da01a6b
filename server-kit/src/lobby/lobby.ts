import type { EnterRequest, LinkType, Outcome, PeerLostReply, Probe } from '@cotrial/core/contract';
import { iceServersFor, type IceOptions } from '../ice/ice.ts';
import { Refusal } from '../refusal.ts';
import { Departures } from './departures.ts';
import { Match, type Seat } from './match.ts';
import { matchedMessage } from './matched-message.ts';
import type { PoolTicket } from './pool.ts';
import { tooFar } from './probes.ts';
import type { Settlement } from './settlement.ts';
import { storedMatches } from './stored-matches.ts';
import { WaitingRoom, type WaitingRoomParts } from './waiting-room.ts';

export interface LobbyParts extends WaitingRoomParts {
  settlement: Settlement;
  ice: IceOptions;
  signalingPath: string;
  /** Longest round trip between players of a match, ms; null for any (LOB-6). */
  maxP2pRttMs: number | null;
}

/** Where a participant is, and which of its pages brought it there. Nowhere: no entry. */
type Place = { session: number } & (
  { kind: 'pool'; ticket: PoolTicket } | { kind: 'match'; match: Match; seat: Seat }
);

export interface Ending {
  outcome: Outcome;
  outcome_by: string | null;
  outcome_reason: string;
}

/** Every participant's way: nowhere, pool, match, nowhere. One place at a time. */
export class Lobby {
  private readonly room: WaitingRoom;
  private readonly places = new Map<string, Place>();
  private readonly matches = new Map<string, { match: Match; departures: Departures }>();
  /** Seats of living matches by their peer id. */
  private readonly peers = new Map<string, { match: Match; seat: Seat }>();
  /** Participants to whom the server said that nobody was found. */
  private readonly timedOut = new Set<string>();

  constructor(private readonly parts: LobbyParts) {
    this.room = new WaitingRoom(parts, {
      claimed: (tickets) => this.begin(tickets),
      gone: (participant, why) => {
        this.places.delete(participant);
        if (why === 'timed_out') this.timedOut.add(participant);
        this.event('left_pool', null, { participant, why });
        this.parts.presence.forget(participant);
      },
    });
  }

  get waiting(): number {
    return this.room.size;
  }

  get running(): Match[] {
    return [...this.matches.values()].map(({ match }) => match);
  }

  hasTimedOut(participant: string): boolean {
    return this.timedOut.has(participant);
  }

  /** The participant's seat in a match that has not ended, and only while it is in it. */
  seatOf(participant: string): { match: Match; seat: Seat } | null {
    const place = this.places.get(participant);
    return place?.kind === 'match' && place.seat.departure === null ? place : null;
  }

  /** The match and seat of a peer id, while that player is in its match. */
  peer(id: string): { match: Match; seat: Seat } | null {
    const peer = this.peers.get(id);
    return peer !== undefined && peer.match.active.includes(peer.seat) ? peer : null;
  }

  /** Into the pool, or back to where the same page was. `resumed`: it kept its place. */
  enter(participant: string, session: number, request: EnterRequest): { resumed: boolean } {
    const place = this.places.get(participant);
    this.timedOut.delete(participant);
    if (place?.kind === 'match' && place.seat.departure === null) {
      // The page asks again after a lost connection; `connected` has repeated a start.
      if (place.match.state === 'VALIDATING') this.sendMatched(place.match, place.seat);
      return { resumed: true };
    }
    if (place?.kind === 'pool') {
      const { ticket } = place;
      const kept = JSON.stringify(ticket.request) === JSON.stringify(request);
      if (kept) {
        this.places.set(participant, { ...place, session });
        return { resumed: true };
      }
      this.room.remove(ticket);
    }
    const ticket = this.room.enter(participant, request);
    this.places.set(participant, { kind: 'pool', ticket, session });
    this.room.match();
    return { resumed: false };
  }

  /** A connection of the participant is there. Repeats what its page may have missed. */
  connected(participant: string, session: number): void {
    const place = this.places.get(participant);
    if (place === undefined) return;
    if (place.kind === 'pool') {
      this.room.connected(place.ticket);
      this.room.match();
      return;
    }
    const { match, seat } = place;
    if (place.session !== session) {
      this.leave(participant, 'left', 'The experiment was opened in another tab.');
      return;
    }
    if (match.state !== 'PLAYING') return;
    this.matches.get(match.id)?.departures.connected(seat.player);
    this.sendStart(match, seat);
    for (const message of match.left) this.parts.presence.send(participant, 'player_left', message);
  }

  disconnected(participant: string): void {
    const place = this.places.get(participant);
    if (place === undefined) this.parts.presence.forget(participant);
    else if (place.kind === 'pool') this.room.disconnected(place.ticket);
    else if (place.match.state === 'PLAYING' && place.seat.departure === null) {
      this.matches.get(place.match.id)?.departures.disconnected(place.seat.player);
    }
  }

  /** The participant's page is put to sleep, or wakes up. */
  sleeping(participant: string, asleep: boolean): void {
    const place = this.places.get(participant);
    if (place?.kind !== 'match') return;
    this.matches.get(place.match.id)?.departures.sleeping(place.seat.player, asleep);
  }

  /** All links of this player are proven. The last one to say so starts the match. */
  ready(participant: string, matchId: string, probes: readonly Probe[] = []): void {
    const { match, seat } = this.require(participant, matchId);
    if (match.state === 'PLAYING') {
      this.sendStart(match, seat);
      return;
    }
    const far = tooFar(match, seat, probes, this.parts.maxP2pRttMs);
    if (far.length > 0) {
      for (const other of far) this.room.keepApart(participant, other.participant);
      this.event('probe', match.id, { player: seat.player, probes });
      this.dissolve(match, 'The connection between the players is too slow.');
      return;
    }
    seat.ready = true;
    if (match.seats.every((other) => other.ready)) this.start(match);
  }

  peerLost(participant: string, matchId: string, player: number): PeerLostReply {
    const { match, seat } = this.require(participant, matchId);
    const lost = match.seats[player];
    if (lost === undefined || lost === seat) {
      throw new Refusal('bad_request', `Player ${player} is not another player of this match.`);
    }
    const departures = this.matches.get(match.id)?.departures;
    if (match.state !== 'PLAYING' || departures === undefined || !match.active.includes(lost)) {
      return { left_in_ms: 0, asleep: false };
    }
    return departures.lost(player, seat.player);
  }

  link(participant: string, matchId: string, player: number, type: LinkType): void {
    const { match, seat } = this.require(participant, matchId);
    if (match.state !== 'PLAYING' || match.seats[player] === undefined) return;
    this.matches.get(match.id)?.departures.found(player, seat.player);
    this.parts.store.link(match.id, seat.player, player, type, this.parts.clock.now());
  }

  /** Out of pool or match, by the participant's own will. May be called at any time. */
  leave(
    participant: string,
    outcome: Outcome,
    reason: string,
    by: string | null | undefined = undefined,
  ): void {
    const place = this.places.get(participant);
    if (place === undefined) return;
    this.places.delete(participant);
    if (place.kind === 'pool') {
      this.room.remove(place.ticket);
      this.event('left_pool', null, { participant, why: outcome, reason });
    } else if (place.match.state === 'PLAYING') {
      this.depart(place.match, place.seat, outcome, reason, by);
    } else {
      this.dissolve(place.match, `A player left before the start: ${outcome}.`, participant);
    }
    if (!this.parts.presence.isConnected(participant)) this.parts.presence.forget(participant);
  }

  /**
   * The participant's game is over for it, in its own words. It is a departure, which the others
   * are told of, unless all was played or another one's departure had ended it before.
   */
  finish(participant: string, matchId: string, end: Ending): void {
    const place = this.places.get(participant);
    if (place?.kind === 'match' && place.match.id === matchId && place.seat.departure === null) {
      const { match, seat } = place;
      const byAnother = end.outcome_by !== null && end.outcome_by !== seat.agent;
      const deserted = match.left.length > 0 && (end.outcome === 'partner_left' || byAnother);
      const regular = end.outcome === 'completed' || deserted;
      if (match.state !== 'PLAYING' || !regular) {
        this.leave(participant, end.outcome, end.outcome_reason, end.outcome_by);
      } else {
        this.places.delete(participant);
        seat.finished = true;
        this.matches.get(match.id)?.departures.settle(seat.player);
      }
    }
    const stored = this.parts.store.seatOf(matchId, participant);
    if (stored === null) return;
    this.parts.store.finish(matchId, stored.player, end, this.parts.clock.now());
    this.event('finish', matchId, { player: stored.player, ...end });
    const running = this.matches.get(matchId);
    if (running !== undefined) this.endIfOver(running.match);
  }

  /** Matches that were in play when the server stopped go on; their players may come back. */
  restore(sessionOf: (participant: string) => number | null): void {
    for (const match of storedMatches(this.parts.store)) {
      const departures = this.track(match);
      for (const seat of match.active) {
        const session = sessionOf(seat.participant) ?? 0;
        this.places.set(seat.participant, { kind: 'match', match, seat, session });
        departures.disconnected(seat.player, this.parts.timings.restartGraceMs);
      }
      this.endIfOver(match);
    }
  }

  /** Stops all timers. Running matches stay in the database as running. */
  close(): void {
    this.room.close();
    for (const { match, departures } of this.matches.values()) {
      match.cancelProof();
      departures.close();
    }
    this.matches.clear();
    this.places.clear();
  }

  private begin(tickets: PoolTicket[]): void {
    const match = Match.of(tickets);
    this.track(match);
    for (const seat of match.seats) {
      const session = this.places.get(seat.participant)?.session ?? 0;
      this.places.set(seat.participant, { kind: 'match', match, seat, session });
    }
    match.advance('MATCHED');
    const now = this.parts.clock.now();
    this.event('match', match.id, {
      game: match.facts.game,
      policy: this.parts.matchmaker.name,
      version: this.parts.matchmaker.version,
      seed: match.facts.seed,
      players: match.seats.map(({ participant, agent }, i) => ({
        participant,
        agent,
        waited_ms: now - tickets[i]!.waiting_since,
        rtt_ms: this.parts.rtt(participant),
      })),
    });
    match.cancelProof = this.parts.clock.after(this.parts.timings.proofTimeoutMs, () =>
      this.dissolve(match, 'The players could not be connected in time.'),
    );
    match.advance('VALIDATING');
    for (const seat of match.seats) this.sendMatched(match, seat);
  }

  private start(match: Match): void {
    const { clock, store, timings, presence, log } = this.parts;
    match.cancelProof();
    match.startsAt = clock.now() + timings.startMarginMs + this.countdown(match);
    try {
      store.create({ ...match.facts, started_at: match.startsAt }, match.seats);
    } catch (error) {
      log.error('A match could not be stored and does not start.', { error: String(error) });
      this.dissolve(match, 'The server could not store the match.');
      return;
    }
    match.advance('PLAYING');
    this.event('start', match.id, { at_ms: match.startsAt });
    for (const seat of match.seats) {
      if (presence.isConnected(seat.participant)) this.sendStart(match, seat);
      else this.matches.get(match.id)?.departures.disconnected(seat.player);
    }
  }

  /** Ends a match before its start. All but who left are in the pool again, with their time. */
  private dissolve(match: Match, reason: string, leaver?: string): void {
    match.cancelProof();
    match.advance('ENDED');
    this.untrack(match);
    this.event('dissolution', match.id, { reason, ready: match.seats.map((seat) => seat.ready) });
    for (const { participant, ticket } of match.seats) {
      const session = this.places.get(participant)?.session ?? 0;
      if (participant === leaver || ticket === null) continue;
      this.parts.presence.send(participant, 'dissolved', { match_id: match.id, reason });
      this.places.set(participant, { kind: 'pool', ticket, session });
      this.room.take(ticket);
    }
    this.room.match();
  }

  private depart(
    match: Match,
    seat: Seat,
    outcome: Outcome,
    reason: string,
    by: string | null | undefined = undefined,
  ): void {
    if (!match.active.includes(seat)) return;
    const { store, clock, presence, settlement } = this.parts;
    const message = match.depart(seat.player, outcome, reason);
    const outcome_by = by === undefined ? seat.agent : by;
    store.depart(match.id, seat.player, { ...message, outcome_by }, clock.now());
    this.event('departure', match.id, message);
    this.matches.get(match.id)?.departures.settle(seat.player);
    for (const other of match.active) presence.send(other.participant, 'player_left', message);
    if (this.places.has(seat.participant)) {
      presence.send(seat.participant, 'player_left', message);
    }
    settlement.changed(match.id);
    this.endIfOver(match);
  }

  private endIfOver(match: Match): void {
    if (match.state !== 'PLAYING' || match.active.length > 0) return;
    const { store, clock, presence } = this.parts;
    match.advance('ENDED');
    this.untrack(match);
    const { relayed, dropped } = match;
    store.end(match.id, relayed, clock.now());
    this.event('ending', match.id, { relayed, dropped });
    for (const { participant } of match.seats) {
      const place = this.places.get(participant);
      if (place?.kind !== 'match' || place.match !== match) continue;
      this.places.delete(participant);
      if (!presence.isConnected(participant)) presence.forget(participant);
    }
  }

  private track(match: Match): Departures {
    const departures = new Departures(
      this.parts.clock,
      this.parts.timings,
      (player) => this.parts.presence.absence(match.seats[player]!.participant),
      (player, outcome, reason) => this.depart(match, match.seats[player]!, outcome, reason),
    );
    this.matches.set(match.id, { match, departures });
    for (const seat of match.seats) this.peers.set(seat.peer_id, { match, seat });
    return departures;
  }

  private untrack(match: Match): void {
    for (const seat of match.seats) this.peers.delete(seat.peer_id);
    this.matches.get(match.id)?.departures.close();
    this.matches.delete(match.id);
  }

  private require(participant: string, matchId: string): { match: Match; seat: Seat } {
    const place = this.seatOf(participant);
    if (place === null || place.match.id !== matchId) {
      throw new Refusal('not_in_match', 'You are not, or no longer, in this match.');
    }
    return place;
  }

  private countdown(match: Match): number {
    return match.seats.length > 1 ? this.parts.timings.countdownMs : 0;
  }

  /** Again only on another connection: what was sent on this one arrives. */
  private sendMatched(match: Match, seat: Seat): void {
    const connection = this.parts.presence.connectionOf(seat.participant);
    if (connection === null || connection === seat.told) return;
    seat.told = connection;
    const { presence, ice, clock, timings, signalingPath, maxP2pRttMs } = this.parts;
    const message = matchedMessage(match, seat, {
      signalingPath,
      ice: {
        ice_servers: iceServersFor(seat.participant, ice, clock.now()),
        relay_only: ice.relayOnly ?? false,
      },
      proofTimeoutMs: timings.proofTimeoutMs,
      maxP2pRttMs,
      countdownMs: this.countdown(match),
    });
    presence.send(seat.participant, 'matched', message);
  }

  private sendStart(match: Match, seat: Seat): void {
    if (match.startsAt === null) return;
    const message = { match_id: match.id, at_ms: match.startsAt };
    this.parts.presence.send(seat.participant, 'start', message);
  }

  private event(kind: string, matchId: string | null, detail: object): void {
    this.parts.store.event(kind, matchId, detail, this.parts.clock.now());
  }
}
