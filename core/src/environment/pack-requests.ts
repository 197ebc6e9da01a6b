import { REQUEST, requestWords, wordsOf, type RequestList } from '../rollback/requests.ts';

/**
 * What Python gets in place of the ADVANCE and SAVE requests that fill every tick.
 *
 * | request | words                         | meaning |
 * |---------|-------------------------------|---------|
 * | PLAY    | frame, count, `count` numbers | from `frame` on: ADVANCE with the joint action of each number, and SAVE of the state after it |
 * | PASS    | frame, count, `count` numbers | the same without SAVE |
 * | NUMBER  | number, an ADVANCE's words of actions | this joint action has this number, the next one from 0 on |
 *
 * NUMBER requests stand first: where a frame fails, nothing after it in the list is run.
 */
export const PACKED = { play: 11, pass: 12, number: 13 } as const;

/** Joint actions that are numbered: all of two players with up to 64 actions each. */
const MOST_NUMBERS = 4096;
/** Places of the table from joint actions to numbers: a power of two, at most half of them used. */
const PLACES = 2 * MOST_NUMBERS;

/**
 * Numbers joint actions and packs request lists by it. Python has to look at every word that it is
 * given, and takes as long for the actions of a frame as for a twentieth of a small game's step.
 */
export class RequestPacker {
  private readonly actionWords: number;
  private readonly jointWords: number;
  /** Words of the joint actions, by number. */
  private joints: Int32Array;
  private known = 0;
  /** By a hash of its words, or the next free place: a joint action's number + 1. */
  private readonly places = new Int32Array(PLACES);
  /** Of each ADVANCE of the list: its joint action's number, or -1. */
  private numbers = new Int32Array(64);

  constructor(
    private readonly players: number,
    actionBytes: number,
  ) {
    this.actionWords = wordsOf(actionBytes);
    this.jointWords = players * (1 + this.actionWords);
    this.joints = new Int32Array(16 * this.jointWords);
  }

  /** The most words that a list can become. */
  mostWords(requests: RequestList): number {
    return 2 * requests.length;
  }

  /** Writes the list into `packed`; its length there. */
  pack({ words, length }: RequestList, packed: Int32Array): number {
    const { players, actionWords } = this;
    let end = this.numberAll(words, length, packed);
    let advances = 0;
    /** Where the PLAY or PASS is that the last words belong to, and the frame it goes on with. */
    let run = -1;
    let due = 0;
    for (let at = 0; at < length;) {
      // A length in it may be a lie: Python answers what is wrong.
      let next = Math.min(length, at + requestWords(words, at, players, actionWords));
      const number = words[at] === REQUEST.advance ? this.numbers[advances++]! : -1;
      if (number < 0) {
        for (; at < next; at++) packed[end++] = words[at]!;
        run = -1;
        continue;
      }
      const frame = words[at + 1]!;
      const isSaved =
        next < length && words[next] === REQUEST.save && words[next + 1] === frame + 1;
      const kind = isSaved ? PACKED.play : PACKED.pass;
      if (run < 0 || packed[run] !== kind || due !== frame) {
        run = end;
        packed[end++] = kind;
        packed[end++] = frame;
        packed[end++] = 0;
      }
      packed[run + 2]! += 1;
      packed[end++] = number;
      due = frame + 1;
      if (isSaved) next += 2;
      at = next;
    }
    return end;
  }

  /** Finds the number of every joint action, and writes NUMBER requests for new ones; their words. */
  private numberAll(words: Int32Array, length: number, packed: Int32Array): number {
    const { players, actionWords, jointWords } = this;
    let end = 0;
    let advances = 0;
    for (let at = 0; at < length; at += requestWords(words, at, players, actionWords)) {
      if (words[at] !== REQUEST.advance) continue;
      const before = this.known;
      const number = this.numberOf(words, at + 2);
      if (number === before) {
        packed[end++] = PACKED.number;
        packed[end++] = number;
        for (let i = 0; i < jointWords; i++) packed[end++] = words[at + 2 + i]!;
      }
      if (advances === this.numbers.length) this.numbers = twice(this.numbers);
      this.numbers[advances++] = number;
    }
    return end;
  }

  /** Of the joint action at `at`, which gets one if it has none; -1 if there are none left. */
  private numberOf(words: Int32Array, at: number): number {
    const { jointWords, places } = this;
    let hash = 0;
    for (let i = 0; i < jointWords; i++) hash = Math.imul(hash ^ words[at + i]!, 0x9e3779b1);
    let place = (hash >>> 16) & (PLACES - 1);
    for (; places[place] !== 0; place = (place + 1) & (PLACES - 1)) {
      const number = places[place]! - 1;
      if (this.isJoint(number, words, at)) return number;
    }
    if (this.known === MOST_NUMBERS) return -1;
    const number = this.known++;
    places[place] = number + 1;
    this.keep(number, words, at);
    return number;
  }

  private isJoint(number: number, words: Int32Array, at: number): boolean {
    const { joints, jointWords } = this;
    const start = number * jointWords;
    for (let i = 0; i < jointWords; i++) {
      if (joints[start + i] !== words[at + i]) return false;
    }
    return true;
  }

  private keep(number: number, words: Int32Array, at: number): void {
    const { jointWords } = this;
    if (this.joints.length < (number + 1) * jointWords) this.joints = twice(this.joints);
    for (let i = 0; i < jointWords; i++) this.joints[number * jointWords + i] = words[at + i]!;
  }
}

/** The same in twice the room. */
function twice(words: Int32Array): Int32Array<ArrayBuffer> {
  const wide = new Int32Array(2 * words.length);
  wide.set(words);
  return wide;
}
