/**
 * What must hold in every simulated match, whatever goes wrong in it. The oracle knows what every
 * player really did.
 *
 * | | invariant | checked |
 * |---|---|---|
 * | I1 | no peer exports a row that is not the oracle's | oracle.ts, over all rows of all peers |
 * | I2 | all records are equal to the byte, a leaver's is the beginning of the others' | oracle.ts |
 * | I3 | if a match ends early, all survivors have the same last frame and the same reason | oracle.ts |
 * | I4 | held never moves back | here, after every tick and packet |
 * | I5 | memory stays bounded: saved states, step results, bytes of a packet | here, after every tick |
 * | I6 | once the network allows, everybody goes on: rows appear and nobody stalls | here and match.ts |
 * | I7 | no link carries more than its frame rate and five packets in a second | here, for every packet |
 * | I8 | when all have finished, all fall silent: nothing echoes | match.ts, after the end |
 * | I9 | rows come in order, episodes begin and end once, nobody sees a false desync | peer.ts, judge-corruption.ts |
 * | I10 | the session's metrics and rollback events are what really happened | oracle.ts |
 *
 * Where frames come out otherwise on one machine, judge-corruption.ts says what I1 to I3 mean.
 * Nothing that matters is said only once: as packets are lost anywhere, that is part of I6.
 */
import { MAX_PACKET_BYTES } from '../src/protocol/packet.ts';
import type { Session } from '../src/rollback/session.ts';
import { demand } from './failure.ts';
import type { ToyEnvironment } from './toy-environment.ts';

/** Packets above the frame rate that a link may carry in a second. */
const RATE_MARGIN = 5;
/** ROLL-4: frames stepped beyond what is held, ms and at least so many. */
const PREDICTION_MS = 400;
const PREDICTION_FRAMES = 8;
const MOST_DELAY_FRAMES = 31;
/** States beyond the least that is needed: a sparse save policy goes further back. */
const SPARE_STATES = 16;
/** ... and while rows wait for checksums, or for a state. */
const WAITING_STATES = 192;

export const predictionFrames = (fps: number): number =>
  Math.max(PREDICTION_FRAMES, Math.ceil((PREDICTION_MS * fps) / 1000));

/** The invariants of one peer that are checked while the match goes on. */
export class PeerInvariants {
  private readonly mostStates: number;
  private readonly sendTimes: Float64Array[];
  private readonly sendCounts: number[];
  private episode = 0;
  private held = 0;

  constructor(
    private readonly session: Session,
    private readonly environment: ToyEnvironment,
  ) {
    const { players, fps, inputDelay, onDesync } = session.options;
    // We are one prediction window beyond what we hold; who sent it was one window beyond what
    // it held, and then it still was its input delay until the frame that the input is for.
    const delay = inputDelay === 'adaptive' ? MOST_DELAY_FRAMES : inputDelay;
    const waiting = onDesync === 'flag' ? 0 : WAITING_STATES;
    this.mostStates = 2 * predictionFrames(fps) + delay + SPARE_STATES + waiting;
    this.sendTimes = Array.from({ length: players }, () =>
      new Float64Array(fps + RATE_MARGIN).fill(-Infinity),
    );
    this.sendCounts = Array.from({ length: players }, () => 0);
  }

  /** I4, I5. */
  check(): void {
    const { session, environment } = this;
    if (session.episode !== this.episode) {
      this.episode = session.episode;
      this.held = 0;
    }
    demand(session.held >= this.held, `held went back from ${this.held} to ${session.held}`);
    this.held = session.held;
    const { keptMost } = environment;
    demand(keptMost <= this.mostStates, `${keptMost} states or results kept at once`);
  }

  /** I7, and the size of a packet. @param now the sender's clock */
  sends(to: number, bytes: number, now: number): void {
    demand(bytes <= MAX_PACKET_BYTES, `a packet of ${bytes} bytes`);
    const times = this.sendTimes[to]!;
    const slot = this.sendCounts[to]!++ % times.length;
    // Numbers that add up to exactly a second may come out a little short of it.
    const tooMany = now - times[slot]! < 1000 - 1e-6;
    demand(!tooMany, `more than ${times.length} packets in a second to player ${to}`);
    times[slot] = now;
  }
}
