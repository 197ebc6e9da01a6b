import { EventEmitter } from 'node:events';
import type { RawData, WebSocket } from 'ws';
import { holdBack } from '../sockets/hold-back.ts';
import { HOLD_MS, type Limiter } from '../limits.ts';

/** What PeerJS clients send; everything else is dropped. */
const TO_PEERS = new Set(['OFFER', 'ANSWER', 'CANDIDATE']);
const HEARTBEAT = 'HEARTBEAT';

export interface SignalGuard {
  peerId: string;
  limiter: Limiter;
  /** Whether these two are members of one match that lives. Asked for every message. */
  mayReach(from: string, to: string): boolean;
  dropped(): void;
}

/**
 * The WebSocket as PeerServer sees it: only messages that this peer may send, to whom it may send
 * them, at a bearable rate. PeerServer queues for absent ids without bounds, so what is not for a
 * partner must not reach it.
 */
export class GuardedSocket extends EventEmitter {
  constructor(
    private readonly socket: WebSocket,
    private readonly guard: SignalGuard,
  ) {
    super();
    socket.on('message', (data, isBinary) => void this.receive(data, isBinary));
    socket.on('close', (code, reason) => this.emit('close', code, reason));
    socket.on('error', (error) => this.emit('error', error));
  }

  send(text: string): void {
    this.socket.send(text, () => undefined);
  }

  close(): void {
    this.socket.close();
  }

  private async receive(data: RawData, isBinary: boolean): Promise<void> {
    const { guard } = this;
    const rate = await guard.limiter.take(guard.peerId);
    // What is too much is not even read.
    const message = rate !== 'ok' || isBinary ? null : parseSignal(data);
    const allowed =
      message !== null &&
      (message.type === HEARTBEAT ||
        (TO_PEERS.has(message.type) &&
          typeof message.dst === 'string' &&
          guard.mayReach(guard.peerId, message.dst)));
    if (allowed) {
      const { type, dst, payload } = message;
      this.emit('message', JSON.stringify({ type, dst, payload }));
      return;
    }
    guard.dropped();
    // 1008: policy violation.
    if (rate === 'flood') this.socket.close(1008, 'too many messages');
    else if (rate === 'over') holdBack(this.socket, HOLD_MS);
  }
}

function parseSignal(data: RawData): { type: string; dst: unknown; payload: unknown } | null {
  try {
    // `ws` gives text messages as one Buffer.
    const value: unknown = JSON.parse((data as Buffer).toString('utf8'));
    if (typeof value !== 'object' || value === null) return null;
    const { type, dst, payload } = value as Record<string, unknown>;
    return typeof type === 'string' ? { type, dst, payload } : null;
  } catch {
    return null;
  }
}
