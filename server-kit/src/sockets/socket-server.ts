import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { type DefaultEventsMap, type Socket, Server } from 'socket.io';
import {
  EnterRequest,
  EpisodeDoneRequest,
  FinishRequest,
  LinkReport,
  LocalRecordRequest,
  PeerLostRequest,
  ReadyRequest,
  type ServerToClient,
  UploadRequest,
} from '@cotrial/core/contract';
import type { Origins } from '../auth/origins.ts';
import type { Holder, Tokens } from '../auth/tokens.ts';
import type { Clock } from '../clock.ts';
import { HANDSHAKE_TIMEOUT_MS, MAX_SOCKET_MESSAGE_BYTES, type Limits } from '../limits.ts';
import type { Lobby } from '../lobby/lobby.ts';
import type { Connection, Presence } from '../lobby/presence.ts';
import type { RttMeter } from '../lobby/rtt-meter.ts';
import type { Log } from '../log.ts';
import { Refusal } from '../refusal.ts';
import type { Relay } from '../relay/relay.ts';
import type { ParticipantStore } from '../store/participant-store.ts';
import { limitMessages, onRequest, throttle } from './requests.ts';
import type { Uploads } from './uploads.ts';

/** A socket that does not answer a ping within 10 + 20 s is gone; a page frozen for less is not. */
const PING_INTERVAL_MS = 10_000;
const PING_TIMEOUT_MS = 20_000;

export interface SocketParts {
  clock: Clock;
  log: Log;
  limits: Limits;
  origins: Origins;
  tokens: Tokens;
  participants: ParticipantStore;
  presence: Presence;
  lobby: Lobby;
  relay: Relay;
  uploads: Uploads;
  meter: RttMeter;
}

type GameServer = Server<DefaultEventsMap, ServerToClient, DefaultEventsMap, Partial<Holder>>;
type GameSocket = Socket<DefaultEventsMap, ServerToClient, DefaultEventsMap, Partial<Holder>>;

/** The participants' Socket.IO, without listeners of its own on the host's HTTP server. */
export class SocketServer {
  /** Socket.IO wants an HTTP server; this one never listens and gets what is ours by hand. */
  private readonly gate = createServer();
  private readonly io: GameServer;

  /** @param path For example `/cotrial/socket.io`. */
  constructor(
    path: string,
    private readonly parts: SocketParts,
  ) {
    this.io = new Server(this.gate, {
      path,
      serveClient: false,
      destroyUpgrade: false,
      maxHttpBufferSize: MAX_SOCKET_MESSAGE_BYTES,
      connectTimeout: HANDSHAKE_TIMEOUT_MS,
      pingInterval: PING_INTERVAL_MS,
      pingTimeout: PING_TIMEOUT_MS,
      cors: { origin: true },
      allowRequest: (request, allow) => allow(null, parts.origins.allows(request)),
    });
    this.io.use((socket, next) => {
      this.admit(socket).then(() => next(), next);
    });
    this.io.on('connection', (socket) => this.serve(socket));
  }

  request(request: IncomingMessage, response: ServerResponse): void {
    this.gate.emit('request', request, response);
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    this.gate.emit('upgrade', request, socket, head);
  }

  async close(): Promise<void> {
    await this.io.close();
  }

  /** Who is it, and is this its newest page? */
  private async admit(socket: GameSocket): Promise<void> {
    const holder = await this.parts.tokens.read(socket.handshake.auth['token']);
    const newest = this.parts.participants.session(holder.participant);
    if (newest === null) {
      throw new Refusal('unauthorized', 'This server does not know you: join again.');
    }
    if (holder.session < newest) {
      throw new Refusal('replaced', 'The experiment was opened in a newer tab.');
    }
    socket.data = holder;
  }

  private serve(socket: GameSocket): void {
    const { presence, lobby, meter, relay, uploads, limits, log, clock } = this.parts;
    const participant = socket.data.participant!;
    const session = socket.data.session!;
    const connection: Connection = {
      session,
      send: (event, ...args) => void socket.emit(event, ...args),
      close: () => void socket.disconnect(true),
    };
    socket.on('disconnect', () => {
      if (!presence.disconnect(participant, connection)) return;
      meter.stop(participant);
      lobby.disconnected(participant);
    });

    const parts = { socket, participant, log };
    limitMessages(parts, limits.messages);
    socket.on('clock', (reply: unknown) => {
      if (typeof reply === 'function') (reply as (now: number) => void)(clock.now());
    });
    socket.on('asleep', () => lobby.sleeping(participant, true));
    socket.on('awake', () => lobby.sleeping(participant, false));
    onRequest(parts, 'enter', EnterRequest, (m) => {
      if (new Set(m.agents).size !== m.agents.length) {
        throw new Refusal('bad_request', 'agents: every agent needs a name of its own.');
      }
      return lobby.enter(participant, session, m);
    });
    onRequest(parts, 'ready', ReadyRequest, (m) => {
      lobby.ready(participant, m.match_id, m.probes);
      return {};
    });
    onRequest(parts, 'peer_lost', PeerLostRequest, (m) =>
      lobby.peerLost(participant, m.match_id, m.player),
    );
    onRequest(parts, 'link', LinkReport, (m) => {
      lobby.link(participant, m.match_id, m.player, m.link_type);
      return {};
    });
    onRequest(parts, 'upload', UploadRequest, async (m) => {
      const rate = await limits.uploadBytes.take(participant, m.bytes.byteLength);
      if (rate === 'flood') socket.disconnect(true);
      if (rate !== 'ok') throw new Refusal('rate_limited', 'Too much data at once: try again.');
      return uploads.chunk(participant, m);
    });
    onRequest(parts, 'episode_done', EpisodeDoneRequest, (m) =>
      uploads.episodeDone(participant, m),
    );
    onRequest(parts, 'local_record', LocalRecordRequest, (m) =>
      uploads.localRecord(participant, m),
    );
    onRequest(parts, 'finish', FinishRequest, (m) => uploads.finish(participant, m));
    socket.on('relay', (...args: unknown[]) => {
      void relay.forward(participant, args).then((rate) => {
        if (rate === 'flood') socket.disconnect(true);
        else if (rate === 'over') throttle(socket);
      });
    });

    presence.connect(participant, connection);
    meter.start(participant);
    lobby.connected(participant, session);
  }
}
