import { createHmac } from 'node:crypto';

/** A coturn server with `use-auth-secret`. */
export interface TurnOptions {
  /** For example `turn:turn.lab.example:3478?transport=udp`. */
  urls: string[];
  /** coturn's `static-auth-secret`. It never leaves the server. */
  secret: string;
  /** Life of a credential, s. coturn checks it at every refresh, so it must outlast a game. */
  ttlSeconds?: number;
}

export interface IceOptions {
  /** STUN and TURN servers given to every participant as they are. */
  iceServers?: RTCIceServer[];
  turn?: TurnOptions;
  /** Peers connect through TURN only, so that partners never see each other's address. */
  relayOnly?: boolean;
}

/** Longer than any single game, shorter than a shift. */
const DEFAULT_TTL_S = 4 * 3_600;

/** ICE servers for one participant, with TURN credentials of its own (TURN REST API). */
export function iceServersFor(
  participant: string,
  options: IceOptions,
  nowMs: number,
): RTCIceServer[] {
  const servers = [...(options.iceServers ?? [])];
  if (options.turn !== undefined) {
    const { urls, secret, ttlSeconds = DEFAULT_TTL_S } = options.turn;
    const username = `${Math.floor(nowMs / 1_000) + ttlSeconds}:${participant}`;
    const credential = createHmac('sha1', secret).update(username).digest('base64');
    servers.push({ urls, username, credential });
  }
  return servers;
}
