import { STATUS, type Frame, type PlayerIndex } from '../contract/index.ts';
import type { InputQueue } from './input-queue.ts';
import { REQUEST, type RequestList } from './requests.ts';
import type { SavePolicy } from './save-policy.ts';
import { SteppedInputs } from './stepped-inputs.ts';

/** What the simulation needs to know of the match. */
export interface SimulationOptions {
  players: number;
  actionBytes: number;
  defaultActions: Uint8Array[];
  prediction: 'repeat' | 'default';
  checksumInterval: number;
  maxSteps: number | null;
  /** Frames that may lie between the oldest kept and the newest, a power of two. */
  capacity: number;
}

/** A frame that was stepped with a wrong prediction, and whose it was. */
export interface Misprediction {
  frame: Frame;
  player: PlayerIndex;
  predicted: Uint8Array;
}

/**
 * One episode as it is played: steps frames with real or predicted inputs, notices wrong
 * predictions, and steps again. Writes requests; runs nothing.
 */
export class Simulation {
  /** Frame that is stepped next. */
  frame: Frame = 0;
  /** Frame on which the environment ended the episode, unless a rollback undoes it, or -1. */
  over: Frame = -1;
  /** Earliest wrong prediction that has not been corrected. */
  wrong: Misprediction | null = null;

  /** Where each seat begins to play as `left`: Infinity for those who play. */
  readonly cuts: number[];
  private readonly stepped: SteppedInputs;
  private readonly saved: Uint8Array;
  /** The input that was chosen last, reused for every one: where its action's bytes begin. */
  private readonly chosen: { status: number; action: Uint8Array; offset: number } = {
    status: STATUS.playing,
    action: new Uint8Array(0),
    offset: 0,
  };
  /** State that the environment is in once the list so far is run; -1 after it failed: none. */
  private stateAt: Frame = 0;
  /** Frame that the environment could not step with the inputs it was given, or -1. */
  private failedOn: Frame = -1;

  constructor(
    private readonly options: SimulationOptions,
    private readonly queues: readonly InputQueue[],
    private readonly policy: SavePolicy,
  ) {
    const { capacity, players, actionBytes } = options;
    this.cuts = Array.from({ length: players }, () => Infinity);
    this.stepped = new SteppedInputs(capacity, players, actionBytes);
    this.saved = new Uint8Array(capacity);
  }

  /** Forgets the episode before. */
  clear(): void {
    this.frame = 0;
    this.over = -1;
    this.wrong = null;
    this.failedOn = -1;
  }

  /** Starts a fresh episode. */
  begin(list: RequestList, seed: number): void {
    this.stateAt = 0;
    list.push(REQUEST.reset);
    list.push(seed | 0);
    this.save(list, 0);
  }

  /** Real inputs of `player` came, of frames `from` to `to` - 1. */
  inputsArrived(player: PlayerIndex, from: Frame, to: Frame): void {
    const queue = this.queues[player]!;
    const wrong = this.stepped.firstWrong(queue, player, from, Math.min(to, this.frame));
    if (wrong >= 0) this.mispredicted(wrong, player);
  }

  /** `player`'s seat plays the default action from frame `cut` on; Infinity if that is open again. */
  cutKnown(player: PlayerIndex, cut: Frame): void {
    this.cuts[player] = cut;
    const action = this.options.defaultActions[player]!;
    for (let frame = cut; frame < this.frame; frame++) {
      if (!this.stepped.equals(frame, player, action, 0)) {
        this.mispredicted(frame, player);
        return;
      }
    }
  }

  /** The episode turned out to end before `frame`: what was stepped beyond never was. */
  truncate(frame: Frame): void {
    if (frame < this.frame) this.frame = frame;
    if (this.wrong !== null && this.wrong.frame >= frame) this.wrong = null;
    if (this.over >= frame) this.over = -1;
    if (this.failedOn >= frame) this.failedOn = -1;
  }

  /** Corrects the earliest wrong prediction and steps again up to where it was. */
  rollBack(list: RequestList): Misprediction | null {
    const { wrong } = this;
    if (wrong === null) return null;
    this.wrong = null;
    if (this.over >= wrong.frame) this.over = -1;
    if (this.failedOn >= wrong.frame) this.failedOn = -1;
    this.goTo(list, wrong.frame);
    while (this.stateAt < this.frame) this.advance(list);
    return wrong;
  }

  /** Steps frame `frame`. */
  step(list: RequestList): void {
    if (this.stateAt !== this.frame) {
      this.goTo(list, this.frame);
      while (this.stateAt < this.frame) this.advance(list);
    }
    this.advance(list);
    this.frame = this.stateAt;
  }

  /**
   * Another peer's state before `frame` takes the place of ours, and what was stepped beyond is
   * stepped again.
   *
   * @param over whether the episode ended with the frame before
   */
  restore(list: RequestList, frame: Frame, state: Uint8Array, over: boolean): void {
    if (this.stateAt < 0) this.goTo(list, this.frame);
    if (this.failedOn >= frame) this.failedOn = -1;
    list.push(REQUEST.restore);
    list.push(frame);
    list.push(state.length);
    list.pushBytes(state, 0, state.length);
    this.saved[frame & (this.options.capacity - 1)] = 1;
    this.stateAt = frame;
    this.wrong = null;
    this.over = over ? frame - 1 : -1;
    if (over) this.frame = frame;
    while (this.stateAt < this.frame) this.advance(list);
  }

  /** The newest kept state at or below `frame`, if `frame` is not below all that is kept. */
  newestKept(frame: Frame): Frame {
    const mask = this.options.capacity - 1;
    let state = frame;
    while (this.saved[state & mask] === 0) state -= 1;
    return state;
  }

  /** The environment's answer to the list: it ended the episode on `frame`. */
  ended(frame: Frame): void {
    this.over = frame;
    this.frame = frame + 1;
    this.stateAt = frame + 1;
  }

  /**
   * The environment's answer to the list: it could not step `frame`, and ran nothing after it. The
   * frame counts as not stepped, until it has other inputs.
   */
  failed(frame: Frame): void {
    for (let state = frame + 1; state <= this.frame; state++) {
      this.saved[state & (this.options.capacity - 1)] = 0;
    }
    this.truncate(frame);
    this.failedOn = frame;
    this.stateAt = -1;
  }

  /** Whether the next frame failed with the very inputs that it would be stepped with again. */
  get stuck(): boolean {
    const { failedOn, frame } = this;
    if (failedOn !== frame) return false;
    for (let player = 0; player < this.options.players; player++) {
      this.chooseInput(frame, player);
      const { action, offset } = this.chosen;
      if (!this.stepped.equals(frame, player, action, offset)) return false;
    }
    return true;
  }

  /** Whether the environment is in a state, which can be drawn; not after it failed. */
  get standing(): boolean {
    return this.stateAt >= 0;
  }

  /** That an episode ended is only known afterwards: its last state is kept then. */
  keepEnd(list: RequestList): void {
    const last = this.over + 1;
    if (last === 0 || this.stateAt !== last) return;
    if (this.saved[last & (this.options.capacity - 1)] === 0) this.save(list, last);
  }

  /** What `player` played when `frame` was stepped last: a copy. */
  steppedAction(frame: Frame, player: PlayerIndex): Uint8Array {
    return this.stepped.action(frame, player);
  }

  /** Meta word of `frame`'s row, once real inputs are here (requests.ts). */
  rowMeta(frame: Frame, player: PlayerIndex): number {
    if (frame >= this.cuts[player]!) return STATUS.left << 8;
    return this.queues[player]!.meta(frame) | (STATUS.playing << 8);
  }

  private mispredicted(frame: Frame, player: PlayerIndex): void {
    if (this.wrong !== null && this.wrong.frame <= frame) return;
    this.wrong = { frame, player, predicted: this.stepped.action(frame, player) };
  }

  private goTo(list: RequestList, frame: Frame): void {
    const state = this.newestKept(frame);
    list.push(REQUEST.load);
    list.push(state);
    this.stateAt = state;
  }

  private advance(list: RequestList): void {
    const frame = this.stateAt;
    if (frame === this.failedOn) this.failedOn = -1;
    list.push(REQUEST.advance);
    list.push(frame);
    for (let player = 0; player < this.options.players; player++) {
      this.pushInput(list, frame, player);
    }
    this.stateAt = frame + 1;
    if (this.mustKeep(frame + 1) || this.policy.keeps(frame + 1)) this.save(list, frame + 1);
    else this.saved[(frame + 1) & (this.options.capacity - 1)] = 0;
  }

  /** States that checksums are taken of, whatever the policy. */
  private mustKeep(frame: Frame): boolean {
    const { checksumInterval, maxSteps } = this.options;
    return frame % checksumInterval === 0 || frame === maxSteps;
  }

  private pushInput(list: RequestList, frame: Frame, player: PlayerIndex): void {
    this.chooseInput(frame, player);
    const { status, action, offset } = this.chosen;
    this.stepped.record(frame, player, action, offset);
    list.push(status);
    list.pushBytes(action, offset, this.options.actionBytes);
  }

  /** What `player` plays on `frame`, as far as it is known now: into `chosen`. */
  private chooseInput(frame: Frame, player: PlayerIndex): void {
    const { chosen } = this;
    const queue = this.queues[player]!;
    chosen.action = this.options.defaultActions[player]!;
    chosen.offset = 0;
    chosen.status = STATUS.playing;
    if (frame >= this.cuts[player]!) {
      chosen.status = STATUS.left;
    } else if (frame < queue.held) {
      chosen.action = queue.actions;
      chosen.offset = queue.offset(frame);
    } else if (this.options.prediction === 'repeat' && queue.held > 0) {
      chosen.action = queue.actions;
      chosen.offset = queue.offset(queue.held - 1);
    }
  }

  private save(list: RequestList, frame: Frame): void {
    list.push(REQUEST.save);
    list.push(frame);
    this.saved[frame & (this.options.capacity - 1)] = 1;
  }
}
