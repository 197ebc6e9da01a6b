/**
 * How much one participant may ask of the server. Each figure is several times what the largest
 * honest game needs, so that only a broken or hostile client meets it.
 */
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import { MAX_CHUNK_BYTES } from '@cotrial/core/contract';

/** Longest body of `join` and `leave`, bytes: an id or a token. */
export const MAX_BODY_BYTES = 4 * 1024;
/** Largest Socket.IO message, bytes: an upload chunk and 32 KiB for names around it. */
export const MAX_SOCKET_MESSAGE_BYTES = MAX_CHUNK_BYTES + 32 * 1024;
/** Largest signaling message, bytes: a session description is a few kilobytes. */
export const MAX_SIGNAL_BYTES = 64 * 1024;
/** Connections that have a transport but did not say who they are are dropped after this, ms. */
export const HANDSHAKE_TIMEOUT_MS = 10_000;

interface Limit {
  points: number;
  /** Seconds over which the points are counted. */
  duration: number;
}

/** One participant, everything but relay and upload: a page sends a few messages a second. */
const MESSAGES: Limit = { points: 100, duration: 1 };
/** Upload of 16 MiB/s: a backlog after a reconnection drains fast; play needs under 0.1 MiB/s. */
const UPLOAD_BYTES: Limit = { points: 16 * 1024 * 1024, duration: 1 };
/** 15 links at 60 inputs/s are 900; the rest is for control messages. */
const RELAY_PACKETS: Limit = { points: 1_500, duration: 1 };
/** A state dump after a desync is the largest thing ever relayed. */
const RELAY_BYTES: Limit = { points: 1024 * 1024, duration: 1 };
/** Signals of one connection: 15 links with an offer and 20 candidates each arrive in a burst. */
const SIGNALS: Limit = { points: 400, duration: 10 };
/** New participants from one address: a classroom of 200 behind one router starts together. */
const JOINS: Limit = { points: 300, duration: 60 };

/** A client this many times over a limit is disconnected: it does not listen to refusals. */
export const DISCONNECT_FACTOR = 10;
/** So is one that goes over it again and again: periods with an excess, within this many periods. */
const STRIKES: Limit = { points: 3, duration: 30 };
/**
 * Nothing more is read from a connection that is over a limit for so long, ms. The network makes
 * its sender wait, and everybody else has the server to themselves.
 */
export const HOLD_MS = 1_000;

export interface Limiter {
  /** Resolves `ok`, `over` (refuse this one) or `flood` (disconnect), in order of the calls. */
  take(key: string, points?: number): Promise<'ok' | 'over' | 'flood'>;
}

/** @param strikes how often somebody may go over it; null for those who are told and try again */
function limiter({ points, duration }: Limit, strikes: Limit | null = null): Limiter {
  const memory = new RateLimiterMemory({ points, duration });
  const excesses =
    strikes &&
    new RateLimiterMemory({ points: strikes.points, duration: strikes.duration * duration });
  return {
    async take(key, cost = 1) {
      const result: unknown = await memory.consume(key, cost).catch((refused: unknown) => refused);
      if (!(result instanceof RateLimiterRes) || result.consumedPoints <= points) return 'ok';
      if (result.consumedPoints > DISCONNECT_FACTOR * points) return 'flood';
      const isFirst = result.consumedPoints - cost <= points;
      if (!isFirst || excesses === null) return 'over';
      return excesses.consume(key).then(
        () => 'over' as const,
        () => 'flood' as const,
      );
    },
  };
}

export interface Limits {
  messages: Limiter;
  uploadBytes: Limiter;
  relayPackets: Limiter;
  relayBytes: Limiter;
  signals: Limiter;
  joins: Limiter;
}

export function createLimits(): Limits {
  return {
    messages: limiter(MESSAGES, STRIKES),
    uploadBytes: limiter(UPLOAD_BYTES),
    relayPackets: limiter(RELAY_PACKETS, STRIKES),
    relayBytes: limiter(RELAY_BYTES),
    signals: limiter(SIGNALS, STRIKES),
    joins: limiter(JOINS),
  };
}
