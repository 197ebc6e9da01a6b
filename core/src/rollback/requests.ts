/**
 * Requests are data: what the environment's host must do, in order, as one flat typed array.
 *
 * Frame f goes from state f to state f + 1. A list is run in one crossing; the answers come back
 * in one buffer (results.ts). The same list drives play, sync test, replay and simulation.
 *
 * | request  | words                                     | meaning |
 * |----------|-------------------------------------------|---------|
 * | RESET    | seed                                      | fresh episode; the environment is at state 0 |
 * | LOAD     | frame                                     | go back to saved state `frame`, restored in place |
 * | ADVANCE  | frame, per player: status, action words   | step frame `frame` with these actions |
 * | SAVE     | frame                                     | keep the current state as state `frame` |
 * | CHECKSUM | frame                                     | checksum of saved state `frame + 1` and of the results of `frame`; kept for its row |
 * | EXPORT   | frame, per player: meta                   | give the canonical row of `frame` (contract/record.ts) |
 * | RENDER   | player                                    | give the draw list of the current state as `player` sees it |
 * | PRUNE    | frame                                     | states and step results below `frame` are no longer needed |
 * | DUMP     | frame                                     | give saved state `frame` as bytes |
 * | RESTORE  | frame, byte length, bytes padded to words | take these bytes as state `frame`: both current and saved |
 *
 * Status: contract `STATUS`; `left` makes the host play the default action. An action is its raw
 * little-endian bytes, padded with zeros to whole words (`wordsOf`). Meta: bits 0 to 7 the
 * input's meta byte (bit 0 focus, bits 1 to 5 input delay), bits 8 to 15 the status.
 *
 * After an ADVANCE that ends the episode (answer OVER), the host ignores every later ADVANCE and
 * SAVE of the same list, save the SAVE of the state right after it.
 */
export const REQUEST = {
  reset: 1,
  load: 2,
  advance: 3,
  save: 4,
  checksum: 5,
  export: 6,
  render: 7,
  prune: 8,
  dump: 9,
  restore: 10,
} as const;

/** Words of the request at `at`, for a match of `players` whose actions have `actionWords`. */
export function requestWords(
  words: Int32Array,
  at: number,
  players: number,
  actionWords: number,
): number {
  switch (words[at]) {
    case REQUEST.advance:
      return 2 + players * (1 + actionWords);
    case REQUEST.export:
      return 2 + players;
    case REQUEST.restore:
      return 3 + wordsOf(words[at + 2]!);
    default:
      return 2;
  }
}

/** Whole words that so many bytes fill. */
export const wordsOf = (bytes: number): number => (bytes + 3) >> 2;

/** Bits of the meta byte that travels with every input. */
export const META_FOCUSED = 1;
export const META_DELAY_SHIFT = 1;
export const META_DELAY_MASK = 0x1f;

/** A growing list of request words, reused every tick: no allocation once it is large enough. */
export class RequestList {
  words = new Int32Array(1024);
  length = 0;

  clear(): void {
    this.length = 0;
  }

  push(word: number): void {
    if (this.length === this.words.length) this.grow(this.length + 1);
    this.words[this.length++] = word;
  }

  /** Appends `bytes`, padded with zeros to whole words. */
  pushBytes(bytes: Uint8Array, offset: number, length: number): void {
    const words = wordsOf(length);
    if (this.length + words > this.words.length) this.grow(this.length + words);
    for (let w = 0; w < words; w++) {
      let word = 0;
      for (let b = 0; b < 4; b++) {
        const i = w * 4 + b;
        if (i < length) word |= bytes[offset + i]! << (8 * b);
      }
      this.words[this.length++] = word;
    }
  }

  private grow(least: number): void {
    const words = new Int32Array(Math.max(least, 2 * this.words.length));
    words.set(this.words);
    this.words = words;
  }
}
