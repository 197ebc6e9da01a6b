/**
 * Bytes that links exchange, on every path. Integers are little-endian.
 *
 * | kind    | after the kind byte                              | travels on |
 * |---------|--------------------------------------------------|------------|
 * | INPUT   | sequence u16, the owner's packet                 | unreliable channel, relay |
 * | PING    | sequence u16                                     | unreliable channel, relay |
 * | PONG    | sequence u16, sequence of the answered ping u16  | unreliable channel, relay |
 * | CONTROL | message number u32, the owner's message          | reliable channel, relay |
 * | ACK     | number of the next message expected u32          | reliable channel, relay |
 *
 * INPUT, PING and PONG share one sequence for each path and direction: its gaps are the loss.
 * The low 4 bits of the kind byte are the kind, the high 4 the sender's era (link-era.ts): which of
 * the two paths it uses now. It is on every packet, so that the next packet repeats a lost notice.
 */
import { LINK_KIND, LINK_KIND_MASK, MAX_RELAY_BYTES } from '../contract/index.ts';

export const KIND = LINK_KIND;
const ERA_SHIFT = 4;

const CONTROL_HEADER = 5;
/** Largest control message, bytes: with its header it must still fit into one relayed packet. */
export const MAX_CONTROL_BYTES = MAX_RELAY_BYTES - CONTROL_HEADER;
const INPUT_HEADER = 3;
/** Largest input packet, bytes; ordinary ones have a few dozen. */
export const MAX_INPUT_BYTES = MAX_RELAY_BYTES - INPUT_HEADER;

export type LinkPacket = { era: number } & (
  | { kind: typeof KIND.input; sequence: number; payload: Uint8Array }
  | { kind: typeof KIND.ping; sequence: number }
  | { kind: typeof KIND.pong; sequence: number; ping: number }
  | { kind: typeof KIND.control; number: number; payload: Uint8Array }
  | { kind: typeof KIND.ack; next: number }
);

export function encodeLinkPacket(packet: LinkPacket): Uint8Array {
  const payload = 'payload' in packet ? packet.payload : undefined;
  const header = headerBytes(packet.kind);
  const bytes = new Uint8Array(header + (payload?.length ?? 0));
  const view = new DataView(bytes.buffer);
  bytes[0] = packet.kind | (packet.era << ERA_SHIFT);
  switch (packet.kind) {
    case KIND.input:
    case KIND.ping:
      view.setUint16(1, packet.sequence, true);
      break;
    case KIND.pong:
      view.setUint16(1, packet.sequence, true);
      view.setUint16(3, packet.ping, true);
      break;
    case KIND.control:
      view.setUint32(1, packet.number, true);
      break;
    case KIND.ack:
      view.setUint32(1, packet.next, true);
      break;
  }
  if (payload !== undefined) bytes.set(payload, header);
  return bytes;
}

/** Any bytes give a packet or null. Payloads are copies: their buffers may be transferred. */
export function decodeLinkPacket(bytes: Uint8Array): LinkPacket | null {
  const first = bytes[0];
  if (first === undefined) return null;
  const kind = first & LINK_KIND_MASK;
  const era = first >> ERA_SHIFT;
  const header = headerBytes(kind);
  if (header === 0 || bytes.length < header) return null;
  const hasPayload = kind === KIND.input || kind === KIND.control;
  if (!hasPayload && bytes.length !== header) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  switch (kind) {
    case KIND.input:
      return { kind, era, sequence: view.getUint16(1, true), payload: bytes.slice(header) };
    case KIND.ping:
      return { kind, era, sequence: view.getUint16(1, true) };
    case KIND.pong:
      return { kind, era, sequence: view.getUint16(1, true), ping: view.getUint16(3, true) };
    case KIND.control:
      return { kind, era, number: view.getUint32(1, true), payload: bytes.slice(header) };
    case KIND.ack:
      return { kind, era, next: view.getUint32(1, true) };
    default:
      return null;
  }
}

/** Bytes before the payload; 0 for an unknown kind. */
function headerBytes(kind: number): number {
  switch (kind) {
    case KIND.input:
    case KIND.ping:
      return INPUT_HEADER;
    case KIND.pong:
    case KIND.control:
    case KIND.ack:
      return CONTROL_HEADER;
    default:
      return 0;
  }
}
