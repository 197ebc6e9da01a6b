/**
 * Reader for Python's `marshal` format, version 2, of plain values.
 *
 * Version 2 has no back references: equal values give equal bytes, in C, in microseconds. It is
 * how rows, infos and draw lists leave Python without JSON (CPython: Python/marshal.c).
 * Containers: list and tuple become arrays, dict becomes Map, bytes becomes Uint8Array (a view).
 * int becomes number when it is safe, else bigint.
 */
export type MarshalValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | Uint8Array
  | MarshalValue[]
  | Map<MarshalValue, MarshalValue>;

/** The bytes are not a marshalled plain value; `offset` is where reading stopped. */
export class MarshalError extends Error {
  override readonly name = 'MarshalError';
  constructor(
    message: string,
    readonly offset: number,
  ) {
    super(`${message} at byte ${offset}`);
  }
}

/** Deepest nesting that is read: our rows have 4 levels, draw lists 5. */
const MAX_DEPTH = 64;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/**
 * @param text how texts are read: by default what is no UTF-8 is an error
 * @throws MarshalError unless `bytes` is exactly one value.
 */
export function decodeMarshal(bytes: Uint8Array, text = utf8): MarshalValue {
  const reader = new Reader(bytes, text);
  const value = reader.value(0);
  if (reader.at !== bytes.length) throw new MarshalError('extra bytes', reader.at);
  return value;
}

/** Values that stand one after another. @throws MarshalError at the first that is not whole. */
export function* decodeMarshalSequence(bytes: Uint8Array): Generator<MarshalValue> {
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) yield reader.value(0);
}

/** The bytes of each of those values. @throws MarshalError as `decodeMarshalSequence`. */
export function* splitMarshalSequence(bytes: Uint8Array): Generator<Uint8Array> {
  const reader = new Reader(bytes);
  while (reader.at < bytes.length) {
    const start = reader.at;
    reader.value(0);
    yield bytes.subarray(start, reader.at);
  }
}

const code = (character: string): number => character.charCodeAt(0);
const NULL = code('0');

class Reader {
  at = 0;
  private readonly view: DataView;

  constructor(
    private readonly bytes: Uint8Array,
    private readonly text = utf8,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  value(depth: number): MarshalValue {
    const start = this.at;
    const kind = this.byte();
    const value = this.read(kind, depth);
    if (value === undefined) throw new MarshalError(`unknown type ${kind}`, start);
    return value;
  }

  private read(kind: number, depth: number): MarshalValue | undefined {
    if (depth > MAX_DEPTH) throw new MarshalError('nested too deeply', this.at);
    switch (kind) {
      case code('N'):
        return null;
      case code('T'):
        return true;
      case code('F'):
        return false;
      case code('i'):
        return this.view.getInt32(this.take(4), true);
      case code('g'):
        return this.view.getFloat64(this.take(8), true);
      case code('l'):
        return this.long();
      case code('u'):
        return this.string(this.length());
      case code('s'):
        return this.slice(this.length());
      case code('('):
      case code('['):
        return this.list(this.length(), depth);
      case code('{'):
        return this.map(depth);
      default:
        return undefined;
    }
  }

  private list(length: number, depth: number): MarshalValue[] {
    const values: MarshalValue[] = [];
    for (let i = 0; i < length; i++) values.push(this.value(depth + 1));
    return values;
  }

  private map(depth: number): Map<MarshalValue, MarshalValue> {
    const map = new Map<MarshalValue, MarshalValue>();
    while (this.bytes[this.at] !== NULL) {
      const key = this.value(depth + 1);
      map.set(key, this.value(depth + 1));
    }
    this.at += 1;
    return map;
  }

  /** Python's int beyond 32 bits: a signed count of 15-bit digits, lowest first. */
  private long(): number | bigint {
    const signed = this.view.getInt32(this.take(4), true);
    const digits = Math.abs(signed);
    const start = this.take(2 * digits);
    let value = BigInt(0);
    for (let i = digits - 1; i >= 0; i--) {
      value = (value << BigInt(15)) + BigInt(this.view.getUint16(start + 2 * i, true));
    }
    if (signed < 0) value = -value;
    const number = Number(value);
    return Number.isSafeInteger(number) ? number : value;
  }

  private string(length: number): string {
    const bytes = this.slice(length);
    try {
      return this.text.decode(bytes);
    } catch {
      throw new MarshalError('text is not UTF-8', this.at - length);
    }
  }

  private slice(length: number): Uint8Array {
    const start = this.take(length);
    return this.bytes.subarray(start, start + length);
  }

  /** A length, checked against what is left: nothing is allocated from an unchecked number. */
  private length(): number {
    const at = this.take(4);
    const length = this.view.getInt32(at, true);
    if (length < 0 || length > this.bytes.length - this.at) {
      throw new MarshalError(`impossible length ${length}`, at);
    }
    return length;
  }

  private byte(): number {
    return this.bytes[this.take(1)]!;
  }

  private take(count: number): number {
    const at = this.at;
    if (at + count > this.bytes.length) throw new MarshalError('cut short', at);
    this.at = at + count;
    return at;
  }
}
