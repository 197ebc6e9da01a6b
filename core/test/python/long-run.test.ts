/**
 * The demo games in every tier, straight ahead and with forced rollbacks of 1 to 12 frames, under
 * Pyodide and natively. `python3 long_run.py GAME.py...` plays 2,000 frames of each.
 */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadPyodide } from './pyodides.ts';
import { beforeAll, expect, test } from 'vitest';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import { loadEnvironmentInto, startPython } from '../../src/environment/pyodide-environment.ts';

const FRAMES = 240;
const GAMES = ['volley', 'kitchen', 'commons', 'dilemma'];
const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));
const sourceOf = (game: string): string =>
  readFileSync(here(`../../../demos/games/${game}.py`), 'utf8');
type Report = Record<string, { digest: string; same: boolean }>;

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
  // Brings the adapter's files.
  await loadEnvironmentInto(python, { source: sourceOf('volley'), source_name: 'volley.py' });
  for (const name of ['native.py', 'long_run.py']) {
    python.FS.writeFile(`/cotrial/${name}`, readFileSync(here(name), 'utf8'));
  }
});

test.each(GAMES)('%s: rollbacks leave the same bytes in every tier', (game) => {
  const sources = JSON.stringify({ [game]: sourceOf(game) });
  const report = JSON.parse(
    python.runPython(
      `import json, long_run\nfrom cotrial_host import bridge\n` +
        `json.dumps(long_run.report(bridge, json.loads(${JSON.stringify(sources)}), ${FRAMES}))`,
    ) as string,
  ) as Report;
  const different = Object.keys(report).filter((name) => !report[name]!.same);
  expect(Object.keys(report)).toHaveLength(4);
  expect(different).toEqual([]);

  const native = spawnSync(
    'python3',
    [here('long_run.py'), `--frames=${FRAMES}`, here(`../../../demos/games/${game}.py`)],
    { env: { ...process.env, PYTHONHASHSEED: '0' }, encoding: 'utf8' },
  );
  // The games use only what IEEE 754 defines to the last bit.
  if (native.error === undefined) expect(JSON.parse(native.stdout)).toEqual(report);
});
