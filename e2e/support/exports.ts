import { RESEARCHER_KEY } from './playground.ts';

/** A line of `export/matches.jsonl`, as far as the tests read it. */
export interface ExportedMatch {
  match_id: string;
  game: string;
  environment_sha256: string;
  seed: number;
  players: {
    participant: string;
    agent: string;
    outcome: string;
    link_types: unknown;
    record_sha256: string | null;
  }[];
  episodes: {
    episode: number;
    seed: number;
    n_frames: number;
    verification: string;
    sha256: string;
  }[];
}

async function get(url: string): Promise<string> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${RESEARCHER_KEY}` } });
  if (!response.ok) throw new Error(`${url} answered ${response.status}`);
  return response.text();
}

export async function exportedMatches(server: string): Promise<ExportedMatch[]> {
  const text = await get(`${server}/cotrial/export/matches.jsonl`);
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as ExportedMatch);
}

/** Rows of `export/frames.csv` of one match, by column name. The demo games have no quoted cells. */
export async function exportedFrames(
  server: string,
  match: string,
): Promise<Record<string, string>[]> {
  const text = await get(`${server}/cotrial/export/frames.csv?match=${match}`);
  const [header, ...lines] = text.trimEnd().split(/\r?\n/);
  const columns = header!.split(',');
  return lines.map((line) => {
    const cells = line.split(',');
    if (cells.length !== columns.length)
      throw new Error(`a row has ${cells.length} cells: ${line}`);
    return Object.fromEntries(columns.map((column, i) => [column, cells[i]!]));
  });
}
