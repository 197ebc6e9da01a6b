/**
 * The kit beside a host's own application: its routes, its Socket.IO, its WebSockets, on Express 4
 * and 5, in every order of attaching.
 */
import { createServer, type Server } from 'node:http';
import { connect } from 'node:net';
import express5 from 'express';
import express4 from 'express4';
import { Server as SocketIo } from 'socket.io';
import { io } from 'socket.io-client';
import { afterEach, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { attachCotrial } from '@cotrial/server-kit';
import { runChild } from './run-child.ts';
import { joinAs, listen, matchPages, Page, startHost, until, urlOf, type Host } from './support.ts';

let host: Host | undefined;
const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
  await host?.stop();
  host = undefined;
});

/** The lab's own sockets: Socket.IO with its defaults, or `ws` bound to the server by a path. */
const ownSockets = {
  'socket.io': (server: Server) => {
    const own = new SocketIo(server);
    own.on('connection', (socket) =>
      socket.on('echo', (x, reply: (x: unknown) => void) => reply(x)),
    );
    closers.push(() => own.disconnectSockets(true));
    return async (url: string) => {
      const client = io(url, { transports: ['websocket'], reconnection: false, forceNew: true });
      closers.push(() => client.disconnect());
      expect(await client.emitWithAck('echo', 'hello')).toBe('hello');
      expect(client.io.engine.transport.name).toBe('websocket');
      return () => client.emitWithAck('echo', 'still here') as Promise<unknown>;
    };
  },
  ws: (server: Server) => {
    const own = new WebSocketServer({ server, path: '/own-ws' });
    own.on('connection', (socket) => {
      socket.on('message', (data: Buffer) => socket.send(data.toString()));
    });
    closers.push(() => own.close());
    return async (url: string) => {
      const client = new WebSocket(`${url.replace('http', 'ws')}/own-ws`);
      closers.push(() => client.terminate());
      await new Promise((resolve, reject) => {
        client.once('open', resolve);
        client.once('error', reject);
      });
      return () =>
        new Promise<unknown>((resolve) => {
          client.once('message', (data: Buffer) => resolve(data.toString()));
          client.send('still here');
        });
    };
  },
};

describe.each([
  ['Express 5', express5],
  ['Express 4', express4],
])('on %s', (_, express) => {
  test.each([
    ['socket.io', 'before'],
    ['socket.io', 'after'],
    ['ws', 'before'],
    ['ws', 'after'],
  ] as const)('a host’s own %s, attached %s the kit, works beside it', async (kind, order) => {
    const app = express();
    const server = createServer(app);
    app.get('/own', (_request, response) => void response.send('own'));
    let use = order === 'before' ? ownSockets[kind](server) : undefined;
    host = await startHost({ app, server });
    use ??= ownSockets[kind](server);
    const echo = await use(host.url);

    const { pages, matched } = await matchPages(host.url);
    for (const page of pages) expect(page.socket.io.engine.transport.name).toBe('websocket');
    const { peer_id } = matched[0]!.players[0]!;
    const query = `key=peerjs&id=${peer_id}&token=${matched[0]!.signaling.token}`;
    const signaling = new WebSocket(
      `${host.url.replace('http', 'ws')}${matched[0]!.signaling.path}/peerjs?${query}`,
    );
    closers.push(() => signaling.terminate());
    const opened = await new Promise((resolve) =>
      signaling.once('message', (data: Buffer) => resolve(JSON.parse(data.toString()))),
    );
    expect(opened).toEqual({ type: 'OPEN' });

    expect(await echo()).toBe('still here');
    expect(await (await fetch(`${host.url}/own`)).text()).toBe('own');
    expect((await fetch(`${host.url}/nothing`)).status).toBe(404);
    expect((await fetch(`${host.url}/cotrial/nothing`)).status).toBe(404);

    await host.kit.close();
    expect(await echo()).toBe('still here');
    expect(await (await fetch(`${host.url}/own`)).text()).toBe('own');
    expect((await fetch(`${host.url}/cotrial/livez`)).status).toBe(404);
  });

  test('a page that begins with polling is upgraded to a WebSocket', async () => {
    const app = express();
    host = await startHost({ app, server: createServer(app) });
    const { token } = await joinAs(host.url);
    const client = io(host.url, { path: '/cotrial/socket.io', auth: { token }, forceNew: true });
    closers.push(() => client.disconnect());
    await until(() => client.connected && client.io.engine.transport.name === 'websocket');
  });

  test('any path will do, and a host that parses bodies itself', async () => {
    const app = express();
    app.use(express.json());
    host = await startHost({ app, server: createServer(app), path: '/lab/games/' });
    expect(host.kit.path).toBe('/lab/games');
    const response = await fetch(`${host.url}/lab/games/join`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: '{"participant": null}',
    });
    const { token } = (await response.json()) as { token: string };
    const client = io(host.url, { path: '/lab/games/socket.io', auth: { token }, forceNew: true });
    closers.push(() => client.disconnect());
    await until(() => client.connected);
    expect((await fetch(`${host.url}/cotrial/livez`)).status).toBe(404);
  });
});

test('upgrades to unknown paths are answered, ours and the host’s', async () => {
  host = await startHost();
  const url = host.url.replace('http', 'ws');
  for (const path of ['/nowhere', '/cotrial/nowhere', '/cotrial/signaling/peerjs', '/cotrial']) {
    const status = await new Promise((resolve) => {
      const socket = new WebSocket(`${url}${path}`);
      socket.once('error', (error) => resolve(error.message));
    });
    expect(status).toMatch(/: 40[14]/);
  }
});

test('a socket that is reset in the middle of an upgrade does no harm', async () => {
  host = await startHost();
  const { port } = host.server.address() as { port: number };
  for (const path of ['/cotrial/socket.io/?EIO=4&transport=websocket', '/cotrial/x', '/x']) {
    const socket = connect(port, '127.0.0.1');
    await new Promise<void>((resolve) => socket.once('connect', resolve));
    socket.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    );
    socket.resetAndDestroy();
  }
  await Page.open(host.url);
});

describe('origins', () => {
  const connectFrom = (url: string, token: string, origin: string, transport: string) =>
    new Promise<string>((resolve) => {
      const client = io(url, {
        path: '/cotrial/socket.io',
        auth: { token },
        transports: [transport],
        extraHeaders: { Origin: origin },
        reconnection: false,
        forceNew: true,
      });
      closers.push(() => client.disconnect());
      client.once('connect', () => resolve('connected'));
      client.once('connect_error', () => resolve('refused'));
    });
  const joinFrom = (url: string, origin: string) =>
    fetch(`${url}/cotrial/join`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', Origin: origin },
      body: '{"participant": null}',
    });

  test.each(['websocket', 'polling'])('are checked on %s', async (transport) => {
    host = await startHost({ origins: ['https://study.example'] });
    const { url } = host;
    const { token } = await joinAs(url);
    const results = await Promise.all(
      [url, 'https://study.example', 'https://evil.example', 'null', 'nonsense'].map((origin) =>
        connectFrom(url, token, origin, transport),
      ),
    );
    expect(results).toEqual(['connected', 'connected', 'refused', 'refused', 'refused']);
  });

  test('are checked on join, with the headers that a listed page needs', async () => {
    host = await startHost({ origins: ['https://study.example'] });
    expect((await joinFrom(host.url, 'https://evil.example')).status).toBe(403);
    const listed = await joinFrom(host.url, 'https://study.example');
    expect(listed.status).toBe(200);
    expect(listed.headers.get('Access-Control-Allow-Origin')).toBe('https://study.example');
    const preflight = await fetch(`${host.url}/cotrial/join`, {
      method: 'OPTIONS',
      headers: { Origin: 'https://study.example', 'Access-Control-Request-Method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('Access-Control-Allow-Headers')).toBe('Content-Type');
  });
});

describe('assets', () => {
  test.each([
    ['pyodide/pyodide.mjs', 'text/javascript'],
    ['pyodide/pyodide.asm.wasm', 'application/wasm'],
    ['pyodide/pyodide-lock.json', 'application/json'],
    ['pyodide/python_stdlib.zip', 'application/zip'],
    ['assets/jspsych.js', 'text/javascript'],
    ['assets/jspsych.css', 'text/css'],
  ])('%s is served to any origin, with its type, and cached by its tag', async (path, type) => {
    host = await startHost();
    const url = `${host.url}/cotrial/${path}`;
    const response = await fetch(url, { headers: { Origin: 'https://anywhere.example' } });
    expect(response.status).toBe(200);
    await response.arrayBuffer();
    expect(response.headers.get('Content-Type')).toContain(type);
    expect(response.headers.get('Access-Control-Allow-Origin')).toBe('*');
    expect(response.headers.get('Cross-Origin-Resource-Policy')).toBe('cross-origin');
    const tag = response.headers.get('ETag')!;
    // Node's fetch would ask for a fresh copy by itself.
    const headers = { 'If-None-Match': tag, 'Cache-Control': 'max-age=0' };
    expect((await fetch(url, { headers })).status).toBe(304);
  });

  test('nothing outside the folders is served', async () => {
    host = await startHost();
    for (const path of ['pyodide/../package.json', 'pyodide/%2e%2e/package.json', 'assets/x.js']) {
      expect((await fetch(`${host.url}/cotrial/${path}`)).status).toBe(404);
    }
  });
});

describe('start and end', () => {
  test('says once where it is ready, and the key only if it made it', async () => {
    host = await startHost();
    const port = new URL(host.url).port;
    expect(host.log).toEqual([`Cotrial is ready at http://localhost:${port}`]);
    expect(host.kit.url).toBe(`http://localhost:${port}`);

    const app = express5();
    const server = createServer(app);
    closers.push(() => new Promise((resolve) => server.close(resolve)));
    await listen(server);
    const log: string[] = [];
    const keep = (message: string): void => void log.push(message);
    const kit = attachCotrial({
      app,
      server,
      dataFile: `${host.dataFile}-2`,
      log: { info: keep, warn: keep, error: keep },
    });
    expect(log).toHaveLength(2);
    expect(log[0]).toContain(kit.researcherKey);
    expect(kit.researcherKey.length).toBeGreaterThan(24);
    expect(log[1]).toBe(`Cotrial is ready at ${urlOf(server).replace('127.0.0.1', 'localhost')}`);
    await kit.close();
  });

  test('close tells the pages, may be repeated, and leaves the host’s server open', async () => {
    const { kit, server, url } = (host = await startHost());
    const { pages } = await matchPages(url);
    const waiting = await Page.open(url);
    await waiting.enter();
    await Promise.all([kit.close(), kit.close()]);
    for (const page of [...pages, waiting]) await page.next('closing');
    expect(server.listening).toBe(true);
  });

  test('after close the process ends by itself', async () => {
    const child = await runChild('./children/close.ts');
    closers.push(() => child.process.kill('SIGKILL'));
    const code = await new Promise((resolve) => child.process.once('exit', resolve));
    child.remove();
    expect(code).toBe(0);
  });
});
