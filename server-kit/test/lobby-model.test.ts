/**
 * The lobby under any order of events, on a clock that the test owns: whatever participants do, each
 * is in one place, nobody is in two matches, and when all are gone nothing is left.
 */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Lobby } from '../src/lobby/lobby.ts';
import { Presence, type Connection } from '../src/lobby/presence.ts';
import { Settlement } from '../src/lobby/settlement.ts';
import { FifoMatchmaker } from '../src/matchmaking/fifo.ts';
import { Refusal } from '../src/refusal.ts';
import { openDatabase } from '../src/store/database.ts';
import { MatchStore } from '../src/store/match-store.ts';
import { ParticipantStore } from '../src/store/participant-store.ts';
import { DEFAULT_TIMINGS } from '../src/timings.ts';
import { FakeClock } from './fake-clock.ts';
import { ENTER } from './support.ts';

const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

/** Participants who know of the lobby only what it sends them. */
class World {
  readonly clock = new FakeClock();
  readonly presence = new Presence(this.clock);
  readonly database = openDatabase(':memory:');
  readonly lobby: Lobby;
  readonly people: { id: string; connection: Connection | null; match: string | null }[];

  constructor(size: number) {
    const participants = new ParticipantStore(this.database);
    this.people = Array.from({ length: size }, () => ({
      id: participants.join(null, 0).participant,
      connection: null,
      match: null,
    }));
    this.lobby = new Lobby({
      clock: this.clock,
      timings: DEFAULT_TIMINGS,
      presence: this.presence,
      store: new MatchStore(this.database),
      matchmaker: new FifoMatchmaker(),
      log: quiet,
      ice: {},
      signalingPath: '/s',
      maxP2pRttMs: null,
      settlement: new Settlement(
        this.clock,
        () => 'pending',
        () => false,
      ),
      rtt: () => null,
    });
  }

  connect(n: number): void {
    const person = this.people[n]!;
    const connection: Connection = {
      session: 1,
      send: (event, ...args) => {
        if (event === 'matched') person.match = (args[0] as { match_id: string }).match_id;
      },
      close: () => undefined,
    };
    person.connection = connection;
    this.presence.connect(person.id, connection);
    this.lobby.connected(person.id, 1);
  }

  disconnect(n: number): void {
    const person = this.people[n]!;
    if (person.connection === null) return;
    const gone = this.presence.disconnect(person.id, person.connection);
    person.connection = null;
    if (gone) this.lobby.disconnected(person.id);
  }

  /** As a request of a connected page: it may be refused, and nothing else may go wrong. */
  ask(n: number, request: (id: string, match: string) => void): void {
    const person = this.people[n]!;
    if (person.connection === null) return;
    try {
      request(person.id, person.match ?? 'none');
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }

  check(): void {
    const { running } = this.lobby;
    const seated = running.flatMap((match) => match.active.map((seat) => seat.participant));
    expect(new Set(seated).size).toBe(seated.length);
    expect(seated.length + this.lobby.waiting).toBeLessThanOrEqual(this.people.length);
    for (const match of running) {
      expect(['VALIDATING', 'PLAYING']).toContain(match.state);
      expect(match.active.length).toBeGreaterThan(0);
      expect(match.left.map((departure) => departure.order)).toEqual(match.left.map((_, i) => i));
      for (const seat of match.active) {
        expect(this.lobby.seatOf(seat.participant)).toMatchObject({ match, seat });
        expect(this.lobby.peer(seat.peer_id)).toMatchObject({ match, seat });
      }
    }
  }
}

const KINDS = [
  'connect',
  'disconnect',
  'enter',
  'ready',
  'lost',
  'link',
  'leave',
  'done',
  'left',
  'wait',
] as const;
const step = fc.record({
  kind: fc.constantFrom(...KINDS),
  who: fc.nat(6),
  other: fc.nat(2),
  players: fc.constantFrom(1, 2, 2, 2, 3),
  ms: fc.integer({ min: 1, max: 20_000 }),
});

test('any order of events keeps every participant in one place, and leaves nothing behind', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80, size: 'max' }), (steps) => {
      const world = new World(7);
      const { lobby } = world;
      const end = { outcome_by: null, outcome_reason: '' };
      try {
        for (const { kind, who, other, players, ms } of steps) {
          const agents = ['a', 'b', 'c'].slice(0, players);
          if (kind === 'connect') world.connect(who);
          else if (kind === 'disconnect') world.disconnect(who);
          else if (kind === 'wait') world.clock.advance(ms);
          else {
            world.ask(who, (id, match) => {
              if (kind === 'enter') lobby.enter(id, 1, { ...ENTER, agents });
              if (kind === 'ready') lobby.ready(id, match);
              if (kind === 'lost') lobby.peerLost(id, match, other);
              if (kind === 'link') lobby.link(id, match, other, 'direct');
              if (kind === 'leave') lobby.leave(id, 'left', '');
              if (kind === 'done') lobby.finish(id, match, { ...end, outcome: 'completed' });
              if (kind === 'left') lobby.finish(id, match, { ...end, outcome: 'left' });
            });
          }
          world.check();
        }
        for (let n = 0; n < 7; n++) world.disconnect(n);
        world.clock.advance(10 * 60_000);
        expect(lobby.running).toEqual([]);
        expect(lobby.waiting).toBe(0);
        const running = world.database.prepare('SELECT * FROM matches WHERE ended_at IS NULL');
        expect(running.all()).toEqual([]);
        lobby.close();
        expect(world.clock.pending).toBe(0);
      } finally {
        world.database.close();
      }
    }),
    { numRuns: 1_000 },
  );
});
