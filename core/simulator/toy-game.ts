import { STATUS } from '../src/contract/index.ts';
import { MarshalWriter } from './marshal-writer.ts';
import type { Corruption } from './scenario.ts';

/**
 * The simulator's game: a state that mixes every action of every frame, so that a single wrong
 * input anywhere changes all that follows, and that now and then ends the episode.
 */
export interface ToyRules {
  players: number;
  actionBytes: number;
  /** An episode ends on about one frame in so many, after the first few; 0 for never. */
  endsOneIn: number;
}

/** Frames before the rules may end an episode. */
const LEAST_FRAMES = 20;

export interface ToyState {
  frame: number;
  a: number;
  b: number;
  /** A generator of its own, as environments have; part of the state. */
  generator: number;
}

/** What a frame did, for its row. */
export interface ToyStep {
  rewards: number[];
  over: boolean;
  /** State after the frame, mixed: what its checksum is taken of. */
  a: number;
  b: number;
}

export function resetToy(seed: number): ToyState {
  const a = mix(seed ^ 0x1234567, 0x9e3779b1);
  return { frame: 0, a, b: mix(a, seed), generator: mix(seed, 0x51ed270b) };
}

/** @param actions of all seats, one after another. Changes `state`. */
export function stepToy(rules: ToyRules, state: ToyState, actions: Uint8Array): ToyStep {
  state.generator = (Math.imul(state.generator, 1664525) + 1013904223) >>> 0;
  state.a = mix(state.a ^ state.generator, state.frame);
  for (const byte of actions) {
    state.a = mix(state.a, byte + 1);
    state.b = mix(state.b ^ state.a, 0x85ebca6b);
  }
  state.frame += 1;
  const rewards: number[] = [];
  for (let p = 0; p < rules.players; p++) rewards.push(((state.b >>> p) & 7) / 4);
  const mayEnd = rules.endsOneIn > 0 && state.frame >= LEAST_FRAMES;
  const over = mayEnd && state.a % rules.endsOneIn === 0;
  return { rewards, over, a: state.a, b: state.b };
}

/** A machine on which some frames come out otherwise is about to step `frame`. Changes `state`. */
export function corruptToy(
  state: ToyState,
  corruptions: readonly Omit<Corruption, 'player'>[],
  episode: number,
  frame: number,
): void {
  for (const corruption of corruptions) {
    const here = corruption.episode === episode && corruption.frame === frame;
    if (here) state[corruption.part] = (state[corruption.part] ^ 1) >>> 0;
  }
}

/** 8 bytes over the state after a frame. */
export function toyChecksum(step: ToyStep): Uint8Array {
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, step.a, true);
  view.setUint32(4, step.b, true);
  return bytes;
}

const writer = new MarshalWriter();

/** Canonical row (contract/record.ts). @param metas the words of an EXPORT request, by seat */
export function toyRow(
  rules: ToyRules,
  frame: number,
  actions: Uint8Array,
  step: ToyStep,
  metas: ArrayLike<number>,
  checksum: Uint8Array | null,
): Uint8Array {
  const { players, actionBytes } = rules;
  const each = (write: (player: number) => void) => {
    writer.tuple(players);
    for (let p = 0; p < players; p++) write(p);
  };
  writer.clear();
  writer.tuple(10);
  writer.int(frame);
  each((p) => {
    writer.tuple(actionBytes);
    for (let i = 0; i < actionBytes; i++) writer.int(actions[p * actionBytes + i]!);
  });
  each((p) => writer.float(step.rewards[p]!));
  each(() => writer.bool(step.over));
  each(() => writer.bool(false));
  each((p) => writer.bool((metas[p]! & 1) !== 0));
  each((p) => writer.int((metas[p]! >> 1) & 0x1f));
  each((p) => writer.int(metas[p]! >> 8));
  each((p) => {
    if (metas[p]! >> 8 === STATUS.left) return writer.none();
    writer.dict();
    writer.text('luck');
    writer.int((step.a ^ p) & 0xffff);
    writer.endDict();
  });
  if (checksum === null) writer.none();
  else writer.raw(checksum);
  return writer.take();
}

function mix(h: number, value: number): number {
  h = Math.imul(h ^ value, 0xcc9e2d51);
  h = Math.imul(h ^ (h >>> 15), 0x1b873593);
  return (h ^ (h >>> 13)) >>> 0;
}
