import { STATUS_CODES, type IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Answers an upgrade that is not granted, and frees its socket. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  // A socket without an error listener ends the process when its peer has reset it.
  socket.on('error', () => socket.destroy());
  socket.once('finish', () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
  );
}

/**
 * Takes the WebSocket upgrades under our own paths out of the host's HTTP server and leaves all
 * others to the host.
 *
 * Listeners of one 'upgrade' event cannot tell each other that a socket is taken: `ws` answers 400
 * on every path that it does not know, into a socket that another listener has already upgraded.
 * So ours are taken before the event reaches any listener, and the host's listeners, whenever they
 * are added, never see them. Returns a function that undoes it.
 */
export function routeUpgrades(
  server: Server,
  routes: ReadonlyMap<string, UpgradeHandler>,
): () => void {
  const find = (request: IncomingMessage): UpgradeHandler | undefined => {
    const pathname = (request.url ?? '').split('?', 1)[0]!;
    for (const [path, handler] of routes) {
      if (pathname === path || pathname.startsWith(`${path}/`)) return handler;
    }
    return undefined;
  };

  let open = true;
  const own = Object.getOwnPropertyDescriptor(server, 'emit');
  const emit: (event: string, ...args: unknown[]) => boolean = server.emit.bind(server);
  const routed = (event: string, ...args: unknown[]): boolean => {
    if (open && event === 'upgrade') {
      const [request, socket, head] = args as Parameters<UpgradeHandler>;
      const handler = find(request);
      if (handler !== undefined) {
        socket.on('error', () => socket.destroy());
        handler(request, socket, head);
        return true;
      }
    }
    return emit(event, ...args);
  };
  server.emit = routed;

  // Node offers upgrades only to servers with a listener. If ours is the only one, nobody else will
  // answer an upgrade to a foreign path.
  const unanswered: UpgradeHandler = (_request, socket) => {
    if (server.listenerCount('upgrade') === 1) refuseUpgrade(socket, 404);
  };
  server.on('upgrade', unanswered);

  return () => {
    open = false;
    server.off('upgrade', unanswered);
    if (server.emit !== routed) return;
    if (own === undefined) Reflect.deleteProperty(server, 'emit');
    else Object.defineProperty(server, 'emit', own);
  };
}
