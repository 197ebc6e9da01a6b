/**
 * Everything that a fresh machine needs, done once: dependencies, build, system packages.
 * Uses Node's own modules only, since it runs before anything is installed.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const OLDEST_NODE = [20, 19];

/** Ends the program with a sentence that says what to do. */
export function giveUp(message) {
  console.error(`\ncotrial: ${message}`);
  process.exit(1);
}

/** Runs a command in the project; ends the program if it fails. */
export function run(command, args, options = {}) {
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['inherit', 2, 2],
    ...options,
  });
  if (error) giveUp(`${command} could not be started: ${error.message}`);
  if (status !== 0) giveUp(`\`${command} ${args.join(' ')}\` failed (exit status ${status})`);
}

/** Path of a program of node_modules/.bin, as a script for this very Node. */
export const bin = (name) => join(root, 'node_modules', '.bin', name);

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor >= OLDEST_NODE[1])) return;
  giveUp(`Node ${OLDEST_NODE.join('.')} or newer is needed; this is ${process.versions.node}.`);
}

function hashOf(files, extra) {
  const hash = createHash('sha256').update(extra);
  for (const file of files) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}

function filesBelow(folder) {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath.slice(root.length), entry.name))
    .sort();
}

/** Runs `work` unless it was done for the same inputs before. */
function once(stamp, inputs, outputs, work) {
  const path = join(root, stamp);
  const done = existsSync(path) && readFileSync(path, 'utf8') === inputs;
  if (done && outputs.every((output) => existsSync(join(root, output)))) return;
  work();
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, inputs);
}

const WORKSPACES = ['core', 'server-kit', 'plugin-jspsych', 'demos', 'e2e'];

/** node_modules as the lock file says; again when Node's binary interface changed. */
export function install() {
  checkNode();
  const files = [
    'package-lock.json',
    'package.json',
    ...WORKSPACES.map((w) => `${w}/package.json`),
  ];
  once('node_modules/.cotrial-installed', hashOf(files, process.versions.modules), [], () => {
    console.error('Installing dependencies (a few minutes the first time)...');
    run('npm', ['ci', '--no-audit', '--no-fund'], { shell: process.platform === 'win32' });
  });
}

/** dist folders of core, server kit and plugin. */
export function build() {
  const sources = ['core/src', 'server-kit/src', 'plugin-jspsych/src', 'tools'].flatMap(filesBelow);
  const outputs = [
    'core/dist/index.js',
    'server-kit/dist/index.js',
    'server-kit/dist/cli/main.js',
    'plugin-jspsych/dist/index.browser.min.js',
  ];
  const inputs = hashOf([...sources, 'rollup.config.mjs', 'package-lock.json'], '');
  once('.cotrial/built', inputs, outputs, () => {
    console.error('Building...');
    run(process.execPath, [bin('rollup'), '-c', 'rollup.config.mjs', '--silent']);
  });
}

/** Full path of a program on the PATH, or null. */
export function which(name) {
  const folders = (process.env.PATH ?? '').split(delimiter);
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null;
}

/** Chromium of the system: the tests' browser. `CHROMIUM` names another one. */
export const chromium = () =>
  process.env.CHROMIUM ??
  ['chromium', 'chromium-browser', 'google-chrome'].map(which).find((path) => path !== null) ??
  null;

/** Firefox of the system, which plays against Chromium. `FIREFOX` names another one. */
export const firefox = () =>
  process.env.FIREFOX ??
  ['firefox-esr', 'firefox'].map(which).find((path) => path !== null) ??
  null;

/**
 * Chromium, coturn and Firefox, by the system's package manager where that is possible. Without
 * Firefox the tests leave out its matches and say so.
 */
export function installSystemPackages() {
  const missing = () => [
    ...(chromium() === null ? ['chromium'] : []),
    ...(which('turnserver') === null ? ['coturn'] : []),
  ];
  const packages = missing();
  const wanted = [...packages, ...(firefox() === null ? ['firefox-esr'] : [])];
  if (wanted.length === 0) return;
  const apt = which('apt-get');
  const root = process.getuid?.() === 0;
  const sudo = root ? [] : ['sudo', '-n'];
  const advice = `The tests need ${packages.join(' and ')}: install ${packages.length > 1 ? 'them' : 'it'} with your system's package manager and run again.`;
  if (apt === null || (!root && which('sudo') === null)) {
    if (packages.length > 0) giveUp(advice);
    return;
  }
  console.error(`Installing ${wanted.join(' and ')}...`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const install = ['install', '-y', '-qq', '--no-install-recommends'];
  // One by one: a system that has no firefox-esr still gets the others.
  for (const args of [['update', '-qq'], ...wanted.map((name) => [...install, name])]) {
    const [command, ...rest] = [...sudo, apt, ...args];
    spawnSync(command, rest, { stdio: ['ignore', 'ignore', 'inherit'], env });
  }
  if (missing().length > 0) giveUp(advice);
}

/** Python of the virtual environment in which the adapter is tried with real packages. */
const NATIVE_PYTHON = `.cotrial/python/${process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python'}`;
export const nativePython = join(root, NATIVE_PYTHON);

/** A Python of 3.10 or newer on the PATH, or null. */
function findPython() {
  const code = 'import sys, venv; sys.exit(sys.version_info < (3, 10))';
  const works = (name) => spawnSync(name, ['-c', code], { stdio: 'ignore' }).status === 0;
  const names = ['python3', 'python', ...[14, 13, 12, 11, 10].map((minor) => `python3.${minor}`)];
  return names.find(works) ?? null;
}

/** NumPy, Gymnasium and PettingZoo for the tests. Where that cannot be, the tests say so. */
export function installNativePython() {
  const requirements = 'core/test/python/requirements.txt';
  const python = findPython();
  if (python === null) {
    console.error('There is no Python 3.10 or newer: tests on native CPython will be skipped.');
    return;
  }
  const version = spawnSync(python, ['--version'], { encoding: 'utf8' }).stdout;
  once('.cotrial/python/stamp', hashOf([requirements], version), [NATIVE_PYTHON], () => {
    console.error('Making a virtual environment with NumPy, Gymnasium and PettingZoo...');
    const steps = [
      [python, ['-m', 'venv', '--clear', join(root, '.cotrial/python')]],
      [
        nativePython,
        ['-m', 'pip', 'install', '-q', '--disable-pip-version-check', '-r', requirements],
      ],
    ];
    const failed = steps.find(
      ([program, args]) =>
        spawnSync(program, args, { cwd: root, stdio: ['ignore', 2, 2] }).status !== 0,
    );
    if (failed) {
      console.error(`\`${failed.flat().join(' ')}\` failed: tests with NumPy will be skipped.`);
      rmSync(join(root, '.cotrial/python'), { recursive: true, force: true });
    }
  });
}
