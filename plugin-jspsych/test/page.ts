import { initJsPsych, type JsPsych } from 'jspsych';
import { vi } from 'vitest';
import MultiplayerPyodidePlugin from '../src/index.ts';
import { core } from '../src/core.ts';
import { ScriptedRun } from './scripted-run.ts';

/** A browser with everything that the game needs, and a scripted game. */
export function preparePage(): void {
  document.body.replaceChildren();
  class ModuleWorker {
    readonly type: unknown;
    constructor(_url: string, options: WorkerOptions) {
      this.type = options.type;
    }
    terminate(): void {
      // There is nothing to end.
    }
  }
  vi.stubGlobal('Worker', ModuleWorker);
  vi.stubGlobal('RTCPeerConnection', class {});
  vi.stubGlobal('matchMedia', () => ({ matches: false }));
  vi.spyOn(document, 'hasFocus').mockReturnValue(true);
}

export interface Experiment {
  jsPsych: JsPsych;
  /** Trials that began, in order: each scripted game. */
  runs: ScriptedRun[];
  /** Resolves when the experiment is over. */
  over: Promise<void>;
  root: () => HTMLElement | null;
}

/** Trials of the plugin with these parameters, one after another. */
export function start(
  trials: Record<string, unknown>[],
  simulation?: 'data-only' | 'visual',
): Experiment {
  const runs: ScriptedRun[] = [];
  core.runGame = (options, events) => {
    const run = new ScriptedRun(options, events);
    runs.push(run);
    return run;
  };
  const jsPsych = initJsPsych();
  const timeline = trials.map((parameters) => ({
    type: MultiplayerPyodidePlugin,
    game: 'test',
    environment_code: 'class Env: ...',
    keys: { ArrowLeft: 1, ArrowRight: 2, 'ArrowLeft+ArrowRight': 3, ' ': 4 },
    press_keys: [' '],
    ...parameters,
  }));
  const over =
    simulation === undefined ? jsPsych.run(timeline) : jsPsych.simulate(timeline, simulation);
  return {
    jsPsych,
    runs,
    over: Promise.resolve(over).then(() => undefined),
    root: () => document.querySelector<HTMLElement>('.cotrial'),
  };
}

/** The scripted game of the `n`th trial, once it has begun. */
export async function runOf(experiment: Experiment, n = 0): Promise<ScriptedRun> {
  return await vi.waitUntil(() => experiment.runs[n]);
}

/** jsPsych's rows. */
export const rows = ({ jsPsych }: Experiment): Record<string, unknown>[] =>
  jsPsych.data.get().values() as Record<string, unknown>[];
