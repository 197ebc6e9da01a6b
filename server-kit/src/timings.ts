/** Durations of the lobby, ms. Tests set their own. */
export interface Timings {
  /** All links of a match must be proven within this (NET-9). */
  proofTimeoutMs: number;
  /** From the last `ready` to the countdown's start: longer than the message's way to any peer. */
  startMarginMs: number;
  /** "Players found": 3-2-1. One-player games skip it. */
  countdownMs: number;
  /** How often a waiting participant is told how long it waits, and policies look again. */
  waitingTickMs: number;
  /** A participant without a socket keeps its place in the pool this long: a page's reload or a
   * change of network is over by then. */
  poolGraceMs: number;
  /** A player without a socket has left after this, even if no peer complains: NET-10's pause. */
  socketGraceMs: number;
  /** When a peer says that the player is lost, this long without a socket is enough: Socket.IO's
   * first two reconnection attempts have then failed. */
  lostGraceMs: number;
  /** A player whom a peer cannot reach, though its socket is connected, has this long to be
   * reached again: NET-10's pause. */
  unreachableGraceMs: number;
  /** A page that its browser has put to sleep, and which said so, has this long to wake up,
   * whether its socket lives on or not. */
  sleepGraceMs: number;
  /** Two whose connection was too slow are not put together again for so long. */
  keptApartMs: number;
  /** After a restart of the server, players of running games have this long to come back. */
  restartGraceMs: number;
  /** `finish` waits this long for the other peers' data before it answers `pending`: under the 10 s
   * after which a page takes a request for lost. */
  settleTimeoutMs: number;
  /** How often the server measures each participant's round trip (LOB-8). */
  rttIntervalMs: number;
}

export const DEFAULT_TIMINGS: Timings = {
  proofTimeoutMs: 15_000,
  startMarginMs: 200,
  countdownMs: 3_000,
  waitingTickMs: 1_000,
  poolGraceMs: 30_000,
  socketGraceMs: 15_000,
  lostGraceMs: 3_000,
  unreachableGraceMs: 15_000,
  sleepGraceMs: 30_000,
  keptApartMs: 30_000,
  restartGraceMs: 60_000,
  settleTimeoutMs: 8_000,
  rttIntervalMs: 5_000,
};
