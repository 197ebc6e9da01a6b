/** A state on its way from one peer to another, after their checksums differed (docs/protocol.md). */
import { ByteReader, ByteWriter, MAX_VARINT_BYTES } from './bytes.ts';
import { ProtocolError } from './error.ts';
import { PROTOCOL_VERSION } from './packet.ts';

/** Largest state that travels, bytes: it has to cross within a second or two of play. */
export const MAX_STATE_BYTES = 4 * 1024 * 1024;

/** Largest state message, bytes: the state and what stands before it. */
export const MAX_STATE_MESSAGE_BYTES = 2 + 4 * MAX_VARINT_BYTES + MAX_STATE_BYTES;

const MAGIC_STATE = 0xe;
const OVER = 1;

export interface StateMessage {
  /** Serial number of the checksum that differed. */
  serial: number;
  episode: number;
  /** The state is the one before this frame. */
  frame: number;
  /** Whether the episode ended with the frame before. */
  over: boolean;
  state: Uint8Array;
}

/** @throws RangeError if the state is larger than MAX_STATE_BYTES */
export function encodeState(message: StateMessage): Uint8Array {
  const { serial, episode, frame, over, state } = message;
  if (state.length > MAX_STATE_BYTES) throw new RangeError(`a state of ${state.length} bytes`);
  const out = new ByteWriter(new Uint8Array(2 + 4 * MAX_VARINT_BYTES + state.length));
  out.u8((MAGIC_STATE << 4) | PROTOCOL_VERSION);
  out.u8(over ? OVER : 0);
  out.varint(serial);
  out.varint(episode);
  out.varint(frame);
  out.varint(state.length);
  out.bytes.set(state, out.at);
  return out.bytes.subarray(0, out.at + state.length);
}

/** Any bytes give a message or an error. The state is a view of `bytes`. */
export function decodeState(bytes: Uint8Array): StateMessage | ProtocolError {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

function read(bytes: Uint8Array): StateMessage {
  const reader = new ByteReader();
  reader.reset(bytes);
  const first = reader.u8();
  if (first >> 4 !== MAGIC_STATE) throw new ProtocolError('not_ours', 'not a state');
  if ((first & 15) !== PROTOCOL_VERSION) {
    throw new ProtocolError('version', `a state of version ${first & 15}`);
  }
  const flags = reader.u8();
  if (flags > OVER) throw new ProtocolError('malformed', `flags ${flags}`);
  const [serial, episode, frame] = [reader.varint(), reader.varint(), reader.varint()];
  const length = reader.varint();
  if (length > MAX_STATE_BYTES) throw new ProtocolError('malformed', `a state of ${length} bytes`);
  const at = reader.skip(length);
  if (reader.at !== bytes.length) throw new ProtocolError('truncated', 'bytes after the state');
  const state = bytes.subarray(at, at + length);
  return { serial, episode, frame, over: flags === OVER, state };
}
