import { readRows, STATUS, toHex, type Frame, type PlayerIndex } from '../contract/index.ts';
import { sameBytes } from '../protocol/bytes.ts';
import { META_FOCUSED, REQUEST, RequestList } from './requests.ts';
import { RESULT, type Results } from './results.ts';
import { differingColumns } from './rows.ts';

export interface SyncTestOptions {
  players: number;
  actionBytes: number;
  seed: number;
  /** Frames after which the episode ends at the latest. */
  maxSteps: number;
  /** Frames that every rollback goes back; at least 1. */
  depth: number;
  /**
   * Names what differs between two dumps of the state after one frame, in the environment's own
   * words: a path such as `players[1].speed`. Without it states are not dumped, and `keys` is empty.
   */
  differingKeys?: (first: Uint8Array, again: Uint8Array) => string[];
}

/** A frame that came out otherwise when it was stepped again. Each is reported once. */
export interface SyncDifference {
  frame: Frame;
  /** Checksum at first, and the first one unlike it: 16 hexadecimal digits. */
  first: string;
  again: string;
  /** Columns of its row that differ, by seat; `end` if the episode ended at another frame. */
  columns: string[];
  /** Keys of the state after it that differ. */
  keys: string[];
}

/** What a player does on a frame: an encoded action. */
export type ActionSource = (frame: Frame, player: PlayerIndex) => Uint8Array;

/**
 * Plays one episode and rolls back on every frame (GGPO's sync test): what an environment does the
 * second time must be what it did the first time. Like Session it only writes requests:
 *
 * ```ts
 * for (let list = test.next(play); list !== null; list = test.next(play)) {
 *   environment.run(list, results);
 *   test.completed(results);
 * }
 * ```
 */
export class SyncTestSession {
  readonly differences: SyncDifference[] = [];
  /** Marshalled (where, message, traceback) if the environment failed: the test ended there. */
  error: Uint8Array | null = null;
  /** Frame that is stepped next. */
  frame: Frame = 0;

  private readonly list = new RequestList();
  private readonly played = new Map<Frame, Played>();
  private readonly metas: number;
  private phase: 'step' | 'again' | 'done' = 'step';
  private over: Frame = -1;

  constructor(private readonly options: SyncTestOptions) {
    const { depth, maxSteps } = options;
    if (depth < 1 || maxSteps < 1) throw new RangeError('depth and maxSteps must be at least 1');
    this.metas = META_FOCUSED | (STATUS.playing << 8);
  }

  /** The next list to run, or null once the episode is over. Valid until the next call. */
  next(play: ActionSource): RequestList | null {
    if (this.phase === 'done') return null;
    const { list } = this;
    list.clear();
    if (this.phase === 'again') this.stepAgain();
    else this.stepFirst(play);
    return list;
  }

  /** The answers to the list of the last `next`. */
  completed(results: Results): void {
    const again = this.phase === 'again';
    let over = -1;
    let checksum = '';
    results.rewind();
    while (results.next()) {
      const { kind, frame, payload } = results;
      if (kind === RESULT.over) over = frame;
      else if (kind === RESULT.checksum) checksum = toHex(payload);
      else if (kind === RESULT.row) this.compare(frame, checksum, payload);
      else if (kind === RESULT.dump) this.compareStates(frame - 1, payload);
      else if (kind === RESULT.error) this.error = payload.slice();
    }
    if (this.error !== null) this.phase = 'done';
    else if (again) this.endedAgain(over);
    else this.endedFirst(over);
  }

  private stepFirst(play: ActionSource): void {
    const { players, actionBytes } = this.options;
    if (this.frame === 0) {
      this.list.push(REQUEST.reset);
      this.list.push(this.options.seed | 0);
      this.save(0);
    }
    const actions = new Uint8Array(players * actionBytes);
    for (let p = 0; p < players; p++) {
      actions.set(play(this.frame, p).subarray(0, actionBytes), p * actionBytes);
    }
    this.played.set(this.frame, {
      actions,
      checksum: '',
      row: null,
      state: null,
      difference: null,
    });
    this.step(this.frame);
    this.check(this.frame);
  }

  private stepAgain(): void {
    const from = this.oldest();
    this.list.push(REQUEST.load);
    this.list.push(from);
    for (let frame = from; frame < this.frame; frame++) this.step(frame);
    for (let frame = from; frame < this.frame; frame++) this.check(frame);
    // The next rollback goes no further back than this.
    const next = Math.max(0, this.frame + 1 - this.options.depth);
    this.list.push(REQUEST.prune);
    this.list.push(next);
  }

  private endedFirst(over: Frame): void {
    this.over = over;
    this.frame += 1;
    this.phase = 'again';
  }

  private endedAgain(over: Frame): void {
    if (over !== this.over) {
      // What comes after an end that was none, or the other way round, is not one episode.
      this.differ(over < 0 ? this.over : over, '', ['end']);
      this.phase = 'done';
      return;
    }
    const done = over >= 0 || this.frame === this.options.maxSteps;
    this.phase = done ? 'done' : 'step';
    for (const frame of this.played.keys())
      if (frame < this.oldest() - 1) this.played.delete(frame);
  }

  private compare(frame: Frame, checksum: string, row: Uint8Array): void {
    const played = this.played.get(frame)!;
    if (played.row === null) {
      played.row = row.slice();
      played.checksum = checksum;
    } else if (!sameBytes(played.row, row)) {
      const [first] = readRows(played.row, frame);
      this.differ(frame, checksum, differingColumns(first!, row));
    }
  }

  /** After the rows: whatever differs there is known already. */
  private compareStates(frame: Frame, state: Uint8Array): void {
    const played = this.played.get(frame)!;
    if (played.state === null) played.state = state.slice();
    else if (!sameBytes(played.state, state)) {
      this.differ(frame, played.checksum, []);
      const { keys } = played.difference!;
      if (keys.length === 0) keys.push(...this.options.differingKeys!(played.state, state));
    }
  }

  private differ(frame: Frame, again: string, columns: string[]): void {
    const played = this.played.get(frame)!;
    if (played.difference === null) {
      played.difference = { frame, first: played.checksum, again, columns, keys: [] };
      this.differences.push(played.difference);
    } else if (columns[0] === 'end') played.difference.columns.push('end');
  }

  private oldest(): Frame {
    return Math.max(0, this.frame - this.options.depth);
  }

  private step(frame: Frame): void {
    const { list } = this;
    const { players, actionBytes } = this.options;
    const { actions } = this.played.get(frame)!;
    list.push(REQUEST.advance);
    list.push(frame);
    for (let p = 0; p < players; p++) {
      list.push(STATUS.playing);
      list.pushBytes(actions, p * actionBytes, actionBytes);
    }
    this.save(frame + 1);
  }

  private check(frame: Frame): void {
    const { list } = this;
    list.push(REQUEST.checksum);
    list.push(frame);
    list.push(REQUEST.export);
    list.push(frame);
    for (let p = 0; p < this.options.players; p++) list.push(this.metas);
    if (this.options.differingKeys === undefined) return;
    list.push(REQUEST.dump);
    list.push(frame + 1);
  }

  private save(frame: Frame): void {
    this.list.push(REQUEST.save);
    this.list.push(frame);
  }
}

/** A frame as it came out at first. */
interface Played {
  actions: Uint8Array;
  checksum: string;
  row: Uint8Array | null;
  /** The state after it, dumped. */
  state: Uint8Array | null;
  difference: SyncDifference | null;
}
