/** `npm run lint`: types, rules, format, and the arrows between folders. */
import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';
import { bin, build, install, root } from './setup.mjs';

const CHECKS = [
  ['types', 'tsc', ['-p', '.']],
  ['rules', 'eslint', ['.']],
  ['format', 'prettier', ['--check', '--log-level', 'warn', '.']],
  ['arrows', 'depcruise', ['core/src', 'server-kit/src', 'plugin-jspsych/src']],
];

/** Runs all checks; the names of those that failed. */
export function lint() {
  const failed = [];
  for (const [name, program, args] of CHECKS) {
    const { status } = spawnSync(process.execPath, [bin(program), ...args], {
      cwd: root,
      stdio: 'inherit',
    });
    console.log(`${status === 0 ? 'ok  ' : 'FAIL'} lint: ${name}`);
    if (status !== 0) failed.push(name);
  }
  return { passed: CHECKS.length - failed.length, failed: failed.length };
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  install();
  build();
  process.exit(lint().failed === 0 ? 0 : 1);
}
