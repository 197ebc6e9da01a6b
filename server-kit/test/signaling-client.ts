import { WebSocket } from 'ws';
import type { MatchedMessage } from '@cotrial/core/contract';
import { until } from './support.ts';

export interface Signal {
  type: string;
  src?: string;
  dst?: string;
  payload?: unknown;
}

export const idOf = (matched: MatchedMessage): string => matched.players[matched.you]!.peer_id;

/** A PeerJS client's signaling, as far as the server sees it. */
export class Signaling {
  readonly heard: Signal[] = [];
  closed = false;

  private constructor(readonly socket: WebSocket) {
    socket.on('message', (data: Buffer) => this.heard.push(JSON.parse(data.toString()) as Signal));
    socket.on('close', () => (this.closed = true));
  }

  /** Resolves once PeerServer has accepted the peer; rejects if the upgrade is refused. */
  static async open(url: string, id: string, token: string, origin?: string): Promise<Signaling> {
    const query = new URLSearchParams({ key: 'peerjs', id, token, version: '1.5.5' });
    const address = `${url.replace('http', 'ws')}/cotrial/signaling/peerjs?${query}`;
    const socket = new WebSocket(address, origin === undefined ? {} : { origin });
    const signaling = new Signaling(socket);
    await new Promise((resolve, reject) => {
      socket.once('open', resolve);
      socket.once('error', reject);
    });
    await until(() => signaling.heard.length > 0);
    return signaling;
  }

  static of(url: string, matched: MatchedMessage): Promise<Signaling> {
    return Signaling.open(url, idOf(matched), matched.signaling.token);
  }

  send(message: Signal | string): void {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }
}
