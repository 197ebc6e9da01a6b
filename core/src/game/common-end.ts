import { splitMarshalSequence, type CommonEnd } from '../contract/index.ts';
import { CanonicalRecorder, type EpisodeSummary } from '../record/canonical-recorder.ts';

/** The part of what was gathered that is the record. */
export interface Kept {
  player: number | null;
  episodes: EpisodeSummary[];
  /** Uploaded chunks of canonical rows, by episode. */
  chunks: Uint8Array[][];
}

/**
 * What was gathered, with an episode that broke off ended where it ended for all (NET-10): a peer
 * that could reach nobody cannot know how much the others still got.
 *
 * Unchanged if that is not the beginning of what is here: a peer believes its own frames first.
 */
export function endedAt<K extends Kept>(gathered: K, end: CommonEnd): K {
  const own = gathered.episodes.find(({ episode }) => episode === end.episode);
  if (own === undefined || own.n_frames <= end.n_frames) return gathered;
  const chunks: Uint8Array[] = [];
  const summary = summarise(gathered, own, end.n_frames, chunks);
  if (summary.sha256 !== end.sha256) return gathered;
  return {
    ...gathered,
    episodes: gathered.episodes.map((episode) => (episode === own ? summary : episode)),
    chunks: gathered.chunks.map((all, episode) => (episode === end.episode ? chunks : all)),
  };
}

/** The first frames of an episode, as the recorder would have given them. */
function summarise(
  { chunks, player }: Kept,
  { episode, seed }: EpisodeSummary,
  frames: number,
  into: Uint8Array[],
): EpisodeSummary {
  const recorder = new CanonicalRecorder(player ?? 0, ({ bytes }) => into.push(bytes));
  recorder.startEpisode(episode, seed);
  // Chunks hold whole rows.
  let frame = 0;
  for (const chunk of chunks[episode] ?? []) {
    for (const row of splitMarshalSequence(chunk)) {
      if (frame === frames) return recorder.endEpisode();
      recorder.row(frame, row);
      frame += 1;
    }
  }
  return recorder.endEpisode();
}
