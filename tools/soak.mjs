/**
 * `npm run soak -- --minutes N`: the simulator for as long as it is told (core/simulator/soak.ts).
 * `npm run soak -- --browsers`: the tests on bad networks and across browsers, every cell and match.
 */
import { spawnSync } from 'node:child_process';
import { bin, build, chromium, root } from './setup.mjs';
import { runSimulator } from './run-simulator.mjs';

if (process.argv.includes('--browsers')) {
  build();
  const { status } = spawnSync(
    process.execPath,
    [bin('vitest'), 'run', 'e2e/network', 'e2e/firefox', 'e2e/pages'],
    {
      cwd: root,
      stdio: 'inherit',
      env: { ...process.env, CHROMIUM: chromium() ?? '', COTRIAL_SOAK: '1' },
    },
  );
  process.exitCode = status ?? 1;
} else {
  process.exitCode = await runSimulator('soak.ts');
}
