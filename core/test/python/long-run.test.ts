/**
 * The demo games in every tier, straight ahead and with forced rollbacks of 1 to 12 frames, under
 * Pyodide and natively; e2e/long-run.test.ts does the same in Chromium.
 */
import { spawnSync } from 'node:child_process';
import { beforeAll, expect, test, vi } from 'vitest';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import { startPython } from '../../src/environment/pyodide-environment.ts';
import { filesToPlay, FRAMES, gameFile, GAMES, here, programFor, type Report } from './long-run.ts';
import { loadPyodide } from './pyodides.ts';

// In the soak.
vi.setConfig({ testTimeout: 1_800_000 });

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
  python.FS.mkdirTree('/long_run/cotrial_host');
  for (const [path, text] of Object.entries(filesToPlay())) python.FS.writeFile(path, text);
});

test.each(GAMES)('%s: rollbacks leave the same bytes in every tier', (game) => {
  const report = JSON.parse(python.runPython(programFor([game])) as string) as Report;
  const different = Object.keys(report).filter((name) => !report[name]!.same);
  expect(Object.keys(report)).toHaveLength(4);
  expect(different).toEqual([]);

  const native = spawnSync('python3', [here('long_run.py'), `--frames=${FRAMES}`, gameFile(game)], {
    env: { ...process.env, PYTHONHASHSEED: '0' },
    encoding: 'utf8',
  });
  // The games use only what IEEE 754 defines to the last bit.
  if (native.error === undefined) expect(JSON.parse(native.stdout)).toEqual(report);
});
