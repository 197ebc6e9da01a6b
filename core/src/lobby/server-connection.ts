import { io, type Socket } from 'socket.io-client';
import type { ClientToServer, Milliseconds, Reply, ServerToClient } from '../contract/index.ts';
import { isPassing, LobbyError } from './lobby-error.ts';
import { ServerClock } from './server-clock.ts';

export type ServerSocket = Socket<ServerToClient, ClientToServer>;
/** Emits one message whose answer, or the failure to get one, goes to `answer`. */
export type Ask<R> = (
  socket: ReturnType<ServerSocket['timeout']>,
  answer: (error: Error | null, reply: R) => void,
) => void;

export interface ConnectionEvents {
  connected(): void;
  disconnected(reason: string): void;
  /** The server does not take the token: there will be no connection any more. */
  refused(reason: string): void;
}

/** One attempt at a request: longer than any answer takes that still comes. */
const ATTEMPT_MS: Milliseconds = 10_000;
/** Before a request is repeated that the server put off, and a connection that it ended. */
const AGAIN_MS: Milliseconds = 1_000;
/** Quick at first, since a game waits; then patient, since the server may be restarting. */
const RECONNECTION = { reconnectionDelay: 250, reconnectionDelayMax: 2_000 };
/** Probes of the clock: several at once to begin with, then now and then against drift. */
const FIRST_PROBES = 5;
const PROBE_EVERY_MS: Milliseconds = 5_000;

/** The Socket.IO connection: comes back by itself, repeats requests, knows the server's clock. */
export class ServerConnection {
  readonly clock = new ServerClock();
  readonly socket: ServerSocket;
  private readonly waiters = new Set<{ connected: () => void; failed: (e: LobbyError) => void }>();
  private readonly probes: ReturnType<typeof setInterval>;
  private again: ReturnType<typeof setTimeout> | null = null;
  private over: LobbyError | null = null;

  /** @param server address of the kit, absolute */
  constructor(
    server: URL,
    token: string,
    private readonly now: () => Milliseconds,
    private readonly events: ConnectionEvents,
  ) {
    this.socket = io(server.origin, {
      path: `${server.pathname.replace(/\/+$/, '')}/socket.io`,
      transports: ['websocket'],
      auth: { token },
      forceNew: true,
      ...RECONNECTION,
    });
    this.socket.on('connect', () => {
      for (const waiter of [...this.waiters]) waiter.connected();
      events.connected();
      void this.probeClock(FIRST_PROBES);
    });
    this.socket.on('disconnect', (reason) => {
      events.disconnected(reason);
      if (!this.socket.active) this.connectAgain();
    });
    this.socket.on('connect_error', (error) => {
      // Active: the network failed, and it is tried again. Otherwise the server said no.
      if (this.socket.active || this.over !== null) return;
      this.end(new LobbyError('refused', `the server refused: ${error.message}. Join again.`));
      events.refused(error.message);
    });
    this.socket.on('rtt', (reply) => reply());
    this.probes = setInterval(() => void this.probeClock(1), PROBE_EVERY_MS);
  }

  get connected(): boolean {
    return this.socket.connected;
  }

  /** Resolves while connected. @throws LobbyError `unreachable` after `within_ms`, `closed` */
  whenConnected(within_ms: Milliseconds): Promise<void> {
    if (this.over !== null) return Promise.reject(this.over);
    if (this.socket.connected) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (act: () => void) => () => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        act();
      };
      const waiter = {
        connected: settle(resolve),
        failed: (error: LobbyError) => settle(() => reject(error))(),
      };
      const timer = setTimeout(
        () => waiter.failed(new LobbyError('unreachable', 'the server cannot be reached')),
        within_ms,
      );
      this.waiters.add(waiter);
    });
  }

  /** One attempt; rejects when the connection is lost or no answer comes. */
  attempt<R>(ask: Ask<R>): Promise<R> {
    // Socket.IO would keep it for the next connection, beside the repetition.
    if (!this.socket.connected)
      return Promise.reject(new LobbyError('unreachable', 'no connection'));
    return new Promise((resolve, reject) => {
      ask(this.socket.timeout(ATTEMPT_MS), (error, reply) => {
        if (error === null) resolve(reply);
        else reject(error);
      });
    });
  }

  /** Repeats a request until it is answered. @throws LobbyError */
  async request<T extends object>(ask: Ask<Reply<T>>, within_ms: Milliseconds): Promise<T> {
    const deadline = this.now() + within_ms;
    for (;;) {
      const left = deadline - this.now();
      if (left <= 0) throw new LobbyError('timeout', 'the server did not answer in time');
      await this.whenConnected(left);
      let reply: Reply<T>;
      try {
        reply = await this.attempt(ask);
      } catch {
        continue; // Lost on the way: asked again.
      }
      if (reply.ok) return reply;
      const { code, message } = reply.error;
      if (!isPassing(code)) throw new LobbyError(code, message);
      await this.pause(AGAIN_MS);
    }
  }

  /** May be called twice. */
  close(): void {
    this.end(new LobbyError('closed', 'the connection to the server was closed'));
  }

  private end(why: LobbyError): void {
    if (this.over !== null) return;
    this.over = why;
    clearInterval(this.probes);
    if (this.again !== null) clearTimeout(this.again);
    for (const waiter of [...this.waiters]) waiter.failed(why);
    this.socket.off();
    this.socket.disconnect();
  }

  /** The server hung up, perhaps to restart: Socket.IO leaves it to us to call again. */
  private connectAgain(): void {
    if (this.over !== null) return;
    this.again = setTimeout(() => this.socket.connect(), AGAIN_MS);
  }

  /** Ends early, with the connection's own error at the next wait, when it is closed. */
  private pause(ms: Milliseconds): Promise<void> {
    return new Promise((resolve) => {
      const waiter = { connected: () => undefined, failed: () => done() };
      const done = () => {
        clearTimeout(timer);
        this.waiters.delete(waiter);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.waiters.add(waiter);
    });
  }

  private async probeClock(times: number): Promise<void> {
    for (let i = 0; i < times && this.socket.connected; i++) {
      const sent = this.now();
      try {
        const server_ms = await this.attempt<number>((socket, answer) =>
          socket.emit('clock', answer),
        );
        this.clock.sample(sent, this.now(), server_ms);
      } catch {
        return; // The next connection, or the next turn, probes again.
      }
    }
  }
}
