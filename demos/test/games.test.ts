import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const games = fileURLToPath(new URL('../games', import.meta.url));
const OLDEST_PYTHON = '3.10';

/** The games are plain Python, so their own tests run in plain CPython. */
it('the games keep their rules and promises', () => {
  const python = spawnSync(
    'python3',
    ['-B', '-c', `import sys; sys.exit(sys.version_info < (${OLDEST_PYTHON.replace('.', ', ')}))`],
    { encoding: 'utf8' },
  );
  expect(
    python.status,
    `The tests of the games need Python ${OLDEST_PYTHON} or newer as \`python3\` on the PATH.`,
  ).toBe(0);
  const tests = spawnSync('python3', ['-B', '-m', 'unittest', '--verbose'], {
    cwd: games,
    encoding: 'utf8',
  });
  expect(tests.status, tests.stderr).toBe(0);
  // Python before 3.12 is content with no tests at all.
  expect(tests.stderr).toMatch(/Ran [1-9]\d* tests/);
});
