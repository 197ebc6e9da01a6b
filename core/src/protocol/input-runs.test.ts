import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader } from './bytes.ts';
import { InputList, MAX_PACKET_INPUTS, RunWriter, type InputRing } from './input-runs.ts';

interface Input {
  meta: number;
  action: number[];
}

/** A ring that holds `inputs` from frame `from` on. */
function ringOf(inputs: Input[], from: number, actionBytes: number): InputRing {
  const capacity = 2 ** Math.ceil(Math.log2(inputs.length + 1));
  const ring = {
    actionBytes,
    mask: capacity - 1,
    metas: new Uint8Array(capacity),
    actions: new Uint8Array(capacity * actionBytes),
  };
  inputs.forEach(({ meta, action }, i) => {
    const slot = (from + i) & ring.mask;
    ring.metas[slot] = meta;
    ring.actions.set(action, slot * actionBytes);
  });
  return ring;
}

function decode(writer: RunWriter, actionBytes: number): Input[] {
  const list = new InputList(actionBytes);
  const reader = new ByteReader();
  reader.reset(writer.bytes.slice(0, writer.length));
  list.readRuns(reader, writer.runs);
  expect(reader.at).toBe(writer.length);
  return Array.from({ length: list.length }, (_, i) => ({
    meta: list.metas[i]!,
    action: [...list.actions.subarray(i * actionBytes, (i + 1) * actionBytes)],
  }));
}

/** Few different values, so that runs and literals mix. */
const someInputs = (actionBytes: number) =>
  fc.array(
    fc.record({
      meta: fc.constantFrom(4, 5),
      action: fc.array(fc.integer({ min: 0, max: 2 }), {
        minLength: actionBytes,
        maxLength: actionBytes,
      }),
    }),
    { maxLength: 150 },
  );
const anyCase = fc
  .integer({ min: 1, max: 4 })
  .chain((size) => fc.tuple(fc.constant(size), someInputs(size), fc.integer({ min: 0, max: 999 })));

describe('input runs', () => {
  it('come back', () => {
    fc.assert(
      fc.property(anyCase, ([size, inputs, from]) => {
        const writer = new RunWriter(2000);
        writer.write(ringOf(inputs, from, size), from, from + inputs.length, 2000, 1024);
        expect(writer.inputs).toBe(inputs.length);
        expect(decode(writer, size)).toEqual(inputs);
      }),
    );
  });

  it('give the oldest part when there is no room for all', () => {
    fc.assert(
      fc.property(
        anyCase,
        fc.integer({ min: 0, max: 40 }),
        fc.integer({ min: 0, max: 60 }),
        ([size, inputs, from], bytes, most) => {
          const writer = new RunWriter(2000);
          writer.write(ringOf(inputs, from, size), from, from + inputs.length, bytes, most);
          expect(writer.length).toBeLessThanOrEqual(bytes);
          expect(writer.inputs).toBeLessThanOrEqual(most);
          expect(decode(writer, size)).toEqual(inputs.slice(0, writer.inputs));
        },
      ),
    );
  });

  it.each([
    ['held', [3, 3, 3, 3, 3, 3], 3],
    ['held, then changed', [3, 3, 3, 3, 3, 1], 5],
    ['a lone pair', [3, 3], 3],
    ['all different', [1, 2, 3, 4, 5, 6], 8],
    ['a pair among others', [1, 2, 2, 3], 6],
  ])('cost little: %s', (_, actions, bytes) => {
    const inputs = actions.map((a) => ({ meta: 5, action: [a] }));
    const writer = new RunWriter(100);
    writer.write(ringOf(inputs, 0, 1), 0, inputs.length, 100, 1024);
    expect(writer.length).toBe(bytes);
  });

  it.each([
    ['no meta byte', [0x00, 1], 'malformed'],
    ['meta bits that mean nothing', [0x80, 0x40, 1], 'malformed'],
    ['no action', [0x80, 5], 'truncated'],
    ['a literal cut short', [0xc3, 5, 1, 2, 3], 'truncated'],
  ])('are refused with %s', (_, bytes, fault) => {
    const reader = new ByteReader();
    reader.reset(Uint8Array.from(bytes));
    const read = () => new InputList(1).readRuns(reader, 1);
    expect(read).toThrow(expect.objectContaining({ fault }));
  });

  it('are refused beyond the limit, however small they are on the wire', () => {
    const runs = MAX_PACKET_INPUTS / 64 + 1;
    const reader = new ByteReader();
    reader.reset(Uint8Array.from(Array.from({ length: runs }, () => [0xbf, 5, 1]).flat()));
    const read = () => new InputList(1).readRuns(reader, runs);
    expect(read).toThrow(expect.objectContaining({ fault: 'malformed' }));
  });
});
