import type { EnterRequest } from '../contract/index.ts';
import type { EnvironmentDescription } from '../environment/environment.ts';
import type { GameOptions } from './run.ts';

/** Frames a second where neither the researcher nor the environment says. */
const DEFAULT_FPS = 30;
/** Frames between checksums: one a second at most rates, cheap and soon enough to find a fault. */
const CHECKSUM_INTERVAL = 30;

/** What a participant asks the lobby for, once the environment is known. */
export function entryOf(options: GameOptions, environment: EnvironmentDescription): EnterRequest {
  return {
    game: options.game,
    agents: environment.agents.map((agent) => agent.id),
    environment_sha256: environment.sha256,
    settings: {
      fps: options.fps ?? environment.fps ?? DEFAULT_FPS,
      episodes: options.episodes,
      max_steps: options.max_steps,
      input_delay: options.input_delay,
      prediction: options.prediction,
      on_leave: options.on_leave,
      on_desync: options.on_desync,
      checksum_interval: CHECKSUM_INTERVAL,
      environment_options: JSON.stringify(options.environment_options),
      pyodide_version: environment.pyodide_version,
    },
    wait_timeout_ms: options.wait_timeout_ms,
  };
}
