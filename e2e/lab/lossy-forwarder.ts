/**
 * A bad network in front of a UDP server: what browsers are told is the TURN server is this
 * forwarder, so that the impairment meets the real packets. Every client socket gets an upstream
 * socket of its own, by which the server tells clients apart.
 *
 * With both players relay-only through one forwarder, a packet from one to the other passes it
 * twice: once `toServer`, once `toClients`.
 */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import {
  ImpairedDirection,
  NO_IMPAIRMENT,
  seededRandom,
  type Impairment,
  type ImpairmentCounts,
} from './impairment.ts';

export interface LossyForwarder {
  /** UDP port on 127.0.0.1 that clients use. */
  port: number;
  /** Changes the impairment of a direction from now on; what is left out stays as it is. */
  impair(changes: { toServer?: Partial<Impairment>; toClients?: Partial<Impairment> }): void;
  /** Drops everything for `ms`, or until `restore`. */
  cut(ms?: number): void;
  restore(): void;
  /** What was done until now, copies. */
  stats(): { toServer: ImpairmentCounts; toClients: ImpairmentCounts };
  stop(): Promise<void>;
}

export interface ForwarderOptions {
  /** Where the real server listens. */
  target: { host: string; port: number };
  toServer?: Partial<Impairment>;
  toClients?: Partial<Impairment>;
  /** The same seed gives the same fate to the same sequence of datagrams. */
  seed?: number;
}

export async function startLossyForwarder({
  target,
  toServer,
  toClients,
  seed = 1,
}: ForwarderOptions): Promise<LossyForwarder> {
  const random = seededRandom(seed);
  const directions = {
    toServer: new ImpairedDirection({ ...NO_IMPAIRMENT, ...toServer }, random),
    toClients: new ImpairedDirection({ ...NO_IMPAIRMENT, ...toClients }, random),
  };
  const upstreams = new Map<string, Socket>();
  const timers = new Set<ReturnType<typeof setTimeout>>();
  let cutUntil = 0;
  let closed = false;

  const after = (ms: number, act: () => void) => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      act();
    }, ms);
    timers.add(timer);
  };
  const pass = (direction: ImpairedDirection, bytes: number, send: () => void) => {
    if (closed) return;
    direction.counts.bytes += bytes;
    const now = performance.now();
    if (now < cutUntil) {
      direction.counts.blocked += 1;
      return;
    }
    for (const delay of direction.next(now)) {
      if (delay <= 0) send();
      else after(delay, send);
    }
  };

  const listener = createSocket('udp4');
  const upstreamOf = (address: string, port: number): Socket => {
    const key = `${address}:${port}`;
    const known = upstreams.get(key);
    if (known !== undefined) return known;
    const upstream = createSocket('udp4');
    upstream.on('message', (datagram) => {
      pass(directions.toClients, datagram.length, () => listener.send(datagram, port, address));
    });
    // A datagram that cannot be sent is one more that is lost.
    upstream.on('error', () => undefined);
    upstreams.set(key, upstream);
    return upstream;
  };
  listener.on('message', (datagram, from) => {
    const upstream = upstreamOf(from.address, from.port);
    pass(directions.toServer, datagram.length, () =>
      upstream.send(datagram, target.port, target.host),
    );
  });
  listener.on('error', () => undefined);
  listener.bind(0, '127.0.0.1');
  await once(listener, 'listening');

  return {
    port: listener.address().port,
    impair: (changes) => {
      for (const name of ['toServer', 'toClients'] as const) {
        const direction = directions[name];
        direction.impairment = { ...direction.impairment, ...changes[name] };
      }
    },
    cut: (ms = Infinity) => {
      cutUntil = performance.now() + ms;
    },
    restore: () => {
      cutUntil = 0;
    },
    stats: () => ({
      toServer: { ...directions.toServer.counts },
      toClients: { ...directions.toClients.counts },
    }),
    stop: async () => {
      if (closed) return;
      closed = true;
      for (const timer of timers) clearTimeout(timer);
      const sockets = [listener, ...upstreams.values()];
      await Promise.all(
        sockets.map((socket) => new Promise<void>((resolve) => socket.close(() => resolve()))),
      );
    },
  };
}
