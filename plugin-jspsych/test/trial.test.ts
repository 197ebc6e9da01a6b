import type { LiveFigures } from '@cotrial/core';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { resultWithoutGame } from '../src/data.ts';
import { info } from '../src/info.ts';
import { preparePage, rows, runOf, start } from './page.ts';
import { COMPLETED, STATES } from './scripted-run.ts';

vi.mock('../src/core.ts', () => import('./fake-core.ts'));

beforeEach(preparePage);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

const button = async () =>
  await vi.waitUntil(
    () => document.querySelector<HTMLButtonElement>('.cotrial-continue:enabled'),
    5_000,
  );

describe('one trial', () => {
  it('ends with one flat row, as it is documented', async () => {
    const experiment = start([{}]);
    const run = await runOf(experiment);
    run.goTo('saving');
    run.finish(COMPLETED);
    (await button()).click();
    await experiment.over;
    const [row, ...others] = rows(experiment);
    expect(others).toEqual([]);
    const { frames, ...documented } = info.data;
    expect(frames).toBeDefined();
    expect(Object.keys(row!)).toEqual(expect.arrayContaining(Object.keys(documented)));
    expect(row).not.toHaveProperty('frames');
    expect(row).toMatchObject({
      outcome: 'completed',
      match_id: 'm1',
      ping_ms_median: 20.5,
      error: null,
      episodes: [{ episode: 0, seed: 1, n_frames: 1 }],
    });
    const flat = Object.entries(documented).filter(([name]) => name !== 'episodes');
    for (const [name] of flat) expect(row![name]).not.toBeTypeOf('undefined');
    expect(document.querySelector('.cotrial')).toBeNull();
  });

  it('puts frames into the row if asked, as JSON that keeps every digit', async () => {
    const experiment = start([{ include_frames: true, end_delay: 0 }]);
    (await runOf(experiment)).finish(COMPLETED);
    await experiment.over;
    const { frames } = JSON.parse(experiment.jsPsych.data.get().json().slice(1, -1)) as {
      frames: unknown;
    };
    expect(frames).toEqual([
      [
        expect.objectContaining({
          actions: [1, '1152921504606846976'],
          rewards: [1.5, null],
          infos: [{ big: '1180591620717411303424' }, null],
        }),
      ],
    ]);
  });

  it('tells the experiment of a slow connection, and survives what the experiment does then', async () => {
    const told: [string, string, number][] = [];
    const broken = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const experiment = start([
      {
        on_degraded: (agent: string, rtt: number) => told.push(['degraded', agent, rtt]),
        on_critical: () => {
          throw new Error('a mistake of the experiment');
        },
        end_delay: 0,
      },
    ]);
    const run = await runOf(experiment);
    run.goTo('playing');
    run.events.quality('player_1', 'degraded', 160);
    run.events.quality('player_1', 'critical', 320);
    run.events.quality('player_1', 'good', 60);
    run.finish(COMPLETED);
    await experiment.over;
    expect(told).toEqual([['degraded', 'player_1', 160]]);
    expect(broken).toHaveBeenCalledOnce();
    expect(rows(experiment)).toHaveLength(1);
  });

  it('tells the experiment figures of the match if it wants them, and survives what it does then', async () => {
    const told: LiveFigures[] = [];
    const broken = vi.spyOn(console, 'error').mockImplementation(() => undefined);
    const on_figures = (figures: LiveFigures) => {
      told.push(figures);
      if (told.length === 2) throw new Error('a mistake of the experiment');
    };
    const experiment = start([{ on_figures, end_delay: 0 }, { end_delay: 0 }]);
    const run = await runOf(experiment);
    run.goTo('playing');
    const figures = { pings_ms: { player_1: 40 }, rollbacks: 2, rollback_frames: 5, stall_ms: 0 };
    for (let i = 0; i < 3; i++) run.events.figures?.(figures);
    run.finish(COMPLETED);
    const next = await runOf(experiment, 1);
    // The first game is over, whatever it still says.
    run.events.figures?.(figures);
    expect('figures' in next.events).toBe(false);
    next.finish(COMPLETED);
    await experiment.over;
    expect(told).toEqual([figures, figures, figures]);
    expect(broken).toHaveBeenCalledOnce();
    expect(rows(experiment)).toHaveLength(2);
  });

  it('finishes once, however often it is told to', async () => {
    const experiment = start([{ end_delay: 0 }, {}]);
    const finishTrial = vi.spyOn(experiment.jsPsych, 'finishTrial');
    const run = await runOf(experiment);
    run.goTo('playing');
    run.finish(COMPLETED);
    const next = await runOf(experiment, 1);
    // Whatever the first game still says, the second trial is not touched.
    run.events.state({ name: 'playing', episode: 0, episodes: 1 });
    run.abort('late');
    next.goTo('waiting');
    expect(finishTrial).toHaveBeenCalledTimes(1);
    expect(experiment.root()?.dataset['state']).toBe('waiting');
    next.finish(COMPLETED);
    (await button()).click();
    await experiment.over;
    expect(finishTrial).toHaveBeenCalledTimes(2);
    expect(rows(experiment)).toHaveLength(2);
  });

  it.each(STATES.map(({ name }) => name))(
    'leaves nothing behind when aborted in %s',
    async (at) => {
      const experiment = start([{}]);
      const added = vi.spyOn(document, 'addEventListener');
      const run = await runOf(experiment);
      run.goTo(at);
      const finishTrial = vi.spyOn(experiment.jsPsych, 'finishTrial');
      experiment.jsPsych.abortExperiment('over', {});
      await experiment.over;
      await vi.waitUntil(() => run.aborts.length > 0);
      expect(run.aborts).toHaveLength(1);
      expect(finishTrial).toHaveBeenCalledTimes(1);
      expect(experiment.root()).toBeNull();
      for (const [, , options] of added.mock.calls) {
        if (typeof options === 'object' && options.signal !== undefined) {
          expect(options.signal.aborted).toBe(true);
        }
      }
      const inputs = run.inputs.length;
      document.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowLeft' }));
      run.goTo('playing');
      expect(run.inputs).toHaveLength(inputs);
      expect(experiment.root()).toBeNull();
    },
  );

  it('does not finish a trial that ended while its end screen stood', async () => {
    const experiment = start([{ end_delay: 50 }]);
    const finishTrial = vi.spyOn(experiment.jsPsych, 'finishTrial');
    const run = await runOf(experiment);
    run.finish(COMPLETED);
    await vi.waitUntil(() => experiment.root()?.dataset['state'] === 'ended', { interval: 1 });
    experiment.jsPsych.abortExperiment('over', {});
    await experiment.over;
    expect(finishTrial).toHaveBeenCalledTimes(1);
  });

  it('says what the browser lacks', async () => {
    vi.stubGlobal('RTCPeerConnection', undefined);
    const experiment = start([{}]);
    const text = await vi.waitUntil(() => experiment.root()?.textContent);
    expect(text).toContain('This browser lacks WebRTC.');
    (await button()).click();
    await experiment.over;
    expect(rows(experiment)[0]).toMatchObject({
      outcome: 'unsupported',
      outcome_reason: 'This browser lacks WebRTC.',
      match_id: null,
    });
    expect(experiment.runs).toEqual([]);
  });

  it.each<[string, () => Promise<Response>, string]>([
    ['404', () => Promise.resolve(new Response('', { status: 404 })), 'the server answers 404'],
    ['no answer', () => Promise.reject(new TypeError('refused')), 'refused'],
    ['a page', () => Promise.resolve(new Response('<!doctype html>')), 'is a web page'],
  ])(
    'turns an environment that cannot be fetched (%s) into an outcome',
    async (_, answer, text) => {
      vi.stubGlobal('fetch', answer);
      const experiment = start([{ environment: 'games/volley.py', environment_code: null }]);
      (await button()).click();
      await experiment.over;
      const row = rows(experiment)[0]!;
      expect(row['outcome']).toBe('load_failed');
      expect(row['outcome_reason']).toContain(text);
      expect(row['error']).toMatchObject({ where: 'loading', traceback: '' });
    },
  );

  it('loads again on a button that the keyboard reaches first, and plays', async () => {
    const answers = [new Response('', { status: 404 }), new Response('class Env: ...')];
    vi.stubGlobal('fetch', () => Promise.resolve(answers.shift()!));
    const experiment = start([{ environment: 'games/late.py', environment_code: null }]);
    const retry = await vi.waitUntil(
      () => document.querySelector<HTMLButtonElement>('.cotrial-retry:enabled'),
      5_000,
    );
    expect(document.activeElement).toBe(retry);
    expect(experiment.root()?.dataset).toMatchObject({ state: 'ended', outcome: 'load_failed' });
    retry.click();
    const run = await runOf(experiment, 1);
    expect(experiment.root()?.dataset).toMatchObject({ state: 'loading' });
    expect(experiment.root()?.dataset['outcome']).toBeUndefined();
    run.goTo('playing');
    run.finish({ ...COMPLETED, load_ms: 5 });
    expect(document.querySelector('.cotrial-retry')).toBeNull();
    (await button()).click();
    await experiment.over;
    expect(rows(experiment)).toHaveLength(1);
    expect(rows(experiment)[0]).toMatchObject({ outcome: 'completed', error: null });
    // Since the start of the trial, the failed try and the reading of its screen included.
    expect(rows(experiment)[0]!['load_ms']).toBeGreaterThan(500);
  });

  it.each(['load', 'reset', 'render'])(
    'does not offer to load an environment again that fails in %s',
    async (where) => {
      const experiment = start([{}]);
      const error = { where, message: 'no', traceback: 'line 1' };
      (await runOf(experiment)).finish(resultWithoutGame('load_failed', 'no', error));
      await button();
      expect(document.querySelector('.cotrial-retry')).toBeNull();
      experiment.jsPsych.abortExperiment('', {});
      await experiment.over;
    },
  );

  it('fetches an environment once a page', async () => {
    const fetched = vi.fn(() => Promise.resolve(new Response('class Env: ...')));
    vi.stubGlobal('fetch', fetched);
    const trial = { environment: 'games/once.py', environment_code: null, end_delay: 0 };
    const experiment = start([trial, trial]);
    for (const n of [0, 1]) (await runOf(experiment, n)).finish(COMPLETED);
    await experiment.over;
    expect(fetched).toHaveBeenCalledTimes(1);
  });

  it('fetches the environment and names it by its file', async () => {
    vi.stubGlobal('fetch', () => Promise.resolve(new Response('class Env: ...')));
    const experiment = start([{ environment: 'games/volley.py?v=1', environment_code: null }]);
    const { options } = await runOf(experiment);
    expect(await options.source).toEqual({ text: 'class Env: ...', name: 'volley.py' });
  });

  it.each([
    [{ ArrowLeft: 9 }, '9 is not in Discrete(5)'],
    [{ player_9: { a: 1 } }, '"player_9" is not an agent'],
    [{ 'a+': 1 }, '"a+" is not a key'],
    [{ a: 'left' }, '"a" must be a number'],
  ])('refuses keys that mean nothing before anybody is matched: %j', async (keys, text) => {
    const experiment = start([{ keys, press_keys: [] }]);
    const run = await runOf(experiment);
    run.goTo('waiting');
    expect(run.aborts).toHaveLength(1);
    (await button()).click();
    await experiment.over;
    expect(rows(experiment)[0]).toMatchObject({ outcome: 'load_failed' });
    expect(rows(experiment)[0]!['outcome_reason']).toContain(text);
  });

  it('shows texts as text', async () => {
    const attack = '<img src=x onerror="document.title=1">';
    const experiment = start([{ text_removed: `${attack}\n{reason}`, button_label: attack }]);
    const run = await runOf(experiment);
    run.finish({
      ...resultWithoutGame('removed', attack),
      error: { where: attack, message: attack, traceback: attack },
    });
    await button();
    const root = experiment.root()!;
    expect(root.querySelector('img')).toBeNull();
    expect(root.querySelector('h2')?.textContent).toBe(attack);
    expect(root.querySelector('p')?.textContent).toBe(attack);
    expect(root.querySelector('pre')?.textContent).toContain(attack);
  });
});
