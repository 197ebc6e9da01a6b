import type { JsPsych, JsPsychPlugin, TrialType } from 'jspsych';
import { info, type Info } from './info.ts';
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
