import type { Frame, GameSettings, PlayerIndex } from '../contract/index.ts';
import { decodeMarshal } from '../contract/index.ts';
import type { Environment } from '../environment/environment.ts';
import { CanonicalRecorder } from '../record/canonical-recorder.ts';
import { LocalRecorder, type LocalRecord } from '../record/local-recorder.ts';
import {
  REQUEST,
  RESULT,
  Results,
  Session,
  type EpisodeEnd,
  type FinishReason,
  type SessionEvent,
  type SessionMetrics,
  RequestList,
} from '../rollback/index.ts';
import { answersMissing } from './answers-due.ts';
import { DesyncReport } from './desync-report.ts';
import type { FromWorker, WorkerError } from './messages.ts';
import { PictureRequests } from './picture-requests.ts';
import { PlayerInputSampler } from './player-input.ts';
import type { PlayerInput } from './run.ts';

/** Time and timers, so that tests own them. */
export interface LoopClock {
  now(): number;
  /** Calls `callback` once, about `delay` ms from now; returns a function that cancels. */
  after(delay: number, callback: () => void): () => void;
}

/**
 * A loop that was held up runs the ticks it owes back to back, up to this much time; what is older
 * is left to time sync, since the partners waited too.
 */
const MAX_OWED_MS = 250;
/** Ticks in one go, so that packets and inputs are heard in between. */
const MAX_TICKS_PER_SLICE = 4;

/**
 * Parts of an environment that run on speculative frames: what fails there may never have been.
 * What fails elsewhere (`reset`, `set_state`, the host itself) will not get better.
 */
const SPECULATIVE: ReadonlySet<string> = new Set(['step', 'get_state', 'render']);

/**
 * One match in the worker: each tick it asks the session what to do, lets the environment do all
 * of it in one crossing, and hands on what came out.
 */
export class GameLoop {
  private readonly session: Session;
  private readonly recorder: CanonicalRecorder;
  private local: LocalRecorder;
  private readonly results = new Results();
  /** For a state that is asked for outside of the session's lists. */
  private readonly dumpList = new RequestList();
  private readonly dumpResults = new Results();
  private readonly desyncs: DesyncReport;
  private readonly left = new Set<PlayerIndex>();
  /** What the environment said of a frame that may turn out never to have been. */
  private pending: WorkerError | null = null;
  private readonly pictures: PictureRequests;
  readonly input: PlayerInputSampler;
  private due = 0;
  private cancelTimer: (() => void) | null = null;
  private over = false;
  private began = false;
  private ended = false;
  private reason: FinishReason = 'completed';
  /** Frames of the episode that all players had when nobody could be reached any more, or null. */
  private agreedAlone: number | null = null;

  constructor(
    private readonly environment: Environment,
    private readonly player: PlayerIndex,
    settings: GameSettings,
    seed: number,
    private readonly clock: LoopClock,
    private readonly post: (message: FromWorker) => void,
  ) {
    const { agents, action_bytes, costs } = environment.description;
    environment.setRate(settings.fps);
    this.session = new Session({
      players: agents.length,
      local: player,
      actionBytes: action_bytes,
      defaultActions: agents.map((agent) => widen(agent.default_action, action_bytes)),
      fps: settings.fps,
      episodes: settings.episodes,
      maxSteps: settings.max_steps,
      matchSeed: seed,
      inputDelay: settings.input_delay,
      prediction: settings.prediction,
      checksumInterval: settings.checksum_interval,
      onLeave: settings.on_leave,
      onDesync: settings.on_desync,
      costs: { stepMs: costs.step, saveMs: costs.save },
      environmentHash: fromHex(environment.description.sha256),
    });
    this.pictures = new PictureRequests(player, agents.length, action_bytes);
    this.input = new PlayerInputSampler(agents[player]!.default_action);
    this.recorder = new CanonicalRecorder(player, (chunk) => post({ type: 'chunk', ...chunk }));
    this.local = new LocalRecorder(clock.now());
    this.desyncs = new DesyncReport(
      agents.map(({ id }) => id),
      player,
    );
  }

  start(inMs: number): void {
    this.due = this.clock.now() + inMs;
    this.local = new LocalRecorder(this.due);
    this.schedule();
  }

  packet(from: PlayerIndex, bytes: Uint8Array): void {
    const error = this.session.receive(from, bytes, this.clock.now());
    if (error !== null) this.takeEvents();
  }

  update(input: PlayerInput): void {
    this.input.update(input);
  }

  /** Another player's state, over the reliable path: any bytes. */
  state(from: PlayerIndex, bytes: Uint8Array): void {
    this.session.receiveState(from, bytes);
  }

  playerLeft(player: PlayerIndex): void {
    this.left.add(player);
    this.session.playerLeft(player);
  }

  /** Nobody can be reached any more: the match ends with the frames that are held here. */
  isolated(): void {
    this.agreedAlone ??= this.recorder.framesSoFar;
    this.session.isolate();
  }

  rtt(player: PlayerIndex, rttMs: number, jitterMs: number): void {
    this.session.setRtt(player, rttMs, jitterMs);
  }

  tellFigures(): void {
    const { rollbacks, rollback_frames, stall_ms } = this.session.metrics();
    this.post({ type: 'figures', rollbacks, rollback_frames, stall_ms });
  }

  /** Nothing runs any more; what this peer alone knows of the match. */
  stop(): { local: LocalRecord; metrics: SessionMetrics } {
    this.over = true;
    this.cancelTimer?.();
    this.cancelTimer = null;
    if (this.recorder.framesSoFar > 0) this.endEpisode(true);
    const local = this.local.close(this.clock.now());
    local.input_delays = this.recorder.delays;
    return { local, metrics: this.session.metrics() };
  }

  private schedule(): void {
    if (this.over) return;
    const wait = Math.max(0, this.due - this.clock.now());
    this.cancelTimer = this.clock.after(wait, () => this.slice());
  }

  private slice(): void {
    this.due = Math.max(this.due, this.clock.now() - MAX_OWED_MS);
    for (let ticks = 0; ticks < MAX_TICKS_PER_SLICE && !this.over; ticks++) {
      const now = this.clock.now();
      if (now < this.due) break;
      this.tick(now);
      this.due += this.session.tickInterval();
    }
    this.schedule();
  }

  private tick(now: number): void {
    const { session } = this;
    const requests = session.tick(now, this.input);
    this.takeEvents();
    if (requests.length > 0 && !this.over) this.run(requests);
    if (this.over) return;
    session.packets(now, this.sendPacket);
    this.takeEvents();
    if (!this.ended && session.phase !== 'playing') this.end();
  }

  private run(requests: RequestList): void {
    const { session, results } = this;
    if (session.standing) this.pictures.ask(requests);
    this.environment.run(requests, results);
    const failed = this.takeResults(requests);
    if (this.over) return;
    session.completed(results, failed);
    this.takeEvents();
    if (!this.began && failed === null) {
      this.began = true;
      this.post({ type: 'began' });
    }
  }

  private end(): void {
    this.ended = true;
    if (this.reason === 'desync') {
      this.post({ type: 'desync', lingers: true, ...this.desyncs.cause(this.left) });
    } else this.post({ type: 'ended', reason: this.reason });
  }

  private readonly sendPacket = (to: PlayerIndex, packet: Uint8Array): void => {
    this.post({ type: 'packet', to, bytes: packet.slice() });
  };

  /** @returns the frame that could not be stepped, if that may be undone */
  private takeResults(requests: RequestList): Frame | null {
    const { results } = this;
    let failed: Frame | null = null;
    results.rewind();
    while (results.next()) {
      if (results.kind === RESULT.row) this.recorder.row(results.frame, results.payload);
      else if (results.kind === RESULT.draw) {
        const drawing = this.pictures.take(results.frame, results.payload);
        if (drawing !== null) this.post({ type: 'draw', list: drawing });
      } else if (results.kind === RESULT.error) {
        failed = this.takeError(readError(results.payload), results.frame, requests);
        break;
      }
    }
    return failed;
  }

  /** @returns the frame that could not be stepped; or null, and then it is over */
  private takeError(error: WorkerError, frame: Frame, requests: RequestList): Frame | null {
    const { agents, action_bytes } = this.environment.description;
    // Saving and drawing see the state that a frame led to.
    const failed = error.where === 'step' ? frame : frame - 1;
    const speculative = SPECULATIVE.has(error.where) && failed >= this.session.held;
    if (error.where === 'state') this.fallOut(error);
    else if (!speculative || answersMissing(requests, this.results, agents.length, action_bytes)) {
      this.fail(error);
    } else this.pending = error;
    return this.over ? null : failed;
  }

  /** An episode starts before its first rows are taken, and ends after its last. */
  private takeEvents(): void {
    for (const event of this.session.drainEvents()) this.take(event);
  }

  private take(event: SessionEvent): void {
    this.local.event(event);
    switch (event.kind) {
      case 'episode_started':
        this.recorder.startEpisode(event.episode, event.seed);
        this.post({ type: 'episode_started', episode: event.episode });
        break;
      case 'episode_ended':
        this.endEpisode(this.agreedAlone !== null && event.reason === 'player_left');
        this.reason = endOf(event.reason);
        break;
      case 'desync':
        this.desyncs.add(event);
        this.keepState(event);
        break;
      case 'send_state':
        this.post({ type: 'state', to: event.to, bytes: event.bytes });
        break;
      case 'failed':
        if (this.pending !== null) this.fail(this.pending);
        break;
      case 'stall_started':
        this.post({ type: 'stalled', waiting_for: event.waiting_for });
        break;
      case 'stall_ended':
        this.post({ type: 'stalled', waiting_for: null });
        break;
      case 'refused':
        // The partner's side finds the same of ours: nobody waits for the other.
        this.over = true;
        this.post({ type: 'refused', player: event.player, message: event.message });
        break;
      case 'finished':
        this.post({ type: 'finished' });
        break;
    }
  }

  private endEpisode(broken_off: boolean): void {
    const summary = this.recorder.endEpisode();
    const n_agreed = broken_off ? (this.agreedAlone ?? summary.n_frames) : summary.n_frames;
    this.post({ type: 'episode_ended', summary, broken_off, n_agreed });
  }

  /** Keeps a state from before the mismatch for whoever looks for its reason (ROLL-8). */
  private keepState(mismatch: Extract<SessionEvent, { kind: 'desync' }>): void {
    const { dumpList, dumpResults, local } = this;
    if (mismatch.state === null || !local.wantsDump(mismatch)) return;
    dumpList.clear();
    dumpList.push(REQUEST.dump);
    dumpList.push(mismatch.state);
    this.environment.run(dumpList, dumpResults);
    dumpResults.rewind();
    // An environment that cannot give its state is none the worse: there is no dump.
    if (!dumpResults.next() || dumpResults.kind !== RESULT.dump) return;
    local.dump(mismatch, mismatch.state, dumpResults.payload);
  }

  /** The players' games differ, and the environment cannot give its state or take another. */
  private fallOut({ message }: WorkerError): void {
    this.over = true;
    const { id } = this.environment.description.agents[this.player]!;
    const said = this.desyncs.cause(this.left).message;
    const why = `The game of ${id} could not be made like the others again: ${message}`;
    this.post({ type: 'desync', lingers: false, by: id, message: `${said} ${why}` });
  }

  private fail(error: WorkerError): void {
    this.over = true;
    this.post({ type: 'error', error });
  }
}

function endOf(reason: EpisodeEnd): FinishReason {
  return reason === 'player_left' || reason === 'desync' ? reason : 'completed';
}

function widen(action: Uint8Array, length: number): Uint8Array {
  const wide = new Uint8Array(length);
  wide.set(action);
  return wide;
}

function fromHex(digits: string): Uint8Array {
  return Uint8Array.from(digits.match(/../g) ?? [], (byte) => parseInt(byte, 16));
}

function readError(payload: Uint8Array): WorkerError {
  const fields = decodeMarshal(payload);
  const [where, message, traceback] = (Array.isArray(fields) ? fields : []).map(String);
  return {
    where: where ?? 'step',
    message: message ?? 'unknown error',
    traceback: traceback ?? '',
  };
}
