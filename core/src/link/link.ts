import type { LinkType, PlayerIndex } from '../contract/index.ts';

/** What is measured of one link. */
export interface LinkStatus {
  player: PlayerIndex;
  type: LinkType | null;
  /** Proven both ways. */
  proven: boolean;
  rtt_ms: number | null;
  jitter_ms: number | null;
  /** Share of input packets that did not arrive, 0 to 1, over the last seconds. */
  loss: number;
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
}

/** The server kit's relay, as a link needs it. */
export interface RelayPort {
  send(to: PlayerIndex, packet: Uint8Array): void;
  /** Returns an unsubscribe function. */
  onPacket(listener: (from: PlayerIndex, packet: Uint8Array) => void): () => void;
  /** Whether the server is connected now. */
  readonly connected: boolean;
}
