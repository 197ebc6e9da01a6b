/** The engine's public surface; the rest of the folder is private. docs/engine.md tells its story. */

// A match: inputs and packets in, request lists out.
export { Session } from './session.ts';
export { episodeSeed } from './seed.ts';
export type {
  DesyncPolicy,
  EpisodeEnd,
  FinishReason,
  InputSampler,
  SessionEvent,
  SessionMetrics,
  SessionOptions,
  SessionPhase,
} from './types.ts';
export type { MeasuredCosts } from './save-policy.ts';
export { ProtocolError, type ProtocolFault, type Refusal } from '../protocol/error.ts';

// The same requests without a network: to test an environment, and to check a record.
export {
  SyncTestSession,
  type ActionSource,
  type SyncDifference,
  type SyncTestOptions,
} from './sync-test.ts';
export { ReplaySession, type ReplayDifference, type ReplayOptions } from './replay.ts';

// What a host of environments reads and answers.
export {
  META_DELAY_MASK,
  META_DELAY_SHIFT,
  META_FOCUSED,
  REQUEST,
  RequestList,
  requestWords,
  wordsOf,
} from './requests.ts';
export { RESULT, RESULT_HEADER, Results } from './results.ts';
