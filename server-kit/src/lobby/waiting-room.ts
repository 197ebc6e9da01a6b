import type { EnterRequest } from '@cotrial/core/contract';
import { randomId, randomSeed } from '../auth/tokens.ts';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { claimGroups } from '../matchmaking/claims.ts';
import type { Matchmaker } from '../matchmaking/matchmaker.ts';
import type { MatchStore } from '../store/match-store.ts';
import type { Timings } from '../timings.ts';
import { KeptApart } from './kept-apart.ts';
import { groupOf, Pool, type PoolTicket } from './pool.ts';
import type { Presence } from './presence.ts';

export interface WaitingRoomParts {
  clock: Clock;
  timings: Timings;
  presence: Presence;
  store: MatchStore;
  matchmaker: Matchmaker;
  log: Log;
  /** Round trip to the participant, ms, as the server measured it. */
  rtt: (participant: string) => number | null;
}

/** What the waiting room tells its owner. */
export interface WaitingRoomEvents {
  /** These were claimed together, all or none; they wait no longer. */
  claimed(tickets: PoolTicket[]): void;
  /** The participant waits no longer: nobody was found in time, or it did not come back. */
  gone(participant: string, why: 'timed_out' | 'absent'): void;
}

/** Participants without a match: keeps their places and lets the policy put them together. */
export class WaitingRoom {
  private readonly pool = new Pool();
  private readonly apart = new KeptApart();
  private cancelTick: () => void;

  constructor(
    private readonly parts: WaitingRoomParts,
    private readonly events: WaitingRoomEvents,
  ) {
    this.cancelTick = this.scheduleTick();
  }

  get size(): number {
    return this.pool.size;
  }

  /** A place at the end of the queue. */
  enter(participant: string, request: EnterRequest): PoolTicket {
    const ticket: PoolTicket = {
      id: randomId(),
      participant,
      waiting_since: this.parts.clock.now(),
      rtt_ms: null,
      request,
      group: groupOf(request),
      mismatch: null,
      cancelTimeout: () => undefined,
      cancelAbsence: null,
    };
    this.take(ticket);
    // They go on waiting: who is the wrong one, only the researcher knows.
    this.pool.markMismatches(ticket);
    if (ticket.mismatch !== null) {
      this.parts.log.warn(
        'Participants of one game wait with different environments or settings and are kept apart.',
        { game: request.game, environment_sha256: request.environment_sha256 },
      );
    }
    return ticket;
  }

  /** Takes a ticket, new or from a dissolved match, at its place by waiting time. */
  take(ticket: PoolTicket): void {
    const { clock, presence } = this.parts;
    const waited = clock.now() - ticket.waiting_since;
    ticket.cancelTimeout = clock.after(Math.max(ticket.request.wait_timeout_ms - waited, 0), () =>
      this.timeOut(ticket),
    );
    this.pool.add(ticket);
    if (presence.isConnected(ticket.participant)) this.tell(ticket);
    else this.disconnected(ticket);
  }

  /** These two are not put together for a while. */
  keepApart(a: string, b: string): void {
    const { clock, timings } = this.parts;
    this.apart.add(a, b, clock.now() + timings.keptApartMs);
  }

  remove(ticket: PoolTicket): void {
    this.pool.remove(ticket);
  }

  connected(ticket: PoolTicket): void {
    ticket.cancelAbsence?.();
    ticket.cancelAbsence = null;
  }

  disconnected(ticket: PoolTicket): void {
    const { clock, presence, timings } = this.parts;
    const left = timings.poolGraceMs - presence.absence(ticket.participant);
    ticket.cancelAbsence?.();
    ticket.cancelAbsence = clock.after(Math.max(left, 0), () => {
      this.pool.remove(ticket);
      this.events.gone(ticket.participant, 'absent');
    });
  }

  /** One pass of the policy over every group of compatible tickets. */
  match(): void {
    for (const group of this.pool.groupKeys()) this.matchGroup(group);
  }

  close(): void {
    this.cancelTick();
    for (const group of this.pool.groupKeys()) {
      for (const ticket of [...this.pool.tickets(group)]) this.pool.remove(ticket);
    }
  }

  private matchGroup(group: string): void {
    const { clock, presence, matchmaker, store, log, rtt } = this.parts;
    const here = this.pool.tickets(group).filter((t) => presence.isConnected(t.participant));
    const players = here[0]?.request.agents.length;
    if (players === undefined || here.length < players) return;
    const now = clock.now();
    this.apart.prune(now);
    const apart = this.apartOf(here, now);
    const context = { players, now_ms: now, seed: randomSeed(), apart };
    const pool = here.map(({ id, participant, waiting_since }) => ({
      id,
      participant,
      waiting_since,
      rtt_ms: rtt(participant),
    }));
    let groups: string[][];
    try {
      groups = matchmaker.propose(pool, context);
    } catch (error) {
      log.error('The matchmaker failed; nobody was matched.', { error: String(error) });
      return;
    }
    if (groups.length === 0) return;
    const byId = new Map(here.map((ticket) => [ticket.id, ticket]));
    const { granted, refused } = claimGroups(new Set(byId.keys()), groups, players, apart);
    const policy = { policy: matchmaker.name, version: matchmaker.version };
    store.event('proposal', null, { ...policy, context, pool, groups, refused }, clock.now());
    if (refused.length > 0) log.warn('The matchmaker proposed impossible groups.', policy);
    for (const ids of granted) {
      const tickets = ids.map((id) => byId.get(id)!);
      for (const ticket of tickets) this.pool.remove(ticket);
      this.events.claimed(tickets);
    }
  }

  /** A pass costs nothing for this as long as nobody is kept apart. */
  private apartOf(tickets: readonly PoolTicket[], now: number): [string, string][] {
    if (this.apart.size === 0) return [];
    return tickets.flatMap((a, i) =>
      tickets
        .slice(i + 1)
        .filter((b) => this.apart.has(a.participant, b.participant, now))
        .map((b): [string, string] => [a.id, b.id]),
    );
  }

  private timeOut(ticket: PoolTicket): void {
    this.pool.remove(ticket);
    const waited_ms = this.parts.clock.now() - ticket.waiting_since;
    const why = ticket.mismatch === null ? {} : { mismatch: ticket.mismatch };
    this.parts.presence.send(ticket.participant, 'timed_out', { waited_ms, ...why });
    this.events.gone(ticket.participant, 'timed_out');
  }

  private tell(ticket: PoolTicket): void {
    const waited_ms = this.parts.clock.now() - ticket.waiting_since;
    const timeout_ms = ticket.request.wait_timeout_ms;
    this.parts.presence.send(ticket.participant, 'waiting', { waited_ms, timeout_ms });
  }

  private scheduleTick(): () => void {
    return this.parts.clock.after(this.parts.timings.waitingTickMs, () => {
      this.match();
      for (const group of this.pool.groupKeys()) {
        for (const ticket of this.pool.tickets(group)) this.tell(ticket);
      }
      this.cancelTick = this.scheduleTick();
    });
  }
}
