import { toHex, type Frame, type Milliseconds, type PlayerIndex } from '../contract/index.ts';
import { sameBytes } from '../protocol/bytes.ts';
import { CHECKSUM_BYTES, MAX_PACKET_CHECKSUMS, type Packet } from '../protocol/packet.ts';
import type { PacketWriter } from '../protocol/packet.ts';

/** Checksums kept: several seconds of one a frame. */
const KEPT = 512;
/** Said again after this time without an acknowledgement, ms. */
const REPEAT_MS = 250;

/** Said in place of a checksum by a peer for whom the match has ended by desync. */
const PARTED = new Uint8Array(CHECKSUM_BYTES).fill(0xff);

/** Two peers' states differ. */
export interface Mismatch {
  episode: number;
  frame: Frame;
  player: PlayerIndex;
  local: string;
  remote: string;
}

/**
 * Sends this peer's checksums until they are acknowledged, and compares the others' with its own.
 * All peers take them on the same frames, so serial numbers name the same frame everywhere.
 */
export class Checksums {
  private readonly values = new Uint8Array(KEPT * CHECKSUM_BYTES);
  private readonly frames = new Int32Array(KEPT);
  private readonly episodes = new Int32Array(KEPT);
  private readonly peers: Peer[];
  private readonly scratch = new Uint8Array(MAX_PACKET_CHECKSUMS * CHECKSUM_BYTES);
  private taken = 0;

  constructor(players: number) {
    this.peers = Array.from({ length: players }, () => ({
      values: new Uint8Array(KEPT * CHECKSUM_BYTES),
      received: 0,
      compared: 0,
      ackDue: false,
      sent: 0,
      acked: 0,
      oldest: 0,
      progressAt: -Infinity,
    }));
  }

  /** Checksums taken here so far. */
  get count(): number {
    return this.taken;
  }

  /** Checksums of `player` that are here, without a gap. */
  receivedOf(player: PlayerIndex): number {
    return this.peers[player]!.received;
  }

  /** One of the newest checksums, taken here or by another player: 16 hexadecimal digits. */
  own(serial: number): string {
    return digits(this.values, serial);
  }
  of(player: PlayerIndex, serial: number): string {
    return digits(this.peers[player]!.values, serial);
  }

  /** The checksum of `frame` was computed: the next serial number. */
  add(episode: number, frame: Frame, value: Uint8Array): void {
    const slot = this.taken % KEPT;
    this.values.set(value.subarray(0, CHECKSUM_BYTES), slot * CHECKSUM_BYTES);
    this.frames[slot] = frame;
    this.episodes[slot] = episode;
    this.taken += 1;
  }

  /** The match has ended by desync here: whoever waits for this peer's next checksum is told. */
  part(): void {
    this.add(-1, -1, PARTED);
  }

  /** Whether `player` said that of itself, in place of checksum `serial`. */
  partedAt(player: PlayerIndex, serial: number): boolean {
    const { received, values } = this.peers[player]!;
    return received > serial && sameBytes(valueAt(values, serial), PARTED);
  }

  /** Whether `player` said that of itself. */
  parted(player: PlayerIndex): boolean {
    const { received } = this.peers[player]!;
    return received > 0 && this.partedAt(player, received - 1);
  }

  /** Takes what a packet says of checksums, late or not. */
  receive(player: PlayerIndex, packet: Packet): void {
    const peer = this.peers[player]!;
    peer.acked = Math.max(peer.acked, Math.min(packet.checksumAck, this.taken));
    for (let i = 0; i < packet.checksumCount; i++) {
      const serial = packet.checksumSerial + i;
      // A gap is filled when they say it again; a peer so far ahead cannot be a correct one.
      if (serial !== peer.received || serial >= this.taken + KEPT) continue;
      const at = i * CHECKSUM_BYTES;
      const value = packet.checksums.subarray(at, at + CHECKSUM_BYTES);
      peer.values.set(value, (serial % KEPT) * CHECKSUM_BYTES);
      peer.received += 1;
    }
    if (packet.checksumCount > 0) peer.ackDue = true;
  }

  /** Compares what can be compared now. @returns the first mismatch, or null; call until null. */
  compare(player: PlayerIndex): Mismatch | null {
    const peer = this.peers[player]!;
    const known = Math.min(peer.received, this.taken);
    // What is no longer kept here was not acknowledged for many seconds: it cannot be compared.
    peer.compared = Math.max(peer.compared, Math.min(known, this.taken - KEPT));
    while (peer.compared < known) {
      const slot = peer.compared % KEPT;
      peer.compared += 1;
      const local = valueAt(this.values, slot);
      const remote = valueAt(peer.values, slot);
      if (sameBytes(local, PARTED) || sameBytes(remote, PARTED)) continue;
      if (!sameBytes(local, remote)) {
        return {
          episode: this.episodes[slot]!,
          frame: this.frames[slot]!,
          player,
          local: toHex(local),
          remote: toHex(remote),
        };
      }
    }
    return null;
  }

  /** Adds to a packet for `player` what is new, or was not acknowledged in time. */
  write(player: PlayerIndex, writer: PacketWriter, now: Milliseconds): void {
    const peer = this.peers[player]!;
    const oldest = Math.max(peer.acked, this.taken - KEPT);
    if (oldest > peer.oldest || peer.sent <= oldest) {
      peer.oldest = oldest;
      peer.progressAt = now;
    }
    if (now - peer.progressAt >= REPEAT_MS || peer.sent < oldest) {
      peer.sent = oldest;
      peer.progressAt = now;
    }
    const count = Math.min(this.taken - peer.sent, MAX_PACKET_CHECKSUMS);
    if (count > 0) {
      for (let i = 0; i < count; i++) {
        const at = ((peer.sent + i) % KEPT) * CHECKSUM_BYTES;
        this.scratch.set(this.values.subarray(at, at + CHECKSUM_BYTES), i * CHECKSUM_BYTES);
      }
      writer.checksums(peer.sent, count, this.scratch);
      peer.sent += count;
    }
    if (peer.ackDue) writer.checksumAck(peer.received);
    peer.ackDue = false;
  }
}

function valueAt(values: Uint8Array, serial: number): Uint8Array {
  const at = (serial % KEPT) * CHECKSUM_BYTES;
  return values.subarray(at, at + CHECKSUM_BYTES);
}

const digits = (values: Uint8Array, serial: number): string => toHex(valueAt(values, serial));

interface Peer {
  /** Theirs, by serial number. */
  values: Uint8Array;
  received: number;
  compared: number;
  ackDue: boolean;
  /** Ours, as sent to them. */
  sent: number;
  acked: number;
  /** First that is not acknowledged, and since when it has been that one or was repeated. */
  oldest: number;
  progressAt: Milliseconds;
}
