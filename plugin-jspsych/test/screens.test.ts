import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { GameState } from '@cotrial/core';
import { resultWithoutGame } from '../src/data.ts';
import { info } from '../src/info.ts';
import { textsOf, type TrialParameters } from '../src/options.ts';
import { Scope } from '../src/scope.ts';
import { fill, minutes } from '../src/screens/texts.ts';
import { View } from '../src/screens/view.ts';

const defaults = Object.fromEntries(
  Object.entries(info.parameters).map(([name, parameter]) => [name, parameter.default]),
) as unknown as TrialParameters;

describe('texts', () => {
  it('take values in braces and leave everything else', () => {
    expect(fill('{a} of {b}, {constructor}', { a: 1, b: null })).toBe('1 of , {constructor}');
    expect(fill('{a}', { a: '{b}', b: 'no' })).toBe('{b}');
    expect(minutes(65_900)).toBe('1:05');
  });
});

describe('screens', () => {
  let scope: Scope;
  let view: View;
  const draws: Uint8Array[] = [];
  let closed = 0;

  beforeEach(() => {
    vi.useFakeTimers({
      toFake: ['setTimeout', 'setInterval', 'clearTimeout', 'clearInterval', 'performance'],
    });
    scope = new Scope();
    draws.length = 0;
    closed = 0;
    document.body.replaceChildren();
    const renderer = {
      draw: (list: Uint8Array) => {
        draws.push(list);
      },
      close: () => {
        closed += 1;
      },
    };
    view = new View(document.body, textsOf(defaults), scope, () => renderer, 800);
  });
  afterEach(() => {
    scope.close();
    vi.useRealTimers();
  });
  const show = (state: GameState) => {
    view.show(state);
    return view.root;
  };
  const text = (selector: string) => view.root.querySelector(selector)?.textContent;

  it('show how far loading is', () => {
    show({ name: 'loading', stage: 'python', fraction: 0.256 });
    expect(view.root.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')).toBe('26');
    expect(text('.cotrial-soft')).toBe('Loading Python');
  });

  it('count waiting time on their own between the server’s words', () => {
    show({ name: 'waiting', waited_ms: 58_500, timeout_ms: 120_000 });
    expect(text('.cotrial-soft')).toBe('You have waited 0:58. It takes 2:00 at most.');
    vi.advanceTimersByTime(2_000);
    expect(text('.cotrial-soft')).toBe('You have waited 1:00. It takes 2:00 at most.');
    vi.advanceTimersByTime(300_000);
    expect(text('.cotrial-soft')).toBe('You have waited 2:00. It takes 2:00 at most.');
  });

  it('count 3, 2, 1 on the clock that the game starts by', () => {
    show({ name: 'countdown', starts_at: performance.now() + 2_600 });
    const seen: unknown[] = [];
    for (const step of [0, 599, 1, 999, 1, 999, 1, 500]) {
      vi.advanceTimersByTime(step);
      seen.push(text('.cotrial-count'));
    }
    expect(seen).toEqual(['3', '3', '2', '2', '1', '1', '1', '1']);
  });

  it('draw from the moment at which the game is loaded', () => {
    show({ name: 'loading', stage: 'environment', fraction: 1 });
    view.createBoard([600, 400]);
    view.draw(Uint8Array.of(1));
    show({ name: 'playing', episode: 1, episodes: 3 });
    view.draw(Uint8Array.of(2));
    expect(draws).toHaveLength(2);
    expect(text('.cotrial-round')).toBe('Round 2 of 3');
    show({ name: 'playing', episode: 0, episodes: 1 });
    expect(text('.cotrial-round')).toBe('');
  });

  it('say over the game who is missing and how long that may last, and take it away again', () => {
    show({ name: 'playing', episode: 0, episodes: 1 });
    const since = performance.now();
    show({ name: 'paused', agent: 'player_1', reason: 'unreachable', since, limit_ms: 15_000 });
    vi.advanceTimersByTime(1_250);
    expect(text('.cotrial-card')).toContain('(player_1)');
    expect(text('.cotrial-card')).toContain('in 14\u00a0s');
    expect(text('.cotrial-link')).toBe('Interrupted');
    show({ name: 'paused', agent: 'player_1', reason: 'asleep', since, limit_ms: 28_500 });
    expect(text('.cotrial-card')).toContain('sleep');
    expect(text('.cotrial-card')).toContain('in 28\u00a0s');
    show({ name: 'paused', agent: 'player_1', reason: 'slow', since, limit_ms: null });
    expect(text('.cotrial-card')).toContain('catching up');
    // Nothing ends while a player is heard: no time is told.
    expect(text('.cotrial-card')).not.toMatch(/\d+\u00a0s/);
    show({ name: 'playing', episode: 0, episodes: 1 });
    expect(view.root.querySelector('.cotrial-cover')).toBeNull();
    expect(text('.cotrial-link')).toBe('Connected');
  });

  it('end with a button that waits until the text can have been seen', () => {
    show({ name: 'playing', episode: 0, episodes: 1 });
    view.createBoard([600, 400]);
    const proceed = vi.fn();
    view.showEnd(resultWithoutGame('partner_left', ''), { proceed, retry: null });
    expect(view.root.querySelectorAll('button')).toHaveLength(1);
    const button = view.root.querySelector('button')!;
    button.click();
    expect(proceed).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1_000);
    button.click();
    button.click();
    expect(proceed).toHaveBeenCalledTimes(1);
    expect(view.root.dataset['outcome']).toBe('partner_left');
  });

  it('leave no timer and close the picture with the trial', () => {
    view.createBoard([600, 400]);
    show({ name: 'countdown', starts_at: performance.now() + 3_000 });
    show({ name: 'paused', agent: 'a', reason: 'slow', since: 0, limit_ms: 1 });
    scope.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(closed).toBe(1);
  });
});
