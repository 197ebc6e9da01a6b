import type { GameSettings, PlayerIndex } from '../contract/index.ts';
import { decodeMarshal } from '../contract/index.ts';
import type { Environment } from '../environment/environment.ts';
import { CanonicalRecorder } from '../record/canonical-recorder.ts';
import { LocalRecorder, type LocalRecord } from '../record/local-recorder.ts';
import {
  RESULT,
  Results,
  Session,
  type SessionEvent,
  type SessionMetrics,
} from '../rollback/index.ts';
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
 * One match in the worker: each tick it asks the session what to do, lets the environment do all
 * of it in one crossing, and hands on what came out.
 */
export class GameLoop {
  private readonly session: Session;
  private readonly recorder: CanonicalRecorder;
  private local: LocalRecorder;
  private readonly results = new Results();
  private readonly pictures: PictureRequests;
  readonly input: PlayerInputSampler;
  private due = 0;
  private cancelTimer: (() => void) | null = null;
  private over = false;
  private began = false;
  private ended = false;
  private reason: 'completed' | 'player_left' = 'completed';

  constructor(
    private readonly environment: Environment,
    private readonly player: PlayerIndex,
    settings: GameSettings,
    seed: number,
    private readonly clock: LoopClock,
    private readonly post: (message: FromWorker) => void,
  ) {
    const { agents, action_bytes, costs } = environment.description;
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

  playerLeft(player: PlayerIndex): void {
    this.session.playerLeft(player);
  }

  rtt(player: PlayerIndex, rttMs: number, jitterMs: number): void {
    this.session.setRtt(player, rttMs, jitterMs);
  }

  /** Nothing runs any more; what this peer alone knows of the match. */
  stop(): { local: LocalRecord; metrics: SessionMetrics } {
    this.over = true;
    this.cancelTimer?.();
    this.cancelTimer = null;
    this.recorder.flush();
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
    const { session, results } = this;
    const requests = session.tick(now, this.input);
    this.takeEvents();
    if (requests.length > 0) {
      this.pictures.ask(requests);
      this.environment.run(requests, results);
      this.takeResults();
      if (this.over) return;
      results.rewind();
      session.completed(results);
      this.takeEvents();
      if (!this.began) this.post({ type: 'began' });
      this.began = true;
    }
    session.packets(now, this.sendPacket);
    this.takeEvents();
    if (!this.ended && session.phase !== 'playing') {
      this.ended = true;
      this.post({ type: 'ended', reason: this.reason });
    }
  }

  private readonly sendPacket = (to: PlayerIndex, packet: Uint8Array): void => {
    this.post({ type: 'packet', to, bytes: packet.slice() });
  };

  private takeResults(): void {
    const { results } = this;
    results.rewind();
    while (results.next()) {
      if (results.kind === RESULT.row) this.recorder.row(results.frame, results.payload);
      else if (results.kind === RESULT.draw) {
        const drawing = this.pictures.take(results.frame, results.payload);
        if (drawing !== null) this.post({ type: 'draw', list: drawing });
      } else if (results.kind === RESULT.error) this.fail(readError(results.payload));
    }
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
        this.post({ type: 'episode_ended', summary: this.recorder.endEpisode() });
        this.reason = event.reason === 'player_left' ? 'player_left' : 'completed';
        break;
      case 'stall_started':
        this.post({ type: 'stalled', waiting_for: event.waiting_for });
        break;
      case 'stall_ended':
        this.post({ type: 'stalled', waiting_for: null });
        break;
      case 'refused': {
        // The partner's side finds the same of ours: nobody waits for the other.
        const where = `the game of ${this.environment.description.agents[event.player]!.id}`;
        this.fail({ where, message: event.message, traceback: '' });
        break;
      }
      case 'finished':
        this.post({ type: 'finished' });
        break;
    }
  }

  private fail(error: WorkerError): void {
    this.over = true;
    this.post({ type: 'error', error });
  }
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
