import { ByteWriter, type ByteReader } from './bytes.ts';
import { ProtocolError } from './error.ts';

/** Inputs in one packet, fills included: four seconds at the highest rate that is sensible. */
export const MAX_PACKET_INPUTS = 1024;

/** Longest run: its length is told in 6 bits. */
const MAX_RUN = 64;
const HAS_META = 0x80;
const LITERAL = 0x40;
/** Bits of the meta byte that have a meaning. */
const META_BITS = 0x3f;

/** Inputs of one player by frame, as a ring: frame f stands at index f & mask. */
export interface InputRing {
  readonly actionBytes: number;
  readonly mask: number;
  readonly metas: Uint8Array;
  readonly actions: Uint8Array;
}

/** Codes inputs of one player. Holds its latest result until the next call. */
export class RunWriter {
  private readonly out: ByteWriter;
  /** Of the latest call: runs and inputs written. */
  runs = 0;
  inputs = 0;

  /** @param capacity most bytes that are ever written in one call */
  constructor(capacity: number) {
    this.out = new ByteWriter(new Uint8Array(capacity));
  }

  get length(): number {
    return this.out.at;
  }

  get bytes(): Uint8Array {
    return this.out.bytes;
  }

  /** Codes the inputs of frames `from` to `to` - 1, oldest first, as many as the limits allow. */
  write(ring: InputRing, from: number, to: number, maxBytes: number, maxInputs: number): void {
    const size = ring.actionBytes;
    const out = this.out;
    const end = Math.min(maxBytes, out.bytes.length);
    const last = Math.min(to, from + maxInputs);
    let frame = from;
    let meta = -1;
    out.at = 0;
    this.runs = 0;
    while (frame < last) {
      const newMeta = ring.metas[frame & ring.mask]!;
      const head = newMeta === meta ? 1 : 2;
      const equal = equalLength(ring, frame, last);
      const literal = equal < repeatFrom(size) ? literalLength(ring, frame, last) : 0;
      // A pair on its own is cheaper repeated; inside a literal it would cost another header.
      const repeats = literal <= equal;
      const fits = Math.floor((end - out.at - head) / size);
      const length = repeats ? equal : Math.min(literal, fits);
      if (fits < 1) break;
      out.u8((newMeta === meta ? 0 : HAS_META) | (repeats ? 0 : LITERAL) | (length - 1));
      if (newMeta !== meta) out.u8(newMeta);
      for (let i = 0; i < (repeats ? 1 : length); i++) {
        out.copy(ring.actions, ((frame + i) & ring.mask) * size, size);
      }
      meta = newMeta;
      frame += length;
      this.runs += 1;
    }
    this.inputs = frame - from;
  }
}

/** From how many equal inputs on a literal is interrupted: below, a header costs more. */
const repeatFrom = (actionBytes: number): number => (actionBytes === 1 ? 3 : 2);

/** Inputs from `frame` on that are all alike. */
function equalLength(ring: InputRing, frame: number, to: number): number {
  const most = Math.min(to - frame, MAX_RUN);
  let length = 1;
  while (length < most && sameInput(ring, frame, frame + length)) length += 1;
  return length;
}

/** Inputs from `frame` on with one meta byte, up to where enough equal ones follow. */
function literalLength(ring: InputRing, frame: number, to: number): number {
  const most = Math.min(to - frame, MAX_RUN);
  const meta = ring.metas[frame & ring.mask];
  const interrupt = repeatFrom(ring.actionBytes);
  let length = 0;
  while (length < most && ring.metas[(frame + length) & ring.mask] === meta) {
    const equal = equalLength(ring, frame + length, Math.min(to, frame + length + interrupt));
    if (equal >= interrupt) break;
    length += 1;
  }
  return length;
}

function sameInput(ring: InputRing, a: number, b: number): boolean {
  const i = a & ring.mask;
  const j = b & ring.mask;
  if (ring.metas[i] !== ring.metas[j]) return false;
  const size = ring.actionBytes;
  for (let k = 0; k < size; k++) {
    if (ring.actions[i * size + k] !== ring.actions[j * size + k]) return false;
  }
  return true;
}

/** Decoded inputs, in order. Reused for every packet. */
export class InputList {
  readonly metas = new Uint8Array(MAX_PACKET_INPUTS);
  readonly actions: Uint8Array;
  length = 0;

  constructor(readonly actionBytes: number) {
    this.actions = new Uint8Array(MAX_PACKET_INPUTS * actionBytes);
  }

  /** Appends `runs` runs. @returns inputs appended. @throws ProtocolError */
  readRuns(reader: ByteReader, runs: number): number {
    const size = this.actionBytes;
    const before = this.length;
    let meta = -1;
    for (let r = 0; r < runs; r++) {
      const head = reader.u8();
      const length = (head & (MAX_RUN - 1)) + 1;
      if (length > MAX_PACKET_INPUTS - this.length) {
        throw new ProtocolError('malformed', `more than ${MAX_PACKET_INPUTS} inputs`);
      }
      if ((head & HAS_META) !== 0) meta = reader.u8();
      if (meta < 0 || meta > META_BITS) {
        throw new ProtocolError('malformed', `no valid meta byte before byte ${reader.at}`);
      }
      const literal = (head & LITERAL) !== 0;
      const start = reader.skip(literal ? length * size : size);
      for (let i = 0; i < length; i++) {
        const from = start + (literal ? i * size : 0);
        this.metas[this.length] = meta;
        for (let k = 0; k < size; k++) {
          this.actions[this.length * size + k] = reader.bytes[from + k]!;
        }
        this.length += 1;
      }
    }
    return this.length - before;
  }
}
