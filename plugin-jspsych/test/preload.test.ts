import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { LoadOptions } from '@cotrial/core';
import { core } from '../src/core.ts';
import MultiplayerPyodidePlugin from '../src/index.ts';
import { preparePage, runOf, start } from './page.ts';

vi.mock('../src/core.ts', () => import('./fake-core.ts'));

const asked: { options: LoadOptions; timeout: number }[] = [];
beforeEach(() => {
  preparePage();
  asked.length = 0;
  core.preload = (options, progress, timeout) => {
    asked.push({ options, timeout });
    progress('python', 0.5);
    return Promise.resolve(true);
  };
});
afterEach(() => {
  vi.unstubAllGlobals();
});

it('loads what the trial with the same parameters plays', async () => {
  const trial = {
    game: 'test',
    environment_code: 'class Env: ...',
    environment_options: { size: 3 },
    packages: ['numpy'],
    load_timeout: 5_000,
  };
  const heard: number[] = [];
  const loaded = await MultiplayerPyodidePlugin.preload(trial, (f) => heard.push(f));
  expect(loaded).toBe(true);
  expect(heard).toEqual([0.5]);
  const { options, timeout } = asked[0]!;
  expect(timeout).toBe(5_000);
  const experiment = start([trial]);
  const run = await runOf(experiment);
  const { source, ...rest } = options;
  expect(run.options).toMatchObject(rest);
  expect(await run.options.source).toEqual(await source);
  experiment.jsPsych.abortExperiment('', {});
  await experiment.over;
});

it('leaves it to the trial to say what the browser lacks', async () => {
  vi.stubGlobal('WebAssembly', undefined);
  expect(await MultiplayerPyodidePlugin.preload({ environment_code: '' })).toBe(false);
  expect(asked).toEqual([]);
});
