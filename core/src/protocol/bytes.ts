import { ProtocolError } from './error.ts';

/** Largest number that a varint may hold. */
export const MAX_VARINT = 0x7fff_ffff;

/** Bytes that a varint takes at most. */
export const MAX_VARINT_BYTES = 5;

export const zigzag = (n: number): number => (n < 0 ? -2 * n - 1 : 2 * n);
export const unzigzag = (z: number): number => (z % 2 === 1 ? -(z + 1) / 2 : z / 2);

/** Appends to a buffer of fixed size. Callers check `room` first; writing past the end is lost. */
export class ByteWriter {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  get room(): number {
    return this.bytes.length - this.at;
  }

  u8(value: number): void {
    this.bytes[this.at++] = value;
  }

  varint(value: number): void {
    while (value > 0x7f) {
      this.bytes[this.at++] = (value & 0x7f) | 0x80;
      value >>>= 7;
    }
    this.bytes[this.at++] = value;
  }

  copy(source: Uint8Array, from: number, length: number): void {
    for (let i = 0; i < length; i++) this.bytes[this.at++] = source[from + i]!;
  }
}

/** Reads from bytes that anybody may have sent. @throws ProtocolError */
export class ByteReader {
  at = 0;
  bytes: Uint8Array = EMPTY;

  reset(bytes: Uint8Array): void {
    this.bytes = bytes;
    this.at = 0;
  }

  u8(): number {
    return this.bytes[this.skip(1)]!;
  }

  varint(): number {
    let value = 0;
    for (let i = 0; i < MAX_VARINT_BYTES; i++) {
      const byte = this.u8();
      value += (byte & 0x7f) * 2 ** (7 * i);
      if (byte < 0x80) {
        if (value > MAX_VARINT) break;
        return value;
      }
    }
    throw new ProtocolError('malformed', `number too large before byte ${this.at}`);
  }

  zigzag(): number {
    return unzigzag(this.varint());
  }

  /** Steps over `length` bytes. @returns where they begin. */
  skip(length: number): number {
    const at = this.at;
    if (length > this.bytes.length - at) {
      throw new ProtocolError('truncated', `needs ${length} bytes at byte ${at}`);
    }
    this.at = at + length;
    return at;
  }
}

export function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

const EMPTY = new Uint8Array(0);
