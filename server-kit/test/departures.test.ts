import { beforeEach, expect, test } from 'vitest';
import { Departures } from '../src/lobby/departures.ts';
import { DEFAULT_TIMINGS } from '../src/timings.ts';
import { FakeClock } from './fake-clock.ts';

const { socketGraceMs, lostGraceMs, unreachableGraceMs, sleepGraceMs } = DEFAULT_TIMINGS;
let clock: FakeClock;
let goneSince: Map<number, number>;
let left: number[];
let departures: Departures;

beforeEach(() => {
  clock = new FakeClock();
  goneSince = new Map();
  left = [];
  departures = new Departures(
    clock,
    DEFAULT_TIMINGS,
    (player) => {
      const since = goneSince.get(player);
      return since === undefined ? 0 : Math.max(clock.now() - since, 1);
    },
    (player, outcome) => {
      expect(outcome).toBe('connection_lost');
      left.push(player);
      departures.settle(player);
    },
  );
});

const drop = (player: number): void => {
  goneSince.set(player, clock.now());
  departures.disconnected(player);
};
const comeBack = (player: number): void => {
  goneSince.delete(player);
  departures.connected(player);
};

test('a socket that comes back in time is no departure', () => {
  drop(0);
  clock.advance(socketGraceMs - 1);
  comeBack(0);
  clock.advance(10 * socketGraceMs);
  expect(left).toEqual([]);
});

test('a socket that stays away is one', () => {
  drop(0);
  clock.advance(socketGraceMs - 1);
  expect(left).toEqual([]);
  clock.advance(1);
  expect(left).toEqual([0]);
});

test('a page that said it falls asleep has longer, with its socket and without', () => {
  departures.sleeping(0, true);
  clock.advance(1_000);
  departures.lost(0, 1);
  clock.advance(20_000);
  // By now nobody has answered Socket.IO's pings.
  drop(0);
  clock.advance(sleepGraceMs - 21_000 - 1);
  expect(left).toEqual([]);
  clock.advance(1);
  expect(left).toEqual([0]);
});

test('who complains is told when the player is taken for gone, and whether it sleeps', () => {
  expect(departures.lost(0, 1)).toEqual({ left_in_ms: unreachableGraceMs, asleep: false });
  departures.found(0, 1);
  departures.sleeping(0, true);
  clock.advance(1_500);
  expect(departures.lost(0, 1)).toEqual({ left_in_ms: sleepGraceMs - 1_500, asleep: true });
  clock.advance(4_000);
  const left_in_ms = sleepGraceMs - 5_500;
  expect(departures.lost(0, 1)).toEqual({ left_in_ms, asleep: true });
  clock.advance(left_in_ms - 1);
  expect(left).toEqual([]);
  clock.advance(1);
  expect(left).toEqual([0]);

  goneSince.set(2, clock.now());
  departures.disconnected(2);
  clock.advance(1_000);
  expect(departures.lost(2, 1)).toEqual({ left_in_ms: lostGraceMs - 1_000, asleep: false });
});

test('a page that is awake again has no longer than others', () => {
  departures.sleeping(0, true);
  departures.sleeping(0, false);
  departures.lost(0, 1);
  clock.advance(unreachableGraceMs);
  expect(left).toEqual([0]);
});

test('a complaint that was there before the sleep is not put off by it', () => {
  departures.lost(0, 1);
  departures.sleeping(0, true);
  clock.advance(unreachableGraceMs);
  expect(left).toEqual([0]);
});

test('a complaint about a player without a socket needs only the short grace', () => {
  drop(0);
  clock.advance(1_000);
  departures.lost(0, 1);
  clock.advance(lostGraceMs - 1_001);
  expect(left).toEqual([]);
  clock.advance(1);
  expect(left).toEqual([0]);
});

test('a complaint after the short grace is a departure at once', () => {
  drop(0);
  clock.advance(lostGraceMs + 1);
  departures.lost(0, 1);
  clock.advance(0);
  expect(left).toEqual([0]);
});

test('of two who lost their sockets together, the first to be back waits for the other', () => {
  drop(0);
  drop(1);
  clock.advance(lostGraceMs + 1_000);
  comeBack(1);
  departures.lost(0, 1);
  clock.advance(lostGraceMs - 1);
  expect(left).toEqual([]);
  comeBack(0);
  departures.found(0, 1);
  clock.advance(10 * socketGraceMs);
  expect(left).toEqual([]);
});

test('a connected player has time to be reached again, and a report withdraws the complaint', () => {
  departures.lost(0, 1);
  clock.advance(unreachableGraceMs - 1);
  departures.lost(0, 1);
  departures.found(0, 1);
  clock.advance(10 * unreachableGraceMs);
  expect(left).toEqual([]);
  departures.lost(0, 1);
  clock.advance(unreachableGraceMs);
  expect(left).toEqual([0]);
});

test('repeating a complaint neither shortens nor lengthens the wait', () => {
  departures.lost(0, 1);
  for (let i = 0; i < 5; i++) {
    clock.advance(unreachableGraceMs / 5 - 1);
    departures.lost(0, 1);
  }
  expect(left).toEqual([]);
  clock.advance(5);
  expect(left).toEqual([0]);
});

test('of two who complain of each other, one leaves and the other stays', () => {
  departures.lost(0, 1);
  departures.lost(1, 0);
  clock.advance(10 * unreachableGraceMs);
  expect(left).toEqual([0]);
});

test('a complaint that met a returning socket turns into the long wait', () => {
  drop(0);
  departures.lost(0, 1);
  comeBack(0);
  clock.advance(lostGraceMs);
  expect(left).toEqual([]);
  clock.advance(unreachableGraceMs);
  expect(left).toEqual([0]);
});

test('nothing is left running', () => {
  drop(0);
  departures.lost(0, 1);
  departures.lost(2, 1);
  departures.close();
  expect(clock.pending).toBe(0);
});
