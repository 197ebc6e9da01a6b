/**
 * The canonical record: what every peer holds of a match, byte for byte the same.
 *
 * An episode's record is its rows, one after another in frame order, each the `marshal` version 2
 * bytes of one Python tuple (see marshal.ts): it is written in C inside Python and read by a short
 * decoder anywhere. Its hash is the SHA-256 of those bytes. The hash of a match
 * (`record_sha256`) is the SHA-256 of its episodes' 32-byte digests, concatenated in order.
 */
import { decodeMarshalSequence, type MarshalValue } from './marshal.ts';

/** Codes of a seat's state in a row. `left`: the seat plays the default action. */
export const STATUSES = ['playing', 'finished', 'left'] as const;
export type Status = (typeof STATUSES)[number];
export const STATUS = { playing: 0, finished: 1, left: 2 } as const;

/** An action as it went into `step`: an integer, or a list of numbers for the other spaces. */
export type RecordedAction = number | bigint | number[];
export type InfoValue = number | bigint | boolean | string | null;

/** One frame, each list in seat order. `null`: the agent was not there on that frame. */
export interface RecordRow {
  frame: number;
  actions: (RecordedAction | null)[];
  rewards: (number | bigint | null)[];
  terminated: (boolean | null)[];
  truncated: (boolean | null)[];
  is_focused: boolean[];
  /** Frames between sampling and playing of this frame's input. */
  input_delays: number[];
  statuses: Status[];
  /** Flat: nested dictionaries are joined with dots, lists are JSON text. */
  infos: (Map<string, InfoValue> | null)[];
  /** 16 hexadecimal digits over state, generators and step results after this frame, or null. */
  checksum: string | null;
}

/** A record that no peer could have written. `frame` is the number of rows read before it. */
export class RecordError extends Error {
  override readonly name = 'RecordError';
  constructor(
    message: string,
    readonly frame: number,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/**
 * Rows of an episode's record, in order.
 *
 * @throws RecordError if the bytes are not whole, well-formed rows with frames 0, 1, 2...
 */
export function* readRows(bytes: Uint8Array, firstFrame = 0): Generator<RecordRow> {
  let frame = firstFrame;
  try {
    for (const value of decodeMarshalSequence(bytes)) {
      yield rowFrom(value, frame);
      frame += 1;
    }
  } catch (cause) {
    if (cause instanceof RecordError) throw cause;
    throw new RecordError(`row ${frame} cannot be read: ${String(cause)}`, frame, { cause });
  }
}

const ROW_FIELDS = 10;

function rowFrom(value: MarshalValue, frame: number): RecordRow {
  if (!Array.isArray(value) || value.length !== ROW_FIELDS || value[0] !== frame) {
    throw new RecordError(`row ${frame} is missing or malformed`, frame);
  }
  const lists = value.slice(1, 9);
  const players = Array.isArray(lists[0]) ? lists[0].length : -1;
  if (!lists.every((list) => Array.isArray(list) && list.length === players)) {
    throw new RecordError(`row ${frame} has lists of different lengths`, frame);
  }
  const [actions, rewards, terminated, truncated, focused, delays, statuses, infos] =
    lists as MarshalValue[][];
  const checksum = value[9];
  if (checksum !== null && !(checksum instanceof Uint8Array && checksum.length === 8)) {
    throw new RecordError(`row ${frame} has a malformed checksum`, frame);
  }
  return {
    frame,
    actions: actions!.map((a) => check(isAction, a, frame, 'action')),
    rewards: rewards!.map((r) => check(isNumberOrNull, r, frame, 'reward')),
    terminated: terminated!.map((t) => check(isBooleanOrNull, t, frame, 'termination')),
    truncated: truncated!.map((t) => check(isBooleanOrNull, t, frame, 'truncation')),
    is_focused: focused!.map((f) => check(isBoolean, f, frame, 'focus')),
    input_delays: delays!.map((d) => check(isNumber, d, frame, 'input delay')),
    statuses: statuses!.map((s) => {
      const status = typeof s === 'number' ? STATUSES[s] : undefined;
      if (status === undefined) throw new RecordError(`row ${frame} has an unknown status`, frame);
      return status;
    }),
    infos: infos!.map((info) => check(isInfo, info, frame, 'info')),
    checksum: checksum instanceof Uint8Array ? toHex(checksum) : null,
  };
}

function check<T extends MarshalValue>(
  test: (value: MarshalValue) => value is T,
  value: MarshalValue,
  frame: number,
  what: string,
): T {
  if (!test(value)) throw new RecordError(`row ${frame} has a malformed ${what}`, frame);
  return value;
}
const isNumber = (x: MarshalValue): x is number => typeof x === 'number';
const isBoolean = (x: MarshalValue): x is boolean => typeof x === 'boolean';
const isBooleanOrNull = (x: MarshalValue): x is boolean | null => x === null || isBoolean(x);
const isNumberOrNull = (x: MarshalValue): x is number | bigint | null =>
  x === null || typeof x === 'number' || typeof x === 'bigint';
const isAction = (x: MarshalValue): x is RecordedAction | null =>
  isNumberOrNull(x) || (Array.isArray(x) && x.every((y) => typeof y === 'number'));
const isInfoValue = (x: unknown): x is InfoValue =>
  x === null || ['number', 'bigint', 'boolean', 'string'].includes(typeof x);
const isInfo = (x: MarshalValue): x is Map<string, InfoValue> | null =>
  x === null ||
  (x instanceof Map && [...x].every(([key, y]) => typeof key === 'string' && isInfoValue(y)));

/** Lower-case hexadecimal digits of `bytes`. */
export function toHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += byte.toString(16).padStart(2, '0');
  return hex;
}
