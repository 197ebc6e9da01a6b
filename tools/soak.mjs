/**
 * `npm run soak -- --minutes N`: the simulator for as long as it is told (core/simulator/soak.ts).
 * `npm run soak -- --browsers`: the tests on bad networks and across browsers, every cell and match.
 * `npm run soak -- --python`: 2,000 frames of every game in every way to keep states, natively, in
 * Node and in Chromium; and a tab that is hidden for a minute.
 */
import { spawnSync } from 'node:child_process';
import { bin, build, chromium, root } from './setup.mjs';
import { runSimulator } from './run-simulator.mjs';

const BROWSERS = ['e2e/network', 'e2e/firefox', 'e2e/pages', 'e2e/failures'];
const PYTHON = ['core/test/python/long-run', 'e2e/long-run', 'e2e/long-tasks'];

if (process.argv.includes('--browsers')) process.exitCode = soak(BROWSERS);
else if (process.argv.includes('--python')) process.exitCode = soak(PYTHON);
else process.exitCode = await runSimulator('soak.ts');

/** Runs these tests at their full length; vitest's exit status. */
function soak(files) {
  build();
  const { status } = spawnSync(process.execPath, [bin('vitest'), 'run', ...files], {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM: chromium() ?? '', COTRIAL_SOAK: '1' },
  });
  return status ?? 1;
}
