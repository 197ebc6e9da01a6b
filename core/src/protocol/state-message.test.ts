import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtocolError } from './error.ts';
import { decodeState, encodeState, MAX_STATE_BYTES, type StateMessage } from './state-message.ts';

const count = fc.integer({ min: 0, max: 0x7fff_ffff });
const message = fc.record({
  serial: count,
  episode: count,
  frame: count,
  over: fc.boolean(),
  state: fc.uint8Array({ maxLength: 300 }),
});

const faultOf = (bytes: Uint8Array): string => {
  const result = decodeState(bytes);
  return result instanceof ProtocolError ? result.fault : 'none';
};

describe('a state message', () => {
  it('is, byte for byte, as in docs/protocol.md', () => {
    const state = Uint8Array.of(0xde, 0xad);
    const bytes = encodeState({ serial: 2, episode: 1, frame: 300, over: true, state });
    expect(Buffer.from(bytes).toString('hex')).toBe('e1010201ac0202dead');
  });

  it('comes back', () => {
    fc.assert(
      fc.property(message, (sent) => {
        expect(decodeState(encodeState(sent))).toEqual(sent);
      }),
    );
  });

  it('is refused when a byte is missing or one too many', () => {
    const sent: StateMessage = {
      serial: 2,
      episode: 0,
      frame: 60,
      over: false,
      state: new Uint8Array(5),
    };
    const whole = encodeState(sent);
    for (let n = 0; n < whole.length; n++) expect(faultOf(whole.subarray(0, n))).toBe('truncated');
    expect(faultOf(Uint8Array.of(...whole, 0))).toBe('truncated');
  });

  it.each([
    ['not_ours', [0xc1, 0, 0, 0, 0, 0]],
    ['version', [0xe2, 0, 0, 0, 0, 0]],
    ['malformed', [0xe1, 2, 0, 0, 0, 0]],
    ['malformed', [0xe1, 0, 0, 0, 0, 0xff, 0xff, 0xff, 0xff, 0x07]],
    ['malformed', [0xe1, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0, 0, 0]],
  ])('is refused as %s', (fault, bytes) => {
    expect(faultOf(Uint8Array.from(bytes))).toBe(fault);
  });

  it('of any bytes is a message or a typed error', () => {
    const bytes = fc
      .tuple(fc.constantFrom([], [0xe1], [0xe1, 1]), fc.uint8Array())
      .map(([start, rest]) => Uint8Array.of(...start, ...rest));
    fc.assert(
      fc.property(bytes, (any) => {
        const result = decodeState(any);
        expect(result instanceof ProtocolError || result.state.length <= any.length).toBe(true);
      }),
      { numRuns: 20_000 },
    );
  });

  it('is not made of a state that is too large', () => {
    const state = new Uint8Array(MAX_STATE_BYTES + 1);
    expect(() => encodeState({ serial: 0, episode: 0, frame: 1, over: false, state })).toThrow(
      RangeError,
    );
  });
});
