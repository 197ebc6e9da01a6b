/**
 * What the environment's host answers to a request list: entries one after another, each
 * `kind u32, frame i32, byte length u32`, then the payload, padded with zeros to 4 bytes.
 *
 * | answer   | payload |
 * |----------|---------|
 * | OVER     | none: the environment ended the episode on `frame` |
 * | CHECKSUM | 8 bytes |
 * | ROW      | canonical row (contract/record.ts) |
 * | DRAW     | marshalled draw list (render/draw-list.ts) |
 * | DUMP     | state bytes |
 * | ERROR    | marshalled (where, message, traceback); nothing after it was run |
 */
export const RESULT = { over: 1, checksum: 2, row: 3, draw: 4, dump: 5, error: 6 } as const;

/** Bytes before each payload. */
export const RESULT_HEADER = 12;

/** Reads, and for hosts written in TypeScript writes, one buffer of answers. Reused every tick. */
export class Results {
  private bytes = new Uint8Array(4096);
  private view = new DataView(this.bytes.buffer);
  private length = 0;
  private at = 0;

  /** Of the entry that `next` moved to. */
  kind = 0;
  frame = 0;
  /** A view, valid until the buffer is filled again: copy what must stay. */
  payload = this.bytes.subarray(0, 0);

  clear(): void {
    this.length = 0;
    this.rewind();
  }

  /** Appends an entry. */
  put(kind: number, frame: number, payload?: Uint8Array): void {
    const size = payload === undefined ? 0 : payload.length;
    const padded = (size + 3) & ~3;
    this.reserve(this.length + RESULT_HEADER + padded);
    this.view.setUint32(this.length, kind, true);
    this.view.setInt32(this.length + 4, frame, true);
    this.view.setUint32(this.length + 8, size, true);
    if (payload !== undefined) this.bytes.set(payload, this.length + RESULT_HEADER);
    this.length += RESULT_HEADER + padded;
  }

  /** Replaces the whole content by a copy of `source`, as a host in WebAssembly left it. */
  fill(source: Uint8Array): void {
    this.reserve(source.length);
    this.bytes.set(source);
    this.length = source.length;
    this.rewind();
  }

  rewind(): void {
    this.at = 0;
  }

  /** Moves to the next entry; false at the end. */
  next(): boolean {
    if (this.at >= this.length) return false;
    this.kind = this.view.getUint32(this.at, true);
    this.frame = this.view.getInt32(this.at + 4, true);
    const size = this.view.getUint32(this.at + 8, true);
    const start = this.at + RESULT_HEADER;
    this.payload = this.bytes.subarray(start, start + size);
    this.at = start + ((size + 3) & ~3);
    return true;
  }

  private reserve(size: number): void {
    if (size <= this.bytes.length) return;
    const bytes = new Uint8Array(Math.max(size, 2 * this.bytes.length));
    bytes.set(this.bytes.subarray(0, this.length));
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
