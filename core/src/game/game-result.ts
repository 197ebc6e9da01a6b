import { readRows, type Finished, type Outcome, type RecordRow } from '../contract/index.ts';
import { endedAt, type Kept } from './common-end.ts';
import type { LinkStatus } from '../link/link.ts';
import { matchSha256 } from '../record/canonical-recorder.ts';
import type { LocalRecord } from '../record/local-recorder.ts';
import type { SessionMetrics } from '../rollback/session.ts';
import type { EpisodeResult, GameResult } from './run.ts';

/** How a run ended: exactly one per run, the first that is known. */
export interface Ending {
  outcome: Outcome;
  /** Agent to whom it is attributed. */
  by: string | null;
  reason: string;
  error: GameResult['error'];
}

/** What a run has gathered when it ends; what never came about is null or empty. */
export interface Gathered extends Kept {
  match_id: string | null;
  agents: string[];
  local: LocalRecord | null;
  metrics: SessionMetrics | null;
  links: LinkStatus[];
  pings: number[];
  load_ms: number;
  wait_ms: number;
}

/** What the server answered to `finish`, or what is assumed without an answer. */
export type Confirmation = Finished;

/** Puts the result together; the data row is its flat part. */
export function gameResult(ending: Ending, all: Gathered, confirmed: Confirmation): GameResult {
  const { common_end } = confirmed;
  const gathered = common_end ? endedAt(all, common_end) : all;
  const { episodes, local, player, agents, links, pings } = gathered;
  const results: EpisodeResult[] = episodes.map((episode) => ({
    ...episode,
    verification: confirmed.verification,
  }));
  return {
    outcome: ending.outcome,
    outcome_by: ending.by,
    outcome_reason: ending.reason,
    completion_code: confirmed.completion_code,
    match_id: gathered.match_id,
    agent: player === null ? null : (agents[player] ?? null),
    n_players: agents.length,
    n_episodes: episodes.length,
    n_frames: sum(episodes.map((episode) => episode.n_frames)),
    reward_total: sum(episodes.map((episode) => episode.reward_total)),
    record_sha256: episodes.length === 0 ? null : matchSha256(episodes),
    verification: confirmed.verification,
    link_type: worstLink(links),
    ping_ms_median: median(pings),
    input_delay_median: local === null ? null : medianOfCounts(local.input_delays),
    rollback_count: local === null ? 0 : local.rollbacks.length + local.rollbacks_dropped,
    rollback_frames_max: local?.rollback_frames_max ?? 0,
    stall_ms_total: sum((local?.stalls ?? []).map((stall) => stall.duration_ms)),
    desync_count: local === null ? 0 : local.desyncs.length + local.desyncs_dropped,
    load_ms: gathered.load_ms,
    wait_ms: gathered.wait_ms,
    episodes: results,
    error: ending.error,
    frames: () => gathered.chunks.map((chunks) => rowsOf(chunks)),
  };
}

/** Also an episode that was cut short by its end: whole rows of whole chunks. */
function rowsOf(chunks: Uint8Array[]): RecordRow[] {
  const bytes = new Uint8Array(sum(chunks.map((chunk) => chunk.length)));
  let at = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, at);
    at += chunk.length;
  }
  return [...readRows(bytes)];
}

/** A match is as direct as its least direct link. */
function worstLink(links: LinkStatus[]): GameResult['link_type'] {
  const types = links.map((link) => link.type);
  return (['server', 'turn', 'direct'] as const).find((type) => types.includes(type)) ?? null;
}

function sum(values: number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle]!;
  return sorted.length % 2 === 1 ? upper : (sorted[middle - 1]! + upper) / 2;
}

/** Median of values 0, 1, 2... of which `counts[value]` were seen; the lower of two. */
function medianOfCounts(counts: readonly number[]): number | null {
  const total = sum(Array.from(counts, (count) => count ?? 0));
  let seen = 0;
  for (let value = 0; value < counts.length; value++) {
    seen += counts[value] ?? 0;
    if (total > 0 && seen * 2 >= total) return value;
  }
  return null;
}
