/**
 * First byte of everything that links exchange, on every path (core/src/link/link-packet.ts): the
 * kind in its lower four bits. The relay counts inputs by it and looks at nothing else.
 */
export const LINK_KIND = { input: 1, ping: 2, pong: 3, control: 4, ack: 5 } as const;
/** Bits of the first byte that hold the kind. */
export const LINK_KIND_MASK = 0x0f;
