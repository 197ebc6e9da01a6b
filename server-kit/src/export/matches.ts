import { inCommon, recordSha256, verifyEpisode } from '../store/verification.ts';
import type { ExportedEpisode, Snapshot } from './snapshot.ts';

const iso = (ms: number): string => new Date(ms).toISOString();

/** One line of `matches.jsonl`: what a match was, who played it, and what became of its data. */
export function matchLine(snapshot: Snapshot, matchId: string): object {
  const match = snapshot.match(matchId);
  const seats = snapshot.seats(matchId);
  const copies = snapshot.copies(matchId);
  const ended = inCommon(copies, snapshot.alikeIn(matchId));
  const links = snapshot.linkChanges(matchId);
  const departed = seats.map((seat) => ({
    player: seat.player,
    departed: seat.departure_order !== null,
  }));
  const frames = (episode: ExportedEpisode): number =>
    chosen(episode)?.n_frames ?? [...snapshot.rows(matchId, episode)].length;
  return {
    match_id: match.id,
    game: match.game,
    environment_sha256: match.environment_sha256,
    seed: match.seed,
    started_at: iso(match.started_at),
    ended_at: match.ended_at === null ? null : iso(match.ended_at),
    players: seats.map((seat) => ({
      participant: seat.participant,
      agent: seat.agent,
      outcome: seat.outcome,
      link_types: links
        .filter((link) => link.player === seat.player)
        .map(({ other, link_type, at }) => ({
          agent: seats[other]?.agent ?? null,
          type: link_type,
          at: iso(at),
        })),
      record_sha256: recordSha256(ended.filter((copy) => copy.player === seat.player)),
    })),
    episodes: snapshot.episodes(matchId).map((episode) => ({
      episode: episode.episode,
      seed: chosen(episode)?.seed ?? null,
      n_frames: frames(episode),
      // Nobody will close a broken-off episode once the match is over.
      verification:
        episode.copies.length > 0
          ? verifyEpisode(departed, episode.copies, snapshot.alikeIn(matchId))
          : match.ended_at === null
            ? 'pending'
            : 'unverified',
      sha256: chosen(episode)?.sha256 ?? null,
    })),
  };
}

const chosen = (episode: ExportedEpisode) =>
  episode.copies.find((copy) => copy.player === episode.player);
