import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  decodeMarshal,
  decodeMarshalSequence,
  MarshalError,
  readRows,
  RecordError,
  type MarshalValue,
} from '../../src/contract/index.ts';

const fromHex = (hex: string): Uint8Array =>
  Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));

/** Written by CPython 3.11: `marshal.dumps(value, 2).hex()`. */
const VECTORS: [string, MarshalValue][] = [
  ['4e', null],
  ['54', true],
  ['46', false],
  ['6907000000', 7],
  ['69fdffffff', -3],
  ['69ffffff7f', 2147483647],
  ['6c03000000000000000200', 2 ** 31],
  ['6cfdffffff000000000004', -(2 ** 40)],
  ['6c0500000000000000000000000004', BigInt(2) ** BigInt(70)],
  ['67000000000000f83f', 1.5],
  ['670000000000000080', -0],
  ['7506000000c3a9f09f9982', 'é🙂'],
  ['730200000000ff', Uint8Array.of(0, 255)],
  ['5b0200000069010000005b010000006902000000', [1, [2]]],
  ['28020000006901000000750100000061', [1, 'a']],
  [
    '7b75010000006167000000000000f03f7501000000624e30',
    new Map<MarshalValue, MarshalValue>([
      ['a', 1],
      ['b', null],
    ]),
  ],
  ['2800000000', []],
];

/** CPython 3.11: frame 0 of two agents, of whom the second is not there. */
const ROW =
  '280a0000006900000000280200000069010000004e280200000067000000000000e03f4e2802000000464e28020000' +
  '00464e2802000000544628020000006902000000690300000028020000006900000000690200000028020000007b75' +
  '010000006169010000007503000000622e634e304e73080000000001020304050607';

describe('marshal', () => {
  it.each(VECTORS)('reads what CPython wrote: %s', (hex, value) => {
    expect(decodeMarshal(fromHex(hex))).toStrictEqual(value);
  });

  it('refuses every cut of a value, and nothing else than MarshalError', () => {
    const whole = fromHex(ROW);
    for (let length = 0; length < whole.length; length++) {
      expect(() => decodeMarshal(whole.subarray(0, length))).toThrow(MarshalError);
    }
  });

  it('throws nothing but MarshalError, whatever the bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        try {
          for (const value of decodeMarshalSequence(bytes)) void value;
        } catch (error) {
          expect(error).toBeInstanceOf(MarshalError);
        }
      }),
      { numRuns: 20_000 },
    );
  });

  it('does not follow nesting down to the end of the stack', () => {
    const deep = new Uint8Array(5 * 100_000);
    for (let i = 0; i < deep.length; i += 5) deep.set([0x28, 1, 0, 0, 0], i);
    expect(() => decodeMarshal(deep)).toThrow(/nested too deeply/);
  });
});

describe('canonical rows', () => {
  it('are read in full', () => {
    expect([...readRows(fromHex(ROW))]).toStrictEqual([
      {
        frame: 0,
        actions: [1, null],
        rewards: [0.5, null],
        terminated: [false, null],
        truncated: [false, null],
        is_focused: [true, false],
        input_delays: [2, 3],
        statuses: ['playing', 'left'],
        infos: [
          new Map<string, unknown>([
            ['a', 1],
            ['b.c', null],
          ]),
          null,
        ],
        checksum: '0001020304050607',
      },
    ]);
  });

  it('must come in order', () => {
    expect(() => [...readRows(fromHex(ROW + ROW))]).toThrow(RecordError);
    expect(() => [...readRows(fromHex(ROW), 1)]).toThrow(/row 1 is missing or malformed/);
  });

  it('say at which frame they are cut short', () => {
    const cut = fromHex(ROW).subarray(0, 100);
    expect(() => [...readRows(cut)]).toThrow(expect.objectContaining({ frame: 0 }));
  });

  it('throw nothing but RecordError when any byte is changed', () => {
    const row = fromHex(ROW);
    fc.assert(
      fc.property(fc.nat(row.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = row.slice();
        changed[at] = byte;
        try {
          for (const value of readRows(changed)) void value;
        } catch (error) {
          expect(error).toBeInstanceOf(RecordError);
        }
      }),
      { numRuns: 5_000 },
    );
  });
});
