import {
  readRows,
  RecordError,
  STATUS,
  type Frame,
  type PlayerIndex,
  type RecordedAction,
  type RecordRow,
} from '../contract/index.ts';
import { META_DELAY_SHIFT, META_FOCUSED, REQUEST, RequestList } from './requests.ts';
import { RESULT, type Results } from './results.ts';
import { differingColumns } from './rows.ts';

/** Frames in one list: long enough that crossings cost nothing, short enough to keep little. */
const BATCH_FRAMES = 64;

export interface ReplayOptions {
  players: number;
  actionBytes: number;
  /** Frames after which an episode ends at the latest, or null. */
  maxSteps: number | null;
  /**
   * The action of a row as it goes on the wire, `actionBytes` long; null where the agent was not
   * there. May throw: the record is then not one of this environment.
   */
  encode: (player: PlayerIndex, action: RecordedAction | null) => Uint8Array;
}

/** The first frame at which record and replay part. */
export interface ReplayDifference {
  frame: Frame;
  /**
   * `row`: the environment gave another row. `end`: it ended the episode here, and the record goes
   * on. `record`: the record cannot be read from here on. `environment`: it failed here.
   */
  kind: 'row' | 'end' | 'record' | 'environment';
  /** Columns that differ, by seat; empty unless `row`. */
  columns: string[];
  /** For people. */
  message: string;
}

/**
 * Plays one episode again from its record alone (contract/record.ts): seed, actions, delays, focus
 * and departures go in, and every row must come out byte for byte. Like Session it only writes
 * requests; run `next` and `completed` in turn until `next` gives null.
 */
export class ReplaySession {
  /** Null as long as all is equal. Nothing is played beyond a difference. */
  difference: ReplayDifference | null = null;
  /** Frames whose rows were found equal. */
  frames = 0;
  /** Whether the last row is one that ends an episode: otherwise rows may be missing after it. */
  complete = false;

  private readonly list = new RequestList();
  private readonly rows: Iterator<RecordRow>;
  /** Stepped in the last list: their rows are asked for in the next one. */
  private stepped: RecordRow[] = [];
  /** Where the replay ends, once the rows before it are checked. */
  private stop: ReplayDifference | null = null;
  private exhausted = false;
  private begun = false;
  private over: Frame = -1;
  /** Where the next row to check begins in the record. */
  private at = 0;

  /** @param record the rows of the episode, one after another */
  constructor(
    private readonly options: ReplayOptions,
    private readonly seed: number,
    private readonly record: Uint8Array,
  ) {
    this.rows = readRows(record);
  }

  /** The next list to run, or null when the replay is over. Valid until the next call. */
  next(): RequestList | null {
    const { list } = this;
    list.clear();
    if (this.difference !== null) return null;
    if (!this.begun) {
      list.push(REQUEST.reset);
      list.push(this.seed | 0);
      this.begun = true;
    }
    const checked = this.stepped.length;
    for (const row of this.stepped) this.check(row);
    if (checked > 0) {
      list.push(REQUEST.prune);
      list.push(this.stepped[checked - 1]!.frame + 1);
    }
    const frame = this.frames + checked;
    this.stepped = [];
    while (this.stepped.length < BATCH_FRAMES && this.stepOne(frame + this.stepped.length));
    if (list.length > 0) return list;
    this.difference = this.stop;
    return null;
  }

  /** The answers to the list of the last `next`. */
  completed(results: Results): void {
    results.rewind();
    while (results.next() && this.difference === null) {
      const { kind, frame, payload } = results;
      if (kind === RESULT.over) this.endedOn(frame);
      else if (kind === RESULT.row) this.compare(frame, payload);
      else if (kind === RESULT.error) {
        this.difference = differs(this.frames, 'environment', 'the environment failed');
      }
    }
  }

  /** Steps the record's next row. @returns false if there is none */
  private stepOne(frame: Frame): boolean {
    const row = this.stop === null && !this.exhausted ? this.read(frame) : null;
    if (row === null) return false;
    if (this.over >= 0) {
      this.stop = endsBefore(frame);
      return false;
    }
    const actions = this.encode(row);
    if (actions === null) return false;
    const { list } = this;
    list.push(REQUEST.advance);
    list.push(frame);
    actions.forEach((action, p) => {
      list.push(statusOf(row, p));
      list.pushBytes(action, 0, action.length);
    });
    if (row.checksum !== null) {
      list.push(REQUEST.save);
      list.push(frame + 1);
    }
    this.stepped.push(row);
    this.complete = frame + 1 === this.options.maxSteps;
    return true;
  }

  private read(frame: Frame): RecordRow | null {
    try {
      const next = this.rows.next();
      if (next.done !== true && next.value.actions.length === this.options.players) {
        return next.value;
      }
      this.exhausted = next.done === true;
      if (!this.exhausted) this.stop = differs(frame, 'record', `row ${frame}: other players`);
    } catch (error) {
      if (!(error instanceof RecordError)) throw error;
      this.stop = differs(frame, 'record', error.message);
    }
    return null;
  }

  private encode(row: RecordRow): Uint8Array[] | null {
    const { encode, actionBytes } = this.options;
    try {
      return row.actions.map((action, p) => {
        const wide = new Uint8Array(actionBytes);
        wide.set(encode(p, action));
        return wide;
      });
    } catch (error) {
      this.stop = differs(row.frame, 'record', `row ${row.frame}: ${String(error)}`);
      return null;
    }
  }

  private check(row: RecordRow): void {
    const { list } = this;
    if (row.checksum !== null) {
      list.push(REQUEST.checksum);
      list.push(row.frame);
    }
    list.push(REQUEST.export);
    list.push(row.frame);
    for (let p = 0; p < this.options.players; p++) {
      const focused = row.is_focused[p] === true ? META_FOCUSED : 0;
      const delay = row.input_delays[p]! << META_DELAY_SHIFT;
      list.push(focused | delay | (statusOf(row, p) << 8));
    }
  }

  private endedOn(frame: Frame): void {
    this.over = frame;
    this.complete = true;
    const beyond = this.stepped.filter((row) => row.frame > frame);
    if (beyond.length === 0) return;
    this.stepped.length -= beyond.length;
    this.stop = endsBefore(frame + 1);
  }

  private compare(frame: Frame, row: Uint8Array): void {
    const recorded = this.record.subarray(this.at);
    this.at += row.length;
    if (startsWith(recorded, row)) {
      this.frames += 1;
      return;
    }
    const [one] = readRows(recorded, frame);
    const columns = differingColumns(one!, row);
    const message = `frame ${frame} differs in ${columns.join(', ')}`;
    this.difference = { ...differs(frame, 'row', message), columns };
  }
}

/** The host tells finished agents by itself; only departures come from outside. */
function statusOf(row: RecordRow, player: PlayerIndex): number {
  return row.statuses[player] === 'left' ? STATUS.left : STATUS.playing;
}

function differs(frame: Frame, kind: ReplayDifference['kind'], message: string): ReplayDifference {
  return { frame, kind, columns: [], message };
}

const endsBefore = (frame: Frame): ReplayDifference =>
  differs(frame, 'end', `the environment ended the episode before frame ${frame}`);

function startsWith(bytes: Uint8Array, start: Uint8Array): boolean {
  if (bytes.length < start.length) return false;
  for (let i = 0; i < start.length; i++) if (bytes[i] !== start[i]) return false;
  return true;
}
