import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { info } from '../src/info.ts';
import { preparePage, rows, runOf, start } from './page.ts';
import { COMPLETED } from './scripted-run.ts';

vi.mock('../src/core.ts', () => import('./fake-core.ts'));

beforeEach(preparePage);
afterEach(() => {
  vi.unstubAllGlobals();
  vi.restoreAllMocks();
});

describe('simulation', () => {
  it('makes up a documented row without a game (data-only)', async () => {
    const experiment = start(
      [{ episodes: 2, max_steps: 100, simulation_options: { data: { agent: 'cook' } } }],
      'data-only',
    );
    await experiment.over;
    const row = rows(experiment)[0]!;
    const { frames, ...documented } = info.data;
    expect(frames).toBeDefined();
    expect(Object.keys(row)).toEqual(expect.arrayContaining(Object.keys(documented)));
    expect(row).toMatchObject({ outcome: 'completed', n_frames: 200, agent: 'cook' });
    expect(row['episodes']).toHaveLength(2);
    expect(experiment.runs).toEqual([]);
  });

  it('plays the real trial with keys at random and goes on by itself (visual)', async () => {
    const experiment = start([{ simulation_options: { data: { agent: 'cook' } } }], 'visual');
    const run = await runOf(experiment);
    run.goTo('playing');
    await vi.waitUntil(() => run.inputs.some(({ pressed }) => pressed !== null));
    run.finish(COMPLETED);
    await experiment.over;
    expect(rows(experiment)).toMatchObject([{ outcome: 'completed', agent: 'cook' }]);
  });
});
