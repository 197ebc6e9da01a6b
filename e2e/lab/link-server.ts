/**
 * The least server that links need: a PeerServer and a relay, each player known by its seat. The
 * server kit's own is tried with whole games; this one lets a test count and cut what it carries.
 */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { ExpressPeerServer } from 'peer';
import { Server as SocketServer } from 'socket.io';
import { WebSocketServer } from 'ws';

export interface LinkServer {
  origin: string;
  /** Path of the PeerServer. */
  signalingPath: string;
  /** Packets relayed until now, by kind of link packet. */
  relayed(): Record<number, number>;
  close(): Promise<void>;
}

/** @param pages paths and their content: HTML, or a script where the path ends in `.js` */
export async function startLinkServer(pages: Record<string, string>): Promise<LinkServer> {
  const app = express();
  for (const [path, content] of Object.entries(pages)) {
    app.get(path, (_, response) => {
      response.type(path.endsWith('.js') ? 'text/javascript' : 'text/html').send(content);
    });
  }
  const http = createServer(app);
  const signaling = new WebSocketServer({ noServer: true, maxPayload: 64 * 1024 });
  const signalingPath = '/lab/peer';
  app.use(
    signalingPath,
    ExpressPeerServer(http, { createWebSocketServer: () => signaling, path: '/' }),
  );
  http.on('upgrade', (request, socket, head) => {
    if (!request.url?.startsWith(`${signalingPath}/`)) return;
    signaling.handleUpgrade(request, socket, head, (ws) =>
      signaling.emit('connection', ws, request),
    );
  });
  const counts = serveRelay(http);
  http.listen(0, '127.0.0.1');
  await once(http, 'listening');
  const { port } = http.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    signalingPath,
    relayed: () => ({ ...counts }),
    close: async () => {
      for (const client of signaling.clients) client.terminate();
      http.closeAllConnections();
      await new Promise<void>((resolve) => http.close(() => resolve()));
    },
  };
}

function serveRelay(http: Server): Record<number, number> {
  const counts: Record<number, number> = {};
  const io = new SocketServer(http, { path: '/lab/socket.io', destroyUpgrade: false });
  io.on('connection', (socket) => {
    const { seat } = socket.handshake.auth as { seat: number };
    void socket.join(`seat ${seat}`);
    socket.on('relay', (to: number, packet: Buffer) => {
      const kind = packet[0]! & 0x0f;
      counts[kind] = (counts[kind] ?? 0) + 1;
      io.to(`seat ${to}`).emit('relay', seat, packet);
    });
  });
  return counts;
}
