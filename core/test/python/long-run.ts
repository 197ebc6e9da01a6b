/**
 * What long_run.py needs to play the demo games under any Pyodide: here in Node and, from e2e, in
 * browsers.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { PYTHON_FILES } from '../../src/environment/python-files.ts';

export const GAMES = ['volley', 'kitchen', 'commons', 'dilemma'];
/** Every depth of rollback twice in `npm test`; `npm run soak -- --python` plays 2,000 frames. */
export const FRAMES = process.env['COTRIAL_SOAK'] === '1' ? 2_000 : 144;
/** By `game/tier`: a digest of all rows and checksums, and whether rollbacks left it the same. */
export type Report = Record<string, { digest: string; same: boolean }>;

export const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
export const gameFile = (game: string): string => here(`../../../demos/games/${game}.py`);

const FOLDER = '/long_run';

/** Files for Pyodide's own file system, by path. */
export function filesToPlay(): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [name, text] of Object.entries(PYTHON_FILES)) {
    files[`${FOLDER}/cotrial_host/${name}`] = text;
  }
  for (const name of ['native.py', 'long_run.py']) {
    files[`${FOLDER}/${name}`] = readFileSync(here(name), 'utf8');
  }
  for (const game of GAMES) files[`${FOLDER}/${game}.py`] = readFileSync(gameFile(game), 'utf8');
  return files;
}

/** Python that gives the report as JSON. */
export const programFor = (games: readonly string[]): string => `
import json, sys
sys.path.insert(0, ${JSON.stringify(FOLDER)})
import long_run
from cotrial_host import bridge
sources = {game: open(f"${FOLDER}/{game}.py").read() for game in ${JSON.stringify(games)}}
json.dumps(long_run.report(bridge, sources, ${FRAMES}))
`;
