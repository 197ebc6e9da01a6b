import type { GameResult, Outcome, RecordRow } from '@cotrial/core';

/** The trial's data: one flat row, the episodes nested, frames only if asked. */
export function rowOf(result: GameResult, includeFrames: boolean): Record<string, unknown> {
  const row: Record<string, unknown> = { ...result };
  if (includeFrames) row['frames'] = result.frames().map((episode) => episode.map(frameData));
  else delete row['frames'];
  return row;
}

/** The result of a game that did not begin. */
export function resultWithoutGame(
  outcome: Outcome,
  reason: string,
  error: GameResult['error'] = null,
): GameResult {
  return {
    outcome,
    outcome_by: null,
    outcome_reason: reason,
    completion_code: null,
    match_id: null,
    agent: null,
    n_players: 0,
    n_episodes: 0,
    n_frames: 0,
    reward_total: 0,
    record_sha256: null,
    verification: 'pending',
    link_type: null,
    ping_ms_median: null,
    input_delay_median: null,
    rollback_count: 0,
    rollback_frames_max: 0,
    stall_ms_total: 0,
    desync_count: 0,
    load_ms: 0,
    wait_ms: 0,
    episodes: [],
    error,
    frames: () => [],
  };
}

/** jsPsych writes its data as JSON, which knows neither Map nor integers beyond 53 bits. */
function frameData(row: RecordRow) {
  return {
    ...row,
    actions: row.actions.map((action) => (typeof action === 'bigint' ? exact(action) : action)),
    rewards: row.rewards.map(exact),
    infos: row.infos.map((info) =>
      info === null ? null : Object.fromEntries([...info].map(([key, x]) => [key, exact(x)])),
    ),
  };
}

/** Integers beyond 53 bits become decimal text: a number would lose digits. */
function exact<T>(value: T): Exclude<T, bigint> | string {
  return typeof value === 'bigint' ? value.toString() : (value as Exclude<T, bigint>);
}
