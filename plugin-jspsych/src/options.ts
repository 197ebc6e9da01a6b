import type { GameOptions, LiveFigures, LoadOptions, PythonFile } from '@cotrial/core';
import type { ParameterType } from 'jspsych';
import type { TouchButton } from './devices/touch.ts';
import type { Info } from './info.ts';
import type { Texts } from './screens/screen.ts';

/** TypeScript's types of jsPsych's parameter types, as far as this plugin uses them. */
interface ValueTypes {
  [ParameterType.BOOL]: boolean;
  [ParameterType.STRING]: string;
  [ParameterType.INT]: number;
  [ParameterType.OBJECT]: Record<string, unknown>;
}
type Value<P> = P extends { type: keyof ValueTypes; array: true }
  ? ValueTypes[P['type']][]
  : P extends { type: keyof ValueTypes; default: null }
    ? ValueTypes[P['type']] | null
    : P extends { type: keyof ValueTypes }
      ? ValueTypes[P['type']]
      : P extends { options: readonly (infer O)[] }
        ? O
        : unknown;

/** A trial's parameters as jsPsych hands them over: all are there, defaults filled in. */
export type TrialParameters = {
  [Name in keyof Info['parameters']]: Value<Info['parameters'][Name]>;
} & {
  input_delay: number | 'adaptive';
  on_degraded: ((agent: string, rtt_ms: number) => void) | null;
  on_critical: ((agent: string, rtt_ms: number) => void) | null;
  on_figures: ((figures: LiveFigures) => void) | null;
  touch_buttons: TouchButton[] | null;
};

/** What decides whether an environment is loaded already. */
export type LoadParameters = Pick<
  TrialParameters,
  'server' | 'environment_options' | 'packages' | 'pyodide_url' | 'worker_url'
>;

export function loadOptions(trial: LoadParameters, source: Promise<PythonFile>): LoadOptions {
  return {
    server: trial.server,
    source,
    environment_options: trial.environment_options,
    packages: trial.packages,
    pyodide_url: trial.pyodide_url,
    worker_url: trial.worker_url,
  };
}

export function gameOptions(trial: TrialParameters, source: Promise<PythonFile>): GameOptions {
  return {
    ...loadOptions(trial, source),
    game: trial.game,
    fps: trial.fps,
    episodes: trial.episodes,
    max_steps: trial.max_steps,
    input_delay: trial.input_delay,
    prediction: trial.prediction,
    on_leave: trial.on_leave,
    on_desync: trial.on_desync,
    participant: trial.participant,
    relay_only: trial.relay_only,
    wait_timeout_ms: trial.wait_timeout,
    load_timeout_ms: trial.load_timeout,
  };
}

export function textsOf(trial: TrialParameters): Texts {
  return {
    loading: trial.text_loading,
    loading_engine: trial.text_loading_engine,
    loading_python: trial.text_loading_python,
    loading_packages: trial.text_loading_packages,
    loading_environment: trial.text_loading_environment,
    loading_server: trial.text_loading_server,
    waiting: trial.text_waiting,
    waiting_time: trial.text_waiting_time,
    connecting: trial.text_connecting,
    countdown: trial.text_countdown,
    round: trial.text_round,
    connected: trial.text_connected,
    interrupted: trial.text_interrupted,
    paused_unreachable: trial.text_paused_unreachable,
    paused_asleep: trial.text_paused_asleep,
    paused_slow: trial.text_paused_slow,
    saving: trial.text_saving,
    details: trial.text_details,
    continue: trial.button_label,
    mismatch: trial.text_mismatch,
    retry: trial.retry_label,
    ends: {
      completed: trial.text_done,
      partner_left: trial.text_partner_left,
      left: trial.text_left,
      timed_out_waiting: trial.text_timed_out_waiting,
      excluded: trial.text_excluded,
      unsupported: trial.text_unsupported,
      load_failed: trial.text_load_failed,
      environment_error: trial.text_error,
      desync: trial.text_desync,
      connection_lost: trial.text_connection_lost,
      removed: trial.text_removed,
      server_closed: trial.text_server_closed,
    },
  };
}
