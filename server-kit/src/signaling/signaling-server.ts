import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import express from 'express';
import { ExpressPeerServer } from 'peer';
import { type WebSocket, WebSocketServer } from 'ws';
import type { Origins } from '../auth/origins.ts';
import { sameText } from '../auth/same-text.ts';
import { MAX_SIGNAL_BYTES, type Limiter } from '../limits.ts';
import type { Match, Seat } from '../lobby/match.ts';
import type { Log } from '../log.ts';
import { refuseUpgrade } from '../upgrade-router.ts';
import { GuardedSocket } from './guarded-socket.ts';
import { ownTimers } from './owned-timers.ts';

export interface SignalingParts {
  origins: Origins;
  limiter: Limiter;
  log: Log;
  /** The match and seat of a peer id, while that player is in its match. */
  peer(id: string): { match: Match; seat: Seat } | null;
}

/** Peers that live now cannot be more: a bound for PeerServer, whose own default is 5,000. */
const MAX_PEERS = 100_000;

/**
 * PeerServer behind a guard: it sees only WebSockets of seats in living matches, with the token of
 * that very seat, and only messages between members of one match (NET-2). Its HTTP routes (ids on
 * demand, lists of peers) are not reachable.
 */
export class SignalingServer {
  /** Messages that were not let through. */
  dropped = 0;
  private readonly sockets = new WebSocketServer({ noServer: true, maxPayload: MAX_SIGNAL_BYTES });
  /** What PeerServer takes for its WebSocketServer: it gets connections only from us. */
  private readonly front = new WebSocketServer({ noServer: true });
  private readonly stopTimers: () => void;

  constructor(
    path: string,
    server: Server,
    private readonly parts: SignalingParts,
  ) {
    const peers = ExpressPeerServer(server, {
      path: '/',
      concurrent_limit: MAX_PEERS,
      createWebSocketServer: () => this.front,
    });
    peers.on('error', (error) => parts.log.warn('Signaling failed.', { error: String(error) }));
    // PeerServer begins when its app is mounted; this one is never served.
    this.stopTimers = ownTimers(() => void express().use(path, peers));
  }

  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const query = new URL(request.url ?? '', 'http://localhost').searchParams;
    const id = query.get('id') ?? '';
    const token = query.get('token') ?? '';
    const seat = this.parts.peer(id)?.seat;
    if (!this.parts.origins.allows(request)) return refuseUpgrade(socket, 403);
    if (seat === undefined || !sameText(token, seat.signaling_token)) {
      return refuseUpgrade(socket, 401);
    }
    this.sockets.handleUpgrade(request, socket, head, (webSocket) => {
      this.front.emit('connection', this.guard(webSocket, id), request);
    });
  }

  close(): void {
    this.stopTimers();
    // 1001: going away.
    for (const socket of this.sockets.clients) socket.close(1001);
    for (const socket of this.sockets.clients) socket.terminate();
    this.sockets.close();
    this.front.close();
  }

  private guard(socket: WebSocket, peerId: string): GuardedSocket {
    return new GuardedSocket(socket, {
      peerId,
      limiter: this.parts.limiter,
      mayReach: (from, to) => {
        const [a, b] = [this.parts.peer(from), this.parts.peer(to)];
        return from !== to && a !== null && a.match === b?.match;
      },
      dropped: () => (this.dropped += 1),
    });
  }
}
