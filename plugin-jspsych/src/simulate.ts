import type { GameResult } from '@cotrial/core';
import type { JsPsych } from 'jspsych';
import { resultWithoutGame, rowOf } from './data.ts';
import type { Binding } from './devices/bindings.ts';
import type { TrialParameters } from './options.ts';
import type { Scope } from './scope.ts';

/** Frames of a simulated episode that has no `max_steps`. */
const FRAMES = 300;
/** Time between two key presses of a simulated participant, ms, and for how long a key is down. */
const PRESS_EVERY_MS = 300;
const HOLD_MS = 120;

/** The row of a completed game of two, as `data-only` simulation makes it up. */
export function simulatedRow(jsPsych: JsPsych, trial: TrialParameters): Record<string, unknown> {
  const { randomization } = jsPsych;
  const n_frames = trial.max_steps ?? FRAMES;
  const episodes: GameResult['episodes'] = Array.from({ length: trial.episodes }, (_, episode) => ({
    episode,
    seed: randomization.randomInt(0, 0xffff_ffff),
    n_frames,
    reward_total: randomization.randomInt(0, 20),
    sha256: randomHex(jsPsych),
    verification: 'verified',
  }));
  const frames = n_frames * trial.episodes;
  return rowOf(
    {
      ...resultWithoutGame('completed', ''),
      match_id: jsPsych.randomization.randomID(16),
      agent: `player_${randomization.randomInt(0, 1)}`,
      n_players: 2,
      n_episodes: trial.episodes,
      n_frames: frames,
      reward_total: episodes.reduce((sum, episode) => sum + episode.reward_total, 0),
      record_sha256: randomHex(jsPsych),
      verification: 'verified',
      link_type: 'direct',
      ping_ms_median: randomization.sampleExGaussian(40, 10, 1 / 30, true),
      input_delay_median: typeof trial.input_delay === 'number' ? trial.input_delay : 2,
      rollback_count: randomization.randomInt(0, Math.ceil(frames / 10)),
      rollback_frames_max: randomization.randomInt(0, 6),
      load_ms: randomization.sampleExGaussian(2_500, 300, 1 / 500, true),
      wait_ms: randomization.sampleExGaussian(4_000, 1_000, 1 / 5_000, true),
      episodes,
    },
    trial.include_frames,
  );
}

function randomHex(jsPsych: JsPsych): string {
  const digits = Array.from({ length: 64 }, () => jsPsych.randomization.randomInt(0, 15));
  return digits.map((digit) => digit.toString(16)).join('');
}

/** Presses the game's keys at random, as `visual` simulation does, until the scope closes. */
export function pressKeysAtRandom(
  jsPsych: JsPsych,
  bindings: readonly Binding[],
  scope: Scope,
): void {
  const { pluginAPI, randomization } = jsPsych;
  if (bindings.length === 0) return;
  scope.every(PRESS_EVERY_MS, () => {
    const { keys } = bindings[randomization.randomInt(0, bindings.length - 1)]!;
    for (const key of keys) pluginAPI.keyDown(key);
    scope.after(HOLD_MS, () => {
      for (const key of keys) pluginAPI.keyUp(key);
    });
  });
}
