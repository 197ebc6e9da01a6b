import type { GameSettings, Outcome, PlayerLeftMessage } from '@cotrial/core/contract';
import { randomId, randomSeed } from '../auth/tokens.ts';
import type { PoolTicket } from './pool.ts';
import type { Connection } from './presence.ts';

/**
 * States of a match. WAITING: its members are being claimed. MATCHED: they are assigned and told.
 * VALIDATING: their links are being proven. PLAYING: started, stored. ENDED: everybody is out.
 */
export type MatchState = 'WAITING' | 'MATCHED' | 'VALIDATING' | 'PLAYING' | 'ENDED';

const NEXT: Record<MatchState, readonly MatchState[]> = {
  WAITING: ['MATCHED', 'ENDED'],
  MATCHED: ['VALIDATING', 'ENDED'],
  VALIDATING: ['PLAYING', 'ENDED'],
  PLAYING: ['ENDED'],
  ENDED: [],
};

export interface Seat {
  readonly player: number;
  readonly agent: string;
  readonly participant: string;
  /** PeerJS id: made for this match and seat, known to its members only. */
  readonly peer_id: string;
  /** Opens signaling as this peer, as long as the match lives. */
  readonly signaling_token: string;
  /** With what the participant returns to the pool; null in a match restored after a restart. */
  readonly ticket: PoolTicket | null;
  /** The connection on which `matched` was sent. */
  told: Connection | null;
  ready: boolean;
  departure: PlayerLeftMessage | null;
  finished: boolean;
}

export interface MatchFacts {
  readonly id: string;
  readonly game: string;
  readonly environment_sha256: string;
  readonly seed: number;
  readonly settings: GameSettings;
}

/** One match from claim to end: who sits where, who is ready, who left, in which order. */
export class Match {
  private current: MatchState = 'WAITING';
  private departures: PlayerLeftMessage[] = [];
  /** Packets that crossed the server, and those that were not let through. */
  relayed = 0;
  dropped = 0;
  startsAt: number | null = null;
  cancelProof: () => void = () => undefined;

  constructor(
    readonly facts: MatchFacts,
    readonly seats: readonly Seat[],
  ) {}

  /** A new match of tickets that were claimed together. */
  static of(tickets: readonly PoolTicket[]): Match {
    const request = tickets[0]!.request;
    const facts = {
      id: randomId(),
      game: request.game,
      environment_sha256: request.environment_sha256,
      seed: randomSeed(),
      settings: {
        ...request.settings,
        // The slowest peer decides: all must check the same frames.
        checksum_interval: Math.max(...tickets.map((t) => t.request.settings.checksum_interval)),
      },
    };
    const seats = tickets.map((ticket, player) =>
      emptySeat(player, request.agents[player]!, ticket.participant, ticket),
    );
    return new Match(facts, seats);
  }

  /** A match that was in play when the server stopped. */
  static restore(
    facts: MatchFacts,
    seats: readonly {
      player: number;
      agent: string;
      participant: string;
      finished: boolean;
      departure: PlayerLeftMessage | null;
    }[],
    startsAt: number,
  ): Match {
    const restored = seats.map((seat) => ({
      ...emptySeat(seat.player, seat.agent, seat.participant, null),
      finished: seat.finished,
      departure: seat.departure,
      ready: true,
    }));
    const match = new Match(facts, restored);
    match.current = 'PLAYING';
    match.startsAt = startsAt;
    match.departures = restored
      .flatMap((seat) => seat.departure ?? [])
      .sort((a, b) => a.order - b.order);
    return match;
  }

  get state(): MatchState {
    return this.current;
  }

  get id(): string {
    return this.facts.id;
  }

  /** Seats that are still in the match. */
  get active(): Seat[] {
    return this.seats.filter((seat) => seat.departure === null && !seat.finished);
  }

  /** Departures in their order. */
  get left(): readonly PlayerLeftMessage[] {
    return this.departures;
  }

  advance(to: MatchState): void {
    if (!NEXT[this.current].includes(to)) {
      throw new Error(`A match cannot go from ${this.current} to ${to}.`);
    }
    this.current = to;
  }

  /** The player is out, in the next place of the match's order of departures. */
  depart(player: number, outcome: Outcome, reason: string): PlayerLeftMessage {
    const departure = { match_id: this.id, player, order: this.departures.length, outcome, reason };
    this.departures.push(departure);
    this.seats[player]!.departure = departure;
    return departure;
  }
}

function emptySeat(
  player: number,
  agent: string,
  participant: string,
  ticket: PoolTicket | null,
): Seat {
  return {
    player,
    agent,
    participant,
    peer_id: randomId(),
    signaling_token: randomId(),
    ticket,
    told: null,
    ready: false,
    departure: null,
    finished: false,
  };
}
