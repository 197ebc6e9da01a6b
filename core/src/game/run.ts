/**
 * One participant's whole game, from loading to the last acknowledged byte, without a page: the
 * plugin shows its states and feeds its inputs.
 */
import type { LinkType, Outcome, RecordRow, Verification } from '../contract/index.ts';
import type { EnvironmentDescription } from '../environment/environment.ts';
import type { LinkQuality } from '../link/link-quality.ts';

/** A Python file and the name that tracebacks show for it. */
export interface PythonFile {
  text: string;
  name: string;
}

/** What two games have to have in common to share a loaded environment. */
export interface LoadOptions {
  /** Address of the server kit, for example `/cotrial` or `https://lab.example/cotrial`. */
  server: string;
  /** The environment. Everything else is loaded meanwhile; a rejection is the reason of `load_failed`. */
  source: Promise<PythonFile>;
  /** Plain JSON values. */
  environment_options: Record<string, unknown>;
  /** Packages that the environment imports, by the names of the lock file. */
  packages: readonly string[];
  /** Folder of a Pyodide distribution; null for the server kit's own. */
  pyodide_url: string | null;
  /** Address of the worker's script; null for the one inside this bundle. */
  worker_url: string | null;
}

export interface GameOptions extends LoadOptions {
  /** Name under which participants are matched and data are stored. */
  game: string;
  fps: number | null;
  episodes: number;
  max_steps: number | null;
  input_delay: number | 'adaptive';
  prediction: 'repeat' | 'default';
  on_leave: 'end' | 'continue';
  on_desync: 'resync' | 'end' | 'flag';
  /** The recruitment service's id, or null. */
  participant: string | null;
  relay_only: boolean;
  wait_timeout_ms: number;
  load_timeout_ms: number;
}

/** What the participant sees. Exactly one state at a time. */
export type GameState =
  | { name: 'loading'; stage: LoadStage; /** 0 to 1 over all stages. */ fraction: number }
  | { name: 'waiting'; waited_ms: number; timeout_ms: number }
  | { name: 'connecting' }
  | { name: 'countdown'; /** performance.now() at which play starts. */ starts_at: number }
  | { name: 'playing'; episode: number; episodes: number }
  | {
      name: 'paused';
      agent: string;
      /** `asleep`: the player's browser has frozen its page. `slow`: it is heard, and behind. */
      reason: 'unreachable' | 'asleep' | 'slow';
      since: number;
      /** From `since` on, after which the game ends; null if it waits as long as it takes. */
      limit_ms: number | null;
    }
  | { name: 'saving' }
  | { name: 'ended'; result: GameResult };
export type LoadStage = 'engine' | 'python' | 'packages' | 'environment' | 'server';

/** A game's input as the devices have it now. Actions are encoded by the environment's space. */
export interface PlayerInput {
  /** Action of the keys held down now, or null for the default action. */
  held: Uint8Array | null;
  /** An action pressed once since the last message, or null. It is played on exactly one frame. */
  pressed: Uint8Array | null;
  focused: boolean;
}

export interface GameEvents {
  state(state: GameState): void;
  /** Once the environment is loaded: agents, action spaces and picture size are known. */
  loaded(description: EnvironmentDescription): void;
  /** Once matched: the seat that this participant plays. */
  seated(player: number, agent: string): void;
  /** The round trip to another player's agent crossed 150 or 300 ms, or came back well below. */
  quality(agent: string, quality: LinkQuality, rtt_ms: number): void;
  /** Newest picture, marshalled draw list; at most one a tick. */
  draw(list: Uint8Array): void;
  /** Once a second from the countdown to the end of the match. Nothing is asked for if it is absent. */
  figures?(figures: LiveFigures): void;
}

/** How a match runs. The counters are totals since the match began. */
export interface LiveFigures {
  /** Newest smoothed round-trip times in ms, by the agents of the other players; only known ones. */
  pings_ms: Record<string, number>;
  rollbacks: number;
  /** Frames stepped again, over all rollbacks. */
  rollback_frames: number;
  /** Of stalls that are over: one that is going on is counted when it ends. */
  stall_ms: number;
}

export interface EpisodeResult {
  episode: number;
  seed: number;
  n_frames: number;
  /** Sum of the own agent's rewards. */
  reward_total: number;
  sha256: string;
  verification: Verification;
}

/** Field names are those of the data row. */
export interface GameResult {
  outcome: Outcome;
  outcome_by: string | null;
  outcome_reason: string;
  completion_code: string | null;
  match_id: string | null;
  agent: string | null;
  n_players: number;
  n_episodes: number;
  n_frames: number;
  reward_total: number;
  record_sha256: string | null;
  verification: Verification;
  link_type: LinkType | null;
  ping_ms_median: number | null;
  input_delay_median: number | null;
  rollback_count: number;
  rollback_frames_max: number;
  stall_ms_total: number;
  desync_count: number;
  load_ms: number;
  wait_ms: number;
  episodes: EpisodeResult[];
  /** Traceback and the like, only with `environment_error` and `load_failed`. */
  error: { where: string; message: string; traceback: string } | null;
  /** Rows of every episode, decoded; the plugin puts them into the data only if asked. */
  frames(): RecordRow[][];
}

export interface GameRun {
  /** The newest device state. May be called at any time and any rate. */
  input(input: PlayerInput): void;
  /** Ends at once as `left`; everything is torn down. May be called twice, and at any time. */
  abort(reason: string): void;
  /** Resolves exactly once, never rejects: every failure is an outcome. */
  readonly finished: Promise<GameResult>;
}
