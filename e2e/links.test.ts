/** Links between real browsers, over real TURN and a bad network. */
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { KIND } from '../core/src/link/link-packet.ts';
import {
  launchChromium,
  startCoturn,
  startLossyForwarder,
  type Coturn,
  type LossyForwarder,
} from './lab/index.ts';
import type { LinkServer } from './lab/link-server.ts';
import type {} from './lab/mesh-page.ts';
import { startMeshServer } from './lab/mesh-server.ts';

let browser: Browser;
let coturn: Coturn;
let server: LinkServer;
const cleanup: (() => Promise<unknown>)[] = [];

beforeAll(async () => {
  [browser, coturn, server] = await Promise.all([
    launchChromium(),
    startCoturn(),
    startMeshServer(),
  ]);
});
afterEach(async () => {
  for (const undo of cleanup.splice(0)) await undo();
});
afterAll(async () => {
  await Promise.all([browser?.close(), coturn?.stop(), server?.close()]);
});

interface Network {
  relay_only: boolean;
  ice_servers: RTCIceServer[];
}
const DIRECT: Network = { relay_only: false, ice_servers: [] };

let matches = 0;

/** Pages with a mesh each, seats 0 to n - 1, in contexts of their own. */
async function players(networks: Network[]): Promise<Page[]> {
  const match = matches++;
  const all = networks.map((_, player) => ({ player, peer_id: `m${match}-p${player}` }));
  return Promise.all(
    networks.map(async (ice, local) => {
      const context = await browser.newContext();
      cleanup.push(() => context.close());
      const page = await context.newPage();
      await page.goto(server.origin);
      const options = {
        local,
        players: all,
        signaling: { origin: server.origin, path: server.signalingPath, token: `token-${local}` },
        ice,
      };
      await page.evaluate((o) => window.lab.start(o), options);
      return page;
    }),
  );
}

/** For what happens by itself: only a machine that does nothing at all takes so long. */
const PATIENT = { timeout: 60_000 };
const logged = (page: Page, line: string) =>
  page.waitForFunction((l) => window.lab.log.includes(l), line, PATIENT);
const linked = (a: Page, b: Page) => Promise.all([logged(a, 'up 1'), logged(b, 'up 0')]);
const statusOf = (page: Page) => page.evaluate(() => window.lab.mesh!.status());
/** Of all pages until now. A ping crosses whenever a page is late: what else there is gets measured. */
const relayedInputs = () => server.relayed()[KIND.input] ?? 0;
const received = (page: Page, count: number) =>
  page.waitForFunction((n) => window.lab.inputs.length >= n, count, PATIENT);

describe('two players', () => {
  it('are linked directly, on a channel that neither orders nor retransmits', async () => {
    const relayed = relayedInputs();
    const [a, b] = (await players([DIRECT, DIRECT])) as [Page, Page];
    await linked(a, b);
    await Promise.all([logged(a, 'type 1 direct'), logged(b, 'type 0 direct')]);
    for (const page of [a, b]) {
      const settings = await page.evaluate(() =>
        window.lab.channels
          .filter(({ label }) => label === 'inputs')
          .map(({ ordered, maxRetransmits, negotiated, id, readyState }) => ({
            ...{ ordered, maxRetransmits, negotiated, id, readyState },
          })),
      );
      expect(settings).toEqual([
        { ordered: false, maxRetransmits: 0, negotiated: true, id: 100, readyState: 'open' },
      ]);
    }
    await a.evaluate(() => window.lab.play(1, 16));
    await b.evaluate(() => window.lab.play(0, 16));
    await Promise.all([received(a, 100), received(b, 100)]);
    const [status] = await statusOf(a);
    expect(status).toMatchObject({ player: 1, type: 'direct', proven: true });
    // A full machine may drop a datagram, and takes its time.
    expect(status!.loss).toBeLessThan(0.05);
    expect(status!.rtt_ms).toBeGreaterThan(0);
    expect(status!.inputs_sent.relay).toBe(0);
    expect(relayedInputs()).toBe(relayed);
  });

  it('notice the loss of a bad network on relay-only links, and stay on them', async () => {
    const forwarder = await forwarding({ toServer: { delay_ms: 30, jitter_ms: 10 } });
    const turn = { relay_only: true, ice_servers: coturn.iceServers(forwarder.port) };
    const relayed = relayedInputs();
    const [a, b] = (await players([turn, turn])) as [Page, Page];
    await linked(a, b);
    await Promise.all([logged(a, 'type 1 turn'), logged(b, 'type 0 turn')]);
    // Not before: a connection that is lost while it is made goes to the relay, and rightly.
    forwarder.impair({ toServer: { loss: 0.1 } });
    await a.evaluate(() => window.lab.play(1, 16));
    await b.evaluate(() => window.lab.play(0, 16));
    await Promise.all([received(a, 400), received(b, 400)]);
    for (const page of [a, b]) {
      const [status] = await statusOf(page);
      expect(status!.type).toBe('turn');
      expect(status!.loss).toBeGreaterThan(0.02);
      // 60 ± 14 ms, smoothed, and what the machine adds.
      expect(status!.rtt_ms).toBeGreaterThan(45);
      expect(status!.jitter_ms).toBeGreaterThan(0.5);
    }
    expect((await a.evaluate(() => window.lab.sent)) > 400).toBe(true);
    const { toServer } = forwarder.stats();
    expect(toServer.dropped).toBeGreaterThan(40);
    expect(toServer.delayed).toBeGreaterThan(400);
    expect(relayedInputs()).toBe(relayed);
  });

  it('go on through the relay when the peer connection is closed, and lose no message', async () => {
    const [a, b] = (await players([DIRECT, DIRECT])) as [Page, Page];
    await linked(a, b);
    await a.evaluate(() => window.lab.play(1, 16));
    await b.evaluate(() => window.lab.play(0, 16));
    await Promise.all([received(a, 30), received(b, 30)]);
    for (const [page, to] of [
      [a, 1],
      [b, 0],
    ] as const) {
      // Half before the cut, half after it, without a pause in which anything could arrive.
      await page.evaluate((to) => {
        for (let i = 0; i < 100; i++) {
          if (i === 50 && to === 1) for (const pc of window.lab.connections) pc.close();
          window.lab.say(to, `message ${i} ${'.'.repeat(2_000)}`);
        }
      }, to);
    }
    await Promise.all([logged(a, 'type 1 server'), logged(b, 'type 0 server')]);
    const counts = await Promise.all([a, b].map((p) => p.evaluate(() => window.lab.inputs.length)));
    await Promise.all([received(a, counts[0]! + 60), received(b, counts[1]! + 60)]);
    for (const [page, from] of [
      [a, 1],
      [b, 0],
    ] as const) {
      await page.waitForFunction((f) => window.lab.control[f]?.length === 100, from, PATIENT);
      const { numbers, gap } = await page.evaluate((f) => {
        const times = window.lab.inputs.map(({ at }) => at);
        return {
          numbers: window.lab.control[f]!.map((message) => Number(message.split(' ')[1])),
          gap: Math.max(...times.slice(1).map((at, i) => at - times[i]!)),
        };
      }, from);
      expect(numbers).toEqual(Array.from({ length: 100 }, (_, i) => i));
      const late = await Promise.all([a, b].map((p) => p.evaluate(() => window.lab.late)));
      console.log(
        `longest time without an input across the move: ${gap.toFixed(0)} ms;`,
        `pages stood still for ${late.map((ms) => ms.toFixed(0)).join(' and ')} ms`,
      );
      // What the pages themselves stood still is the machine's, not the link's.
      expect(gap - late[0]! - late[1]!).toBeLessThan(1_000);
      expect(await page.evaluate(() => window.lab.log.filter((l) => l.startsWith('down')))).toEqual(
        [],
      );
    }
    expect(relayedInputs()).toBeGreaterThan(100);
  });

  it('move to the relay without a pause when the network between them is cut', async () => {
    const forwarder = await forwarding({});
    const turn = { relay_only: true, ice_servers: coturn.iceServers(forwarder.port) };
    const [a, b] = (await players([turn, turn])) as [Page, Page];
    await linked(a, b);
    await a.evaluate(() => window.lab.play(1, 33));
    await b.evaluate(() => window.lab.play(0, 33));
    await Promise.all([received(a, 30), received(b, 30)]);
    forwarder.cut();
    await Promise.all([logged(a, 'type 1 server'), logged(b, 'type 0 server')]);
    const counts = await Promise.all([a, b].map((p) => p.evaluate(() => window.lab.inputs.length)));
    await Promise.all([received(a, counts[0]! + 30), received(b, counts[1]! + 30)]);
    expect(forwarder.stats().toServer.blocked).toBeGreaterThan(10);
    for (const page of [a, b]) {
      expect(await page.evaluate(() => window.lab.log.filter((l) => l.startsWith('down')))).toEqual(
        [],
      );
    }
  });

  it('make a lost peer connection anew, and go back to it where an episode begins', async () => {
    const [a, b] = (await players([DIRECT, DIRECT])) as [Page, Page];
    await linked(a, b);
    await Promise.all([logged(a, 'type 1 direct'), logged(b, 'type 0 direct')]);
    await a.evaluate(() => window.lab.play(1, 33));
    await b.evaluate(() => window.lab.play(0, 33));
    await a.evaluate(() => window.lab.connections[0]!.close());
    await Promise.all([logged(a, 'type 1 server'), logged(b, 'type 0 server')]);
    const again = (page: Page) =>
      page.waitForFunction(
        () => window.lab.channels.filter((c) => c.label === 'inputs').at(-1)?.readyState === 'open',
        undefined,
        PATIENT,
      );
    await Promise.all([again(a), again(b)]);
    // Latched: the new connection alone changes nothing, and it takes pings to be trusted.
    const boundary = (page: Page) => page.evaluate(() => window.lab.mesh!.boundary());
    expect((await statusOf(a))[0]!.type).toBe('server');
    await expect
      .poll(
        async () => {
          await boundary(a);
          return (await statusOf(a))[0]!.type;
        },
        { ...PATIENT, interval: 500 },
      )
      .toBe('direct');
    await expect.poll(async () => (await statusOf(b))[0]!.type, PATIENT).toBe('direct');
    const relayed = (await statusOf(a))[0]!.inputs_sent.relay;
    const counts = await Promise.all([a, b].map((p) => p.evaluate(() => window.lab.inputs.length)));
    await Promise.all([received(a, counts[0]! + 60), received(b, counts[1]! + 60)]);
    const [status] = await statusOf(a);
    expect(status!.inputs_sent.relay).toBe(relayed);
    expect(status!.changes.map(({ type }) => type)).toEqual(['direct', 'server', 'direct']);
  });

  it('leave nothing behind when they close', async () => {
    const [a, b] = (await players([DIRECT, DIRECT])) as [Page, Page];
    await linked(a, b);
    await a.evaluate(() => {
      window.lab.mesh!.close();
      window.lab.mesh!.close();
    });
    const left = () => ({
      connections: window.lab.connections.map(({ connectionState }) => connectionState),
      channels: window.lab.channels.map(({ readyState }) => readyState),
    });
    const { connections, channels } = await a.evaluate(left);
    expect(new Set(connections)).toEqual(new Set(['closed']));
    await a.waitForFunction(
      () => window.lab.channels.every((c) => c.readyState === 'closed'),
      undefined,
      PATIENT,
    );
    expect(channels.length).toBeGreaterThan(1);
    // The other side moved to the relay, where nobody answers: then it is down.
    await logged(b, 'down 0');
  });
});

describe('three players', () => {
  it('are all linked, and one broken link leaves the others alone', async () => {
    const pages = (await players([DIRECT, DIRECT, DIRECT])) as [Page, Page, Page];
    await Promise.all(
      pages.flatMap((page, i) =>
        [0, 1, 2].filter((j) => j !== i).map((j) => logged(page, `up ${j}`)),
      ),
    );
    // Seat 2 only ever answers: its first connection is from whoever offered first.
    await pages[0].evaluate(() => window.lab.connections[0]!.close());
    const types = () =>
      Promise.all(pages.map(async (page) => (await statusOf(page)).map(({ type }) => type)));
    await expect
      .poll(types, PATIENT)
      .toEqual([
        expect.arrayContaining(['server', 'direct']),
        expect.any(Array),
        expect.any(Array),
      ]);
    await expect
      .poll(async () => (await types()).flat().sort(), PATIENT)
      .toEqual(['direct', 'direct', 'direct', 'direct', 'server', 'server']);
  });
});

async function forwarding(
  impairments: Omit<Parameters<typeof startLossyForwarder>[0], 'target'>,
): Promise<LossyForwarder> {
  const forwarder = await startLossyForwarder({
    target: { host: '127.0.0.1', port: coturn.port },
    ...impairments,
  });
  cleanup.push(() => forwarder.stop());
  return forwarder;
}
