import type { Frame, PlayerIndex } from '../contract/index.ts';
import { ProtocolError } from '../protocol/error.ts';
import {
  decodeState,
  encodeState,
  MAX_STATE_BYTES,
  type StateMessage,
} from '../protocol/state-message.ts';
import type { Match } from './match.ts';
import { REQUEST, type RequestList } from './requests.ts';
import type { SessionEvent } from './types.ts';

/**
 * Takes states out of the environment and puts others' in (ROLL-8). Their bytes travel outside
 * the packets, over a reliable path that the caller has.
 */
export class StateTransfer {
  private giving: { serial: number; frame: Frame; takers: PlayerIndex[] } | null = null;
  private taking: (StateMessage & { from: PlayerIndex }) | null = null;
  /** Newest state of each player, until it is known whether it is wanted. */
  private readonly arrived: (StateMessage | null)[];
  /** What the DUMP requests of the present list are for, in order. */
  private dumps: ('give' | 'show')[] = [];
  private showing = false;

  constructor(private readonly match: Match) {
    this.arrived = Array.from({ length: match.options.players }, () => null);
  }

  /** The state before `frame` goes to `takers` as soon as all rows below have left. */
  give(serial: number, frame: Frame, takers: PlayerIndex[]): void {
    this.giving = { serial, frame, takers };
  }

  /**
   * This peer's state gives way to `from`'s. Rows that lie before the state that comes are still
   * this peer's own.
   *
   * @param gate newest checked frame here: rows below it have left
   * @returns whether it came already; otherwise ask again when it has
   */
  take(from: PlayerIndex, serial: number, gate: Frame): boolean {
    const message = this.arrived[from];
    if (message?.serial !== serial) return false;
    this.arrived[from] = null;
    const { match } = this;
    // Their episode ended before ours did, or goes on where ours ended: no state mends that.
    const beyond = message.frame > gate + match.options.checksumInterval;
    if (message.frame <= gate || beyond || message.episode !== match.episode) {
      match.endByDesync(gate);
      return false;
    }
    this.taking = { ...message, from };
    return true;
  }

  /** A state came from `from`: any bytes. @returns what was wrong with it; it then changed nothing */
  receive(from: PlayerIndex, bytes: Uint8Array): ProtocolError | null {
    const { match } = this;
    const message = decodeState(bytes);
    if (message instanceof ProtocolError) return message;
    if (match.policy !== 'resync') return new ProtocolError('impossible', 'nobody takes states');
    if (message.episode !== match.episode) {
      return new ProtocolError('impossible', `a state of episode ${message.episode}`);
    }
    this.arrived[from] = { ...message, state: message.state.slice() };
    return null;
  }

  /** The caller wants to see the oldest state that is kept. */
  show(): void {
    this.showing = true;
  }

  /** No row from this frame on may leave yet. */
  limit(): Frame {
    return Math.min(this.giving?.frame ?? Infinity, this.taking?.frame ?? Infinity);
  }

  /** After the rows of this tick. @returns the event, if a state was taken */
  request(list: RequestList): SessionEvent | null {
    const { match, giving, taking } = this;
    this.dumps = [];
    if (giving !== null && match.exported >= giving.frame) this.dump(list, giving.frame, 'give');
    if (this.showing) this.dump(list, match.newestKept(), 'show');
    this.showing = false;
    if (taking === null) return null;
    const { frame, from, over, state } = taking;
    if (match.end() < frame) match.endByDesync(match.exported);
    else if (match.exported < frame) return null;
    this.taking = null;
    if (match.exported < frame) return null;
    match.simulation.restore(list, frame, state, over);
    return { kind: 'resynced', episode: match.episode, frame, from };
  }

  /** A DUMP was answered. */
  dumped(frame: Frame, state: Uint8Array): SessionEvent[] {
    const { match, giving } = this;
    const { episode } = match;
    const bytes = state.slice();
    if (this.dumps.shift() === 'show') return [{ kind: 'state_dump', episode, frame, bytes }];
    this.giving = null;
    if (giving === null) return [];
    if (bytes.length > MAX_STATE_BYTES) {
      match.endByDesync(match.exported);
      return [];
    }
    const over = match.simulation.over === frame - 1;
    const message = encodeState({ serial: giving.serial, episode, frame, over, state: bytes });
    const takers = giving.takers.filter((player) => match.remains(player));
    return takers.map((to) => ({ kind: 'send_state', to, episode, frame, bytes: message }));
  }

  /** For a new episode. */
  clear(): void {
    this.giving = null;
    this.taking = null;
    this.arrived.fill(null);
  }

  private dump(list: RequestList, frame: Frame, purpose: 'give' | 'show'): void {
    list.push(REQUEST.dump);
    list.push(frame);
    this.dumps.push(purpose);
  }
}
