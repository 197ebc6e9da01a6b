/** What a peer says of itself until it is understood. docs/protocol.md, "The hello". */
import { ProtocolError } from './error.ts';

/** Bytes of the environment's SHA-256 in a hello: enough that no two environments share them. */
export const ENVIRONMENT_BYTES = 8;
/** Number of players, environment, digest of the settings. */
export const HELLO_BYTES = 1 + ENVIRONMENT_BYTES + 4;

/** What must be alike in all peers, beyond the environment, for their records to be. */
export interface HelloSettings {
  players: number;
  actionBytes: number;
  defaultActions: readonly Uint8Array[];
  fps: number;
  episodes: number;
  maxSteps: number | null;
  matchSeed: number;
  prediction: string;
  checksumInterval: number;
  onLeave: string;
  onDesync: string;
}

/** @param environmentHash SHA-256 of the environment, of which the first bytes count; or none. */
export function encodeHello(
  settings: HelloSettings,
  environmentHash: Uint8Array | undefined,
): Uint8Array {
  const hello = new Uint8Array(HELLO_BYTES);
  hello[0] = settings.players;
  if (environmentHash !== undefined) hello.set(environmentHash.subarray(0, ENVIRONMENT_BYTES), 1);
  const digest = fnv1a(new TextEncoder().encode(settingsText(settings)));
  new DataView(hello.buffer).setUint32(1 + ENVIRONMENT_BYTES, digest, true);
  return hello;
}

/** The settings as one JSON array, as the specification has it. */
export function settingsText(s: HelloSettings): string {
  return JSON.stringify([
    s.actionBytes,
    s.defaultActions.map((action) => Array.from(action)),
    s.fps,
    s.episodes,
    s.maxSteps,
    s.matchSeed,
    s.prediction,
    s.checksumInterval,
    s.onLeave,
    s.onDesync,
  ]);
}

/** @throws ProtocolError if the HELLO_BYTES of `bytes` at `at` are not those of `ours` */
export function compareHello(ours: Uint8Array, bytes: Uint8Array, at: number): void {
  const differs = (from: number, to: number): boolean => {
    for (let i = from; i < to; i++) if (ours[i] !== bytes[at + i]) return true;
    return false;
  };
  if (differs(0, 1)) {
    const counts = `${bytes[at]} players, this side ${ours[0]}`;
    throw new ProtocolError('players', `the other side plays with ${counts}`);
  }
  if (differs(1, 1 + ENVIRONMENT_BYTES)) {
    const theirs = hex(bytes.subarray(at + 1, at + 1 + ENVIRONMENT_BYTES));
    const own = hex(ours.subarray(1, 1 + ENVIRONMENT_BYTES));
    throw new ProtocolError(
      'environment',
      `the other side runs another environment (SHA-256 ${theirs}…, this side ${own}…): ` +
        'both must load the same source, options, packages and Pyodide',
    );
  }
  if (differs(1 + ENVIRONMENT_BYTES, HELLO_BYTES)) {
    throw new ProtocolError('settings', 'the other side plays with other settings of the match');
  }
}

/** FNV-1a, 32 bits. */
function fnv1a(bytes: Uint8Array): number {
  let h = 0x811c9dc5;
  for (const byte of bytes) h = Math.imul(h ^ byte, 0x01000193);
  return h >>> 0;
}

const hex = (bytes: Uint8Array): string =>
  Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
