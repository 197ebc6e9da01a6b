/** The public surface of the server kit. Everything else is private. */
export { attachCotrial, type CotrialHandle } from './attach.ts';
export type { CotrialStats } from './stats.ts';
export type { AttachOptions, HostApp } from './options.ts';
export type { IceOptions, TurnOptions } from './ice/ice.ts';
export type { Log } from './log.ts';
export { FifoMatchmaker } from './matchmaking/fifo.ts';
export type { MatchContext, Matchmaker, Ticket } from './matchmaking/matchmaker.ts';
export type { CompletionCodes } from './sockets/uploads.ts';
export type { Timings } from './timings.ts';
export { DatabaseTooNewError } from './store/database.ts';
export {
  PortError,
  runPlayground,
  type PlaygroundOptions,
  type RunningPlayground,
} from './playground/server.ts';
export type {
  Finding,
  Findings,
  Hand,
  KeyMap,
  OptionKind,
  PlaygroundGame,
} from './playground/game.ts';
