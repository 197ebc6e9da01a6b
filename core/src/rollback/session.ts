import type { Frame, Milliseconds, PlayerIndex } from '../contract/index.ts';
import { isRefusal, ProtocolError } from '../protocol/error.ts';
import { checkOptions } from './check-options.ts';
import { Exporter } from './exporter.ts';
import { Farewell } from './farewell.ts';
import { Inbox } from './inbox.ts';
import { InputDelay } from './input-delay.ts';
import { LocalInputs } from './local-inputs.ts';
import { Match } from './match.ts';
import { Counters } from './metrics.ts';
import { Outbox } from './outbox.ts';
import { Pacing } from './pacing.ts';
import { RequestList } from './requests.ts';
import { RESULT, type Results } from './results.ts';
import { episodeSeed } from './seed.ts';
import { Stalls } from './stalls.ts';
import { StateAgreement } from './state-agreement.ts';
import { StateTransfer } from './state-transfer.ts';
import type {
  EpisodeEnd,
  FinishReason,
  InputSampler,
  SessionEvent,
  SessionMetrics,
  SessionOptions,
  SessionPhase,
} from './types.ts';

export { episodeSeed } from './seed.ts';
export type * from './types.ts';

/** Frames behind every other peer from which on more than one frame is stepped a tick. */
const CATCH_UP_BEYOND = 3;
/** Frames that a peer which slept steps a tick beyond the usual one, until it has caught up. */
const CATCH_UP_SLICE = 4;

/**
 * One peer's side of a match: inputs in, request lists out. Pure and synchronous: time, packets
 * and answers are arguments, and nothing here knows a clock, a network or an environment.
 *
 * Each tick the caller does, in this order: `receive` for every packet that came, `tick`, run the
 * list, `completed` with the answers, `packets`, `drainEvents`.
 */
export class Session {
  private readonly match: Match;
  private readonly inbox: Inbox;
  private readonly outbox: Outbox;
  private readonly inputs: LocalInputs;
  private readonly delay: InputDelay;
  private readonly pacing: Pacing;
  private readonly farewell: Farewell;
  private readonly transfer: StateTransfer;
  private readonly agreement: StateAgreement;
  private readonly exporter: Exporter;
  private readonly counters = new Counters();
  private readonly stalls = new Stalls(this.counters);
  private readonly list = new RequestList();
  private events: SessionEvent[] = [];

  private state: SessionPhase = 'playing';
  private begun = false;
  private lastTick: Milliseconds = 0;
  private ticksAtEnd = 0;
  private result: FinishReason = 'completed';

  /** @throws RangeError if the options are not those of a match */
  constructor(readonly options: SessionOptions) {
    checkOptions(options);
    const { players, local, fps } = options;
    this.match = new Match(options);
    this.inbox = new Inbox(this.match);
    this.outbox = new Outbox(this.match);
    this.inputs = new LocalInputs(this.match.queues[local]!, options.defaultActions[local]!);
    this.delay = new InputDelay(options.inputDelay, players, 1000 / fps);
    this.pacing = new Pacing(fps);
    this.farewell = new Farewell(this.match);
    this.transfer = new StateTransfer(this.match);
    this.agreement = new StateAgreement(this.match, this.transfer);
    this.exporter = new Exporter(this.match, this.agreement, this.transfer);
  }

  get phase(): SessionPhase {
    return this.state;
  }

  /** Episode being played, from 0; `options.episodes` once all are over. */
  get episode(): number {
    return this.match.episode;
  }

  /** Frame that is to be stepped next. */
  get frame(): Frame {
    return this.match.simulation.frame;
  }

  /** Frames of the present episode that were exported: agreed, and stepped with real inputs. */
  get exported(): Frame {
    return this.match.exported;
  }

  /** Frames below have every real input here: nothing below will roll back. */
  get held(): Frame {
    return this.match.marks.held();
  }

  /** The next list to run; valid until the next call. At most one rollback. */
  tick(now: Milliseconds, sampler: InputSampler): RequestList {
    const { match, list } = this;
    list.clear();
    this.lastTick = now;
    this.closeEpisode();
    if (match.finishing) {
      this.tryToFinish();
      return list;
    }
    if (!this.begun) this.begin();
    match.simulation.keepEnd(list);
    this.counters.framesExported += this.exporter.run(list);
    this.tell(this.transfer.request(list));
    this.rollBack();
    match.sync.update(match.remains);
    this.step(sampler);
    return list;
  }

  /** Whether the environment is in a state that can be drawn; not after it failed on a frame. */
  get standing(): boolean {
    return this.match.simulation.standing;
  }

  /**
   * The answers to the list of the last `tick`, from their beginning.
   *
   * @param failed frame that the environment could not step, if there is one: nothing after it was
   *   run. If one of its inputs was predicted, it may never have been, and play goes on; if it
   *   turns out to be real, a `failed` event says so. Of a frame below `held` that is clear at once.
   */
  completed(results: Results, failed: Frame | null = null): void {
    const { match } = this;
    results.rewind();
    while (results.next()) {
      if (results.kind === RESULT.over) match.simulation.ended(results.frame);
      if (results.kind === RESULT.checksum) {
        match.checksums.add(match.episode, results.frame, results.payload);
      }
      if (results.kind === RESULT.dump) {
        this.events.push(...this.transfer.dumped(results.frame, results.payload));
      }
    }
    if (failed !== null) match.simulation.failed(failed);
    this.compareChecksums();
    this.closeEpisode();
  }

  /** A packet of `from`: any bytes. @returns what was wrong with it; it then changed nothing. */
  receive(from: PlayerIndex, packet: Uint8Array, now: Milliseconds): ProtocolError | null {
    const { match } = this;
    if (match.queues[from] === undefined || from === this.options.local) {
      return new ProtocolError('impossible', `no other player has seat ${from}`);
    }
    if (!match.marks.remains(from)) return null;
    const part = (now - this.lastTick) / this.tickInterval();
    const error = this.inbox.take(from, packet, this.frame + Math.max(0, Math.min(1, part)));
    this.counters.received(packet.length, error !== null);
    if (error !== null) {
      this.noticeRefusal(from, error);
      return error;
    }
    this.compareChecksums();
    if (this.state === 'finished') {
      this.farewell.heardAfterwards(from, this.inbox.episode, this.inbox.frame);
    }
    return null;
  }

  /** Sends what is due, once after each tick. The packet's buffer is reused: copy what must stay. */
  packets(now: Milliseconds, send: (to: PlayerIndex, packet: Uint8Array) => void): void {
    const finished = this.state === 'finished';
    if (finished && !this.farewell.owesAny) return;
    if (!this.pacing.take(now)) return;
    for (let to = 0; to < this.options.players; to++) {
      if (to === this.options.local || !this.match.remains(to)) continue;
      if (finished && !this.farewell.takeOwed(to)) continue;
      const packet = this.outbox.write(to, now);
      this.counters.sent(packet.length);
      send(to, packet);
    }
  }

  /** The server says that `player` has left. Every peer is told all departures in one order. */
  playerLeft(player: PlayerIndex): void {
    if (!this.match.remains(player) || player === this.options.local) return;
    this.match.playerLeft(player);
    this.agreement.playerLeft(player);
    this.farewell.takeOwed(player);
    this.tryToFinish();
  }

  /**
   * Neither another player nor the server can be reached: the match ends here, with all frames that
   * are held. Others may have held some frames more or fewer.
   */
  isolate(): void {
    this.match.isolated = true;
    for (let player = 0; player < this.options.players; player++) this.playerLeft(player);
  }

  /**
   * Another peer's state, as its `send_state` event gave it: any bytes.
   *
   * @returns what was wrong with it; it then changed nothing
   */
  receiveState(from: PlayerIndex, bytes: Uint8Array): ProtocolError | null {
    if (from === this.options.local || !(this.match.queues[from] && this.match.remains(from))) {
      return new ProtocolError('impossible', `no other player has seat ${from}`);
    }
    const error = this.transfer.receive(from, bytes);
    if (error === null) this.agreement.settle();
    return error;
  }

  /** Asks for the oldest state that is kept: it comes as a `state_dump` event while playing. */
  dumpState(): void {
    this.transfer.show();
  }

  /** The link's newest figures. Without them time sync and delay work from nothing. */
  setRtt(player: PlayerIndex, rttMs: Milliseconds, jitterMs: Milliseconds): void {
    this.match.sync.setRtt(player, rttMs);
    this.delay.setRtt(player, rttMs, jitterMs);
  }

  /** ms from the last tick to the next, stretched or shrunk by at most 10% to meet the others. */
  tickInterval(): Milliseconds {
    return this.match.sync.tickInterval();
  }

  /** What happened since the last call. The same empty array whenever nothing did. */
  drainEvents(): readonly SessionEvent[] {
    if (this.events.length === 0) return NO_EVENTS;
    const { events } = this;
    this.events = [];
    return events;
  }

  metrics(): SessionMetrics {
    const { match } = this;
    return this.counters.report({
      inputs_received: this.inbox.inputsReceived,
      checksums: match.checksums.count,
      departures: match.departures.count,
      input_delay: this.delay.current,
      frame_advantage: -match.sync.framesAhead,
      speculative_frames: Math.max(0, this.frame - match.marks.held()),
    });
  }

  private noticeRefusal(player: PlayerIndex, { fault, message }: ProtocolError): void {
    if (!isRefusal(fault) || !this.match.handshake.refuse(player)) return;
    this.events.push({ kind: 'refused', player, reason: fault, message });
  }

  private begin(): void {
    const { episode } = this.match;
    const seed = episodeSeed(this.options.matchSeed, episode);
    this.match.simulation.begin(this.list, seed);
    this.begun = true;
    this.events.push({ kind: 'episode_started', episode, seed });
  }

  private rollBack(): void {
    const { match } = this;
    const current = this.frame;
    const wrong = match.simulation.rollBack(this.list);
    if (wrong === null) return;
    const frames = current - wrong.frame;
    this.counters.rolledBack(frames);
    this.events.push({
      kind: 'rollback',
      frame: wrong.frame,
      current_frame: current,
      rollback_frames: frames,
      player: wrong.player,
      predicted_action: wrong.predicted,
      actual_action: match.simulation.steppedAction(wrong.frame, wrong.player),
      t_ms: this.lastTick,
    });
  }

  private step(sampler: InputSampler): void {
    const { match } = this;
    if (this.frame >= match.end()) {
      this.ticksAtEnd += 1;
      // Agreeing on the last frame takes a moment; only a long wait is one to speak of.
      if (this.ticksAtEnd > match.predictionFrames) this.stall(match.exported);
      return;
    }
    this.ticksAtEnd = 0;
    if (match.sync.skips()) {
      this.counters.ticksSkipped += 1;
      return;
    }
    if (this.frame >= match.bound()) {
      this.stall(this.frame - match.predictionFrames);
      return;
    }
    if (match.simulation.stuck) {
      const { episode } = match;
      if (match.marks.held() > this.frame) {
        this.events.push({ kind: 'failed', episode, frame: this.frame });
      } else this.stall(this.frame);
      return;
    }
    this.tell(this.stalls.end(this.lastTick));
    this.advance(sampler);
    this.catchUp(sampler);
  }

  private advance(sampler: InputSampler): void {
    const { match } = this;
    const own = match.queues[this.options.local]!;
    const before = own.held;
    const delay = this.delay.frames(this.lastTick, match.remains);
    this.inputs.sample(this.frame, delay, this.options.maxSteps ?? Infinity, sampler);
    this.counters.inputsSent += own.held - before;
    match.simulation.step(this.list);
    this.counters.frames += 1;
  }

  /** After a sleep all others wait for us with inputs that we have: step them, a slice a tick. */
  private catchUp(sampler: InputSampler): void {
    const { match } = this;
    let slowest = Infinity;
    for (let p = 0; p < this.options.players; p++) {
      if (p !== this.options.local && match.remains(p)) {
        slowest = Math.min(slowest, match.sync.frameOf(p));
      }
    }
    if (slowest === Infinity || slowest - this.frame <= CATCH_UP_BEYOND) return;
    const most = Math.min(match.marks.held(), match.bound(), match.end());
    const to = Math.min(this.frame + CATCH_UP_SLICE, slowest, most);
    const from = this.frame;
    while (this.frame < to) this.advance(sampler);
    match.sync.jumped(this.frame - from);
  }

  private stall(frame: Frame): void {
    const { marks } = this.match;
    this.tell(this.stalls.begin(this.lastTick, () => marks.waitingFor(frame)));
  }

  private tell(event: SessionEvent | null): void {
    if (event !== null) this.events.push(event);
  }

  private compareChecksums(): void {
    const { match } = this;
    const { checksums } = match;
    for (let player = 0; player < this.options.players; player++) {
      if (player === this.options.local || !this.match.remains(player)) continue;
      for (;;) {
        const mismatch = checksums.compare(player);
        if (mismatch === null) break;
        this.counters.desyncs += 1;
        const state = mismatch.episode === match.episode ? match.newestKept() : null;
        this.events.push({ kind: 'desync', ...mismatch, state });
        if (mismatch.episode === match.episode) match.desyncFrame ??= mismatch.frame;
      }
    }
    this.agreement.settle();
  }

  /** Ends the episode once all its rows are out. */
  private closeEpisode(): void {
    const { match } = this;
    const { episode } = match;
    if (this.begun) this.agreement.noticeParting();
    // Until it is known who had what of a leaver, all stay in one episode.
    if (!this.begun || match.exported !== match.end() || !match.departures.resolved) return;
    const reason = this.endReason();
    this.tell(this.stalls.end(this.lastTick));
    const frames = match.exported;
    const desync_frame = match.desyncFrame;
    this.events.push({ kind: 'episode_ended', episode, frames, reason, desync_frame });
    const last = episode + 1 === this.options.episodes;
    const left = match.endsOnLeave && match.departures.anyCutBy(episode);
    if (reason === 'player_left' || (left && !last)) this.result = 'player_left';
    if (reason === 'desync') {
      this.result = 'desync';
      match.checksums.part();
    }
    this.agreement.clear();
    this.transfer.clear();
    match.enter(left || reason === 'desync' ? this.options.episodes : episode + 1);
    this.begun = false;
    this.ticksAtEnd = 0;
    if (!match.finishing) return;
    this.state = 'finishing';
    this.farewell.begin();
    this.tryToFinish();
  }

  private endReason(): EpisodeEnd {
    const { simulation, exported } = this.match;
    if (exported === this.match.desyncEnd) return 'desync';
    if (exported > 0 && simulation.over === exported - 1) return 'environment';
    return exported === this.options.maxSteps ? 'max_steps' : 'player_left';
  }

  private tryToFinish(): void {
    if (this.state !== 'finishing' || !this.farewell.isOver(this.lastTick)) return;
    this.state = 'finished';
    this.farewell.end();
    this.events.push({ kind: 'finished', reason: this.result });
  }
}

const NO_EVENTS: readonly SessionEvent[] = Object.freeze([]);
