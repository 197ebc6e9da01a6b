import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ImpairedDirection, NO_IMPAIRMENT, seededRandom, type Impairment } from './impairment.ts';
import { startLossyForwarder } from './lossy-forwarder.ts';

/** Fates of 20,000 datagrams, one each 10 ms: when each copy arrives, by number. */
function fates(impairment: Partial<Impairment>) {
  const direction = new ImpairedDirection({ ...NO_IMPAIRMENT, ...impairment }, seededRandom(5));
  const arrivals: { n: number; delay: number; at: number }[] = [];
  for (let n = 0; n < 20_000; n++) {
    for (const delay of direction.next(n * 10)) arrivals.push({ n, delay, at: n * 10 + delay });
  }
  return { arrivals, counts: direction.counts };
}

it('does nothing by default', () => {
  const { arrivals, counts } = fates({});
  expect(arrivals.every(({ delay }) => delay === 0)).toBe(true);
  expect(counts).toMatchObject({ forwarded: 20_000, dropped: 0, delayed: 0, duplicated: 0 });
});

it.each([1, 4])('loses the share that was asked for, in bursts of %d', (burst) => {
  const { arrivals, counts } = fates({ loss: 0.1, burst });
  expect(counts.dropped / 20_000).toBeCloseTo(0.1, 1);
  const got = new Set(arrivals.map(({ n }) => n));
  let bursts = 0;
  for (let n = 1; n < 20_000; n++) if (!got.has(n) && got.has(n - 1)) bursts += 1;
  expect(counts.dropped / bursts).toBeGreaterThan(0.85 * burst);
  expect(counts.dropped / bursts).toBeLessThan(1.25 * burst);
});

it('delays with jitter and keeps the order, unless asked to reorder', () => {
  const overtaken = (list: { at: number }[]) =>
    list.filter(({ at }, i) => i > 0 && at < list[i - 1]!.at).length;
  const steady = fates({ delay_ms: 60, jitter_ms: 20 });
  const delays = steady.arrivals.map(({ delay }) => delay);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(40);
  expect(Math.max(...delays)).toBeLessThanOrEqual(80);
  expect(overtaken(steady.arrivals)).toBe(0);
  const mixed = fates({ delay_ms: 60, jitter_ms: 20, reorder: 0.1 });
  expect(mixed.counts.reordered).toBeGreaterThan(1_500);
  expect(overtaken(mixed.arrivals)).toBeGreaterThan(1_000);
});

it('duplicates', () => {
  const { arrivals, counts } = fates({ duplicate: 0.2 });
  expect(counts.duplicated).toBeGreaterThan(3_500);
  expect(arrivals).toHaveLength(20_000 + counts.duplicated);
});

let echo: Socket;
beforeEach(async () => {
  echo = createSocket('udp4').bind(0, '127.0.0.1');
  echo.on('message', (datagram, from) => echo.send(datagram, from.port, from.address));
  await once(echo, 'listening');
});
afterEach(() => void echo.close());

it('forwards between clients and the server, each client by itself, until it is cut', async () => {
  const forwarder = await startLossyForwarder({
    target: { host: '127.0.0.1', port: echo.address().port },
  });
  const clients = await Promise.all(
    [0, 1].map(async (name) => {
      const socket = createSocket('udp4').bind(0, '127.0.0.1');
      await once(socket, 'listening');
      const got: string[] = [];
      socket.on('message', (datagram) => got.push(datagram.toString()));
      const say = (text: string) => socket.send(`${name} ${text}`, forwarder.port, '127.0.0.1');
      return { socket, got, say };
    }),
  );
  const [a, b] = clients as [(typeof clients)[0], (typeof clients)[0]];
  a.say('x');
  b.say('y');
  await vi.waitFor(() => expect([a.got, b.got]).toEqual([['0 x'], ['1 y']]));

  forwarder.impair({ toClients: { loss: 1 } });
  a.say('lost on the way back');
  await vi.waitFor(() => expect(forwarder.stats().toClients.dropped).toBe(1));
  forwarder.impair({ toClients: { loss: 0 } });
  forwarder.cut();
  a.say('cut');
  await vi.waitFor(() => expect(forwarder.stats().toServer.blocked).toBe(1));
  forwarder.restore();
  a.say('back');
  await vi.waitFor(() => expect(a.got).toEqual(['0 x', '0 back']));
  expect(b.got).toEqual(['1 y']);
  for (const { socket } of clients) socket.close();
  await forwarder.stop();
  await forwarder.stop();
});
