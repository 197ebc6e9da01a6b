/** Writes what contract/marshal.ts reads: `marshal` version 2, as far as rows need it. */
export class MarshalWriter {
  private bytes = new Uint8Array(256);
  private view = new DataView(this.bytes.buffer);
  private at = 0;

  clear(): void {
    this.at = 0;
  }

  /** A copy of what was written. */
  take(): Uint8Array {
    return this.bytes.slice(0, this.at);
  }

  none(): void {
    this.type('N');
  }

  bool(value: boolean): void {
    this.type(value ? 'T' : 'F');
  }

  /** A 32-bit integer. */
  int(value: number): void {
    this.type('i');
    this.int32(value);
  }

  float(value: number): void {
    this.type('g');
    this.reserve(8);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** ASCII text. */
  text(value: string): void {
    this.type('u');
    this.int32(value.length);
    this.reserve(value.length);
    for (let i = 0; i < value.length; i++) this.bytes[this.at++] = value.charCodeAt(i);
  }

  raw(value: Uint8Array): void {
    this.type('s');
    this.int32(value.length);
    this.reserve(value.length);
    this.bytes.set(value, this.at);
    this.at += value.length;
  }

  /** The items follow. */
  tuple(length: number): void {
    this.type('(');
    this.int32(length);
  }

  /** Keys and values follow, then `endDict`. */
  dict(): void {
    this.type('{');
  }

  endDict(): void {
    this.type('0');
  }

  private type(letter: string): void {
    this.reserve(1);
    this.bytes[this.at++] = letter.charCodeAt(0);
  }

  private int32(value: number): void {
    this.reserve(4);
    this.view.setInt32(this.at, value, true);
    this.at += 4;
  }

  private reserve(size: number): void {
    if (this.at + size <= this.bytes.length) return;
    const bytes = new Uint8Array(2 * (this.at + size));
    bytes.set(this.bytes);
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
  }
}
