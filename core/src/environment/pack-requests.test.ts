import { expect, test } from 'vitest';
import { REQUEST, requestWords, RequestList } from '../rollback/requests.ts';
import { PACKED, RequestPacker } from './pack-requests.ts';

const PLAYERS = 2;
/** Two words an action. */
const ACTION_BYTES = 5;
const ACTION_WORDS = 2;
const JOINT_WORDS = PLAYERS * (1 + ACTION_WORDS);

/** What Python makes of packed lists: the requests that they stand for. */
class Unpacker {
  private readonly joints: number[][] = [];

  unpack(packed: Int32Array, length: number): number[] {
    const words: number[] = [];
    for (let at = 0; at < length;) {
      const kind = packed[at]!;
      if (kind === PACKED.number) {
        expect(words, 'numbers stand first').toEqual([]);
        expect(packed[at + 1]).toBe(this.joints.length);
        this.joints.push([...packed.subarray(at + 2, at + 2 + JOINT_WORDS)]);
        at += 2 + JOINT_WORDS;
      } else if (kind === PACKED.play || kind === PACKED.pass) {
        const [, frame, count] = packed.subarray(at, at + 3) as unknown as [number, number, number];
        for (let i = 0; i < count; i++) {
          words.push(REQUEST.advance, frame + i, ...this.joints[packed[at + 3 + i]!]!);
          if (kind === PACKED.play) words.push(REQUEST.save, frame + i + 1);
        }
        at += 3 + count;
      } else {
        const size = requestWords(packed, at, PLAYERS, ACTION_WORDS);
        words.push(...packed.subarray(at, at + size));
        at += size;
      }
    }
    return words;
  }
}

/** Of a linear congruential generator: lists are the same in every run. */
function numbers(seed: number): (below: number) => number {
  let x = seed;
  return (below) => {
    x = (Math.imul(x, 1_103_515_245) + 12_345) & 0x7fffffff;
    return (x >> 8) % below;
  };
}

function randomList(next: (below: number) => number, joints: number): RequestList {
  const list = new RequestList();
  const push = (...words: number[]): void => words.forEach((word) => list.push(word));
  let frame = next(1000);
  const requests = next(30);
  for (let i = 0; i < requests; i++) {
    const kind = next(12);
    if (kind < 8) {
      if (kind === 0) frame += 3;
      push(REQUEST.advance, frame);
      const joint = next(joints);
      for (let word = 0; word < JOINT_WORDS; word++) push((joint >> (2 * word)) & 3);
      // At times none, at times that of another state.
      if (kind > 2) push(REQUEST.save, frame + (kind === 3 ? 2 : 1));
      frame += 1;
    } else if (kind === 8) push(REQUEST.export, frame, 5, 5);
    else if (kind === 9) {
      push(REQUEST.restore, frame, 5);
      list.pushBytes(Uint8Array.of(12, 0, 0, 0, 11), 0, 5);
    } else push(kind === 10 ? REQUEST.load : REQUEST.render, frame);
  }
  return list;
}

test('lists stand for what they were, however many joint actions there are', () => {
  for (const joints of [1, 5, 300, 4096]) {
    const next = numbers(joints);
    const packer = new RequestPacker(PLAYERS, ACTION_BYTES);
    const unpacker = new Unpacker();
    for (let round = 0; round < 500; round++) {
      const list = randomList(next, joints);
      const packed = new Int32Array(packer.mostWords(list));
      const length = packer.pack(list, packed);
      expect(length).toBeLessThanOrEqual(packed.length);
      const given = [...list.words.subarray(0, list.length)];
      expect(unpacker.unpack(packed, length), `${joints} joint actions, list ${round}`).toEqual(
        given,
      );
    }
  }
});

/** Frames with the joint actions of these numbers, each saved. */
function frames(joints: number[]): RequestList {
  const list = new RequestList();
  joints.forEach((joint, frame) => {
    list.push(REQUEST.advance);
    list.push(frame);
    list.push(joint);
    for (let word = 1; word < JOINT_WORDS; word++) list.push(0);
    list.push(REQUEST.save);
    list.push(frame + 1);
  });
  return list;
}

test('a frame whose joint action is known is one word more', () => {
  const packer = new RequestPacker(PLAYERS, ACTION_BYTES);
  const packed = new Int32Array(1000);
  packer.pack(frames([7, 8, 9]), packed);
  expect([...packed.subarray(0, packer.pack(frames([8, 8, 7, 9]), packed))]).toEqual([
    ...[PACKED.play, 0, 4],
    ...[1, 1, 0, 2],
  ]);
});

test('when all numbers are taken, what has none goes as it came', () => {
  const packer = new RequestPacker(PLAYERS, ACTION_BYTES);
  const unpacker = new Unpacker();
  const all = frames(Array.from({ length: 5000 }, (_, i) => i));
  const packed = new Int32Array(packer.mostWords(all));
  for (let time = 0; time < 2; time++) {
    const length = packer.pack(all, packed);
    expect(unpacker.unpack(packed, length)).toEqual([...all.words.subarray(0, all.length)]);
  }
});

test('a length that is a lie ends with the list', () => {
  const packer = new RequestPacker(PLAYERS, ACTION_BYTES);
  const list = new RequestList();
  [REQUEST.restore, 0, 1 << 30].forEach((word) => list.push(word));
  const packed = new Int32Array(packer.mostWords(list));
  expect(packer.pack(list, packed)).toBe(3);
  expect([...packed.subarray(0, 3)]).toEqual([REQUEST.restore, 0, 1 << 30]);
});
