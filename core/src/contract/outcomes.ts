/** Every way in which a participant's trial can end. Exactly one applies. */
export const OUTCOMES = [
  'completed',
  'partner_left',
  'left',
  'timed_out_waiting',
  'excluded',
  'unsupported',
  'load_failed',
  'environment_error',
  'desync',
  'connection_lost',
  'removed',
  'server_closed',
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/**
 * What the server says of an episode's data: `verified` (every peer sent the same bytes),
 * `unverified` (one copy), `disputed` (copies differ), `pending` (a copy may still come).
 */
export const VERIFICATIONS = ['verified', 'unverified', 'disputed', 'pending'] as const;
export type Verification = (typeof VERIFICATIONS)[number];

/** How packets of a link travel: peer to peer, through a TURN server, or through the lab's relay. */
export const LINK_TYPES = ['direct', 'turn', 'server'] as const;
export type LinkType = (typeof LINK_TYPES)[number];
