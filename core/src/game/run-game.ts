import type { MatchedMessage, Outcome, PlayerIndex, PlayerLeftMessage } from '../contract/index.ts';
import type { EnvironmentDescription } from '../environment/environment.ts';
import type { Mesh, MeshEvents } from '../link/link.ts';
import { connectMesh } from '../link/mesh.ts';
import { LobbyClient } from '../lobby/lobby-client.ts';
import type { UploadQueue } from '../lobby/upload-queue.ts';
import { matchSha256 } from '../record/canonical-recorder.ts';
import { broken, COMPLETED, deserted, expelled, failed, mismatched, parted } from './endings.ts';
import { entryOf } from './entry.ts';
import { LoadError, overall } from './environment-worker.ts';
import { EnvironmentLease } from './environments.ts';
import { gameResult, type Confirmation, type Ending, type Gathered } from './game-result.ts';
import { FiguresTeller } from './figures-teller.ts';
import type { FromWorker, ToWorker } from './messages.ts';
import { Presentation } from './presentation.ts';
import type { GameEvents, GameOptions, GameResult, GameRun, PlayerInput } from './run.ts';
import { StateCourier } from './state-courier.ts';
import { Reach, UNREACHABLE_MS } from './reach.ts';
import { Timers } from './timers.ts';
import { Watchdog } from './watchdog.ts';

/** How long links stay open for partners who do not know yet that the match is over, ms. */
const FINISHING_MS = 5_000;
/** How long a participant waits for the last bytes to be acknowledged, ms. */
const SAVING_MS = 30_000;
/** How often links are read for the round-trip times that the engine and the record want, ms. */
const LINK_SAMPLE_MS = 500;
/** How long a stopping worker may take to hand over its local record, ms. */
const STOPPING_MS = 2_000;

/** After these no other game is played with the same Python. */
const BROKEN_OFF: readonly Outcome[] = ['left', 'load_failed', 'environment_error', 'unsupported'];

/** Plays one game from loading to the last acknowledged byte. */
export function runGame(options: GameOptions, events: GameEvents): GameRun {
  const run = new Run(options, events);
  run.begin();
  return run;
}

/** Entries in the page's User Timing line: what the bench measures, and a lab can look at. */
function mark(
  moment: 'joined' | 'loaded' | 'matched' | 'linked' | 'start' | 'first-frame' | 'over',
): void {
  performance.mark(`cotrial:${moment}`);
}

const UNCONFIRMED: Confirmation = {
  verification: 'unverified',
  completion_code: null,
  common_end: null,
};

/** What fails here is known otherwise: the server's state, or the end of the connection. */
const ignore = (): void => undefined;

class Run implements GameRun {
  readonly finished: Promise<GameResult>;
  private settle!: (result: GameResult) => void;

  private readonly timers = new Timers();
  private readonly watchdog = new Watchdog(
    this.timers,
    () => this.tell({ type: 'ping' }),
    () => this.crashed('The environment did not come back from a call for 30 s.'),
  );
  private readonly screen: Presentation;
  private readonly figures: FiguresTeller;
  private worker: EnvironmentLease | null = null;
  private lobby: LobbyClient | null = null;
  private mesh: Mesh | null = null;
  private courier: StateCourier | null = null;
  private reach: Reach | null = null;
  private uploads: UploadQueue | null = null;
  private match: MatchedMessage | null = null;
  private playing = false;
  private loaded = false;
  private joined: Promise<boolean> = Promise.resolve(false);

  private ending: Ending | null = null;
  private departure: PlayerLeftMessage | null = null;
  private readonly proven = new Set<PlayerIndex>();
  private lastInput: PlayerInput = { held: null, pressed: null, focused: true };
  /** The session goes on telling the others that the match is over. */
  private lingers = false;
  private peersKnow: () => void = ignore;
  private readonly everybodyKnows = new Promise<void>((resolve) => (this.peersKnow = resolve));
  private workerStopped: () => void = ignore;

  private readonly began = performance.now();
  private enteredAt = this.began;
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
    this.screen = new Presentation(events, this.timers, options.episodes, UNREACHABLE_MS);
    this.figures = new FiguresTeller(events, () => this.tell({ type: 'figures' }));
  }

  begin(): void {
    const { options } = this;
    this.screen.loading('engine', 0);
    this.timers.after(options.load_timeout_ms, () => {
      const seconds = options.load_timeout_ms / 1000;
      if (!this.loaded) this.end(failed('load_failed', 'loading', `not loaded in ${seconds} s`));
    });
    this.worker = new EnvironmentLease(
      options,
      {
        message: (message) => this.fromWorker(message),
        crashed: (reason) => this.crashed(reason),
      },
      (stage, fraction) => {
        if (!this.loaded) this.screen.loading(stage, fraction);
      },
    );
    const lobby = new LobbyClient({ server: options.server, participant: options.participant });
    this.lobby = lobby;
    this.listen(lobby);
    this.joined = this.join(lobby);
    this.worker.loaded.then(
      (environment) => this.enter(lobby, environment),
      (error: unknown) => this.end(this.loadFailure(error)),
    );
  }

  input(input: PlayerInput): void {
    this.lastInput = { ...input, pressed: null };
    this.tell({ type: 'input', ...input });
  }

  abort(reason: string): void {
    this.end({ outcome: 'left', by: this.ownAgent(), reason, error: null });
  }

  private fromWorker(message: FromWorker): void {
    this.watchdog.heard();
    switch (message.type) {
      case 'packet':
        this.mesh?.send(message.to, message.bytes);
        break;
      case 'state':
        this.courier?.send(message.to, message.bytes);
        break;
      case 'draw':
        this.events.draw(message.list);
        break;
      case 'began':
        mark('first-frame');
        this.screen.playing(0);
        break;
      case 'episode_started':
        if (message.episode > 0) this.screen.playing(message.episode);
        this.mesh?.boundary();
        break;
      case 'chunk':
        (this.gathered.chunks[message.episode] ??= []).push(message.bytes);
        this.uploads?.append(message.episode, message.bytes);
        break;
      case 'episode_ended':
        this.episodeEnded(message);
        break;
      case 'stalled':
        this.stalled(message.waiting_for);
        break;
      case 'ended':
        mark('over');
        this.lingers = true;
        this.end(this.endOfMatch(message.reason));
        break;
      case 'desync':
        mark('over');
        this.lingers = message.lingers;
        this.end(parted(message));
        break;
      case 'refused':
        this.end(mismatched(this.gathered.agents[message.player] ?? null, message.message));
        break;
      case 'finished':
        this.peersKnow();
        break;
      case 'error':
        this.end(broken('environment_error', message.error, this.ownAgent()));
        break;
      case 'pong':
        // That anything came is what counts.
        break;
      case 'figures':
        if (this.ending === null) this.figures.answered(message);
        break;
      case 'stopped':
        this.gathered.local = message.local;
        this.gathered.metrics = message.metrics;
        this.workerStopped();
        break;
    }
  }

  /** The worker itself failed, which no message could tell: the browser took it away, or a defect. */
  private crashed(message: string): void {
    const outcome = this.playing ? 'environment_error' : 'load_failed';
    this.end(broken(outcome, { where: 'engine', message, traceback: '' }, this.ownAgent()));
  }

  private loadFailure(error: unknown): Ending {
    if (error instanceof LoadError) return broken('load_failed', error.error, null);
    return failed('load_failed', 'engine', String(error));
  }

  private tell(message: ToWorker): void {
    this.worker?.post(message, 'bytes' in message ? [message.bytes.buffer] : []);
  }

  /** Beside loading: the connection is there when the environment is. */
  private async join(lobby: LobbyClient): Promise<boolean> {
    try {
      await lobby.join();
      mark('joined');
      return true;
    } catch (error) {
      this.end(failed('load_failed', 'server', error instanceof Error ? error.message : ''));
      return false;
    }
  }

  private async enter(lobby: LobbyClient, environment: EnvironmentDescription): Promise<void> {
    if (this.ending !== null) return;
    mark('loaded');
    this.loaded = true;
    this.gathered.load_ms = performance.now() - this.began;
    this.gathered.agents = environment.agents.map((agent) => agent.id);
    this.events.loaded(environment);
    this.screen.loading('server', overall('server', 0));
    if (!(await this.joined)) return;
    this.enteredAt = performance.now();
    try {
      await lobby.enter(entryOf(this.options, environment));
    } catch (error) {
      this.end(failed('load_failed', 'server', error instanceof Error ? error.message : ''));
    }
  }

  private listen(lobby: LobbyClient): void {
    lobby.on('waiting', ({ waited_ms, timeout_ms }) => {
      if (this.match === null) this.screen.waiting(waited_ms, timeout_ms);
    });
    lobby.on('timed_out', ({ mismatch }) => {
      this.gathered.wait_ms = performance.now() - this.enteredAt;
      this.end(failed('timed_out_waiting', 'lobby', mismatch ?? 'nobody else came in time'));
    });
    lobby.on('matched', (match) => this.matched(lobby, match));
    lobby.on('dissolved', ({ match_id }) => {
      if (match_id === this.match?.match_id && this.ending === null) this.leaveMatch();
    });
    lobby.on('start', ({ match_id, at_ms }) => {
      if (match_id === this.match?.match_id) this.start(lobby.serverToLocal(at_ms));
    });
    lobby.on('player_left', (departure) => this.playerLeft(departure));
    lobby.on('replaced', () => {
      this.end(failed('removed', 'lobby', 'the experiment was opened in another tab'));
    });
    lobby.on('refused', ({ reason }) => this.end(failed('removed', 'lobby', reason)));
    lobby.on('closing', ({ reason }) => {
      if (!this.playing) this.end(failed('server_closed', 'server', reason));
    });
  }

  private matched(lobby: LobbyClient, match: MatchedMessage): void {
    if (this.ending !== null || match.match_id === this.match?.match_id) return;
    mark('matched');
    this.match = match;
    this.uploads = lobby.uploads(match.match_id);
    this.gathered.match_id = match.match_id;
    this.gathered.player = match.you;
    this.gathered.wait_ms = performance.now() - this.enteredAt;
    this.proven.clear();
    this.events.seated(match.you, this.gathered.agents[match.you] ?? '');
    this.screen.connecting();
    this.tell({ type: 'match', seed: match.seed, local: match.you, settings: match.settings });
    this.input(this.lastInput);
    this.courier = new StateCourier({
      sendControl: (to, bytes) => this.mesh?.sendControl(to, bytes),
      arrived: (from, bytes) => this.tell({ type: 'state', from, bytes }),
      now: () => performance.now(),
      after: (delay, callback) => this.timers.after(delay, callback),
    });
    this.reach = new Reach({
      match_id: match.match_id,
      others: match.players.map(({ player }) => player).filter((player) => player !== match.you),
      timers: this.timers,
      server: lobby,
      told: (player, reply) => {
        this.screen.unreachable(this.gathered.agents[player] ?? '', reply);
      },
      gone: (departure) => this.playerLeft(departure),
      isolated: (departure) => this.isolated(departure),
    });
    const { ice_servers, relay_only } = match.ice;
    this.mesh = connectMesh(
      {
        local: match.you,
        players: match.players,
        signaling: {
          origin: new URL(this.options.server, document.baseURI).origin,
          ...match.signaling,
        },
        ice: { ice_servers, relay_only: relay_only || this.options.relay_only },
        relay: lobby.relay,
        probe: match.max_p2p_rtt_ms !== null,
      },
      this.meshEvents(lobby, match.match_id),
    );
    if (match.players.length === 1) this.ready(lobby, match.match_id);
  }

  private meshEvents(lobby: LobbyClient, matchId: string): MeshEvents {
    return {
      packet: (from, bytes) => this.tell({ type: 'packet', from, bytes: bytes.slice() }),
      control: (from, bytes) => this.courier?.received(from, bytes),
      up: (player) => {
        this.reach?.found(player);
        if (this.reach?.whole) this.screen.resumed();
        // Also takes back what was said of a player who could not be reached.
        const type = this.mesh?.status().find((link) => link.player === player)?.type;
        if (type) lobby.link(matchId, player, type);
        if (this.playing || this.proven.has(player)) return;
        this.proven.add(player);
        const others = (this.match?.players.length ?? 1) - 1;
        if (this.proven.size === others) this.ready(lobby, matchId);
      },
      down: (player, reason) => this.linkDown(player, reason),
      quality: (player, quality, rtt_ms) => {
        this.events.quality(this.gathered.agents[player] ?? '', quality, rtt_ms);
      },
      type: (player, type, reason) => {
        performance.mark('cotrial:link', { detail: { player, type, reason } });
        lobby.link(matchId, player, type);
      },
    };
  }

  private ready(lobby: LobbyClient, matchId: string): void {
    mark('linked');
    const probes = (this.mesh?.status() ?? []).flatMap(({ player, probe_ms }) =>
      probe_ms === null ? [] : [{ player, rtt_ms: probe_ms }],
    );
    lobby.ready(matchId, probes).catch(ignore);
  }

  private start(at: number): void {
    if (this.ending !== null || this.playing) return;
    mark('start');
    this.screen.countdown(at);
    this.playing = true;
    this.tell({ type: 'start', in_ms: at - performance.now() });
    this.sampleLinks();
    this.timers.after(at - performance.now(), () => {
      if (this.ending === null) this.watchdog.start();
    });
  }

  private sampleLinks(): void {
    this.timers.after(LINK_SAMPLE_MS, () => {
      const pings_ms: Record<string, number> = {};
      for (const { player, rtt_ms, jitter_ms } of this.mesh?.status() ?? []) {
        if (rtt_ms === null) continue;
        this.gathered.pings.push(rtt_ms);
        pings_ms[this.gathered.agents[player] ?? ''] = rtt_ms;
        this.tell({ type: 'rtt', player, rtt_ms, jitter_ms: jitter_ms ?? 0 });
      }
      if (this.ending !== null) return;
      this.figures.sampled(pings_ms);
      this.sampleLinks();
    });
  }

  private episodeEnded(ended: Extract<FromWorker, { type: 'episode_ended' }>): void {
    const { summary, broken_off, n_agreed } = ended;
    this.gathered.episodes.push(summary);
    const { episode, seed, n_frames, sha256 } = summary;
    // What goes wrong here, `drained` tells as well.
    this.uploads?.done({ episode, seed, n_frames, sha256, broken_off, n_agreed }).catch(ignore);
  }

  private linkDown(player: PlayerIndex, reason: string): void {
    if (!this.playing || this.ending !== null) return;
    this.screen.unreachable(this.gathered.agents[player] ?? '', null);
    this.reach?.lost(player, reason);
  }

  private stalled(waitingFor: PlayerIndex[] | null): void {
    const player = waitingFor?.[0];
    if (player !== undefined) this.screen.stalled(this.gathered.agents[player] ?? '');
    else if (this.reach?.whole) this.screen.resumed();
  }

  private playerLeft(departure: PlayerLeftMessage): void {
    if (this.ending !== null || departure.match_id !== this.match?.match_id) return;
    if (departure.player === this.match.you) {
      this.end(expelled(departure, this.ownAgent()));
      return;
    }
    this.departure ??= departure;
    this.reach?.left(departure.player);
    if (this.playing && this.reach?.whole) this.screen.resumed();
    this.courier?.playerLeft(departure.player);
    if (this.playing) this.tell({ type: 'player_left', player: departure.player });
  }

  /** Not even the server answers: the match ends here, and what others have is compared later. */
  private isolated(departure: PlayerLeftMessage): void {
    if (this.ending !== null || departure.match_id !== this.match?.match_id) return;
    this.departure ??= departure;
    this.tell({ type: 'isolated' });
  }

  private endOfMatch(reason: 'completed' | 'player_left'): Ending {
    const { departure } = this;
    if (reason === 'completed' || departure === null) return COMPLETED;
    return deserted(departure, this.gathered.agents[departure.player] ?? null);
  }

  /** The first ending counts; all that follows is saving and tearing down. */
  private end(ending: Ending): void {
    if (this.ending !== null) return;
    this.ending = ending;
    this.watchdog.stop();
    this.screen.saving();
    void this.close(ending).then((result) => {
      this.screen.ended(result);
      this.settle(result);
    });
  }

  private async close(ending: Ending): Promise<GameResult> {
    const { lobby, gathered } = this;
    this.mesh?.settle();
    if (this.lingers) {
      await Promise.race([this.everybodyKnows, this.timers.delay(FINISHING_MS)]);
    }
    const stopped = await this.stopWorker();
    gathered.links = this.mesh?.status() ?? [];
    let confirmed: Confirmation = UNCONFIRMED;
    if (lobby !== null) {
      if (ending.outcome === 'left') lobby.leave();
      else if (lobby.connected || gathered.match_id !== null) {
        confirmed = await this.confirm(lobby, ending);
      }
    }
    this.leaveMatch();
    this.worker?.release(stopped && !BROKEN_OFF.includes(ending.outcome) ? 'keep' : 'end');
    this.worker = null;
    lobby?.close();
    this.timers.clear();
    return gameResult(ending, gathered, confirmed);
  }

  /** Uploads what is left, then says how it ended. */
  private async confirm(lobby: LobbyClient, ending: Ending): Promise<Confirmation> {
    const { match_id, episodes, local, metrics, links } = this.gathered;
    const state_pieces_refused = this.courier?.refused ?? 0;
    const pending: Confirmation = { ...UNCONFIRMED, verification: 'pending' };
    const finish = async (): Promise<Confirmation> => {
      await this.uploads?.drained().catch(ignore);
      return lobby.finish({
        match_id,
        outcome: ending.outcome,
        outcome_by: ending.by,
        outcome_reason: ending.reason.slice(-2_000),
        record_sha256: episodes.length === 0 ? null : matchSha256(episodes),
        local_record: JSON.stringify({ ...local, metrics, links, state_pieces_refused }),
      });
    };
    const late = this.timers.delay(SAVING_MS).then(() => pending);
    return Promise.race([finish().catch(() => pending), late]);
  }

  /** Resolves to whether nothing of the match is to come any more. */
  private async stopWorker(): Promise<boolean> {
    if (this.match === null || this.worker === null) return true;
    const stopped = new Promise<boolean>((resolve) => (this.workerStopped = () => resolve(true)));
    this.tell({ type: 'stop' });
    return Promise.race([stopped, this.timers.delay(STOPPING_MS).then(() => false)]);
  }

  /** Links and uploads end; the environment stays loaded for the next match. */
  private leaveMatch(): void {
    this.mesh?.close();
    this.mesh = null;
    this.courier?.close();
    this.courier = null;
    this.uploads?.close();
    this.uploads = null;
    this.match = null;
    this.playing = false;
    this.reach?.close();
    this.reach = null;
    this.tell({ type: 'stop' });
  }

  private ownAgent(): string | null {
    const { player, agents } = this.gathered;
    return player === null ? null : (agents[player] ?? null);
  }
}
