import type {
  ActionSpace,
  EnvironmentDescription,
  GameEvents,
  GameOptions,
  GameResult,
  GameRun,
  GameState,
  PlayerInput,
} from '@cotrial/core';
import { resultWithoutGame } from '../src/data.ts';

export const DISCRETE: ActionSpace = { kind: 'discrete', n: 5, start: 0 };

export const ENVIRONMENT: EnvironmentDescription = {
  agents: ['player_0', 'player_1'].map((id) => ({
    id,
    action_space: DISCRETE,
    action_bytes: 1,
    default_action: Uint8Array.of(0),
  })),
  action_bytes: 1,
  tier: 'snapshot',
  tier_reason: '',
  notes: [],
  costs: { step: 0, save: 0, load: 0, checksum: 0 },
  fps: 30,
  render_size: [600, 400],
  render_images: [],
  sha256: '0'.repeat(64),
  pyodide_version: '0',
};

export const COMPLETED: GameResult = {
  ...resultWithoutGame('completed', ''),
  match_id: 'm1',
  agent: 'player_0',
  n_players: 2,
  n_episodes: 1,
  n_frames: 1,
  reward_total: 3,
  record_sha256: 'ab'.repeat(32),
  verification: 'verified',
  link_type: 'direct',
  ping_ms_median: 20.5,
  input_delay_median: 2,
  episodes: [
    {
      episode: 0,
      seed: 1,
      n_frames: 1,
      reward_total: 3,
      sha256: 'cd'.repeat(32),
      verification: 'verified',
    },
  ],
  frames: () => [
    [
      {
        frame: 0,
        actions: [1, BigInt(2) ** BigInt(60)],
        rewards: [1.5, null],
        terminated: [false, null],
        truncated: [false, null],
        is_focused: [true, true],
        input_delays: [2, 2],
        statuses: ['playing', 'playing'],
        infos: [new Map([['big', BigInt(2) ** BigInt(70)]]), null],
        checksum: null,
      },
    ],
  ],
};

/** States in the order in which a game passes them. */
export const STATES: Exclude<GameState, { name: 'ended' }>[] = [
  { name: 'loading', stage: 'python', fraction: 0.3 },
  { name: 'waiting', waited_ms: 3_000, timeout_ms: 120_000 },
  { name: 'connecting' },
  { name: 'countdown', starts_at: 3_000 },
  { name: 'playing', episode: 0, episodes: 2 },
  { name: 'paused', agent: 'player_1', reason: 'unreachable', since: 0, limit_ms: 15_000 },
  { name: 'saving' },
];

/** A game that does what the test says: the plugin's one unit boundary. */
export class ScriptedRun implements GameRun {
  readonly inputs: PlayerInput[] = [];
  readonly aborts: string[] = [];
  readonly finished: Promise<GameResult>;
  private settle: (result: GameResult) => void = () => undefined;

  constructor(
    readonly options: GameOptions,
    readonly events: GameEvents,
  ) {
    this.finished = new Promise((resolve) => (this.settle = resolve));
    options.source.catch((error: Error) => {
      const { message } = error;
      const why = { where: 'loading', message, traceback: '' };
      this.finish(resultWithoutGame('load_failed', message, why));
    });
  }

  input(input: PlayerInput): void {
    this.inputs.push(input);
  }

  /** As the real one: everything ends, and the outcome is `left`. */
  abort(reason: string): void {
    this.aborts.push(reason);
    this.settle(resultWithoutGame('left', reason));
  }

  finish(result: GameResult): void {
    this.events.state({ name: 'ended', result });
    this.settle(result);
  }

  /** Passes the states up to and with `last`. */
  goTo(last: GameState['name']): void {
    for (const state of STATES) {
      if (state.name === 'waiting') this.events.loaded(ENVIRONMENT);
      if (state.name === 'countdown') this.events.seated(0, 'player_0');
      this.events.state(state);
      if (state.name === last) return;
    }
  }
}
