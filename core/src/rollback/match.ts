import type { Frame, PlayerIndex } from '../contract/index.ts';
import { encodeHello } from '../protocol/hello.ts';
import { HELD_ALL, type PacketShape } from '../protocol/packet.ts';
import { Checksums } from './checksums.ts';
import { Departures } from './departures.ts';
import { Handshake } from './handshake.ts';
import { InputQueue } from './input-queue.ts';
import { Marks } from './marks.ts';
import { META_DELAY_MASK } from './requests.ts';
import { savePolicyFor } from './save-policy.ts';
import { Simulation } from './simulation.ts';
import { TimeSync } from './time-sync.ts';
import type { DesyncPolicy, SessionOptions } from './types.ts';

/** Prediction runs at most so long ahead of what is held (ROLL-4), s. */
const PREDICTION_S = 0.4;
/** ... and at least so many frames, so that slow games can hide a slow link too. */
const MIN_PREDICTION_FRAMES = 8;

/**
 * What this peer knows of the match at the moment: the parts that ticks, arriving packets and
 * departing packets all work on. Says what holds in one episode; session.ts says what happens when.
 */
export class Match {
  /** Of every packet, ours and theirs. */
  readonly shape: PacketShape;
  readonly policy: DesyncPolicy;
  readonly handshake: Handshake;
  readonly queues: InputQueue[];
  readonly marks: Marks;
  readonly departures: Departures;
  readonly simulation: Simulation;
  readonly sync: TimeSync;
  readonly checksums: Checksums;
  /** Frames that may be stepped beyond what is held. */
  readonly predictionFrames: number;
  /** Frames that may be stepped beyond what was exported: correct peers never come near it. */
  private readonly keptFrames: number;

  /** Present episode; `options.episodes` once all is played. */
  episode = 0;
  /** Frames of the present episode that were exported. */
  exported = 0;
  /** Frame at which a desync ends the match in this episode, or Infinity. */
  desyncEnd = Infinity;
  /** First frame of this episode on which another peer's checksum was not ours, or null. */
  desyncFrame: Frame | null = null;
  /** No other peer is left that could be reached: a departure ends the match whatever was agreed. */
  isolated = false;

  constructor(readonly options: SessionOptions) {
    const { players, local, actionBytes, fps } = options;
    this.predictionFrames = Math.max(MIN_PREDICTION_FRAMES, Math.ceil(PREDICTION_S * fps));
    // Two peers can be one prediction window apart, each with one of its own, plus the delay.
    const reach = 2 * (this.predictionFrames + META_DELAY_MASK + 1);
    const capacity = 2 ** Math.ceil(Math.log2(2 * reach));
    this.keptFrames = capacity - 2 * (META_DELAY_MASK + 1);
    this.queues = Array.from({ length: players }, () => new InputQueue(capacity, actionBytes));
    this.policy = options.onDesync ?? 'flag';
    const settings = { ...options, onDesync: this.policy };
    this.shape = { players, actionBytes, hello: encodeHello(settings, options.environmentHash) };
    this.handshake = new Handshake(players, local);
    this.marks = new Marks(players, local);
    this.departures = new Departures(players, local);
    const policy = savePolicyFor(options.costs);
    this.simulation = new Simulation({ ...options, capacity }, this.queues, policy);
    this.sync = new TimeSync(players, fps);
    this.checksums = new Checksums(players);
  }

  readonly remains = (player: PlayerIndex): boolean => this.marks.remains(player);

  /** Whether all episodes are played here. */
  get finishing(): boolean {
    return this.episode >= this.options.episodes;
  }

  /** Frames of the present episode, as far as it is known where it ends; Infinity if not. */
  end(): number {
    const { maxSteps } = this.options;
    const over = this.simulation.over;
    const known = Math.min(over < 0 ? Infinity : over + 1, maxSteps ?? Infinity);
    return Math.min(known, this.departureEnd(), this.desyncEnd);
  }

  /** Frames below can change no more: stepped in lists already run, agreed, not wrong. */
  final(): Frame {
    const { frame, wrong } = this.simulation;
    return Math.min(this.marks.agreed(), this.end(), frame, wrong?.frame ?? Infinity);
  }

  /**
   * Every k-th frame and an episode's last one. Not the last before a departure: a peer may have
   * exported that one before it knew that it was the last.
   */
  isChecked(frame: Frame): boolean {
    const { checksumInterval, maxSteps } = this.options;
    const last = frame === this.simulation.over || frame + 1 === maxSteps;
    return last || (frame + 1) % checksumInterval === 0;
  }

  /** The first checked frame from `frame` on, as far as this peer can see. */
  nextCheck(frame: Frame): Frame {
    while (!this.isChecked(frame)) frame += 1;
    return frame;
  }

  /** Whether every frame below `held` was stepped as it really was, or the episode ended before. */
  get settled(): boolean {
    const { frame, wrong } = this.simulation;
    return wrong === null && frame >= Math.min(this.marks.held(), this.end());
  }

  /** The oldest state that may still be needed: it is kept, and so is what comes after it. */
  newestKept(): Frame {
    return this.simulation.newestKept(this.exported);
  }

  /** States can no longer be made alike: the match ends before `frame`. */
  endByDesync(frame: Frame): void {
    this.desyncEnd = Math.min(this.desyncEnd, frame);
    this.simulation.truncate(frame);
  }

  /** Frame that may not be stepped yet, nor any beyond: ROLL-4, and the end of what can be kept. */
  bound(): number {
    return Math.min(this.marks.held() + this.predictionFrames, this.exported + this.keptFrames);
  }

  get endsOnLeave(): boolean {
    return this.isolated || this.options.onLeave === 'end';
  }

  /** Frame at which a departure ends the match in this episode, or Infinity. */
  departureEnd(): number {
    if (!this.endsOnLeave) return Infinity;
    let end = Infinity;
    for (const leaver of this.departures.order) {
      end = Math.min(end, this.departures.cut(leaver, this.episode));
    }
    return end;
  }

  /** After inputs of `player` were appended from frame `from` on. */
  inputsArrived(player: PlayerIndex, from: number): void {
    const held = this.queues[player]!.held;
    if (!this.finishing) this.simulation.inputsArrived(player, from, held);
    this.holds(player);
  }

  /** Tells the marks what is held of `player`, which is all once everything up to its cut is here. */
  holds(player: PlayerIndex): void {
    const held = this.queues[player]!.held;
    const complete = held >= this.departures.cut(player, this.episode);
    if (complete) this.departures.settle(player);
    this.marks.hold(player, complete ? HELD_ALL : held);
  }

  /** The server's word that `player` left, or another peer's word on who held what, has come. */
  departuresChanged(): void {
    this.departures.resolve();
    for (const leaver of this.departures.order) {
      const cut = this.departures.cut(leaver, this.episode);
      if (cut !== this.simulation.cuts[leaver]) this.simulation.cutKnown(leaver, cut);
      this.holds(leaver);
    }
    // Where the match ends with a departure, what was stepped beyond is dropped. Nothing is stepped
    // after the end: there the frame says that all is over (farewell.ts), and stays.
    if (!this.finishing) this.simulation.truncate(this.departureEnd());
  }

  playerLeft(player: PlayerIndex): void {
    this.marks.playerLeft(player);
    this.departures.add(player, this.episode, (q) => this.queues[q]!.held);
    this.departuresChanged();
  }

  /** Goes on to episode `episode`. */
  enter(episode: number): void {
    this.episode = episode;
    this.exported = 0;
    this.desyncEnd = Infinity;
    this.desyncFrame = null;
    this.simulation.clear();
    for (const queue of this.queues) queue.clear();
    this.marks.enter(episode);
    this.sync.beginEpisode();
    for (let p = 0; p < this.options.players; p++) {
      this.simulation.cuts[p] = this.departures.cut(p, episode);
      this.holds(p);
    }
  }
}
