/**
 * What the page and its worker say to each other.
 *
 * The page says `python` and `load` once, then for each match `match` (the session is made and waits) and
 * `start`. In play, packets cross both ways as they come, and inputs whenever a device changes.
 * The worker owns the clock of the game: nothing that the page does can slow it down.
 */
import type { GameSettings, PlayerIndex } from '../contract/index.ts';
import type { EnvironmentDescription } from '../environment/environment.ts';
import type { SessionMetrics } from '../rollback/session.ts';
import type { EpisodeSummary } from '../record/canonical-recorder.ts';
import type { LocalRecord } from '../record/local-recorder.ts';
import type { DesyncCause } from './desync-report.ts';
import type { LiveFigures, LoadStage, PlayerInput } from './run.ts';

/** Once, before anything else. */
export interface PythonMessage {
  type: 'python';
  /** Absolute URL of a Pyodide folder, with a closing slash. */
  url: string;
  /** Bytes, unpacked, of its files, by their names; empty where nobody says. */
  files: Record<string, number>;
}

/** Once: another environment needs another worker. */
export interface LoadMessage {
  type: 'load';
  source: string;
  source_name: string;
  environment_options: Record<string, unknown>;
  packages: readonly string[];
}

export interface MatchMessage {
  type: 'match';
  seed: number;
  local: PlayerIndex;
  settings: GameSettings;
}

export type ToWorker =
  | PythonMessage
  | LoadMessage
  | MatchMessage
  /** Frame 0 is due this many milliseconds after the message was posted. */
  | { type: 'start'; in_ms: number }
  | { type: 'packet'; from: PlayerIndex; bytes: Uint8Array }
  /** Another player's state, whole. */
  | { type: 'state'; from: PlayerIndex; bytes: Uint8Array }
  | ({ type: 'input' } & PlayerInput)
  | { type: 'player_left'; player: PlayerIndex }
  /** Neither another player nor the server can be reached. */
  | { type: 'isolated' }
  | { type: 'rtt'; player: PlayerIndex; rtt_ms: number; jitter_ms: number }
  /** Answered by `pong`, when nothing keeps the worker from it. */
  | { type: 'ping' }
  /** Answered by `figures`, if a match is on. */
  | { type: 'figures' }
  /** Gives up the match; answered by `stopped`. The environment stays loaded. */
  | { type: 'stop' };

export interface WorkerError {
  /** The Python method, or the stage of loading. */
  where: string;
  message: string;
  traceback: string;
}

export type FromWorker =
  | { type: 'progress'; stage: LoadStage; fraction: number }
  | { type: 'loaded'; description: EnvironmentDescription }
  | { type: 'load_failed'; error: WorkerError }
  /** Frame 0 of the first episode was stepped. */
  | { type: 'began' }
  | { type: 'packet'; to: PlayerIndex; bytes: Uint8Array }
  /** The own state for a player whose game differs: over a reliable path. */
  | { type: 'state'; to: PlayerIndex; bytes: Uint8Array }
  | { type: 'draw'; list: Uint8Array }
  | { type: 'chunk'; episode: number; bytes: Uint8Array }
  | { type: 'episode_started'; episode: number }
  /**
   * `broken_off`: the match ended here before the episode did, and others may hold more of it, or
   * fewer frames; but not fewer than `n_agreed`.
   */
  | { type: 'episode_ended'; summary: EpisodeSummary; broken_off: boolean; n_agreed: number }
  /** No peer has said anything new for a while and the tick is skipped; `null`: play goes on. */
  | { type: 'stalled'; waiting_for: PlayerIndex[] | null }
  /** The match is over for this peer; packets go on until the others know. */
  | { type: 'ended'; reason: 'completed' | 'player_left' }
  /** The players' games differ, and the match is over. `lingers`: packets go on as after `ended`. */
  | ({ type: 'desync'; lingers: boolean } & DesyncCause)
  /** The partner's version, environment or settings are others: nothing was played. */
  | { type: 'refused'; player: PlayerIndex; message: string }
  /** Every other peer knows, or has gone: links may be closed. */
  | { type: 'finished' }
  | { type: 'error'; error: WorkerError }
  | { type: 'pong' }
  | ({ type: 'figures' } & Omit<LiveFigures, 'pings_ms'>)
  | { type: 'stopped'; local: LocalRecord; metrics: SessionMetrics | null };
