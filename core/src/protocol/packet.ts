/** The one packet of the input protocol. docs/protocol.md says what each field means and why. */
import { ByteReader, ByteWriter, unzigzag, zigzag } from './bytes.ts';
import { ProtocolError } from './error.ts';
import { compareHello, HELLO_BYTES } from './hello.ts';
import { InputList, MAX_PACKET_INPUTS, RunWriter, type InputRing } from './input-runs.ts';

/** Fits into one datagram of any path that carries WebRTC, bytes. */
export const MAX_PACKET_BYTES = 1100;
export const CHECKSUM_BYTES = 8;
/** Checksums in one packet: more than fall due between two packets. */
export const MAX_PACKET_CHECKSUMS = 8;
/** In a held vector: everything that there will ever be of a player who has left. */
export const HELD_ALL = 0x3fff_ffff;

const MAGIC = 0xc;
/** Of a packet that begins with a hello. */
const MAGIC_HELLO = 0xd;
export const PROTOCOL_VERSION = 1;
const CHECKSUMS = 1;
const CHECKSUM_ACK = 2;
const DEPARTURES = 4;
const FILLS = 8;
const MANY_RUNS = 15;
/** Units of the advantage field in one frame. */
const ADVANTAGE_UNITS = 8;
/** Bytes kept free for everything that is not inputs, of 16 players at worst. */
const RESERVED_BYTES = 450;

/** What holds for all packets of a match. */
export interface PacketShape {
  players: number;
  actionBytes: number;
  /** This side's hello (hello.ts). Without it none is written, and any is accepted. */
  hello?: Uint8Array;
}

/** Inputs that a player who has left had sent. Their values are in the packet's `inputs`. */
export interface Fill {
  player: number;
  base: number;
  /** Index of the first in `inputs`, and how many. */
  start: number;
  count: number;
}

/** A decoded packet: one object, filled anew by each `decode`. */
export class Packet {
  /** Whether it began with a hello, like ours where ours is known. */
  hello = false;
  /** Frames by which the sender thinks that the receiver is ahead of it. */
  advantage = 0;
  episode = 0;
  base = 0;
  frame = 0;
  /** By seat; the sender's own entry is meaningless. */
  readonly held: Int32Array;
  readonly inputs: InputList;
  /** The sender's own inputs: the first so many of `inputs`. */
  inputCount = 0;

  checksumSerial = 0;
  checksumCount = 0;
  readonly checksums = new Uint8Array(MAX_PACKET_CHECKSUMS * CHECKSUM_BYTES);
  /** Or -1 where the packet says nothing of it. */
  checksumAck = -1;

  departureCount = 0;
  readonly departurePlayers: Uint8Array;
  readonly departureEpisodes: Int32Array;
  readonly departureHeld: Int32Array;

  fillCount = 0;
  readonly fills: Fill[];

  private readonly reader = new ByteReader();

  constructor(private readonly shape: PacketShape) {
    const { players, actionBytes } = shape;
    this.held = new Int32Array(players);
    this.inputs = new InputList(actionBytes);
    this.departurePlayers = new Uint8Array(players);
    this.departureEpisodes = new Int32Array(players);
    this.departureHeld = new Int32Array(players);
    this.fills = Array.from({ length: players }, () => ({
      player: 0,
      base: 0,
      start: 0,
      count: 0,
    }));
  }

  /** Reads `bytes` as sent by `sender`. @returns what is wrong; this packet is then undefined. */
  decode(bytes: Uint8Array, sender: number): ProtocolError | null {
    try {
      this.read(bytes, sender);
      return null;
    } catch (error) {
      if (error instanceof ProtocolError) return error;
      throw error;
    }
  }

  private read(bytes: Uint8Array, sender: number): void {
    const reader = this.reader;
    reader.reset(bytes);
    const first = reader.u8();
    this.hello = first >> 4 === MAGIC_HELLO;
    if (first >> 4 !== MAGIC && !this.hello) {
      throw new ProtocolError('not_ours', 'not a packet of this protocol');
    }
    if ((first & 15) !== PROTOCOL_VERSION) {
      const theirs = `${first & 15}, this side ${PROTOCOL_VERSION}`;
      throw new ProtocolError('version', `the other side speaks version ${theirs}`);
    }
    if (bytes.length > MAX_PACKET_BYTES) throw new ProtocolError('malformed', 'packet too long');
    // What follows a hello unlike ours cannot be read.
    if (this.hello) this.readHello();
    const flags = reader.u8();
    this.advantage = ((reader.u8() << 24) >> 24) / ADVANTAGE_UNITS;
    this.episode = reader.varint();
    this.base = reader.varint();
    this.frame = this.base + reader.zigzag();
    if (this.frame < 0) throw new ProtocolError('malformed', 'frame is negative');
    this.readHeld(sender);
    const runs = (flags >> 4) + (flags >> 4 === MANY_RUNS ? reader.varint() : 0);
    this.inputs.length = 0;
    this.inputCount = this.inputs.readRuns(reader, runs);
    this.readChecksums(flags);
    this.readDepartures((flags & DEPARTURES) !== 0);
    this.readFills((flags & FILLS) !== 0, sender);
    if (reader.at !== bytes.length) throw new ProtocolError('truncated', 'bytes after the packet');
  }

  private readHello(): void {
    const at = this.reader.skip(HELLO_BYTES);
    const { hello } = this.shape;
    if (hello !== undefined) compareHello(hello, this.reader.bytes, at);
  }

  private readHeld(sender: number): void {
    for (let player = 0; player < this.shape.players; player++) {
      if (player === sender) continue;
      const code = this.reader.varint();
      const held = code === 0 ? HELD_ALL : this.base + unzigzag(code - 1);
      if (held < 0 || held > HELD_ALL) throw new ProtocolError('malformed', 'held is out of range');
      this.held[player] = held;
    }
  }

  private readChecksums(flags: number): void {
    const reader = this.reader;
    this.checksumCount = 0;
    if ((flags & CHECKSUMS) !== 0) {
      this.checksumSerial = reader.varint();
      const count = reader.u8();
      if (count < 1 || count > MAX_PACKET_CHECKSUMS) {
        throw new ProtocolError('malformed', `${count} checksums`);
      }
      const at = reader.skip(count * CHECKSUM_BYTES);
      for (let i = 0; i < count * CHECKSUM_BYTES; i++) this.checksums[i] = reader.bytes[at + i]!;
      this.checksumCount = count;
    }
    this.checksumAck = (flags & CHECKSUM_ACK) !== 0 ? reader.varint() : -1;
  }

  private readDepartures(present: boolean): void {
    this.departureCount = 0;
    if (!present) return;
    const count = this.reader.u8();
    if (count < 1 || count > this.shape.players) {
      throw new ProtocolError('malformed', `${count} departures`);
    }
    for (let i = 0; i < count; i++) {
      this.departurePlayers[i] = this.seat();
      this.departureEpisodes[i] = this.reader.varint();
      this.departureHeld[i] = this.reader.varint();
    }
    this.departureCount = count;
  }

  private readFills(present: boolean, sender: number): void {
    this.fillCount = 0;
    if (!present) return;
    const count = this.reader.u8();
    if (count < 1 || count > this.shape.players) {
      throw new ProtocolError('malformed', `${count} fills`);
    }
    for (let i = 0; i < count; i++) {
      const fill = this.fills[i]!;
      fill.player = this.seat();
      if (fill.player === sender) throw new ProtocolError('malformed', 'fills of the sender');
      fill.base = this.reader.varint();
      fill.start = this.inputs.length;
      fill.count = this.inputs.readRuns(this.reader, this.reader.varint());
    }
    this.fillCount = count;
  }

  private seat(): number {
    const seat = this.reader.u8();
    if (seat >= this.shape.players) throw new ProtocolError('malformed', `seat ${seat}`);
    return seat;
  }
}

/**
 * Writes packets into one buffer that is used again and again. The sections are written in the
 * order of the methods: `begin`, then whatever there is, then `end`.
 */
export class PacketWriter {
  private readonly out = new ByteWriter(new Uint8Array(MAX_PACKET_BYTES));
  private readonly runs = new RunWriter(MAX_PACKET_BYTES);
  private flagsAt = 1;
  private inputsLeft = 0;
  private fillsAt = 0;

  constructor(private readonly shape: PacketShape) {}

  /**
   * The part that every packet has.
   *
   * @param held by seat, HELD_ALL for all there will ever be
   * @param to first frame after the sender's newest input
   * @param withHello whether the packet begins with the hello of the shape
   * @returns inputs written: the oldest, from frame `base` on
   */
  begin(
    sender: number,
    advantage: number,
    episode: number,
    base: number,
    frame: number,
    held: Int32Array,
    inputs: InputRing,
    to: number,
    withHello = false,
  ): number {
    const { out, runs } = this;
    const { hello } = this.shape;
    runs.write(inputs, base, to, MAX_PACKET_BYTES - RESERVED_BYTES, MAX_PACKET_INPUTS);
    const units = Math.round(advantage * ADVANTAGE_UNITS);
    out.at = 0;
    if (withHello && hello !== undefined) {
      out.u8((MAGIC_HELLO << 4) | PROTOCOL_VERSION);
      out.copy(hello, 0, HELLO_BYTES);
    } else out.u8((MAGIC << 4) | PROTOCOL_VERSION);
    this.flagsAt = out.at;
    out.u8(Math.min(runs.runs, MANY_RUNS) << 4);
    out.u8(Math.max(-128, Math.min(127, units)) & 0xff);
    out.varint(episode);
    out.varint(base);
    out.varint(zigzag(frame - base));
    for (let player = 0; player < this.shape.players; player++) {
      if (player === sender) continue;
      const h = held[player]!;
      out.varint(h >= HELD_ALL ? 0 : 1 + zigzag(h - base));
    }
    if (runs.runs >= MANY_RUNS) out.varint(runs.runs - MANY_RUNS);
    out.copy(runs.bytes, 0, runs.length);
    this.inputsLeft = MAX_PACKET_INPUTS - runs.inputs;
    this.fillsAt = 0;
    return runs.inputs;
  }

  /** At most MAX_PACKET_CHECKSUMS, one after another in `values`. */
  checksums(serial: number, count: number, values: Uint8Array): void {
    this.flag(CHECKSUMS);
    this.out.varint(serial);
    this.out.u8(count);
    this.out.copy(values, 0, count * CHECKSUM_BYTES);
  }

  checksumAck(count: number): void {
    this.flag(CHECKSUM_ACK);
    this.out.varint(count);
  }

  departures(players: readonly number[], episodes: Int32Array, held: Int32Array): void {
    this.flag(DEPARTURES);
    this.out.u8(players.length);
    for (let i = 0; i < players.length; i++) {
      this.out.u8(players[i]!);
      this.out.varint(episodes[i]!);
      this.out.varint(held[i]!);
    }
  }

  /** May be called several times, last of all. Writes what fits, the oldest first. */
  fill(player: number, inputs: InputRing, base: number, to: number): void {
    const { out, runs } = this;
    // Seat, base, number of runs, and the count of fills itself.
    const head = 12;
    runs.write(inputs, base, to, out.room - head, this.inputsLeft);
    if (runs.inputs === 0) return;
    if (this.fillsAt === 0) {
      this.flag(FILLS);
      this.fillsAt = out.at;
      out.u8(0);
    }
    out.bytes[this.fillsAt]! += 1;
    out.u8(player);
    out.varint(base);
    out.varint(runs.runs);
    out.copy(runs.bytes, 0, runs.length);
    this.inputsLeft -= runs.inputs;
  }

  /** The whole packet: a view that the next `begin` overwrites. */
  end(): Uint8Array {
    return this.out.bytes.subarray(0, this.out.at);
  }

  private flag(bit: number): void {
    this.out.bytes[this.flagsAt]! |= bit;
  }
}
