/**
 * Every reason to leave a peer connection for the relay (NET-6), provoked on real packets: the move
 * is for that reason, on both sides, once, and only the end of an episode takes it back.
 */
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
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
import { printTable, SOAK } from './support/network.ts';

/** What is done to a link that works, and what the link says of it. */
interface Trigger {
  name: string;
  reason: RegExp;
  provoke(pages: [Page, Page], forwarder: LossyForwarder): Promise<void> | void;
  /** Makes the network good again. */
  mend?(pages: [Page, Page], forwarder: LossyForwarder): Promise<void> | void;
  /** Also in `npm test`; the others are for `npm run soak -- --browsers`. */
  always?: true;
  /** Whether the forwarder saw what was done. */
  impaired(stats: ReturnType<LossyForwarder['stats']>): boolean;
}

const GOOD = { loss: 0, delay_ms: 0, jitter_ms: 0 };
const bothWays = (forwarder: LossyForwarder, impairment: object) =>
  forwarder.impair({ toServer: impairment, toClients: impairment });

const TRIGGERS: Trigger[] = [
  {
    name: 'channel closed',
    always: true,
    reason: /closed/,
    provoke: ([a]) =>
      a.evaluate(() => {
        for (const channel of window.lab.channels) if (channel.label === 'inputs') channel.close();
      }),
    impaired: () => true,
  },
  {
    name: 'loss of 36%',
    always: true,
    reason: /packet loss/,
    provoke: (_, forwarder) => bothWays(forwarder, { loss: 0.2 }),
    mend: (_, forwarder) => bothWays(forwarder, GOOD),
    impaired: ({ toServer, toClients }) => Math.min(toServer.dropped, toClients.dropped) > 10,
  },
  {
    name: 'send buffer full',
    reason: /send buffer full/,
    // What 100 ms and a few losses let through is far less than what is sent.
    provoke: async ([a], forwarder) => {
      bothWays(forwarder, { loss: 0.02, delay_ms: 25 });
      await a.evaluate(() => {
        window.lab.stop();
        window.lab.play(1, 10, 1_000, 4);
      });
    },
    mend: async ([a], forwarder) => {
      bothWays(forwarder, GOOD);
      await a.evaluate(() => {
        window.lab.stop();
        window.lab.play(1, 33);
      });
    },
    impaired: ({ toServer }) => toServer.delayed > 100,
  },
  {
    name: 'round trip of 600 ms',
    reason: /slow peer connection/,
    provoke: (_, forwarder) => bothWays(forwarder, { delay_ms: 150 }),
    mend: (_, forwarder) => bothWays(forwarder, GOOD),
    impaired: ({ toServer, toClients }) => Math.min(toServer.delayed, toClients.delayed) > 100,
  },
];

describe('a peer connection that gets bad', () => {
  let browser: Browser;
  let coturn: Coturn;
  let server: LinkServer;
  beforeAll(async () => {
    [browser, coturn, server] = await Promise.all([
      launchChromium(),
      startCoturn(),
      startMeshServer(),
    ]);
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    await coturn?.stop();
  });

  /** Two pages, relay-only through a forwarder of their own, or direct. */
  async function link(name: string, forwarder: LossyForwarder | null): Promise<[Page, Page]> {
    const ice = {
      relay_only: forwarder !== null,
      ice_servers: forwarder === null ? [] : coturn.iceServers(forwarder.port),
    };
    const players = [0, 1].map((player) => ({ player, peer_id: `${name}-${player}` }));
    // The lab's server knows players by their seats: one match at a time.
    const open = async (local: number) => {
      const context = await browser.newContext();
      const page = await context.newPage();
      await page.goto(server.origin);
      const signaling = { origin: server.origin, path: server.signalingPath, token: `${local}` };
      await page.evaluate((o) => window.lab.start(o), { local, players, signaling, ice });
      return page;
    };
    return [await open(0), await open(1)];
  }
  const both = <T>(pages: [Page, Page], ask: (page: Page) => Promise<T>) =>
    Promise.all(pages.map(ask));
  const status = async (page: Page) => (await page.evaluate(() => window.lab.mesh!.status()))[0]!;
  const hasType = (type: string) => (page: Page) =>
    page.waitForFunction((t) => window.lab.mesh!.status()[0]!.type === t, type, {
      timeout: 60_000,
    });
  /** Until so many more inputs have come. */
  const hears = (count: number) => async (page: Page) => {
    const before = await page.evaluate(() => window.lab.inputs.length);
    await page.waitForFunction((n) => window.lab.inputs.length >= n, before + count, {
      timeout: 60_000,
    });
  };
  const play = ([a, b]: [Page, Page]) =>
    Promise.all([
      a.evaluate(() => window.lab.play(1, 33)),
      b.evaluate(() => window.lab.play(0, 33)),
    ]);
  const close = (pages: [Page, Page]) => both(pages, (page) => page.context().close());

  const moves: Record<string, string | number>[] = [];
  afterAll(() => printTable('Moves to the relay, from the cause on', moves));

  it.each(TRIGGERS.filter(({ always }) => always === true || SOAK))(
    '$name: moves once, and goes back where an episode begins',
    async (trigger) => {
      const forwarder = await startLossyForwarder({
        target: { host: '127.0.0.1', port: coturn.port },
        seed: 3,
      });
      const pages = await link(`trigger-${TRIGGERS.indexOf(trigger)}`, forwarder);
      try {
        await both(pages, hasType('turn'));
        await play(pages);
        await both(pages, hears(60));
        const cause = Date.now();
        await trigger.provoke(pages, forwarder);
        await both(pages, hasType('server'));
        const moved = await both(pages, status);
        const ends = moved.map(({ changes }) => changes.at(-1)!);
        // Both may find it within the same moment: whoever follows says so.
        const found = ends.filter(({ reason }) => reason !== 'the other side moved');
        moves.push({
          trigger: trigger.name,
          'moved after, ms': ends.map(({ at_ms }) => at_ms - cause).join('/'),
          reason: found.map(({ reason }) => reason).join('/'),
        });
        expect(found.length).toBeGreaterThan(0);
        for (const { reason } of found) expect(reason).toMatch(trigger.reason);
        expect(trigger.impaired(forwarder.stats())).toBe(true);

        // Latched: neither a longer time nor a network that is good again moves it back.
        await both(pages, hears(60));
        await trigger.mend?.(pages, forwarder);
        await both(pages, hears(120));
        for (const { changes } of await both(pages, status)) {
          expect(changes.map(({ type }) => type)).toEqual(['turn', 'server']);
        }
        // Where an episode begins it goes back, as soon as the connection is known to work.
        await expect
          .poll(
            async () => {
              await pages[0].evaluate(() => window.lab.mesh!.boundary());
              return (await status(pages[0])).type;
            },
            { timeout: 60_000, interval: 500 },
          )
          .not.toBe('server');
        await both(pages, hasType('turn'));
        await both(pages, hears(120));
        for (const { changes } of await both(pages, status)) {
          expect(changes.map(({ type }) => type)).toEqual(['turn', 'server', 'turn']);
        }
      } finally {
        await close(pages);
        await forwarder.stop();
      }
    },
  );

  it('every type is told with its time; TURN is there well before the relay would be taken', async () => {
    const forwarder = await startLossyForwarder({
      target: { host: '127.0.0.1', port: coturn.port },
    });
    const lines: Record<string, string | number>[] = [];
    for (const [type, way] of [
      ['direct', null],
      ['turn', forwarder],
    ] as const) {
      const began = Date.now();
      const pages = await link(`type-${type}`, way);
      await both(pages, hasType(type));
      await play(pages);
      await both(pages, hears(30));
      const cause = Date.now();
      await pages[1].evaluate(() => {
        for (const connection of window.lab.connections) connection.close();
      });
      await both(pages, hasType('server'));
      for (const { changes } of await both(pages, status)) {
        expect(changes.map((change) => change.type)).toEqual([type, 'server']);
        expect(changes[0]!.at_ms).toBeGreaterThanOrEqual(began);
        expect(changes[1]!.at_ms).toBeGreaterThanOrEqual(cause);
        const [linked, left] = changes.map(({ at_ms }) => at_ms);
        lines.push({ type, 'linked, ms': linked! - began, 'relay after loss, ms': left! - cause });
      }
      await close(pages);
    }
    printTable('Types of links, from the opening of the pages on', lines);
    expect(forwarder.stats().toServer.forwarded).toBeGreaterThan(30);
    await forwarder.stop();
  });
});
