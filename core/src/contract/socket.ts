/**
 * The conversation between a participant's page and the server kit, over one Socket.IO connection
 * at `<path>/socket.io`.
 *
 * 1. `POST <path>/join` with a {@link JoinRequest} gives a signed participant token. The token is
 *    the Socket.IO handshake's `auth.token`; it never stands in a URL.
 * 2. `enter` puts the participant into the pool of its game. The server sends `waiting` now and
 *    then, and `matched` once a match exists.
 * 3. Peers connect and prove their links, then each says `ready`. When all did, the server sends
 *    one `start` with a time on its own clock; peers know their offset from `clock`.
 * 4. In play the server only orders membership (`player_left`), relays for links that failed
 *    (`relay`), and stores canonical records (`upload`, `episode_done`), acknowledging after commit.
 * 5. `finish` ends the participant's trial and answers with the verification and completion code.
 *
 * Socket.IO delivers at most once, so after a reconnection the server repeats what the page may
 * have missed: `start` and every `player_left` of a match in play, and, when the page enters again,
 * `matched`. Repeated messages are equal to the first ones; a page ignores what it knows.
 *
 * `player_left` goes to everybody who still plays, and to the one who left if the server decided
 * it. A `peer_lost` is withdrawn by a `link` for the same player.
 *
 * Every client message is checked against its schema; a message that fails gets
 * `{ ok: false, error }` and changes nothing.
 */
import * as v from 'valibot';
import {
  LINK_TYPES,
  OUTCOMES,
  type LinkType,
  type Outcome,
  type Verification,
} from './outcomes.ts';

/** Longest text that a client may put into a name or a reason, characters. */
export const MAX_TEXT = 2_000;
/** Largest upload chunk, bytes (SEC-6). */
export const MAX_CHUNK_BYTES = 256 * 1024;
/**
 * Longest piece of a local record, characters: with its envelope it stays under the largest
 * message that the server reads. A longer record goes ahead of `finish` in `local_record` pieces.
 */
export const MAX_LOCAL_RECORD_PIECE = 200_000;
/** Largest relayed packet, bytes; an input packet is a few dozen, a control message under 16 KiB. */
export const MAX_RELAY_BYTES = 16 * 1024;

const text = v.pipe(v.string(), v.maxLength(MAX_TEXT));
const id = v.pipe(v.string(), v.minLength(1), v.maxLength(128));
const sha256 = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const index = (most: number) => v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(most));
const seat = index(15);
const bytes = (most: number) =>
  v.pipe(
    v.instance(Uint8Array),
    v.check((b) => b.byteLength <= most, `at most ${most} bytes`),
  );

/** Body of `POST <path>/join`. */
export const JoinRequest = v.object({
  /** The recruitment service's id of the participant (`PROLIFIC_PID` and the like), or null. */
  participant: v.nullable(id),
});
export type JoinRequest = v.InferOutput<typeof JoinRequest>;
/** Body of `POST <path>/leave`, as JSON or, from `navigator.sendBeacon`, as text: the page goes. */
export const LeaveRequest = v.object({ token: v.pipe(v.string(), v.maxLength(MAX_TEXT)) });
export interface JoinReply {
  token: string;
  /** The server's own id of this participant: what exports show. */
  participant: string;
}

/** What all peers of a match must agree on before it starts; part of the stored match. */
export const GameSettings = v.object({
  fps: v.pipe(v.number(), v.minValue(1), v.maxValue(240)),
  episodes: v.pipe(index(1_000), v.minValue(1)),
  /** Frames after which an episode ends at the latest, or null for as long as the game lasts. */
  max_steps: v.nullable(index(10_000_000)),
  /** Frames between sampling an input and playing it, or `adaptive`. */
  input_delay: v.union([index(31), v.literal('adaptive')]),
  /** What an input that has not arrived is taken to be. */
  prediction: v.picklist(['repeat', 'default']),
  /** What happens when a player leaves: the match ends, or goes on with the default action. */
  on_leave: v.picklist(['end', 'continue']),
  /**
   * What happens when the players' states differ although their inputs do not: the lower seat takes
   * the state of the higher, the match ends, or it goes on and the record says so.
   */
  on_desync: v.picklist(['resync', 'end', 'flag']),
  /** Frames between checksums. Peers may ask for different ones; the match takes the largest. */
  checksum_interval: v.pipe(index(10_000), v.minValue(1)),
  /** Options given to the environment's constructor, as JSON text. */
  environment_options: v.pipe(v.string(), v.maxLength(16_384)),
  pyodide_version: text,
});
export type GameSettings = v.InferOutput<typeof GameSettings>;

export const EnterRequest = v.object({
  game: id,
  /** Agents in seat order; their number is the number of players. */
  agents: v.pipe(v.array(id), v.minLength(1), v.maxLength(16)),
  environment_sha256: sha256,
  settings: GameSettings,
  /** Longest time in the waiting room, ms. */
  wait_timeout_ms: v.pipe(v.number(), v.minValue(1_000), v.maxValue(24 * 3_600_000)),
});
export type EnterRequest = v.InferOutput<typeof EnterRequest>;

export const ReadyRequest = v.object({
  match_id: id,
  /** For each other player the probe's round trip, ms; needed where the match asks for probes. */
  probes: v.optional(
    v.pipe(
      v.array(v.object({ player: seat, rtt_ms: v.pipe(v.number(), v.minValue(0)) })),
      v.maxLength(16),
    ),
    [],
  ),
});
export type ReadyRequest = v.InferOutput<typeof ReadyRequest>;
/** What a link's probe measured: the median of its first pings (NET-12). */
export type Probe = ReadyRequest['probes'][number];
export const PeerLostRequest = v.object({ match_id: id, player: seat });
/** The link to `player` carries packets again, or moved to another path. */
export const LinkReport = v.object({
  match_id: id,
  player: seat,
  link_type: v.picklist(LINK_TYPES),
});
export const UploadRequest = v.object({
  match_id: id,
  episode: index(999),
  /** Chunk number within the episode, from 0 without gaps. */
  seq: index(1_000_000),
  bytes: bytes(MAX_CHUNK_BYTES),
});
export type UploadRequest = v.InferOutput<typeof UploadRequest>;
export const EpisodeDoneRequest = v.object({
  match_id: id,
  episode: index(999),
  seed: index(0xffff_ffff),
  n_chunks: index(1_000_001),
  n_frames: index(10_000_000),
  sha256,
  /**
   * The match ended for this peer before the episode did: others may hold more frames of it, or
   * fewer, but what two have must be alike.
   */
  broken_off: v.boolean(),
  /** Frames that every player is known to have; fewer than `n_frames` only if it broke off. */
  n_agreed: index(10_000_000),
});
export type EpisodeDoneRequest = v.InferOutput<typeof EpisodeDoneRequest>;
export const FinishRequest = v.object({
  match_id: v.nullable(id),
  outcome: v.picklist(OUTCOMES),
  /** Agent to whom the outcome is attributed, or null. */
  outcome_by: v.nullable(id),
  outcome_reason: text,
  record_sha256: v.nullable(sha256),
  /**
   * This peer's own record (ROLL-18 metrics, rollback events, link types), as JSON text, or the
   * last piece of it.
   */
  local_record: v.pipe(v.string(), v.maxLength(MAX_LOCAL_RECORD_PIECE)),
});
export type FinishRequest = v.InferOutput<typeof FinishRequest>;
/** A piece of the local record, sent before `finish`. Pieces are joined in order of `seq`. */
export const LocalRecordRequest = v.object({
  match_id: id,
  seq: index(1_000),
  text: v.pipe(v.string(), v.maxLength(MAX_LOCAL_RECORD_PIECE)),
});
export type LocalRecordRequest = v.InferOutput<typeof LocalRecordRequest>;
export const RelayRequest = v.tuple([seat, bytes(MAX_RELAY_BYTES)]);

export interface ServerError {
  /** Machine-readable kind: `bad_request`, `not_in_match`, `too_large`, `rate_limited`, ... */
  code: string;
  /** One sentence that says what to do. */
  message: string;
}
export type Reply<T extends object> = ({ ok: true } & T) | { ok: false; error: ServerError };

/** `value` if it is what `schema` says, with unknown keys left out; else what is wrong with it. */
export function readMessage<S extends v.GenericSchema>(
  schema: S,
  value: unknown,
): { ok: true; message: v.InferOutput<S> } | { ok: false; error: ServerError } {
  const result = v.safeParse(schema, value);
  if (result.success) return { ok: true, message: result.output };
  const issue = result.issues[0];
  const where = v.getDotPath(issue) ?? 'message';
  return { ok: false, error: { code: 'bad_request', message: `${where}: ${issue.message}` } };
}

/**
 * The copies of an episode that broke off go different ways beyond the shortest: it stands for all.
 * Whoever has more takes it as its own.
 */
export interface CommonEnd {
  episode: number;
  n_frames: number;
  /** Of the shortest copy's bytes. */
  sha256: string;
}

/** What the server says to a participant who is done. */
export interface Finished {
  verification: Verification;
  completion_code: string | null;
  common_end: CommonEnd | null;
}

export interface MatchedMessage {
  match_id: string;
  game: string;
  /** Match seed, an unsigned 32-bit integer. */
  seed: number;
  you: number;
  players: { player: number; agent: string; peer_id: string }[];
  settings: GameSettings;
  signaling: {
    /** Path of the PeerServer on the kit's origin. */
    path: string;
    /** Short-lived token for the signaling URL; useless anywhere else. */
    token: string;
  };
  ice: { ice_servers: RTCIceServer[]; relay_only: boolean };
  /** Time in which every link must prove itself, ms (NET-9). */
  proof_timeout_ms: number;
  /**
   * Every link is probed, and the match dissolved if a round trip is longer, ms; null for links
   * of any length (LOB-6).
   */
  max_p2p_rtt_ms: number | null;
  countdown_ms: number;
}
export interface StartMessage {
  match_id: string;
  /** Server clock, ms since the epoch, at which frame 0 of episode 0 is stepped. */
  at_ms: number;
}
export interface PlayerLeftMessage {
  match_id: string;
  player: number;
  /** Position in the match's order of departures, from 0: the same for everybody. */
  order: number;
  outcome: Outcome;
  reason: string;
}

/** What follows if a player whom another one cannot reach stays away. */
export interface PeerLostReply {
  /** The server takes it for gone then, ms from now. It may learn more, and do so sooner. */
  left_in_ms: number;
  /** Its browser has put its page to sleep. */
  asleep: boolean;
}

export interface ClientToServer {
  clock: (reply: (server_ms: number) => void) => void;
  enter: (m: EnterRequest, reply: (r: Reply<{ resumed: boolean }>) => void) => void;
  ready: (m: v.InferInput<typeof ReadyRequest>, reply: (r: Reply<object>) => void) => void;
  /** No path to `player` works, neither peer to peer nor by relay. */
  peer_lost: (
    m: { match_id: string; player: number },
    reply: (r: Reply<PeerLostReply>) => void,
  ) => void;
  link: (m: { match_id: string; player: number; link_type: LinkType }) => void;
  /** The browser freezes the page, which will say nothing more until it is `awake`. */
  asleep: () => void;
  awake: () => void;
  relay: (to: number, packet: Uint8Array) => void;
  upload: (m: UploadRequest, reply: (r: Reply<{ seq: number }>) => void) => void;
  episode_done: (
    m: EpisodeDoneRequest,
    reply: (r: Reply<{ verification: Verification }>) => void,
  ) => void;
  local_record: (m: LocalRecordRequest, reply: (r: Reply<{ seq: number }>) => void) => void;
  /** Answers when all peers' data are compared, or after a short wait with `pending`. */
  finish: (m: FinishRequest, reply: (r: Reply<Finished>) => void) => void;
}
export interface ServerToClient {
  /** Server's own RTT measurement (LOB-8): the client acknowledges at once. */
  rtt: (reply: () => void) => void;
  waiting: (m: { waited_ms: number; timeout_ms: number }) => void;
  /** `mismatch`: somebody waited for the same game, and why they could not play together. */
  timed_out: (m: { waited_ms: number; mismatch?: string }) => void;
  matched: (m: MatchedMessage) => void;
  start: (m: StartMessage) => void;
  /** The match ended before it began; the participant is in the pool again. */
  dissolved: (m: { match_id: string; reason: string }) => void;
  player_left: (m: PlayerLeftMessage) => void;
  relay: (from: number, packet: Uint8Array) => void;
  /** Another tab of the same participant took the seat. */
  replaced: () => void;
  closing: (m: { reason: string }) => void;
}
