import type { JsPsych, JsPsychPlugin, TrialType } from 'jspsych';
import { core } from './core.ts';
import { info, type Info } from './info.ts';
import { preloadEnvironment, type PreloadParameters } from './preload.ts';
import type { TrialParameters } from './options.ts';
import { pressKeysAtRandom, simulatedRow } from './simulate.ts';
import { GameTrial } from './trial.ts';

/** Time that end screens stay in `visual` simulation, ms. */
const SIMULATED_END_DELAY = 500;

type SimulationMode = 'data-only' | 'visual';
interface SimulationOptions {
  data?: Record<string, unknown>;
}

/**
 * **multiplayer-pyodide**
 *
 * One trial is a whole real-time game of one or more participants, written as a Python
 * environment: it loads the game, finds the other players, plays all episodes, and ends with one
 * row of data. The record of every frame, identical for all players, is on the server.
 *
 * @author The Cotrial authors
 */
class MultiplayerPyodidePlugin implements JsPsychPlugin<Info> {
  static info = info;

  /**
   * Loads Python and an environment before the trial that plays it, for example during the
   * instructions. Call it at any time, with the trial's own parameters; the trial then begins
   * without loading, or joins the loading where it is.
   *
   * @param on_progress is called with how much of loading is done, 0 to 1
   * @returns whether it is loaded. Never rejects: what failed is tried again by the trial, which
   *   shows what is wrong.
   */
  static preload(
    parameters: PreloadParameters,
    on_progress?: (fraction: number) => void,
  ): Promise<boolean> {
    return preloadEnvironment(parameters, on_progress);
  }

  /**
   * Frees the memory of Python that no trial uses now. Without it that happens by itself after ten
   * minutes, and with the page.
   */
  static unload(): void {
    core.unload();
  }

  constructor(private readonly jsPsych: JsPsych) {}

  trial(display_element: HTMLElement, trial: TrialType<Info>): void {
    new GameTrial(this.jsPsych, display_element, parametersOf(trial)).begin();
  }

  simulate(
    trial: TrialType<Info>,
    simulation_mode: SimulationMode,
    simulation_options: SimulationOptions,
    load_callback: () => void,
  ): void {
    const parameters = parametersOf(trial);
    if (simulation_mode === 'data-only') {
      load_callback();
      const row = simulatedRow(this.jsPsych, parameters);
      this.jsPsych.finishTrial({ ...row, ...simulation_options.data });
      return;
    }
    new GameTrial(this.jsPsych, this.jsPsych.getDisplayElement(), parameters, {
      playing: (bindings, scope) => {
        pressKeysAtRandom(this.jsPsych, bindings, scope);
      },
      data: simulation_options.data ?? {},
      end_delay: SIMULATED_END_DELAY,
    }).begin();
    load_callback();
  }
}

/** jsPsych's own type knows neither defaults nor null; at run time every parameter is there. */
const parametersOf = (trial: TrialType<Info>) => trial as unknown as TrialParameters;

export default MultiplayerPyodidePlugin;
