/**
 * What the worker hands to the page each tick: the newest draw list and, after a rollback, the one
 * that was on the page as it should have been.
 *
 * Without a rollback it is the marshalled list itself. After one it is a `C`, the length of the
 * corrected list (u32, little-endian), the corrected list, and the newest list; the newest is empty
 * where no newer frame was stepped, so that the corrected one is the newest.
 */
export interface Drawing {
  /** What the last list should have been, had all inputs been known; null: it was right. */
  corrected: Uint8Array | null;
  /** The newest list, or null where it is the corrected one. */
  newest: Uint8Array | null;
}

/** No marshalled list begins with it. */
const CORRECTED = 'C'.charCodeAt(0);
const HEADER = 5;

/** Copies both lists into one array, to be transferred. */
export function encodeDrawing(corrected: Uint8Array, newest: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(HEADER + corrected.length + newest.length);
  bytes[0] = CORRECTED;
  new DataView(bytes.buffer).setUint32(1, corrected.length, true);
  bytes.set(corrected, HEADER);
  bytes.set(newest, HEADER + corrected.length);
  return bytes;
}

/** Views into `bytes`. Never throws: what is cut short is left to the lists' decoder to name. */
export function decodeDrawing(bytes: Uint8Array): Drawing {
  if (bytes[0] !== CORRECTED || bytes.length < HEADER) return { corrected: null, newest: bytes };
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(1, true);
  const newest = bytes.subarray(HEADER + length);
  return {
    corrected: bytes.subarray(HEADER, HEADER + length),
    newest: newest.length === 0 ? null : newest,
  };
}
