/** A state message (state-message.ts) in pieces that the control path carries. docs/protocol.md */
import { ByteReader, ByteWriter, MAX_VARINT_BYTES } from './bytes.ts';
import { ProtocolError } from './error.ts';
import { PROTOCOL_VERSION } from './packet.ts';
import { MAX_STATE_MESSAGE_BYTES } from './state-message.ts';

/** Payload of every piece but the last: with its header it stays under the largest control message. */
export const PIECE_BYTES = 16_000;

const MAGIC_PIECE = 0xf;
const MAX_HEADER_BYTES = 1 + 3 * MAX_VARINT_BYTES;

interface Piece {
  /** Number of the transfer, counted by its sender for each receiver: the newest one counts. */
  transfer: number;
  /** Bytes of the whole message. */
  total: number;
  /** Number of the piece, from 0. */
  number: number;
  payload: Uint8Array;
}

/** How many pieces a message of so many bytes makes. */
export function pieceCount(total: number): number {
  return Math.ceil(total / PIECE_BYTES);
}

/** Piece `number` of `message`. */
export function encodePiece(transfer: number, message: Uint8Array, number: number): Uint8Array {
  const payload = message.subarray(number * PIECE_BYTES, (number + 1) * PIECE_BYTES);
  const out = new ByteWriter(new Uint8Array(MAX_HEADER_BYTES + payload.length));
  out.u8((MAGIC_PIECE << 4) | PROTOCOL_VERSION);
  out.varint(transfer);
  out.varint(message.length);
  out.varint(number);
  out.bytes.set(payload, out.at);
  return out.bytes.slice(0, out.at + payload.length);
}

/**
 * Puts one sender's pieces together again. They come in order over a reliable path, so any other
 * piece is wrong; it is counted and changes nothing. What is kept never exceeds what has arrived of
 * one message: nothing is allocated from a length that a piece claims.
 */
export class StateAssembler {
  /** Pieces that were dropped. */
  refused = 0;
  private transfer = -1;
  private total = 0;
  private pieces: Uint8Array[] = [];

  /** Any bytes. @returns the whole message, once its last piece is here */
  take(bytes: Uint8Array): Uint8Array | null {
    const piece = decodePiece(bytes);
    if (piece instanceof ProtocolError || !this.follows(piece)) {
      this.refused += 1;
      return null;
    }
    if (piece.number === 0) {
      this.transfer = piece.transfer;
      this.total = piece.total;
      this.pieces = [];
    }
    this.pieces.push(piece.payload);
    if (this.pieces.length < pieceCount(this.total)) return null;
    const message = new Uint8Array(this.total);
    this.pieces.forEach((payload, number) => message.set(payload, number * PIECE_BYTES));
    this.pieces = [];
    this.total = 0;
    return message;
  }

  /** Bytes that are kept now. */
  get held(): number {
    return this.pieces.reduce((sum, payload) => sum + payload.length, 0);
  }

  /** A new message begins with its first piece, also before the one before it was whole. */
  private follows({ transfer, total, number }: Piece): boolean {
    if (number === 0) return transfer > this.transfer;
    return transfer === this.transfer && total === this.total && number === this.pieces.length;
  }
}

/** Any bytes give a piece or an error. The payload is a view of `bytes`. */
function decodePiece(bytes: Uint8Array): Piece | ProtocolError {
  try {
    return read(bytes);
  } catch (error) {
    if (error instanceof ProtocolError) return error;
    throw error;
  }
}

function read(bytes: Uint8Array): Piece {
  const reader = new ByteReader();
  reader.reset(bytes);
  const first = reader.u8();
  if (first >> 4 !== MAGIC_PIECE) throw new ProtocolError('not_ours', 'not a piece of a state');
  if ((first & 15) !== PROTOCOL_VERSION) {
    throw new ProtocolError('version', `a piece of version ${first & 15}`);
  }
  const [transfer, total, number] = [reader.varint(), reader.varint(), reader.varint()];
  if (total === 0 || total > MAX_STATE_MESSAGE_BYTES) {
    throw new ProtocolError('malformed', `a state message of ${total} bytes`);
  }
  const payload = bytes.subarray(reader.at);
  const due = Math.min(PIECE_BYTES, total - number * PIECE_BYTES);
  if (payload.length !== due) {
    throw new ProtocolError('malformed', `piece ${number} with ${payload.length} bytes`);
  }
  return { transfer, total, number, payload };
}
