/**
 * Links to all other players of a match.
 *
 * Everybody registers its peer id at the kit's PeerServer. Of each pair the lower seat offers a
 * connection to the higher, and offers again if it does not come to be: the other may not have been
 * there yet. Both open the input channel and ping each other on it; see peer-link.ts for what
 * happens from then on.
 */
// The default export: the one that Node, too, can import (without WebRTC, it cannot use it).
import Peer, { type DataConnection } from 'peerjs';
import type { Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { LinkStatus, Mesh, MeshEvents, RelayPort } from './link.ts';
import { PeerConnection } from './peer-connection.ts';
import { TICK_MS } from './page-lateness.ts';
import { PeerLink } from './peer-link.ts';
import { RelayPace } from './relay-pace.ts';

export interface MeshOptions {
  local: PlayerIndex;
  /** All players of the match; the local one gives its own peer id. */
  players: { player: PlayerIndex; peer_id: string }[];
  signaling: {
    /** Origin of the server kit, for example `https://lab.example`. */
    origin: string;
    /** Path of the PeerServer there. */
    path: string;
    token: string;
  };
  ice: { ice_servers: RTCIceServer[]; relay_only: boolean };
  relay: RelayPort;
  /** Every link is probed before it is up: five pings, 100 ms apart (NET-12). */
  probe?: boolean;
  /** Monotonic clock, ms. */
  now?: () => Milliseconds;
}

/** An offer without an answer is made again: longer than ICE needs on a slow, lossy path. */
const OFFER_AGAIN_MS = 3_000;
/** Between attempts to register at the PeerServer. */
const SIGNAL_AGAIN_MS = 1_000;

interface Remote {
  player: PlayerIndex;
  peer_id: string;
  link: PeerLink;
  connection: PeerConnection | null;
  offeredAt: Milliseconds;
}

/** Connects to all other players. Never throws for what a network or a player does. */
export function connectMesh(options: MeshOptions, events: MeshEvents): Mesh {
  return new PeerJsMesh(options, events);
}

class PeerJsMesh implements Mesh {
  private readonly now: () => Milliseconds;
  private readonly remotes = new Map<PlayerIndex, Remote>();
  private readonly timer: ReturnType<typeof setInterval>;
  private readonly stopRelay: () => void;
  private peer: Peer;
  private registeringSince: Milliseconds;
  private closed = false;

  constructor(
    private readonly options: MeshOptions,
    events: MeshEvents,
  ) {
    this.now = options.now ?? (() => performance.now());
    this.registeringSince = this.now();
    const relayPace = new RelayPace();
    for (const { player, peer_id } of options.players) {
      if (player === options.local) continue;
      const link = new PeerLink(
        player,
        options.relay,
        events,
        this.now(),
        () => Date.now(),
        options.probe,
        relayPace,
      );
      this.remotes.set(player, { player, peer_id, link, connection: null, offeredAt: -Infinity });
    }
    this.stopRelay = options.relay.onPacket((from, bytes) => {
      this.remotes.get(from)?.link.fromRelay(bytes, this.now());
    });
    this.peer = this.register();
    this.timer = setInterval(() => this.tick(), TICK_MS);
  }

  send(to: PlayerIndex, packet: Uint8Array): void {
    this.remotes.get(to)?.link.send(packet, this.now());
  }

  sendControl(to: PlayerIndex, message: Uint8Array): void {
    this.remotes.get(to)?.link.sendControl(message, this.now());
  }

  status(): LinkStatus[] {
    return [...this.remotes.values()].map((remote) => remote.link.status(this.now()));
  }

  boundary(): void {
    for (const { link } of this.remotes.values()) link.boundary(this.now());
  }

  settle(): void {
    for (const { link } of this.remotes.values()) link.settle();
  }

  close(): void {
    if (this.closed) return;
    this.closed = true;
    clearInterval(this.timer);
    this.stopRelay();
    for (const { link } of this.remotes.values()) link.close();
    this.drop(this.peer);
  }

  private tick(): void {
    const now = this.now();
    const wanting = [...this.remotes.values()].filter(({ link }) => link.wantsPeer(now));
    if (wanting.length > 0) this.keepRegistered(now);
    else if (this.peer.open && !this.connecting) this.peer.disconnect();
    for (const remote of wanting) this.offer(remote, now);
    for (const { link } of this.remotes.values()) link.tick(now);
  }

  private register(): Peer {
    const { origin, path, token } = this.options.signaling;
    const url = new URL(origin);
    const secure = url.protocol === 'https:';
    const local = this.options.players.find(({ player }) => player === this.options.local);
    if (local === undefined) throw new RangeError('the local player is not among the players');
    const { ice_servers, relay_only } = this.options.ice;
    const peer = new Peer(local.peer_id, {
      host: url.hostname,
      port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
      path,
      secure,
      token,
      debug: 0,
      config: { iceServers: ice_servers, iceTransportPolicy: relay_only ? 'relay' : 'all' },
    });
    peer.on('open', () => this.tick());
    peer.on('connection', (connection) => this.answer(connection));
    // Every failure shows as a connection that does not open, and is tried again or given up there.
    peer.on('error', () => undefined);
    return peer;
  }

  /**
   * Then signals are needed no more: without PeerServer, nobody's signal can reach into a game, and
   * its own notices about absent peers close no connection that works.
   */
  private get connecting(): boolean {
    return [...this.remotes.values()].some(({ link }) => !link.isProven || link.takesPeer);
  }

  private keepRegistered(now: Milliseconds): void {
    if (this.peer.open) {
      this.registeringSince = now;
      return;
    }
    if (now - this.registeringSince < SIGNAL_AGAIN_MS) return;
    this.registeringSince = now;
    if (this.peer.destroyed) {
      this.drop(this.peer);
      this.peer = this.register();
    } else if (this.peer.disconnected) {
      this.peer.reconnect();
    }
  }

  private offer(remote: Remote, now: Milliseconds): void {
    if (this.options.local > remote.player || !this.peer.open) return;
    if (now - remote.offeredAt < OFFER_AGAIN_MS || remote.connection?.progressing === true) return;
    remote.offeredAt = now;
    this.use(remote, this.peer.connect(remote.peer_id, { serialization: 'raw', reliable: true }));
  }

  /** Only a lower seat of this match may offer, and only while the link has no connection. */
  private answer(connection: DataConnection): void {
    const remote = [...this.remotes.values()].find(({ peer_id }) => peer_id === connection.peer);
    const expected =
      remote !== undefined &&
      remote.player < this.options.local &&
      remote.link.takesPeer &&
      connection.serialization === 'raw';
    if (this.closed || !expected) connection.close();
    else this.use(remote, connection);
  }

  private use(remote: Remote, connection: DataConnection): void {
    const { link } = remote;
    const mine = new PeerConnection(connection, {
      opened: () => link.pathOpened(this.now()),
      bytes: (bytes) => link.fromPeer(bytes, this.now()),
      type: (type, reason) => link.pathType(type, reason),
      failed: (reason) => {
        // One that never opened is offered again until the link gives the path up.
        if (remote.connection === mine && !link.takesPeer) link.pathFailed(reason, this.now());
      },
    });
    remote.connection = mine;
    link.usePath(mine, this.now());
  }

  private drop(peer: Peer): void {
    peer.removeAllListeners();
    // PeerJS reports errors of its own teardown; without a listener they would be uncaught.
    peer.on('error', () => undefined);
    peer.destroy();
  }
}
