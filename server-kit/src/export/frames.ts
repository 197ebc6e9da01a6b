import type { RecordRow } from '@cotrial/core/contract';
import { cell, type Cell } from './cells.ts';
import type { Snapshot } from './snapshot.ts';

/** Columns of an agent in a frames table: `<field>.<agent>`, then `info.<agent>.<key>`. */
const FIELDS = [
  'action',
  'reward',
  'terminated',
  'truncated',
  'is_focused',
  'status',
  'input_delay',
] as const;

/** Agents, in order of appearance, and the info keys that each ever had, in alphabetical order. */
export interface FrameColumns {
  agents: { agent: string; infoKeys: string[] }[];
}

/** Rows between which other work of the process may run, so that an export delays no game. */
const SLICE = 200;
const breathe = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** First pass: which columns there are, so that none shifts when a key is absent. */
export async function findColumns(
  snapshot: Snapshot,
  matchIds: readonly string[],
): Promise<FrameColumns> {
  const keys = new Map<string, Set<string>>();
  for await (const { agents, row } of frames(snapshot, matchIds)) {
    agents.forEach((agent, player) => {
      const known = keys.get(agent) ?? new Set();
      for (const key of row.infos[player]?.keys() ?? []) known.add(key);
      keys.set(agent, known);
    });
  }
  const sorted = (set: Set<string>): string[] => [...set].sort((a, b) => (a < b ? -1 : 1));
  return { agents: [...keys].map(([agent, set]) => ({ agent, infoKeys: sorted(set) })) };
}

export function columnNames({ agents }: FrameColumns): string[] {
  return [
    'match_id',
    'episode',
    'frame',
    ...agents.flatMap(({ agent, infoKeys }) => [
      ...FIELDS.map((field) => `${field}.${agent}`),
      ...infoKeys.map((key) => `info.${agent}.${key}`),
    ]),
    'checksum',
  ];
}

/** Second pass: one array of cells for each frame, in the order of the columns. */
export async function* frameCells(
  snapshot: Snapshot,
  matchIds: readonly string[],
  columns: FrameColumns,
): AsyncGenerator<Cell[]> {
  for await (const { matchId, episode, agents, row } of frames(snapshot, matchIds)) {
    const seatOf = new Map(agents.map((agent, player) => [agent, player]));
    yield [
      matchId,
      cell(episode),
      cell(row.frame),
      ...columns.agents.flatMap(({ agent, infoKeys }) =>
        agentCells(row, seatOf.get(agent), infoKeys),
      ),
      cell(row.checksum),
    ];
  }
}

function agentCells(row: RecordRow, player: number | undefined, infoKeys: string[]): Cell[] {
  if (player === undefined) return new Array<Cell>(FIELDS.length + infoKeys.length).fill('');
  const info = row.infos[player];
  return [
    cell(row.actions[player]),
    cell(row.rewards[player]),
    cell(row.terminated[player]),
    cell(row.truncated[player]),
    cell(row.is_focused[player]),
    cell(row.statuses[player]),
    cell(row.input_delays[player]),
    ...infoKeys.map((key) => cell(info?.get(key))),
  ];
}

async function* frames(
  snapshot: Snapshot,
  matchIds: readonly string[],
): AsyncGenerator<{ matchId: string; episode: number; agents: string[]; row: RecordRow }> {
  let n = 0;
  for (const matchId of matchIds) {
    const agents = snapshot.seats(matchId).map((seat) => seat.agent);
    for (const episode of snapshot.episodes(matchId)) {
      for (const row of snapshot.rows(matchId, episode)) {
        yield { matchId, episode: episode.episode, agents, row };
        n += 1;
        if (n % SLICE === 0) await breathe();
      }
    }
  }
}
