/** `npm test`: all set-up, then every check. Arguments are handed to vitest. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  bin,
  build,
  chromium,
  firefox,
  install,
  installNativePython,
  installSystemPackages,
  root,
} from './setup.mjs';
import { lint } from './lint.mjs';

install();
build();
installSystemPackages();
installNativePython();

const chosen = process.argv.slice(2);
const total = chosen.length === 0 ? await lint() : { passed: 0, failed: 0 };

const folder = mkdtempSync(join(tmpdir(), 'cotrial-test-'));
const report = join(folder, 'report.json');
const { status } = spawnSync(
  process.execPath,
  [
    bin('vitest'),
    'run',
    '--reporter=default',
    '--reporter=json',
    `--outputFile=${report}`,
    ...chosen,
  ],
  {
    cwd: root,
    stdio: 'inherit',
    env: { ...process.env, CHROMIUM: chromium() ?? '', FIREFOX: firefox() ?? '' },
  },
);
try {
  const { numPassedTests, numFailedTests, testResults } = JSON.parse(readFileSync(report, 'utf8'));
  // A file that could not even be loaded has no test of its own that failed.
  const broken = testResults.filter(
    (file) => file.status === 'failed' && file.assertionResults.every((t) => t.status !== 'failed'),
  );
  total.passed += numPassedTests;
  total.failed += numFailedTests + broken.length;
} catch (error) {
  console.error(`vitest left no report: ${error.message}`);
  total.failed += 1;
}
rmSync(folder, { recursive: true, force: true });
if (status !== 0 && total.failed === 0) total.failed = 1;

console.log(`${total.passed} passed, ${total.failed} failed`);
process.exit(total.failed === 0 ? 0 : 1);
