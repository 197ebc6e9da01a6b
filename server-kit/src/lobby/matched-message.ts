import type { MatchedMessage } from '@cotrial/core/contract';
import type { Match, Seat } from './match.ts';

/** What one player is told of its match. */
export function matchedMessage(
  match: Match,
  seat: Seat,
  terms: {
    signalingPath: string;
    ice: MatchedMessage['ice'];
    proofTimeoutMs: number;
    maxP2pRttMs: number | null;
    countdownMs: number;
  },
): MatchedMessage {
  return {
    match_id: match.id,
    game: match.facts.game,
    seed: match.facts.seed,
    you: seat.player,
    players: match.seats.map(({ player, agent, peer_id }) => ({ player, agent, peer_id })),
    settings: match.facts.settings,
    signaling: { path: terms.signalingPath, token: seat.signaling_token },
    ice: terms.ice,
    proof_timeout_ms: terms.proofTimeoutMs,
    max_p2p_rtt_ms: terms.maxP2pRttMs,
    countdown_ms: terms.countdownMs,
  };
}
