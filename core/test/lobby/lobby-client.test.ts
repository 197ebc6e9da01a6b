/** The client against a Socket.IO server that answers as a test wants. */
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Server as SocketServer, type Socket } from 'socket.io';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EnterRequest, FinishRequest } from '../../src/contract/index.ts';
import { LobbyClient } from '../../src/lobby/lobby-client.ts';
import { LobbyError } from '../../src/lobby/lobby-error.ts';

let http: Server;
let io: SocketServer;
let client: LobbyClient;
let accept: (token: string) => boolean;
let joins: unknown[];
let left: string[];
let onSocket: (socket: Socket) => void;

beforeEach(async () => {
  accept = () => true;
  joins = [];
  left = [];
  onSocket = () => undefined;
  await listen(0);
  client = new LobbyClient({ server: `http://127.0.0.1:${port()}/lab/`, participant: 'p1' });
});
afterEach(async () => {
  client.close();
  await stop();
});

const port = () => (http.address() as AddressInfo).port;

async function listen(on: number): Promise<void> {
  http = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => (body += part.toString()));
    request.on('end', () => {
      if (request.url === '/lab/leave') left.push(body);
      if (request.url !== '/lab/join') return void response.writeHead(404).end('no such page');
      joins.push(JSON.parse(body));
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ token: 'secret', participant: 'server-id' }));
    });
  });
  io = new SocketServer(http, { path: '/lab/socket.io', transports: ['websocket'] });
  io.use((socket, next) => {
    const { token } = socket.handshake.auth as { token: string };
    if (accept(token)) next();
    else next(new Error('unknown token'));
  });
  io.on('connection', (socket) => {
    socket.on('clock', (reply: (ms: number) => void) => reply(Date.now() + 1_000_000));
    onSocket(socket);
  });
  http.listen(on, '127.0.0.1');
  await once(http, 'listening');
}

async function stop(): Promise<void> {
  io.disconnectSockets(true);
  await io.close();
}

const ENTER: EnterRequest = {
  game: 'g',
  agents: ['a', 'b'],
  environment_sha256: '0'.repeat(64),
  settings: {
    fps: 30,
    episodes: 1,
    max_steps: 10,
    input_delay: 2,
    prediction: 'repeat',
    on_leave: 'end',
    on_desync: 'resync',
    checksum_interval: 30,
    environment_options: '{}',
    pyodide_version: '314.0.7',
  },
  wait_timeout_ms: 120_000,
};
const FINISH: FinishRequest = {
  match_id: null,
  outcome: 'completed',
  outcome_by: null,
  outcome_reason: '',
  record_sha256: null,
  local_record: '{}',
};

it('joins with the token in the handshake and learns the server clock', async () => {
  const tokens: string[] = [];
  accept = (token) => tokens.push(token) > 0;
  await client.join();
  expect(joins).toEqual([{ participant: 'p1' }]);
  expect(tokens).toEqual(['secret']);
  expect(client.participant).toBe('server-id');
  await vi.waitFor(() => expect(client.clock_error_ms).not.toBeNull());
  const local = client.serverToLocal(Date.now() + 1_000_000);
  expect(Math.abs(local - performance.now())).toBeLessThan(client.clock_error_ms! + 5);
});

it('repeats a request whose answer was lost with the connection', async () => {
  const asked: unknown[] = [];
  onSocket = (socket) => {
    socket.on('enter', (m: unknown, reply: (r: object) => void) => {
      asked.push(m);
      if (asked.length === 1) socket.conn.close();
      else reply({ ok: true, resumed: true });
    });
  };
  await client.join();
  await expect(client.enter(ENTER)).resolves.toEqual({ resumed: true });
  expect(asked).toEqual([ENTER, ENTER]);
});

it('enters again after the server restarted, and finishes there', async () => {
  const entered: number[] = [];
  onSocket = (socket) => {
    socket.on('enter', (_: unknown, reply: (r: object) => void) => {
      entered.push(port());
      reply({ ok: true, resumed: false });
    });
    socket.on('ready', (_: unknown, reply: (r: object) => void) => reply({ ok: true }));
    socket.on('finish', (_: unknown, reply: (r: object) => void) =>
      reply({ ok: true, verification: 'verified', completion_code: 'C1' }),
    );
  };
  await client.join();
  await client.enter(ENTER);
  const on = port();
  await stop();
  await vi.waitFor(() => expect(client.connected).toBe(false));
  const ready = client.ready('m');
  await listen(on);
  await ready;
  await expect(client.finish(FINISH)).resolves.toEqual({
    verification: 'verified',
    completion_code: 'C1',
  });
  expect(entered).toHaveLength(2);
});

it('comes back after the server hung up', async () => {
  let connections = 0;
  onSocket = (socket) => {
    connections += 1;
    if (connections === 1) setImmediate(() => socket.disconnect(true));
  };
  await client.join();
  await vi.waitFor(() => expect(connections).toBe(2), { timeout: 10_000 });
  await vi.waitFor(() => expect(client.connected).toBe(true));
});

it('does not complain of a player who was found again while the server was away', async () => {
  const said: string[] = [];
  onSocket = (socket) => {
    socket.on('link', ({ link_type }: { link_type: string }) => said.push(link_type));
    socket.on('peer_lost', (lost: { player: number }, reply: (r: object) => void) => {
      said.push(`lost ${lost.player}`);
      reply({ ok: true });
    });
  };
  await client.join();
  const { port: before } = http.address() as AddressInfo;
  await stop();
  await vi.waitFor(() => expect(client.connected).toBe(false));
  const complaints = [client.peerLost('m', 1), client.peerLost('m', 2)];
  client.link('m', 1, 'turn');
  await listen(before);
  await Promise.all(complaints);
  // Complaints withdrawn by the report of the link would stand if they came after it.
  await vi.waitFor(() => expect(said.sort()).toEqual(['lost 2', 'turn']), 10_000);
});

it('sends a long local record in pieces', async () => {
  const pieces: string[] = [];
  onSocket = (socket) => {
    socket.on('local_record', (m: { seq: number; text: string }, reply: (r: object) => void) => {
      if (pieces.length === 0) {
        pieces.push('');
        return reply({ ok: false, error: { code: 'internal', message: 'Try again.' } });
      }
      pieces[m.seq] = m.text;
      reply({ ok: true, seq: m.seq });
    });
    socket.on('finish', (m: FinishRequest, reply: (r: object) => void) => {
      pieces.push(m.local_record);
      reply({ ok: true, verification: 'verified', completion_code: null });
    });
  };
  const record = 'abc'.repeat(150_000);
  await client.join();
  await client.finish({ ...FINISH, match_id: 'm', local_record: record });
  expect(pieces.map(({ length }) => length)).toEqual([200_000, 200_000, 50_000]);
  expect(pieces.join('')).toBe(record);
});

it('hands over the error of the server, and its own', async () => {
  onSocket = (socket) => {
    socket.on('ready', (_: unknown, reply: (r: object) => void) =>
      reply({ ok: false, error: { code: 'not_in_match', message: 'Enter first.' } }),
    );
    socket.on('finish', () => undefined);
  };
  await expect(client.enter(ENTER)).rejects.toMatchObject({ code: 'not_joined' });
  await client.join();
  await expect(client.ready('m')).rejects.toMatchObject({ code: 'not_in_match' });
  const finished = client.finish(FINISH);
  client.close();
  await expect(finished).rejects.toMatchObject({ code: 'closed' });
  await expect(client.enter(ENTER)).rejects.toBeInstanceOf(LobbyError);
});

it('says so when the address is wrong, nobody is there, or the token is not taken', async () => {
  const wrong = new LobbyClient({ server: `http://127.0.0.1:${port()}/x`, participant: null });
  await expect(wrong.join()).rejects.toMatchObject({ code: 'unreachable' });
  const nobody = new LobbyClient({ server: 'http://127.0.0.1:9/lab', participant: null });
  await expect(nobody.join()).rejects.toMatchObject({ code: 'unreachable' });
  accept = () => false;
  await expect(client.join()).rejects.toMatchObject({ code: 'refused' });
});

it('relays bytes as bytes, and answers the server at once', async () => {
  const got: number[][] = [];
  onSocket = (socket) => {
    socket.on('relay', (to: number, packet: Buffer) => socket.emit('relay', to + 1, packet));
    socket.emit('relay', 3, 'no bytes');
  };
  await client.join();
  client.relay.onPacket((from, packet) => {
    expect(packet).toBeInstanceOf(Uint8Array);
    got.push([from, ...packet]);
  });
  client.relay.send(1, Uint8Array.of(9, 8, 7, 6).subarray(1, 3));
  await vi.waitFor(() => expect(got).toEqual([[2, 8, 7]]));
  await expect(io.timeout(2_000).emitWithAck('rtt')).resolves.toHaveLength(1);
});

it('tells what the server tells, and stops when its seat was taken', async () => {
  const told: string[] = [];
  for (const name of ['waiting', 'dissolved', 'replaced', 'disconnected'] as const) {
    client.on(name, (m) => told.push(`${name} ${JSON.stringify(m)}`));
  }
  await client.join();
  io.emit('waiting', { waited_ms: 1, timeout_ms: 2 });
  io.emit('dissolved', { match_id: 'm', reason: 'r' });
  io.emit('replaced');
  await vi.waitFor(() => expect(client.connected).toBe(false));
  expect(told).toEqual([
    'waiting {"waited_ms":1,"timeout_ms":2}',
    'dissolved {"match_id":"m","reason":"r"}',
    'replaced {}',
  ]);
  await vi.waitFor(() => expect(io.of('/').sockets.size).toBe(0));
});

it('tells the server when it leaves, once', async () => {
  await client.join();
  client.leave();
  client.leave();
  await vi.waitFor(() => expect(left).toEqual(['{"token":"secret"}']));
  await vi.waitFor(() => expect(io.of('/').sockets.size).toBe(0));
});
