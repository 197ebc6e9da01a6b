import { describe, expect, it } from 'vitest';
import { ProtocolError } from './error.ts';
import golden from './golden-hello.json' with { type: 'json' };
import { compareHello, encodeHello, HELLO_BYTES, settingsText } from './hello.ts';
import type { HelloSettings } from './hello.ts';

const fromHex = (hex: string): Uint8Array => Uint8Array.from(Buffer.from(hex, 'hex'));

const settingsOf = (vector: (typeof golden)[number]): HelloSettings => ({
  players: vector.players,
  actionBytes: vector.action_bytes,
  defaultActions: vector.default_actions.map((action) => Uint8Array.from(action)),
  fps: vector.fps,
  episodes: vector.episodes,
  maxSteps: vector.max_steps,
  matchSeed: vector.match_seed,
  prediction: vector.prediction,
  checksumInterval: vector.checksum_interval,
  onLeave: vector.on_leave,
  onDesync: vector.on_desync,
});

function faultOf(ours: Uint8Array, theirs: Uint8Array): string | null {
  try {
    compareHello(ours, Uint8Array.of(0xd1, ...theirs), 1);
    return null;
  } catch (error) {
    expect(error).toBeInstanceOf(ProtocolError);
    return (error as ProtocolError).fault;
  }
}

describe('a hello', () => {
  it.each(golden)('is, byte for byte, as in golden-hello.json: $name', (vector) => {
    const settings = settingsOf(vector);
    const { environment_sha256: hash, hex } = vector;
    expect(settingsText(settings)).toBe(vector.settings_text);
    const hello = encodeHello(settings, hash === null ? undefined : fromHex(hash));
    expect(Buffer.from(hello).toString('hex')).toBe(hex);
    expect(hello.length).toBe(HELLO_BYTES);
    expect(faultOf(hello, hello)).toBeNull();
  });

  it('that differs in any byte is refused, and the reason says in what', () => {
    const ours = fromHex(golden[1]!.hex);
    for (let i = 0; i < HELLO_BYTES; i++) {
      const theirs = ours.slice();
      theirs[i]! ^= 0x10;
      const fault = i === 0 ? 'players' : i <= 8 ? 'environment' : 'settings';
      expect(faultOf(ours, theirs), `byte ${i}`).toBe(fault);
    }
  });

  it.each([
    { actionBytes: 3 },
    { fps: 60 },
    { episodes: 2 },
    { maxSteps: null },
    { matchSeed: 5 },
    { prediction: 'repeat' },
    { checksumInterval: 10 },
    { onLeave: 'end' },
    { onDesync: 'end' },
    { defaultActions: [Uint8Array.of(0, 0)] },
  ] satisfies Partial<HelloSettings>[])('is another with %j', (change) => {
    const settings = settingsOf(golden[1]!);
    const ours = encodeHello(settings, undefined);
    expect(faultOf(ours, encodeHello({ ...settings, ...change }, undefined))).toBe('settings');
  });
});
