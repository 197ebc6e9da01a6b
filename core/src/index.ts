/** The public surface of @cotrial/core. Everything else is private. */
export { preload, unload } from './game/environments.ts';
export { runGame } from './game/run-game.ts';
export type {
  EpisodeResult,
  GameEvents,
  GameOptions,
  GameResult,
  GameRun,
  GameState,
  LiveFigures,
  LoadOptions,
  LoadStage,
  PlayerInput,
  PythonFile,
} from './game/run.ts';
export type {
  ActionSpace,
  Agent,
  Environment,
  EnvironmentDescription,
  StateTier,
} from './environment/environment.ts';
export type { LinkQuality } from './link/link-quality.ts';
export { encodeAction } from './environment/actions.ts';
export { CanvasRenderer } from './render/canvas.ts';
export * from './contract/index.ts';
