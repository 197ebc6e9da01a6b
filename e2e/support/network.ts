import type { Browser } from 'playwright-core';
import type { IceOptions } from '../../server-kit/src/ice/ice.ts';
import {
  launchChromium,
  startCoturn,
  startLossyForwarder,
  type LossyForwarder,
} from '../lab/index.ts';
import { startTcpPath, type TcpPath } from '../lab/tcp-path.ts';
import { startHost, type Host } from './host.ts';
import { Participant, type Row } from './participant.ts';
import { scriptKeys } from './probe.ts';
import { countTicks } from './ticks.ts';

const SECRET = 'coturn-secret-of-the-tests';
const KEYS = { ArrowLeft: 1, ArrowRight: 2, ArrowUp: 3 };

/** Volley for two, as short as the test needs it. */
export const VOLLEY = {
  environment: '/games/volley.py',
  keys: KEYS,
  load_timeout: 180_000,
  end_delay: 0,
};

/** One server and one network that the tests make bad. */
export interface Network {
  browser: Browser;
  host: Host;
  /** In front of TURN: a packet between two players passes it twice, unless one is direct. */
  forwarder: LossyForwarder;
  /** A participant's own way to the server. */
  path(): Promise<TcpPath>;
  stop(): Promise<void>;
}

/** @param ice what the server says of ICE beside its TURN server, for example `relayOnly` */
export async function startNetwork(ice: IceOptions = {}): Promise<Network> {
  const [browser, coturn] = await Promise.all([launchChromium(), startCoturn({ secret: SECRET })]);
  const forwarder = await startLossyForwarder({
    target: { host: '127.0.0.1', port: coturn.port },
    seed: 5,
  });
  const urls = [`turn:127.0.0.1:${forwarder.port}?transport=udp`];
  const host = await startHost({
    ice: { turn: { urls, secret: SECRET }, ...ice },
    countdownMs: COUNTDOWN_MS,
  });
  const paths: TcpPath[] = [];
  return {
    browser,
    host,
    forwarder,
    path: async () => {
      const path = await startTcpPath(Number(new URL(host.url).port));
      paths.push(path);
      return path;
    },
    stop: async () => {
      await browser.close();
      await Promise.all(paths.map((path) => path.stop()));
      await host.stop();
      await forwarder.stop();
      await coturn.stop();
    },
  };
}

/** Whether this is the long run of `npm run soak -- --browsers`. */
export const SOAK = process.env.COTRIAL_SOAK === '1';

/** Of matches here: short, since nobody reads it. */
export const COUNTDOWN_MS = 500;

/** Opens a page of the tests as one participant, who presses keys by chance. */
export async function openPlayer(
  network: Network,
  url: string,
  keys: string[] = Object.keys(KEYS),
): Promise<Participant> {
  const player = await Participant.open(network.browser, url, countTicks);
  await scriptKeys(player.page, keys);
  return player;
}

/** The same trial, by the participant's own way to the server. */
export const by = (path: TcpPath, network: Network, url: string): string =>
  url.replace(network.host.url, path.origin);

/** A page that plays these games in a row, with a pause for the test before each. */
export function pausedTrials(network: Network, games: Record<string, unknown>[]): string {
  const trials = games.flatMap((game) => ['pause', game]);
  const query = new URLSearchParams({
    trials: JSON.stringify(trials),
    all: JSON.stringify(VOLLEY),
  });
  return `${network.host.url}/fixtures/many-trials.html?${query}`;
}

/** Waits until all pages stand in a pause; then the network can be changed. */
export async function standing(players: readonly Participant[], timeout = 120_000): Promise<void> {
  await Promise.all(players.map(({ page }) => page.waitForSelector('#pause', { timeout })));
}

export async function proceed(players: readonly Participant[]): Promise<void> {
  await Promise.all(
    players.map(async ({ page }) => {
      await page.evaluate(() => (window as unknown as { proceed(): void }).proceed());
      await page.waitForSelector('#pause', { state: 'detached' });
    }),
  );
}

/** Every trial's row, once the experiment is over. */
export async function rowsOf(player: Participant): Promise<Row[]> {
  const rows = await player.data(240_000);
  return rows.filter((row) => row.trial_type === 'multiplayer-pyodide') as unknown as Row[];
}

/** Prints lines of cells as a table. */
export function printTable(title: string, lines: Record<string, string | number>[]): void {
  const names = Object.keys(lines[0] ?? {});
  const widths = names.map((name) =>
    Math.max(name.length, ...lines.map((line) => String(line[name]).length)),
  );
  const print = (cells: string[]) => cells.map((cell, i) => cell.padStart(widths[i]!)).join('  ');
  const body = lines.map((line) => print(names.map((name) => String(line[name]))));
  console.log([title, print(names), ...body].join('\n'));
}
