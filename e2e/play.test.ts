/**
 * `cotrial play` as a lab uses it: an environment's file that is no part of this repository, one
 * command, two browsers on a bad network, two episodes, and the same data on both sides.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { micropipWheels, startPackageIndex } from '../server-kit/test/package-index.ts';
import {
  launchChromium,
  startCoturn,
  startLossyForwarder,
  type Coturn,
  type LossyForwarder,
} from './lab/index.ts';
import { exportedFrames, exportedMatches } from './support/exports.ts';
import { Participant } from './support/participant.ts';
import { startServer, type Playground } from './support/playground.ts';

const COTRIAL = fileURLToPath(new URL('../server-kit/bin/cotrial.mjs', import.meta.url));
const SECRET = 'coturn-secret-of-the-tests';
/** A packet passes the forwarder twice. */
const HOP = { delay_ms: 25, jitter_ms: 10, loss: 0.025 };

const TUG = `"""Tug: whoever pulls more often wins the rope.

Not for participants: a round ends when the rope has gone far enough.
"""

import random


class Tug:
    metadata = {"name": "tug", "render_fps": 20, "render_size": (400, 100)}
    possible_agents = ["left", "right"]

    def __init__(self, far: int = 1000, knots=("a", "b")):
        self.far = far

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.chance = random.Random(seed)
        self.agents = list(self.possible_agents)
        self.rope = 0
        return {}, {}

    def step(self, actions):
        gust = self.chance.choice([-1, 0, 1])
        self.rope += gust + actions["right"] - actions["left"]
        won = {"left": self.rope <= -self.far, "right": self.rope >= self.far}
        over = {agent: any(won.values()) for agent in self.agents}
        rewards = {"left": -self.rope / 100, "right": self.rope / 100}
        infos = {agent: {"rope": self.rope, "far": self.far} for agent in self.agents}
        return {}, rewards, over, {agent: False for agent in self.agents}, infos

    def render(self):
        x = 200 + self.rope % 200
        return [{"type": "circle", "id": "knot", "x": x, "y": 50, "r": 20, "color": "#0072b2"}]
`;

const micropip = micropipWheels();
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'cotrial-play-'));
  writeFileSync(join(folder, 'tug_of-war.py'), TUG);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const playing = (args: string[], env: Record<string, string> = {}): Promise<Playground> =>
  startServer(COTRIAL, env, ['play', join(folder, 'tug_of-war.py'), ...args]);

describe('an environment that is no part of the repository', () => {
  let browser: Browser;
  let coturn: Coturn;
  let forwarder: LossyForwarder;
  beforeAll(async () => {
    [browser, coturn] = await Promise.all([launchChromium(), startCoturn({ secret: SECRET })]);
    forwarder = await startLossyForwarder({
      target: { host: '127.0.0.1', port: coturn.port },
      toServer: HOP,
      toClients: HOP,
      seed: 5,
    });
  });
  afterAll(async () => {
    await browser?.close();
    await forwarder?.stop();
    await coturn?.stop();
  });

  it('is played by two on a bad network for two episodes: identical, verified data', async () => {
    const server = await playing(['--port', '0', '--fps', '30', '--option', 'far=500'], {
      COTRIAL_TURN_URLS: `turn:127.0.0.1:${forwarder.port}?transport=udp`,
      COTRIAL_TURN_SECRET: SECRET,
    });
    try {
      const query = 'skip=1&autopilot=1&relay_only=1&episodes=2&max_steps=180';
      const players = await Promise.all(
        [3, 4].map((seed) =>
          Participant.open(browser, `${server.url}/play/tug_of-war?${query}&seed=${seed}`),
        ),
      );
      const [a, b] = await Promise.all(players.map((player) => player.row()));
      expect(players.flatMap((player) => player.problems)).toEqual([]);
      for (const row of [a!, b!]) {
        expect(row).toMatchObject({
          outcome: 'completed',
          n_frames: 360,
          n_episodes: 2,
          verification: 'verified',
          link_type: 'turn',
        });
        expect(row.rollback_count).toBeGreaterThan(0);
        expect(row.ping_ms_median).toBeGreaterThan(60);
      }
      expect(b!.record_sha256).toBe(a!.record_sha256);
      expect([a!.agent, b!.agent].sort()).toEqual(['left', 'right']);
      const { toServer, toClients } = forwarder.stats();
      expect(Math.min(toServer.dropped, toClients.dropped)).toBeGreaterThan(0);

      const [match] = await exportedMatches(server.url);
      expect(match).toMatchObject({
        game: 'tug_of-war',
        episodes: [
          { n_frames: 180, verification: 'verified' },
          { n_frames: 180, verification: 'verified' },
        ],
      });
      const frames = await exportedFrames(server.url, a!.match_id!);
      expect(new Set(frames.map((frame) => frame['info.left.far']))).toEqual(new Set(['500']));
      for (const agent of ['left', 'right']) {
        const actions = frames.map((frame) => frame[`action.${agent}`]);
        expect([...new Set(actions)].sort()).toEqual(['0', '1', '2']);
      }
      await Promise.all(players.map((player) => player.close()));
    } finally {
      await server.stop();
    }
  });
});

const LAMP = `"""A lamp that one person lights, with a package for its colour."""

import lantern


class Lamp:
    metadata = {"render_fps": 30, "render_size": (100, 100)}
    possible_agents = ["keeper"]

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = ["keeper"]
        return {}, {}

    def step(self, actions):
        info = {"keeper": {"color": lantern.color(actions["keeper"])}}
        return {}, {"keeper": 0.0}, {"keeper": False}, {"keeper": False}, info

    def render(self):
        return [{"type": "circle", "x": 50, "y": 50, "r": 40, "color": lantern.color(1)}]
`;

describe.skipIf(micropip === null)('an environment with a package', () => {
  it('is played in a browser that reaches nothing but the server, if the wheel has its hash', async () => {
    writeFileSync(join(folder, 'lamp.py'), LAMP);
    const wheels = join(folder, 'wheels');
    const source = 'def color(n):\n    return "#d4af37" if n else "#333333"\n';
    const index = await startPackageIndex([{ name: 'lantern', version: '1.0', source }], micropip);
    const vendored = await run(['vendor', 'lantern', '--out', wheels, '--index-url', index.url]);
    await index.close();
    expect(vendored).toMatchObject({ code: 0, stderr: '' });

    const args = ['play', join(folder, 'lamp.py'), '--packages', 'lantern', '--wheels', wheels];
    const server = await startServer(COTRIAL, {}, [...args, '--port', '0']);
    const browser = await launchChromium();
    try {
      const url = `${server.url}/play/lamp?skip=1&autopilot=1&max_steps=60`;
      const elsewhere: string[] = [];
      const offline = async (page: Page): Promise<void> => {
        page.context().on('request', (request) => {
          if (!request.url().startsWith(server.url)) elsewhere.push(request.url());
        });
        await page.context().route(
          (address) => address.origin !== server.url,
          (route) => route.abort(),
        );
      };
      const player = await Participant.open(browser, url, offline);
      const row = await player.row();
      expect(row).toMatchObject({ outcome: 'completed', n_frames: 60 });
      const frames = await exportedFrames(server.url, row.match_id!);
      const colors = frames.map((frame) => frame['info.keeper.color']);
      expect([...new Set(colors)].sort()).toEqual(['#333333', '#d4af37']);
      await player.close();

      const wheel = join(wheels, 'lantern-1.0-py3-none-any.whl');
      writeFileSync(wheel, Buffer.concat([readFileSync(wheel), Buffer.from('x')]));
      const deceived = await Participant.open(browser, url, offline);
      await deceived.screen('ended');
      await deceived.proceed();
      const refused = await deceived.row();
      expect(refused).toMatchObject({ outcome: 'load_failed', error: { where: 'packages' } });
      expect(refused.error?.message).toMatch(/lantern/);
      expect(elsewhere.filter((address) => !/^(blob|data):/.test(address))).toEqual([]);
    } finally {
      await browser.close();
      await server.stop();
    }
  });
});

const CROWD = `"""Crowd: as many as are asked for."""

import time


class Crowd:
    metadata = {"render_fps": 20, "render_size": (100, 100)}

    def __init__(self, players=2, speed=1):
        self.possible_agents = [f"walker_{i}" for i in range(players)]
        self.speed = speed

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.began = time.time()
        self.steps = 0
        return {}, {}

    def step(self, actions):
        self.steps += self.speed
        by_agent = dict.fromkeys(self.agents, False)
        infos = {agent: {"steps": self.steps} for agent in self.agents}
        return {}, dict.fromkeys(self.agents, 0.0), by_agent, dict(by_agent), infos

    def render(self):
        return [{"type": "circle", "x": self.steps % 100, "y": 50, "r": 20, "color": "#0072b2"}]
`;

describe('the command', () => {
  it('hands every option on, and says what it found before it is ready', async () => {
    const file = join(folder, 'crowd.py');
    writeFileSync(file, CROWD);
    const oldest = dirname(fileURLToPath(import.meta.resolve('pyodide-oldest')));
    const port = await freePort();
    const args = ['--players', '3', '--fps', '15', '--option', 'speed=2', '--pyodide', oldest];
    const server = await startServer(COTRIAL, {}, ['play', file, ...args, '--port', `${port}`]);
    try {
      const said = server.output();
      expect(said.indexOf('time.time')).toBeGreaterThan(-1);
      expect(said.indexOf('time.time')).toBeLessThan(said.indexOf('Cotrial is ready'));

      const list = await (await fetch(`${server.url}/playground/list.js`)).text();
      const [game] = JSON.parse(list.replace(/^export default |;\n$/g, '')) as Game[];
      expect(game).toMatchObject({
        name: 'crowd',
        max_steps: 60 * 15,
        trial: { fps: 15, environment_options: { speed: 2 } },
        players: { usual: 3 },
        findings: { notes: [{ message: expect.stringContaining('time.time') as string }] },
      });
      const lock = await (await fetch(`${server.url}/cotrial/pyodide/pyodide-lock.json`)).text();
      expect(lock).toBe(readFileSync(join(oldest, 'pyodide-lock.json'), 'utf8'));
      expect(new URL(server.url).port).toBe(String(port));
    } finally {
      await server.stop();
    }
  });

  it('says in one line what it cannot do, and ends with 2', async () => {
    writeFileSync(join(folder, 'broken.py'), 'import nothing_of_this_name\n');
    const cases: [string[], RegExp][] = [
      [['play', join(folder, 'absent.py')], /absent\.py does not exist/],
      [['play', join(folder, 'broken.py'), '--port', '0'], /nothing_of_this_name/],
      [['play', join(folder, 'tug_of-war.py'), '--players', '3'], /is for 2 players, not 3/],
      [['play', join(folder, 'tug_of-war.py'), '--fps', 'many'], /whole number/],
    ];
    for (const [args, said] of cases) {
      const { code, stderr } = await run(args);
      expect(stderr).toMatch(said);
      expect(code, args.join(' ')).toBe(2);
    }
  });

  it('ends with 2 where the port is taken, and with 0 when it is interrupted', async () => {
    const server = await playing(['--port', '0']);
    const { port } = new URL(server.url);
    const second = await run(['play', join(folder, 'tug_of-war.py'), '--port', port]);
    expect(second.stderr).toMatch(new RegExp(`Port ${port} is in use`));
    expect(second.code).toBe(2);
    expect(await server.stop('SIGINT')).toBe(0);
  });
});

/** As the pages get it. */
interface Game {
  name: string;
  [more: string]: unknown;
}

/** A port that nobody has at the moment. */
async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

async function run(args: string[]): Promise<{ code: number; stderr: string }> {
  const env = { ...process.env, COTRIAL_DATA: join(folder, 'run.sqlite') };
  const child = spawn(process.execPath, [COTRIAL, ...args], { env });
  let stderr = '';
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const [code] = (await once(child, 'exit')) as [number];
  return { code, stderr };
}
