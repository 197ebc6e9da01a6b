import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/**
 * How a way is cut: `silent` as a network without reception, where nothing arrives and nobody is
 * told, or `reset` as a network that is changed, where connections end and new ones are refused.
 */
export type TcpCut = 'silent' | 'reset';

/** A participant's way to the server: pages, signals, uploads and the relay all take it. */
export interface TcpPath {
  /** Origin that the participant uses instead of the server's own. */
  origin: string;
  /** From now on what is sent arrives so much later, either way, ms. */
  delay(ms: number): void;
  cut(how: TcpCut): void;
  restore(): void;
  /** What was done until now. */
  stats(): { connections: number; ended: number; refused: number; silenced: number };
  stop(): Promise<void>;
}

/** @param target port on 127.0.0.1 where the real server listens */
export async function startTcpPath(target: number): Promise<TcpPath> {
  const counts = { connections: 0, ended: 0, refused: 0, silenced: 0 };
  const pairs = new Set<[Socket, Socket]>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let how: TcpCut | null = null;
  let delayMs = 0;

  const later = (act: () => void) => {
    if (delayMs === 0) {
      act();
      return;
    }
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, delayMs);
    timers.add(timer);
  };
  const carry = (from: Socket, to: Socket) => {
    from.on('data', (bytes) => later(() => to.write(bytes)));
    from.on('end', () => later(() => to.end()));
    from.on('close', () => to.destroy());
    // The other end is closed with it, and its owner knows what that means.
    from.on('error', () => undefined);
  };

  const server = createServer({ allowHalfOpen: true }, (client) => {
    client.on('error', () => undefined);
    if (how === 'reset') {
      counts.refused += 1;
      client.resetAndDestroy();
      return;
    }
    counts.connections += 1;
    const upstream = connect({ port: target, host: '127.0.0.1', allowHalfOpen: true });
    const pair: [Socket, Socket] = [client, upstream];
    pairs.add(pair);
    for (const socket of pair) socket.setNoDelay(true).on('close', () => pairs.delete(pair));
    carry(client, upstream);
    carry(upstream, client);
    if (how === 'silent') for (const socket of pair) socket.pause();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    delay: (ms) => {
      delayMs = ms;
    },
    cut: (way) => {
      how = way;
      for (const [client, upstream] of [...pairs]) {
        if (way === 'silent') {
          counts.silenced += 1;
          client.pause();
          upstream.pause();
        } else {
          counts.ended += 1;
          client.resetAndDestroy();
          upstream.resetAndDestroy();
        }
      }
    },
    restore: () => {
      how = null;
      for (const pair of pairs) for (const socket of pair) socket.resume();
    },
    stats: () => ({ ...counts }),
    stop: async () => {
      for (const timer of timers) clearTimeout(timer);
      for (const pair of [...pairs]) for (const socket of pair) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}
