import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { ProtocolError } from '../protocol/error.ts';
import { RequestList } from './requests.ts';
import type { Results } from './results.ts';
import type {
  InputSampler,
  SessionEvent,
  SessionMetrics,
  SessionOptions,
  SessionPhase,
} from './types.ts';

export { episodeSeed } from './seed.ts';
export type * from './types.ts';

/**
 * One peer's side of a match: inputs in, request lists out. Pure and synchronous: time, packets
 * and answers are arguments, and nothing here knows a clock, a network or an environment.
 *
 * Each tick the caller does, in this order: `receive` for every packet that came, `tick`, run the
 * list, `completed` with the answers, `packets`, `drainEvents`.
 */
export class Session {
  private readonly list = new RequestList();
  private state: SessionPhase = 'playing';

  constructor(readonly options: SessionOptions) {}

  get phase(): SessionPhase {
    return this.state;
  }

  /** Episode being played, from 0; `options.episodes` once all are over. */
  get episode(): number {
    return 0;
  }

  /** Frame that is to be stepped next. */
  get frame(): number {
    return 0;
  }

  /** The next list to run; valid until the next call. At most one rollback. */
  tick(_now: Milliseconds, _sampler: InputSampler): RequestList {
    this.list.clear();
    return this.list;
  }

  /** The answers to the list of the last `tick`, whole. Reads from where the cursor stands. */
  completed(_results: Results): void {}

  /** A packet of `from`: any bytes. @returns what was wrong with it; it then changed nothing. */
  receive(_from: PlayerIndex, _packet: Uint8Array, _now: Milliseconds): ProtocolError | null {
    return null;
  }

  /** Sends what is due, once after each tick. The packet's buffer is reused: copy what must stay. */
  packets(_now: Milliseconds, _send: (to: PlayerIndex, packet: Uint8Array) => void): void {}

  /** The server says that `player` has left. Every peer is told all departures in one order. */
  playerLeft(_player: PlayerIndex): void {}

  /** The link's newest figures. Without them time sync and delay work from nothing. */
  setRtt(_player: PlayerIndex, _rttMs: Milliseconds, _jitterMs: Milliseconds): void {}

  /** ms from the last tick to the next, stretched or shrunk by at most 10% to meet the others. */
  tickInterval(): Milliseconds {
    return 1000 / this.options.fps;
  }

  /** What happened since the last call. The same empty array whenever nothing did. */
  drainEvents(): SessionEvent[] {
    return NO_EVENTS;
  }

  metrics(): SessionMetrics {
    return NO_METRICS;
  }
}

const NO_EVENTS: SessionEvent[] = [];
const NO_METRICS = {} as SessionMetrics;
