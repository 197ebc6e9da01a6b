import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ByteReader, ByteWriter, MAX_VARINT, unzigzag, zigzag } from './bytes.ts';
import { ProtocolError } from './error.ts';

const reading = (bytes: number[]): ByteReader => {
  const reader = new ByteReader();
  reader.reset(Uint8Array.from(bytes));
  return reader;
};

describe('varint', () => {
  it('comes back', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: MAX_VARINT })), (numbers) => {
        const writer = new ByteWriter(new Uint8Array(5 * numbers.length));
        for (const n of numbers) writer.varint(n);
        const reader = reading([...writer.bytes.subarray(0, writer.at)]);
        expect(numbers.map(() => reader.varint())).toEqual(numbers);
      }),
    );
  });

  it.each([
    [[0], 0],
    [[0x7f], 127],
    [[0x80, 0x01], 128],
    [[0xff, 0xff, 0xff, 0xff, 0x07], MAX_VARINT],
  ])('reads %j as %i', (bytes, value) => {
    expect(reading(bytes).varint()).toBe(value);
  });

  it.each([
    ['too large', [0xff, 0xff, 0xff, 0xff, 0x08], 'malformed'],
    ['endless', [0x80, 0x80, 0x80, 0x80, 0x80, 0x80], 'malformed'],
    ['cut short', [0x80], 'truncated'],
  ])('refuses one that is %s', (_, bytes, fault) => {
    expect(() => reading(bytes).varint()).toThrow(expect.objectContaining({ fault }));
    expect(() => reading(bytes).varint()).toThrow(ProtocolError);
  });
});

describe('zigzag', () => {
  it.each([
    [0, 0],
    [-1, 1],
    [1, 2],
    [-2, 3],
    [2, 4],
  ])('codes %i as %i', (n, z) => {
    expect(zigzag(n)).toBe(z);
    expect(unzigzag(z)).toBe(n);
  });
});
