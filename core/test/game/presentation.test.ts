import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { Presentation } from '../../src/game/presentation.ts';
import type { GameState } from '../../src/game/run.ts';
import { Timers } from '../../src/game/timers.ts';

let states: GameState[];
let screen: Presentation;
beforeEach(() => {
  vi.useFakeTimers();
  states = [];
  const ignore = (): void => undefined;
  const state = (next: GameState) => states.push(next);
  const events = { state, loaded: ignore, seated: ignore, quality: ignore, draw: ignore };
  screen = new Presentation(events, new Timers(), 2, 15_000);
});
afterEach(() => vi.useRealTimers());

it('says of a player who cannot be reached what the server knows, as soon as it answers', () => {
  screen.playing(0);
  screen.unreachable('b', null);
  expect(states.at(-1)).toMatchObject({ agent: 'b', reason: 'unreachable', limit_ms: 15_000 });
  vi.advanceTimersByTime(200);
  screen.unreachable('b', { left_in_ms: 28_400, asleep: true });
  expect(states.at(-1)).toEqual({
    name: 'paused',
    agent: 'b',
    reason: 'asleep',
    since: performance.now(),
    limit_ms: 28_400,
  });
  screen.unreachable('b', { left_in_ms: 3_000, asleep: false });
  expect(states.at(-1)).toMatchObject({ reason: 'unreachable', limit_ms: 3_000 });
  screen.resumed();
  expect(states.at(-1)).toEqual({ name: 'playing', episode: 0, episodes: 2 });
});

it('names no limit while a player is only slow, and does not show what is over soon', () => {
  screen.playing(0);
  screen.stalled('b');
  vi.advanceTimersByTime(900);
  screen.resumed();
  screen.stalled('b');
  vi.advanceTimersByTime(999);
  expect(states).toHaveLength(1);
  vi.advanceTimersByTime(1);
  expect(states.at(-1)).toMatchObject({ name: 'paused', reason: 'slow', limit_ms: null });
});

it('shows no pause any more once the game is over', () => {
  screen.playing(0);
  screen.stalled('b');
  screen.saving();
  screen.unreachable('b', null);
  vi.advanceTimersByTime(5_000);
  expect(states.map(({ name }) => name)).toEqual(['playing', 'saving']);
});
