/** `npm run lint`: types, rules, format, and the arrows between folders. */
import { spawn } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { bin, build, install, root } from './setup.mjs';

const CHECKS = [
  ['types', 'tsc', ['-p', '.']],
  ['rules', 'eslint', ['.']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['arrows', 'depcruise', ['core/src', 'server-kit/src', 'plugin-jspsych/src']],
];

/** Runs all checks at once, so that a second core helps; how many passed. */
export async function lint() {
  const passed = await Promise.all(CHECKS.map(check));
  return { passed: passed.filter(Boolean).length, failed: passed.filter((ok) => !ok).length };
}

/** Whether the check passed. What it printed comes in one piece. */
function check([name, program, args]) {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [bin(program), ...args], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    }
    child.once('error', (error) => (output += `${program} could not be started: ${error.message}`));
    child.once('close', (status) => {
      const passed = status === 0;
      console.log(`${output}${passed ? 'ok  ' : 'FAIL'} lint: ${name}`);
      resolve(passed);
    });
  });
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  install();
  build();
  process.exit((await lint()).failed === 0 ? 0 : 1);
}
