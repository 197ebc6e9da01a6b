import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import express from 'express';
import { io, type Socket } from 'socket.io-client';
import { attachCotrial, type AttachOptions, type CotrialHandle } from '@cotrial/server-kit';
import type {
  CommonEnd,
  ClientToServer,
  EnterRequest,
  EpisodeDoneRequest,
  MatchedMessage,
  Outcome,
  ServerToClient,
} from '@cotrial/core/contract';

export const KEY = 'researcher-key-of-the-tests';

/** Nothing in these tests waits for the defaults. */
export const FAST = { startMarginMs: 0, countdownMs: 0, settleTimeoutMs: 200 };

export interface Host {
  kit: CotrialHandle;
  server: Server;
  url: string;
  dataFile: string;
  log: string[];
  stop(): Promise<void>;
}

/** A host with the kit attached, on a free port, with a database of its own. */
export async function startHost(options: Partial<AttachOptions> = {}): Promise<Host> {
  const folder = mkdtempSync(join(tmpdir(), 'cotrial-server-'));
  const dataFile = join(folder, 'study.sqlite');
  const app = options.app ?? express();
  const server = options.server ?? createServer(app as express.Express);
  const log: string[] = [];
  const keep = (message: string): void => void log.push(message);
  const kit = attachCotrial({
    app,
    server,
    dataFile,
    researcherKey: KEY,
    log: { info: keep, warn: keep, error: keep },
    ...options,
    timings: { ...FAST, ...options.timings },
  });
  await listen(server);
  return {
    kit,
    server,
    url: urlOf(server),
    dataFile,
    log,
    async stop() {
      await kit.close();
      await new Promise((resolve) => {
        server.close(resolve);
        server.closeAllConnections();
      });
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export const listen = (server: Server): Promise<void> =>
  new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
export const urlOf = (server: Server): string =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

export async function joinAs(url: string, participant: string | null = null) {
  const response = await fetch(`${url}/cotrial/join`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ participant }),
  });
  if (!response.ok) throw new Error(`join answered ${response.status}`);
  return (await response.json()) as { token: string; participant: string };
}

export const ENTER: EnterRequest = {
  game: 'kitchen',
  agents: ['a', 'b'],
  environment_sha256: 'e'.repeat(64),
  settings: {
    fps: 10,
    episodes: 1,
    max_steps: null,
    input_delay: 2,
    prediction: 'repeat',
    on_leave: 'end',
    on_desync: 'resync',
    checksum_interval: 10,
    environment_options: '{}',
    pyodide_version: '314.0.7',
  },
  wait_timeout_ms: 60_000,
};

type GameSocket = Socket<ServerToClient, ClientToServer>;
type Heard = { [E in keyof ServerToClient]: Parameters<ServerToClient[E]> };

/** A participant's page, as far as the server sees it. */
export class Page {
  private readonly heard: { event: string; args: unknown[] }[] = [];
  private readonly waiters = new Set<() => void>();

  private constructor(
    readonly socket: GameSocket,
    readonly url: string,
    readonly token: string,
    readonly participant: string,
  ) {
    socket.onAny((event: string, ...args: unknown[]) => {
      if (event === 'rtt') (args[0] as () => void)();
      this.heard.push({ event, args });
      for (const look of this.waiters) look();
    });
  }

  /** Joins and connects. */
  static async open(url: string, participant: string | null = null): Promise<Page> {
    const reply = await joinAs(url, participant);
    return Page.connect(url, reply.token, reply.participant);
  }

  static async connect(url: string, token: string, participant = ''): Promise<Page> {
    const socket: GameSocket = io(url, {
      path: '/cotrial/socket.io',
      auth: { token },
      transports: ['websocket'],
      reconnection: false,
      forceNew: true,
    });
    const page = new Page(socket, url, token, participant);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return page;
  }

  again(): Promise<Page> {
    return Page.connect(this.url, this.token, this.participant);
  }

  close(): void {
    this.socket.disconnect();
  }

  /** The next message of this kind that was not taken yet, as soon as it is here. */
  async next<E extends keyof ServerToClient>(event: E): Promise<Heard[E][0]> {
    return (await this.nextArgs(event))[0];
  }

  nextArgs<E extends keyof ServerToClient>(event: E): Promise<Heard[E]> {
    return new Promise((resolve) => {
      const look = (): void => {
        const at = this.heard.findIndex((message) => message.event === event);
        if (at === -1) return;
        this.waiters.delete(look);
        resolve(this.heard.splice(at, 1)[0]!.args as Heard[E]);
      };
      this.waiters.add(look);
      look();
    });
  }

  /** Whether a message of this kind is here and not taken. */
  has(event: keyof ServerToClient): boolean {
    return this.heard.some((message) => message.event === event);
  }

  /** Sends anything at all and gives the answer. */
  ask(event: string, message: unknown): Promise<Answer> {
    return (this.socket as unknown as Socket).emitWithAck(event, message) as Promise<Answer>;
  }

  enter(changes: Partial<EnterRequest> = {}): Promise<Answer> {
    return this.ask('enter', { ...ENTER, ...changes });
  }

  upload(match_id: string, bytes: Uint8Array, seq = 0, episode = 0): Promise<Answer> {
    return this.ask('upload', { match_id, episode, seq, bytes });
  }

  done(match_id: string, bytes: Uint8Array, changes: Partial<EpisodeDoneRequest> = {}) {
    const { n_frames = 0, n_agreed = n_frames } = changes;
    return this.ask('episode_done', {
      match_id,
      episode: 0,
      seed: 7,
      n_chunks: 1,
      broken_off: false,
      n_frames,
      n_agreed,
      sha256: sha256(bytes),
      ...changes,
    });
  }

  finish(match_id: string | null, outcome: Outcome, changes: object = {}): Promise<Answer> {
    return this.ask('finish', {
      match_id,
      outcome,
      outcome_by: null,
      outcome_reason: '',
      record_sha256: null,
      local_record: '',
      ...changes,
    });
  }
}

/** Any answer of the server, as a test reads it. */
export interface Answer {
  ok: boolean;
  error?: { code: string; message: string };
  resumed?: boolean;
  verification?: string;
  completion_code?: string | null;
  common_end?: CommonEnd | null;
  seq?: number;
}

export const sha256 = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** Opens n pages that are matched with each other, in seat order. */
export async function matchPages(
  url: string,
  changes: Partial<EnterRequest> = {},
): Promise<{ pages: Page[]; matched: MatchedMessage[]; id: string }> {
  const pages: Page[] = [];
  const seats = (changes.agents ?? ENTER.agents).length;
  for (let seat = 0; seat < seats; seat++) {
    const page = await Page.open(url);
    pages.push(page);
    await page.enter(changes);
  }
  const matched = await Promise.all(pages.map((page) => page.next('matched')));
  return { pages, matched, id: matched[0]!.match_id };
}

/** As matchPages, and the match has started. */
export async function playPages(url: string, changes: Partial<EnterRequest> = {}) {
  const match = await matchPages(url, changes);
  const message = { match_id: match.id };
  await Promise.all(match.pages.map((page) => page.ask('ready', message)));
  await Promise.all(match.pages.map((page) => page.next('start')));
  return match;
}

export const researcher = (url: string, path: string): Promise<Response> =>
  fetch(`${url}/cotrial/export/${path}`, { headers: { Authorization: `Bearer ${KEY}` } });

/** Waits for a condition that no message announces. */
export async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
}
