/** What follows when a player cannot be reached, by the clock (NET-10). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Reach, UNREACHABLE_MS } from '../../src/game/reach.ts';
import { Timers } from '../../src/game/timers.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that answers, is known to be away, or just says nothing. */
type Server = 'answers' | 'away' | 'silent';

const REPLY = { left_in_ms: 28_000, asleep: true };

function reachOf(others: number[], server: Server) {
  const told: string[] = [];
  const reports: number[] = [];
  const heard: [number, number][] = [];
  const state = { server };
  const reach = new Reach({
    match_id: 'm',
    others,
    timers: new Timers(),
    server: {
      get connected() {
        return state.server !== 'away';
      },
      peerLost: (_, player) => {
        reports.push(player);
        if (state.server === 'answers') return Promise.resolve(REPLY);
        return state.server === 'away' ? Promise.reject(new Error('away')) : new Promise(() => {});
      },
    },
    told: (player, { left_in_ms }) => heard.push([player, left_in_ms]),
    gone: ({ player, outcome }) => told.push(`gone ${player} ${outcome}`),
    isolated: ({ player, reason }) => told.push(`isolated ${player} ${reason}`),
  });
  return { reach, told, reports, heard, state };
}

describe('a player who cannot be reached', () => {
  it('is told of with what the server answers, each time, while it is missing', async () => {
    const { reach, heard } = reachOf([1], 'answers');
    reach.lost(1, 'silent');
    await vi.advanceTimersByTimeAsync(1.5 * UNREACHABLE_MS);
    expect(heard).toEqual([
      [1, REPLY.left_in_ms],
      [1, REPLY.left_in_ms],
    ]);
    const other = reachOf([1], 'answers');
    other.reach.lost(1, 'silent');
    other.reach.found(1);
    await vi.advanceTimersByTimeAsync(UNREACHABLE_MS);
    expect(other.heard).toEqual([]);
  });

  it('is the server’s to judge, as long as it answers', async () => {
    const { reach, told, reports } = reachOf([1], 'answers');
    reach.lost(1, 'silent');
    expect(reach.whole).toBe(false);
    await vi.advanceTimersByTimeAsync(3.5 * UNREACHABLE_MS);
    expect(told).toEqual([]);
    expect(reports).toEqual([1, 1, 1, 1]);
  });

  it.each([
    ['away', UNREACHABLE_MS],
    ['silent', UNREACHABLE_MS + 2_000],
  ] as const)(
    'ends the match here if the server is %s and nobody else is there',
    async (server, ms) => {
      const { reach, told } = reachOf([1], server);
      reach.lost(1, 'silent');
      await vi.advanceTimersByTimeAsync(ms - 1);
      expect(told).toEqual([]);
      await vi.advanceTimersByTimeAsync(1);
      expect(told).toEqual(['isolated 1 silent']);
    },
  );

  it('is left behind by those who reach each other, if the server is away', async () => {
    const { reach, told } = reachOf([1, 2], 'away');
    reach.lost(2, 'silent');
    await vi.advanceTimersByTimeAsync(UNREACHABLE_MS);
    expect(told).toEqual(['gone 2 connection_lost']);
  });

  it('leaves nobody to go on with where the others have left or are lost too', async () => {
    const { reach, told } = reachOf([1, 2, 3], 'away');
    reach.left(3);
    reach.lost(1, 'cut');
    await vi.advanceTimersByTimeAsync(1);
    reach.lost(2, 'cut');
    await vi.advanceTimersByTimeAsync(UNREACHABLE_MS - 1);
    expect(told).toEqual(['isolated 1 cut']);
  });

  it('is only waited for again when found in time, or after the match', async () => {
    const { reach, told } = reachOf([1, 2], 'away');
    reach.lost(1, 'cut');
    reach.lost(2, 'cut');
    await vi.advanceTimersByTimeAsync(UNREACHABLE_MS - 1);
    reach.found(1);
    expect(reach.whole).toBe(false);
    reach.close();
    await vi.advanceTimersByTimeAsync(10 * UNREACHABLE_MS);
    expect(told).toEqual([]);
    expect(reach.whole).toBe(true);
  });

  it('is not waited for any more once it has left: the others play on', async () => {
    const { reach, told } = reachOf([1, 2], 'answers');
    reach.lost(1, 'cut');
    reach.left(1);
    expect(reach.whole).toBe(true);
    await vi.advanceTimersByTimeAsync(10 * UNREACHABLE_MS);
    expect(told.filter((line) => line.startsWith('gone'))).toEqual([]);
  });

  it('has all the time again when the server is back for a moment', async () => {
    const { reach, told, state } = reachOf([1], 'away');
    reach.lost(1, 'cut');
    state.server = 'answers';
    await vi.advanceTimersByTimeAsync(UNREACHABLE_MS);
    state.server = 'away';
    await vi.advanceTimersByTimeAsync(UNREACHABLE_MS - 1);
    expect(told).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(told).toEqual(['isolated 1 cut']);
  });
});
