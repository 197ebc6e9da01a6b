/**
 * The page's side of the conversation with the server kit (contract/socket.ts).
 *
 * `join` gives the participant a token and opens the connection. A lost connection comes back by
 * itself, with the same token and thus the same place. Requests wait for it and are repeated until
 * they are answered: the server takes each of them twice without harm.
 *
 * The token is kept in memory: a reloaded page is a new participant.
 */
import { MAX_LOCAL_RECORD_PIECE } from '../contract/index.ts';
import type {
  EnterRequest,
  Finished,
  FinishRequest,
  JoinReply,
  JoinRequest,
  LinkType,
  MatchedMessage,
  Milliseconds,
  PeerLostReply,
  PlayerIndex,
  PlayerLeftMessage,
  Probe,
  StartMessage,
} from '../contract/index.ts';
import type { RelayPort } from '../link/link.ts';
import { Emitter } from './emitter.ts';
import { LobbyError } from './lobby-error.ts';
import { ServerConnection } from './server-connection.ts';
import { UploadQueue, type UploadPort } from './upload-queue.ts';

export interface LobbyEvents {
  waiting: { waited_ms: Milliseconds; timeout_ms: Milliseconds };
  timed_out: { waited_ms: Milliseconds; mismatch?: string };
  matched: MatchedMessage;
  start: StartMessage;
  dissolved: { match_id: string; reason: string };
  player_left: PlayerLeftMessage;
  /** Another tab of the same participant took the seat; this client is closed. */
  replaced: Record<string, never>;
  /** The server is about to stop. Unless this client is closed, it waits for another server. */
  closing: { reason: string };
  connected: Record<string, never>;
  disconnected: { reason: string };
  /** The server does not know the token any more. There will be no connection. */
  refused: { reason: string };
}

export interface LobbyOptions {
  /** Address of the server kit: absolute, or relative to the page. */
  server: string;
  /** The recruitment service's id of the participant, or null. */
  participant: string | null;
  /** Monotonic clock, ms. */
  now?: () => Milliseconds;
}

/** Longest wait for the connection and for ordinary answers. */
const ANSWER_MS: Milliseconds = 30_000;

export class LobbyClient {
  /** The server's own id of the participant, once joined. */
  participant: string | null = null;
  /** The server's relay between the players of the match. */
  readonly relay: RelayPort;

  private readonly server: URL;
  private readonly now: () => Milliseconds;
  private readonly events = new Emitter<LobbyEvents>();
  private readonly relayed = new Emitter<{ packet: [from: PlayerIndex, packet: Uint8Array] }>();
  private readonly linkTypes = new Map<PlayerIndex, Parameters<LobbyClient['link']>>();
  private connection: ServerConnection | null = null;
  private token: string | null = null;
  private closed = false;
  /** Repeated after a reconnection for as long as there is no match. */
  private entered: EnterRequest | null = null;

  constructor(private readonly options: LobbyOptions) {
    const page = typeof location === 'undefined' ? undefined : location.href;
    this.server = new URL(options.server, page);
    this.now = options.now ?? (() => performance.now());
    const isConnected = () => this.connected;
    this.relay = {
      send: (to, packet) => {
        // Nothing is kept for later: the links repeat what must arrive.
        if (isConnected()) this.connection?.socket.emit('relay', to, packet);
      },
      onPacket: (listener) => this.relayed.on('packet', (packet) => listener(...packet)),
      get connected() {
        return isConnected();
      },
    };
  }

  get connected(): boolean {
    return this.connection?.connected === true;
  }

  /** Largest possible error of `serverToLocal`, or null before the first probe. */
  get clock_error_ms(): Milliseconds | null {
    return this.connection?.clock.error_ms ?? null;
  }

  /** Returns a function that stops listening. */
  on<K extends keyof LobbyEvents>(name: K, listener: (value: LobbyEvents[K]) => void): () => void {
    return this.events.on(name, listener);
  }

  /** Gets a token and connects. Once. @throws LobbyError */
  async join(): Promise<void> {
    const request: JoinRequest = { participant: this.options.participant };
    const { token, participant } = await this.askForToken(request);
    if (this.closed) throw new LobbyError('closed', 'the client was closed while it joined');
    this.token = token;
    this.participant = participant;
    if (typeof addEventListener === 'function') addEventListener('pagehide', this.leaveWithPage);
    if (typeof document !== 'undefined') {
      document.addEventListener('freeze', this.asleep);
      document.addEventListener('resume', this.awake);
    }
    this.connection = this.connect(token);
    await this.connection.whenConnected(ANSWER_MS);
  }

  /** Asks for a match; `waiting`, `matched` or `timed_out` follow. @throws LobbyError */
  async enter(request: EnterRequest): Promise<{ resumed: boolean }> {
    const { resumed } = await this.joined().request<{ resumed: boolean }>(
      (socket, answer) => socket.emit('enter', request, answer),
      ANSWER_MS,
    );
    this.entered = request;
    return { resumed };
  }

  /** All links are proven and the environment is loaded. @throws LobbyError */
  async ready(match_id: string, probes: Probe[] = []): Promise<void> {
    await this.joined().request<object>(
      (socket, answer) => socket.emit('ready', { match_id, probes }, answer),
      ANSWER_MS,
    );
  }

  /** No path to `player` works. @throws LobbyError */
  async peerLost(match_id: string, player: PlayerIndex): Promise<PeerLostReply> {
    const lost = { match_id, player };
    // A repeated report of its type would withdraw the loss.
    this.linkTypes.delete(player);
    return this.joined().request<PeerLostReply>((socket, answer) => {
      // Found again while the server was away: the loss must not come after that.
      if (this.linkTypes.has(player)) answer(null, { ok: true, left_in_ms: 0, asleep: false });
      else socket.emit('peer_lost', lost, answer);
    }, ANSWER_MS);
  }

  /** Reports the path of a link; the newest is repeated after a reconnection. */
  link(match_id: string, player: PlayerIndex, link_type: LinkType): void {
    this.linkTypes.set(player, [match_id, player, link_type]);
    if (this.connected) this.connection?.socket.emit('link', { match_id, player, link_type });
  }

  /** A queue for this participant's records of a match. Close it, or drain it. */
  uploads(match_id: string): UploadQueue {
    const isConnected = () => this.connected;
    const port: UploadPort = {
      upload: (chunk) =>
        this.joined().attempt((socket, answer) => socket.emit('upload', chunk, answer)),
      episodeDone: (episode) =>
        this.joined().attempt((socket, answer) => socket.emit('episode_done', episode, answer)),
      onConnected: (listener) => this.events.on('connected', listener),
      get connected() {
        return isConnected();
      },
    };
    return new UploadQueue(port, match_id);
  }

  /** Ends the participant's trial on the server. A local record of any length is sent in pieces. */
  async finish(request: FinishRequest, within_ms: Milliseconds = 2 * ANSWER_MS): Promise<Finished> {
    const connection = this.joined();
    const deadline = this.now() + within_ms;
    this.entered = null;
    const last = { ...request };
    for (let seq = 0; last.local_record.length > MAX_LOCAL_RECORD_PIECE; seq++) {
      const text = last.local_record.slice(0, MAX_LOCAL_RECORD_PIECE);
      last.local_record = last.local_record.slice(MAX_LOCAL_RECORD_PIECE);
      // Only members of a match have a record.
      if (last.match_id === null) continue;
      const piece = { match_id: last.match_id, seq, text };
      await connection.request<object>(
        (socket, answer) => socket.emit('local_record', piece, answer),
        deadline - this.now(),
      );
    }
    const { verification, completion_code, common_end } = await connection.request<Finished>(
      (socket, answer) => socket.emit('finish', last, answer),
      deadline - this.now(),
    );
    // The server has the outcome: closing the page is no departure any more.
    this.token = null;
    return { verification, completion_code, common_end };
  }

  /** Local time, on the clock `now`, of a moment on the server's clock. */
  serverToLocal(at_ms: number): Milliseconds {
    // Before the first probe is answered, the two wall clocks are all there is.
    return this.connection?.clock.toLocal(at_ms) ?? at_ms - Date.now() + this.now();
  }

  /** Tells the server that the participant is gone, even from a page that closes; then closes. */
  leave(): void {
    if (this.token !== null && !this.closed) {
      const url = this.url('leave');
      const body = JSON.stringify({ token: this.token });
      // Text needs no preflight across origins, which a closing page could not wait for.
      // Node has a navigator too, without beacons.
      const beacon = typeof navigator !== 'undefined' && 'sendBeacon' in navigator;
      const sent = beacon && navigator.sendBeacon(url, body);
      if (!sent) fetch(url, { method: 'POST', body, keepalive: true }).catch(() => undefined);
    }
    this.close();
  }

  /** Ends the connection, every wait and every listener. May be called twice. */
  close(): void {
    this.closed = true;
    if (typeof removeEventListener === 'function') {
      removeEventListener('pagehide', this.leaveWithPage);
    }
    if (typeof document !== 'undefined') {
      document.removeEventListener('freeze', this.asleep);
      document.removeEventListener('resume', this.awake);
    }
    this.connection?.close();
    this.events.clear();
    this.relayed.clear();
  }

  private readonly leaveWithPage = (): void => this.leave();
  /** Said at once or not at all: partners would take the silence for a lost connection. */
  private readonly asleep = (): void => {
    if (this.connected) this.connection?.socket.emit('asleep');
  };
  private readonly awake = (): void => {
    if (this.connected) this.connection?.socket.emit('awake');
  };

  private joined(): ServerConnection {
    if (this.closed) throw new LobbyError('closed', 'the client was closed');
    if (this.connection === null) throw new LobbyError('not_joined', 'call join() first');
    return this.connection;
  }

  private url(end: string): string {
    return `${this.server.origin}${this.server.pathname.replace(/\/+$/, '')}/${end}`;
  }

  private async askForToken(request: JoinRequest): Promise<JoinReply> {
    let response: Response;
    let body: unknown;
    try {
      response = await fetch(this.url('join'), {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(request),
        signal: AbortSignal.timeout(ANSWER_MS),
      });
      body = await response.json();
    } catch (cause) {
      throw new LobbyError('unreachable', `the server at ${this.url('')} cannot be reached`, {
        cause,
      });
    }
    if (response.ok && isJoinReply(body)) return body;
    const { code, message } = errorIn(body, response.status);
    throw new LobbyError(code, message);
  }

  private connect(token: string): ServerConnection {
    const { events } = this;
    const connection = new ServerConnection(this.server, token, this.now, {
      connected: () => {
        this.resume(connection);
        events.emit('connected', {});
      },
      disconnected: (reason) => events.emit('disconnected', { reason }),
      refused: (reason) => events.emit('refused', { reason }),
    });
    const { socket } = connection;
    socket.on('waiting', (m) => events.emit('waiting', m));
    socket.on('timed_out', (m) => {
      this.entered = null;
      events.emit('timed_out', m);
    });
    socket.on('matched', (m) => {
      this.linkTypes.clear();
      events.emit('matched', m);
    });
    socket.on('start', (m) => {
      this.entered = null;
      // Before its start a match has no record in which they could stand.
      this.repeatLinkTypes(connection);
      events.emit('start', m);
    });
    socket.on('dissolved', (m) => events.emit('dissolved', m));
    socket.on('player_left', (m) => events.emit('player_left', m));
    socket.on('closing', (m) => events.emit('closing', m));
    socket.on('replaced', () => {
      events.emit('replaced', {});
      this.close();
    });
    socket.on('relay', (from, packet: unknown) => {
      const bytes = toBytes(packet);
      if (bytes !== null) this.relayed.emit('packet', [from, bytes]);
    });
    return connection;
  }

  /** A restarted server has forgotten its pool; to one that has not, these are repetitions. */
  private resume(connection: ServerConnection): void {
    if (this.entered !== null) connection.socket.emit('enter', this.entered, () => undefined);
    this.repeatLinkTypes(connection);
  }

  private repeatLinkTypes(connection: ServerConnection): void {
    for (const [match_id, player, link_type] of this.linkTypes.values()) {
      connection.socket.emit('link', { match_id, player, link_type });
    }
  }
}

function isJoinReply(body: unknown): body is JoinReply {
  return (
    typeof body === 'object' &&
    body !== null &&
    'token' in body &&
    typeof body.token === 'string' &&
    'participant' in body &&
    typeof body.participant === 'string'
  );
}

/** The kit's `{ error: { code, message } }`, or what a proxy in between may have said instead. */
function errorIn(body: unknown, status: number): { code: string; message: string } {
  const error: unknown = typeof body === 'object' && body !== null && 'error' in body && body.error;
  if (typeof error === 'object' && error !== null && 'code' in error && 'message' in error) {
    return { code: String(error.code), message: String(error.message) };
  }
  return { code: 'refused', message: `the server answered ${status}. Is its address right?` };
}

/** Socket.IO hands binary over as an ArrayBuffer in browsers and as a Buffer in Node. */
function toBytes(packet: unknown): Uint8Array | null {
  if (packet instanceof ArrayBuffer) return new Uint8Array(packet);
  if (!ArrayBuffer.isView(packet)) return null;
  return new Uint8Array(packet.buffer, packet.byteOffset, packet.byteLength);
}
