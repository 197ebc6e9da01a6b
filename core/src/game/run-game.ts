import type {
  EnterRequest,
  GameSettings,
  MatchedMessage,
  Outcome,
  PlayerIndex,
  PlayerLeftMessage,
} from '../contract/index.ts';
import type { EnvironmentDescription } from '../environment/environment.ts';
import { connectMesh } from '../link/mesh.ts';
import type { Mesh } from '../link/link.ts';
import { LobbyClient } from '../lobby/lobby-client.ts';
import { UploadQueue } from '../lobby/upload-queue.ts';
import { matchSha256 } from '../record/canonical-recorder.ts';
import { gameResult, type Confirmation, type Ending, type Gathered } from './game-result.ts';
import type { FromWorker, ToWorker, WorkerError } from './messages.ts';
import type {
  GameEvents,
  GameOptions,
  GameResult,
  GameRun,
  GameState,
  PlayerInput,
} from './run.ts';
import { WorkerHandle } from './worker-handle.ts';

/** Frames a second where neither the researcher nor the environment says. */
const DEFAULT_FPS = 30;
/** Frames between checksums: one a second at most rates, cheap and soon enough to find a fault. */
const CHECKSUM_INTERVAL = 30;
/** How long links stay open for partners who do not know yet that the match is over, ms. */
const FINISHING_MS = 5_000;
/** How long a participant waits for the last bytes to be acknowledged, ms. */
const SAVING_MS = 30_000;
/** How long a match waits for a partner that cannot be reached (NET-10), ms. */
const UNREACHABLE_MS = 15_000;
/** A pause shorter than this is not shown: it would flicker. */
const STALL_SHOWN_MS = 1_000;
/** How often links are read for the round-trip times that the engine and the record want, ms. */
const LINK_SAMPLE_MS = 500;

/** Entries in the page's User Timing line: what the bench measures, and a lab can look at. */
function mark(moment: 'loaded' | 'matched' | 'start' | 'first-frame' | 'over'): void {
  performance.mark(`cotrial:${moment}`);
}

/** Plays one game from loading to the last acknowledged byte. */
export function runGame(options: GameOptions, events: GameEvents): GameRun {
  const run = new Run(options, events);
  run.begin();
  return run;
}

class Run implements GameRun {
  readonly finished: Promise<GameResult>;
  private settle!: (result: GameResult) => void;

  private worker: WorkerHandle | null = null;
  private lobby: LobbyClient | null = null;
  private uploads: UploadQueue | null = null;
  private mesh: Mesh | null = null;
  private match: MatchedMessage | null = null;
  private environment: EnvironmentDescription | null = null;

  private ending: Ending | null = null;
  private departure: PlayerLeftMessage | null = null;
  private state: GameState['name'] | null = null;
  private readonly proven = new Set<PlayerIndex>();
  private readonly unreachable = new Map<PlayerIndex, () => void>();
  private readonly timers = new Set<ReturnType<typeof setTimeout>>();
  private cancelStall: (() => void) | null = null;
  private lastInput: PlayerInput = { held: null, pressed: null, focused: true };
  private peersKnow: () => void = () => undefined;
  private readonly everybodyKnows = new Promise<void>((resolve) => (this.peersKnow = resolve));
  private stopped: (message: Extract<FromWorker, { type: 'stopped' }>) => void = () => undefined;
  private playing = false;

  private readonly began = performance.now();
  private enteredAt = 0;
  private readonly gathered: Gathered = {
    match_id: null,
    agents: [],
    player: null,
    episodes: [],
    chunks: [],
    local: null,
    metrics: null,
    links: [],
    pings: [],
    load_ms: 0,
    wait_ms: 0,
  };

  constructor(
    private readonly options: GameOptions,
    private readonly events: GameEvents,
  ) {
    this.finished = new Promise((resolve) => (this.settle = resolve));
  }

  begin(): void {
    const { options } = this;
    this.show({ name: 'loading', stage: 'engine', fraction: 0 });
    const server = new URL(options.server.replace(/\/$/, ''), document.baseURI).href;
    const pyodide = options.pyodide_url ?? `${server}/pyodide/`;
    this.after(options.load_timeout_ms, () => {
      if (this.environment === null) {
        this.fail('load_failed', 'loading', `not loaded after ${options.load_timeout_ms / 1000} s`);
      }
    });
    try {
      this.worker = new WorkerHandle(
        options.worker_url,
        (message) => this.fromWorker(message),
        (reason) => this.fail('load_failed', 'engine', reason),
      );
      this.tell({
        type: 'load',
        pyodide_url: new URL(pyodide.replace(/\/?$/, '/'), document.baseURI).href,
        source: options.source,
        source_name: options.source_name,
        environment_options: options.environment_options,
        packages: options.packages,
      });
    } catch (error) {
      this.fail('load_failed', 'engine', String(error));
    }
  }

  input(input: PlayerInput): void {
    this.lastInput = { ...input, pressed: null };
    this.tell({ type: 'input', ...input });
  }

  abort(reason: string): void {
    this.end({ outcome: 'left', by: this.ownAgent(), reason, error: null });
  }

  // ---- the worker -------------------------------------------------------------------------

  private fromWorker(message: FromWorker): void {
    switch (message.type) {
      case 'progress':
        this.show({ name: 'loading', stage: message.stage, fraction: message.fraction });
        break;
      case 'loaded':
        void this.loaded(message.description);
        break;
      case 'load_failed':
        this.failWith('load_failed', message.error);
        break;
      case 'packet':
        this.mesh?.send(message.to, message.bytes);
        break;
      case 'draw':
        this.events.draw(message.list);
        break;
      case 'began':
        mark('first-frame');
        this.showPlaying(0);
        break;
      case 'episode_started':
        if (message.episode > 0) this.showPlaying(message.episode);
        break;
      case 'chunk':
        (this.gathered.chunks[message.episode] ??= []).push(message.bytes);
        this.uploads?.chunk(message.episode, message.seq, message.bytes);
        break;
      case 'episode_ended':
        this.gathered.episodes.push(message.summary);
        this.uploads?.done(message.summary);
        break;
      case 'stalled':
        this.stalled(message.waiting_for);
        break;
      case 'ended':
        mark('over');
        this.end(this.endOfMatch(message.reason));
        break;
      case 'finished':
        this.peersKnow();
        break;
      case 'error':
        this.failWith('environment_error', message.error);
        break;
      case 'stopped':
        this.stopped(message);
        break;
    }
  }

  private tell(message: ToWorker): void {
    this.worker?.post(message, message.type === 'packet' ? [message.bytes.buffer] : []);
  }

  // ---- loading and lobby ------------------------------------------------------------------

  private async loaded(description: EnvironmentDescription): Promise<void> {
    mark('loaded');
    this.environment = description;
    this.gathered.load_ms = performance.now() - this.began;
    this.gathered.agents = description.agents.map((agent) => agent.id);
    this.events.loaded(description);
    this.show({ name: 'loading', stage: 'server', fraction: 1 });
    try {
      const lobby = await LobbyClient.join(this.options.server, this.options.participant);
      if (this.ending !== null) {
        lobby.close();
        return;
      }
      this.lobby = lobby;
      this.uploads = new UploadQueue(lobby);
      this.listen(lobby);
      this.enteredAt = performance.now();
      const entered = await lobby.enter(this.entry(description));
      if (!entered.ok) this.fail('load_failed', 'server', entered.error.message);
    } catch (error) {
      this.fail('load_failed', 'server', error instanceof Error ? error.message : String(error));
    }
  }

  private entry(description: EnvironmentDescription): EnterRequest {
    const { options } = this;
    const settings: GameSettings = {
      fps: options.fps ?? description.fps ?? DEFAULT_FPS,
      episodes: options.episodes,
      max_steps: options.max_steps,
      input_delay: options.input_delay,
      prediction: options.prediction,
      on_leave: options.on_leave,
      checksum_interval: CHECKSUM_INTERVAL,
      environment_options: JSON.stringify(options.environment_options),
      pyodide_version: description.pyodide_version,
    };
    return {
      game: options.game,
      agents: this.gathered.agents,
      environment_sha256: description.sha256,
      settings,
      wait_timeout_ms: options.wait_timeout_ms,
    };
  }

  private listen(lobby: LobbyClient): void {
    lobby.on('waiting', ({ waited_ms, timeout_ms }) => {
      if (this.match === null) this.show({ name: 'waiting', waited_ms, timeout_ms });
    });
    lobby.on('timed_out', () => {
      this.fail('timed_out_waiting', 'lobby', 'nobody else came in time');
    });
    lobby.on('matched', (match) => this.matched(match));
    lobby.on('dissolved', () => this.dissolved());
    lobby.on('start', ({ at_ms }) => this.start(lobby.serverToLocal(at_ms)));
    lobby.on('player_left', (message) => this.playerLeft(message));
    lobby.on('replaced', () => this.fail('removed', 'lobby', 'opened in another tab'));
    lobby.on('closing', () => {
      if (!this.playing) this.fail('server_closed', 'server', 'the server is closing');
    });
  }

  // ---- the match --------------------------------------------------------------------------

  private matched(match: MatchedMessage): void {
    if (this.ending !== null || this.lobby === null) return;
    mark('matched');
    this.match = match;
    this.gathered.player = match.you;
    this.gathered.wait_ms = performance.now() - this.enteredAt;
    this.proven.clear();
    this.events.seated(match.you, this.gathered.agents[match.you] ?? '');
    this.show({ name: 'connecting' });
    this.tell({ type: 'match', seed: match.seed, local: match.you, settings: match.settings });
    this.input(this.lastInput);
    const others = match.players.filter(({ player }) => player !== match.you);
    this.mesh = connectMesh(
      {
        local: match.you,
        players: match.players.map(({ player, peer_id }) => ({ player, peer_id })),
        signaling: { origin: this.lobby.origin, ...match.signaling },
        ice: {
          ice_servers: match.ice.ice_servers,
          relay_only: match.ice.relay_only || this.options.relay_only,
        },
        relay: this.lobby.relay,
      },
      {
        packet: (from, bytes) => this.tell({ type: 'packet', from, bytes: bytes.slice() }),
        control: () => undefined,
        up: (player) => this.linkUp(player),
        down: (player, reason) => this.linkDown(player, reason),
        type: (player, link_type) =>
          this.lobby?.link({ match_id: match.match_id, player, link_type }),
      },
    );
    if (others.length === 0) void this.ready();
  }

  private dissolved(): void {
    if (this.ending !== null) return;
    this.leaveMatch();
    this.show({ name: 'waiting', waited_ms: 0, timeout_ms: this.options.wait_timeout_ms });
  }

  private linkUp(player: PlayerIndex): void {
    this.unreachable.get(player)?.();
    this.unreachable.delete(player);
    if (this.playing) {
      if (this.unreachable.size === 0 && this.state === 'paused') this.showPlaying();
      const type = this.mesh?.status().find((link) => link.player === player)?.type;
      const match_id = this.match?.match_id;
      if (type && match_id) this.lobby?.link({ match_id, player, link_type: type });
      return;
    }
    this.proven.add(player);
    if (this.match !== null && this.proven.size === this.match.players.length - 1) {
      void this.ready();
    }
  }

  private async ready(): Promise<void> {
    if (this.match !== null) await this.lobby?.ready(this.match.match_id);
  }

  private start(at: number): void {
    if (this.ending !== null || this.match === null) return;
    mark('start');
    this.show({ name: 'countdown', starts_at: at });
    this.playing = true;
    this.tell({ type: 'start', in_ms: at - performance.now() });
    this.sampleLinks();
  }

  /** The round-trip time steers the engine's input delay, and its median is in the data row. */
  private sampleLinks(): void {
    this.after(LINK_SAMPLE_MS, () => {
      for (const { player, rtt_ms, jitter_ms } of this.mesh?.status() ?? []) {
        if (rtt_ms === null) continue;
        this.gathered.pings.push(rtt_ms);
        this.tell({ type: 'rtt', player, rtt_ms, jitter_ms: jitter_ms ?? 0 });
      }
      if (this.ending === null) this.sampleLinks();
    });
  }

  private linkDown(player: PlayerIndex, reason: string): void {
    if (!this.playing || this.ending !== null || this.match === null) return;
    const { match_id } = this.match;
    this.showPaused(player, 'unreachable', UNREACHABLE_MS);
    this.lobby?.peerLost(match_id, player);
    // The server orders departures. Where it cannot be reached either, this peer ends alone.
    const cancel = this.after(UNREACHABLE_MS + 1_000, () => {
      if (this.lobby?.connected !== true) {
        this.playerLeft({ match_id, player, order: 0, outcome: 'connection_lost', reason });
      }
    });
    this.unreachable.set(player, cancel);
  }

  private playerLeft(message: PlayerLeftMessage): void {
    if (this.ending !== null || message.match_id !== this.match?.match_id) return;
    if (message.player === this.match.you) {
      const outcome = message.outcome === 'left' ? 'removed' : message.outcome;
      this.end({ outcome, by: this.ownAgent(), reason: message.reason, error: null });
      return;
    }
    this.departure ??= message;
    if (this.playing) this.tell({ type: 'player_left', player: message.player });
  }

  private endOfMatch(reason: 'completed' | 'player_left'): Ending {
    const { departure } = this;
    if (reason === 'completed' || departure === null) {
      return { outcome: 'completed', by: null, reason: '', error: null };
    }
    const by = this.gathered.agents[departure.player] ?? null;
    if (departure.outcome === 'environment_error') {
      const error = {
        where: `player ${by}`,
        message: departure.reason,
        traceback: departure.reason,
      };
      return { outcome: 'environment_error', by, reason: departure.reason, error };
    }
    const lost = departure.outcome === 'connection_lost';
    const outcome = lost ? 'connection_lost' : 'partner_left';
    return { outcome, by, reason: departure.reason, error: null };
  }

  // ---- the end ----------------------------------------------------------------------------

  private fail(outcome: Outcome, where: string, message: string): void {
    const broken = outcome === 'load_failed' || outcome === 'environment_error';
    const error = broken ? { where, message, traceback: '' } : null;
    this.end({ outcome, by: null, reason: message, error });
  }

  private failWith(outcome: Outcome, error: WorkerError): void {
    this.end({ outcome, by: this.ownAgent(), reason: error.traceback || error.message, error });
  }

  /** The first ending counts; all that follows is saving and tearing down. */
  private end(ending: Ending): void {
    if (this.ending !== null) return;
    this.ending = ending;
    void this.close(ending).then((result) => {
      this.show({ name: 'ended', result });
      this.settle(result);
    });
  }

  private async close(ending: Ending): Promise<GameResult> {
    const { lobby, uploads, gathered } = this;
    const aborted = ending.outcome === 'left';
    let confirmed: Confirmation = { verification: 'unverified', completion_code: null };
    if (lobby !== null && !aborted) {
      this.show({ name: 'saving' });
      const goodbye = this.match !== null && this.playing && ending.outcome === 'completed';
      if (goodbye) await Promise.race([this.everybodyKnows, this.delay(FINISHING_MS)]);
    }
    await this.stopWorker();
    gathered.links = this.mesh?.status() ?? [];
    gathered.match_id = this.match?.match_id ?? null;
    if (lobby !== null) {
      confirmed = await this.confirm(lobby, uploads, ending, aborted ? 0 : SAVING_MS);
    }
    const result = gameResult(ending, gathered, confirmed);
    this.leaveMatch();
    this.tearDown();
    return result;
  }

  /** Uploads what is left, then says how it ended; `limit` ms at most. */
  private async confirm(
    lobby: LobbyClient,
    uploads: UploadQueue | null,
    ending: Ending,
    limit: number,
  ): Promise<Confirmation> {
    const { episodes, local, metrics, links } = this.gathered;
    const pending: Confirmation = { verification: 'pending', completion_code: null };
    const finish = async (): Promise<Confirmation> => {
      await uploads?.drained();
      const reply = await lobby.finish({
        match_id: this.match?.match_id ?? null,
        outcome: ending.outcome,
        outcome_by: ending.by,
        outcome_reason: ending.reason.slice(-2_000),
        record_sha256: episodes.length === 0 ? null : matchSha256(episodes),
        local_record: JSON.stringify({ ...local, metrics, links }),
      });
      return reply.ok ? reply : pending;
    };
    if (limit === 0) lobby.leave();
    const late = this.delay(limit).then(() => pending);
    return Promise.race([finish().catch(() => pending), late]);
  }

  private async stopWorker(): Promise<void> {
    if (this.match === null || this.worker === null) return;
    const answer = new Promise<void>((resolve) => {
      this.stopped = ({ local, metrics }) => {
        Object.assign(this.gathered, { local, metrics });
        resolve();
      };
    });
    this.tell({ type: 'stop' });
    await Promise.race([answer, this.delay(1_000)]);
  }

  private leaveMatch(): void {
    this.mesh?.close();
    this.mesh = null;
    this.match = null;
    this.playing = false;
    for (const cancel of this.unreachable.values()) cancel();
    this.unreachable.clear();
  }

  private tearDown(): void {
    this.worker?.terminate();
    this.worker = null;
    this.lobby?.close();
    this.lobby = null;
    for (const timer of this.timers) clearTimeout(timer);
    this.timers.clear();
  }

  // ---- what the participant sees ----------------------------------------------------------

  private show(state: GameState): void {
    if (this.ending !== null && state.name !== 'saving' && state.name !== 'ended') return;
    this.state = state.name;
    this.events.state(state);
  }

  private episode = 0;
  private showPlaying(episode = this.episode): void {
    this.episode = episode;
    this.show({ name: 'playing', episode, episodes: this.match?.settings.episodes ?? 1 });
  }

  private showPaused(player: PlayerIndex, reason: 'unreachable' | 'slow', limit_ms: number): void {
    const agent = this.gathered.agents[player] ?? '';
    this.show({ name: 'paused', agent, reason, since: performance.now(), limit_ms });
  }

  private stalled(waitingFor: PlayerIndex[] | null): void {
    this.cancelStall?.();
    this.cancelStall = null;
    if (waitingFor !== null) {
      const player = waitingFor[0];
      if (player === undefined) return;
      this.cancelStall = this.after(STALL_SHOWN_MS, () => {
        if (this.state === 'playing') this.showPaused(player, 'slow', UNREACHABLE_MS);
      });
    } else if (this.state === 'paused' && this.unreachable.size === 0) this.showPlaying();
  }

  // ---- small things -----------------------------------------------------------------------

  private ownAgent(): string | null {
    const { player, agents } = this.gathered;
    return player === null ? null : (agents[player] ?? null);
  }

  private after(delay: number, callback: () => void): () => void {
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      callback();
    }, delay);
    this.timers.add(timer);
    return () => {
      clearTimeout(timer);
      this.timers.delete(timer);
    };
  }

  private delay(ms: number): Promise<void> {
    return new Promise((resolve) => void this.after(ms, resolve));
  }
}
