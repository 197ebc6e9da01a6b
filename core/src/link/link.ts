import type { LinkType, Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { LinkQuality } from './link-quality.ts';

/** What is measured of one link. */
export interface LinkStatus {
  player: PlayerIndex;
  type: LinkType | null;
  /** Proven both ways. */
  proven: boolean;
  rtt_ms: number | null;
  jitter_ms: number | null;
  /** Median of the first five round trips on the path in use, or null until then (NET-12). */
  probe_ms: number | null;
  /** Share of input packets that did not arrive, 0 to 1, over the last seconds. */
  loss: number;
  /** Runs of missing packets on the path in use, and the longest, packets. */
  gaps: { count: number; longest: number };
  /** Waiting in the input channel of the peer connection. */
  buffered_bytes: number;
  quality: LinkQuality;
  /** Every change of type: ms since the epoch. */
  changes: { at_ms: number; type: LinkType | null; reason: string }[];
  inputs_sent: { peer: number; relay: number };
  inputs_received: { peer: number; relay: number };
}

/** The ways to all other players of a match. Packets are opaque bytes. */
export interface Mesh {
  /** Input packets: unordered, may be lost; the newest path that works. */
  send(to: PlayerIndex, packet: Uint8Array): void;
  /** Control messages: reliable and ordered, by whichever path works. At most 16 KiB. */
  sendControl(to: PlayerIndex, message: Uint8Array): void;
  status(): LinkStatus[];
  /** An episode begins: a link that moved to the relay goes back if its peer connection healed. */
  boundary(): void;
  /**
   * The match is over for this peer: what closes from now on closes because others are done too. No
   * link moves to the relay any more, and none is reported as down.
   */
  settle(): void;
  close(): void;
}

/** What a mesh tells its owner. */
export interface MeshEvents {
  packet(from: PlayerIndex, packet: Uint8Array): void;
  control(from: PlayerIndex, message: Uint8Array): void;
  /** The link works both ways, for the first time or again. */
  up(player: PlayerIndex): void;
  /** Neither peer to peer nor by relay. */
  down(player: PlayerIndex, reason: string): void;
  type(player: PlayerIndex, type: LinkType, reason: string): void;
  /** The round trip crossed 150 or 300 ms, or came back well below. */
  quality(player: PlayerIndex, quality: LinkQuality, rtt_ms: Milliseconds): void;
}

/** The server kit's relay, as a link needs it. */
export interface RelayPort {
  send(to: PlayerIndex, packet: Uint8Array): void;
  /** Returns an unsubscribe function. */
  onPacket(listener: (from: PlayerIndex, packet: Uint8Array) => void): () => void;
  /** Whether the server is connected now. */
  readonly connected: boolean;
}
