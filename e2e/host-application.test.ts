/** The kit inside a lab's own application: beside its sockets, and without any other server. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Browser, Page } from 'playwright-core';
import { Server as SocketIoServer } from 'socket.io';
import { WebSocketServer } from 'ws';
import { launchChromium } from './lab/index.ts';
import { startHost } from './support/host.ts';
import { Participant } from './support/participant.ts';
import { startServer } from './support/playground.ts';

describe('a host application', () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
  });

  it('keeps its own Socket.IO and WebSocket during a match, all three really on WebSocket', async () => {
    const transports: string[] = [];
    const host = await startHost({}, (server) => {
      const lab = new SocketIoServer(server, { destroyUpgrade: false });
      lab.of('/lab').on('connection', (socket) => {
        socket.on('echo', (value: number, reply: (value: number, transport: string) => void) => {
          transports.push(socket.conn.transport.name);
          reply(value, socket.conn.transport.name);
        });
      });
      const ticker = new WebSocketServer({ noServer: true });
      ticker.on('connection', (socket) => {
        socket.on('message', (data: Buffer) => socket.send(`ticked ${data.toString()}`));
      });
      server.on('upgrade', (request, socket, head) => {
        if (request.url !== '/ticker') return;
        ticker.handleUpgrade(request, socket, head, (ws) => ticker.emit('connection', ws));
      });
    });
    try {
      const trial = { game: 'volley', environment: '/games/volley.py', max_steps: 150 };
      const sockets: string[][] = [];
      const open = () => {
        const seen: string[] = [];
        sockets.push(seen);
        return Participant.open(browser, host.trial(trial), (page) => {
          page.on('websocket', (socket) => seen.push(new URL(socket.url()).pathname));
        });
      };
      const [a, b] = await Promise.all([open(), open()]);
      await useHostSockets(a.page);
      await a.frames(30);
      const answers = await a.page.evaluate(() => window.hostSockets.ask());
      expect(answers).toEqual({ socketIo: 7, transport: 'websocket', webSocket: 'ticked hello' });
      const rows = await Promise.all([a.row(), b.row()]);
      expect(rows.map((row) => row.verification)).toEqual(['verified', 'verified']);
      expect(await a.page.evaluate(() => window.hostSockets.ask())).toEqual(answers);
      expect(new Set(transports)).toEqual(new Set(['websocket']));
      expect(new Set(sockets[0])).toEqual(
        new Set(['/cotrial/socket.io/', '/cotrial/signaling/peerjs', '/socket.io/', '/ticker']),
      );
      await Promise.all([a.close(), b.close()]);
    } finally {
      await host.stop();
    }
  });

  it('is all that a participant needs: every other address is cut off', async () => {
    const server = await startServer();
    try {
      const asked: string[] = [];
      const cutOff = async (page: Page) => {
        await page.route('**/*', (route) => {
          const url = route.request().url();
          if (url.startsWith(server.url) || url.startsWith('blob:')) return route.continue();
          asked.push(url);
          return route.abort();
        });
      };
      const url = `${server.url}/play/volley?skip=1&autopilot=1&max_steps=90`;
      const players = await Promise.all(
        [1, 2].map((seed) => Participant.open(browser, `${url}&seed=${seed}`, cutOff)),
      );
      const rows = await Promise.all(players.map((player) => player.row()));
      expect(rows.map((row) => row.outcome)).toEqual(['completed', 'completed']);
      expect(asked).toEqual([]);
      expect(players.flatMap((player) => player.problems)).toEqual([]);
      await Promise.all(players.map((player) => player.close()));
    } finally {
      await server.stop();
    }
  });
});

declare global {
  interface Window {
    /** The host's own conversation, kept open beside the trial. */
    hostSockets: { ask(): Promise<{ socketIo: number; transport: string; webSocket: string }> };
    io(
      namespace: string,
      options: object,
    ): {
      emit(event: string, value: number, reply: (value: number, transport: string) => void): void;
    };
  }
}

async function useHostSockets(page: Page): Promise<void> {
  await page.addScriptTag({ url: '/socket.io/socket.io.js' });
  await page.evaluate(async () => {
    const lab = window.io('/lab', { transports: ['websocket'] });
    const ticker = new WebSocket(`ws://${location.host}/ticker`);
    await new Promise((resolve) => ticker.addEventListener('open', resolve, { once: true }));
    window.hostSockets = {
      ask: async () => {
        const echo = new Promise<[number, string]>((resolve) =>
          lab.emit('echo', 7, (value, transport) => resolve([value, transport])),
        );
        const tick = new Promise<string>((resolve) =>
          ticker.addEventListener('message', (event) => resolve(String(event.data)), {
            once: true,
          }),
        );
        ticker.send('hello');
        const [socketIo, transport] = await echo;
        return { socketIo, transport, webSocket: await tick };
      },
    };
  });
}
