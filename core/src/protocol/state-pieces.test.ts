import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_RELAY_BYTES } from '../contract/index.ts';
import { MAX_STATE_MESSAGE_BYTES } from './state-message.ts';
import { encodePiece, PIECE_BYTES, pieceCount, StateAssembler } from './state-pieces.ts';

function pieces(transfer: number, message: Uint8Array): Uint8Array[] {
  const count = pieceCount(message.length);
  return Array.from({ length: count }, (_, number) => encodePiece(transfer, message, number));
}

/** Bytes that differ from place to place. */
function message(length: number, seed = 1): Uint8Array {
  return Uint8Array.from({ length }, (_, i) => (i * 31 + (i >> 8) * 7 + seed) & 0xff);
}

function takeAll(assembler: StateAssembler, list: readonly Uint8Array[]): (Uint8Array | null)[] {
  return list.map((piece) => assembler.take(piece));
}

/** A relayed packet less the header of a control message. */
const MAX_CONTROL_BYTES = MAX_RELAY_BYTES - 5;

describe('a state in pieces', () => {
  it('has these bytes', () => {
    expect([...encodePiece(300, Uint8Array.of(0xde, 0xad), 0)]).toEqual([
      0xf1, 0xac, 0x02, 0x02, 0x00, 0xde, 0xad,
    ]);
  });

  it.each([1, PIECE_BYTES - 1, PIECE_BYTES, PIECE_BYTES + 1, 5 * PIECE_BYTES, 123_457])(
    'of %i bytes is put together again',
    (length) => {
      const whole = message(length);
      const assembler = new StateAssembler();
      const answers = takeAll(assembler, pieces(0, whole));
      expect(answers.slice(0, -1).every((answer) => answer === null)).toBe(true);
      expect(answers.at(-1)).toEqual(whole);
      expect(assembler).toMatchObject({ refused: 0, held: 0 });
    },
  );

  it('of the largest size fits the control path, piece by piece', () => {
    const largest = new Uint8Array(MAX_STATE_MESSAGE_BYTES);
    const list = pieces(0x7fff_ffff, largest);
    expect(Math.max(...list.map((piece) => piece.length))).toBeLessThanOrEqual(MAX_CONTROL_BYTES);
    const taken = takeAll(new StateAssembler(), list).at(-1);
    // Not by `toEqual`, which takes seconds for millions of bytes.
    expect(Buffer.compare(taken!, largest)).toBe(0);
  });

  it('gives way to a newer one', () => {
    const assembler = new StateAssembler();
    takeAll(assembler, pieces(0, message(40_000)).slice(0, 2));
    const second = message(20_000, 2);
    expect(takeAll(assembler, pieces(1, second)).at(-1)).toEqual(second);
    expect(assembler.refused).toBe(0);
  });
});

describe('wrong pieces', () => {
  it('are counted and change nothing', () => {
    const whole = message(40_000);
    const good = pieces(3, whole);
    const wrong = [
      pieces(2, message(10))[0]!, // An older transfer.
      good[0]!, // Repeated.
      good[2]!, // Out of order.
      encodePiece(4, whole, 1), // Of a transfer that never began.
      encodePiece(3, message(50_000), 1), // Of another length.
      good[1]!.subarray(0, -1),
      Uint8Array.of(...good[1]!, 0),
      Uint8Array.of(0xf2, 1, 1, 0, 9),
      Uint8Array.of(0xc1),
      new Uint8Array(0),
      Uint8Array.of(0xf1, 4, 0xff, 0xff, 0xff, 0xff, 0x07, 0),
    ];
    const assembler = new StateAssembler();
    assembler.take(good[0]!);
    for (const piece of wrong) expect(assembler.take(piece)).toBeNull();
    expect(assembler.refused).toBe(wrong.length);
    expect(assembler.take(good[1]!)).toBeNull();
    expect(assembler.take(good[2]!)).toEqual(whole);
    expect(assembler.take(good[2]!)).toBeNull();
  });

  it('never make more than what arrived of one message, whatever is sent', () => {
    const whole = message(3 * PIECE_BYTES + 5);
    const some = fc.oneof(
      fc.tuple(fc.nat(3), fc.nat(3)).map(([transfer, n]) => encodePiece(transfer, whole, n)),
      fc.uint8Array({ maxLength: 40 }),
      fc.tuple(fc.nat(3), fc.nat(3), fc.nat(40), fc.nat(255)).map(([transfer, n, at, value]) => {
        const piece = encodePiece(transfer, whole, n);
        piece[at % piece.length] = value;
        return piece;
      }),
      // A piece that claims the largest message.
      fc.nat(9).map((t) => Uint8Array.of(0xf1, t, 0x80, 0x80, 0x80, 0x02, 0)),
    );
    fc.assert(
      fc.property(fc.array(some, { maxLength: 30 }), (list) => {
        const assembler = new StateAssembler();
        let arrived = 0;
        for (const piece of list) {
          const answer = assembler.take(piece);
          arrived += piece.length;
          expect(assembler.held).toBeLessThanOrEqual(Math.min(arrived, MAX_STATE_MESSAGE_BYTES));
          if (answer !== null) expect(answer.length).toBeLessThanOrEqual(arrived);
        }
      }),
      { numRuns: 300 },
    );
  });
});
