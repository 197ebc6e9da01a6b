/** `cotrial vendor` against a package index on this machine. */
import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { loadPackages } from '../../core/src/environment/packages.ts';
import { startPythonInNode } from '../src/cli/environment-file.ts';
import { main } from '../src/cli/main.ts';
import { micropipWheels, startPackageIndex, type PackageIndex } from './package-index.ts';

const micropip = micropipWheels();
let index: PackageIndex;
let folder: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cotrial-vendor-test-'));
  index = await startPackageIndex(
    [
      { name: 'lantern', version: '1.0', requires: ['wick>=2'], source: 'import wick' },
      { name: 'wick', version: '1.9', source: 'OLD = True' },
      { name: 'wick', version: '2.1', requires: ['wax'], source: 'import wax\nLENGTH = wax.N' },
      { name: 'wax', version: '0.3', source: 'N = 7' },
      { name: 'lonely', version: '1.0', requires: ['nowhere'], source: '' },
      { name: 'swapped', version: '1.0', source: '', forged: true },
    ],
    micropip,
  );
});
afterAll(async () => {
  await index.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command; what it printed and its exit status. */
async function vendor(...args: string[]): Promise<{ status: number; out: string; err: string }> {
  const said = { out: '', err: '' };
  const log = vi.spyOn(console, 'log').mockImplementation((text: string) => {
    said.out += `${text}\n`;
  });
  const write = vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    said.err += String(text);
    return true;
  });
  try {
    return { status: await main(['vendor', ...args]), ...said };
  } finally {
    log.mockRestore();
    write.mockRestore();
  }
}

interface Printed {
  requested: string[];
  packages: { name: string; version: string; file: string; sha256: string; from: string }[];
}

describe.skipIf(micropip === null)('cotrial vendor', () => {
  it('puts a package and all that it needs into a folder, and later others in its place', async () => {
    const out = join(folder, 'wheels');
    const said = await vendor('Lantern', '--out', out, '--index-url', index.url, '--json');
    expect(said).toMatchObject({ status: 0, err: '' });
    const printed = JSON.parse(said.out) as Printed;
    expect(printed.packages.map(({ name, version }) => `${name} ${version}`)).toEqual([
      'lantern 1.0',
      'wax 0.3',
      'wick 2.1',
    ]);
    for (const { file, sha256, from } of printed.packages) {
      const bytes = readFileSync(join(out, file));
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(sha256);
      expect(from.startsWith(new URL(index.url).origin)).toBe(true);
    }
    expect(JSON.parse(readFileSync(join(out, 'vendored.json'), 'utf8'))).toMatchObject({
      requested: ['Lantern'],
      packages: printed.packages,
    });

    // Pyodide itself reads the lock file, and needs nothing else.
    const before = index.asked.length;
    const python = await startPythonInNode({ pyodide: null, wheels: out });
    const loaded = await loadPackages(python, ['lantern']);
    expect(loaded).toEqual(printed.packages.map(({ name, sha256 }) => `${name} ${sha256}`));
    expect(python.runPython('import lantern; lantern.wick.LENGTH')).toBe(7);
    expect(index.asked).toHaveLength(before);

    writeFileSync(join(out, 'notes.txt'), 'ours');
    vi.stubEnv('PIP_INDEX_URL', index.htmlUrl);
    const { status, out: told } = await vendor('wick<2', '--out', out);
    vi.unstubAllEnvs();
    expect(status).toBe(0);
    expect(told).toMatch(/wick 1\.9 .* from http:/);
    expect(readdirSync(out).sort()).toEqual([
      'notes.txt',
      'pyodide-lock.json',
      'vendored.json',
      'wick-1.9-py3-none-any.whl',
    ]);
  });

  it.each([
    ['a file with another hash', 'swapped', /swapped-1\.0.*not what the index promises/],
    ['a package that is missing', 'absent', /'absent'/],
    ['a dependency that is missing', 'lonely', /'nowhere'/],
  ])('refuses %s by its name, and leaves no folder', async (_case, name, said) => {
    const out = join(folder, `refused-${name}`);
    const { status, err } = await vendor(name, '--out', out, '--index-url', index.url);
    expect(err).toMatch(said);
    expect(err.trim().split('\n')).toHaveLength(1);
    expect(status).toBe(2);
    expect(existsSync(out)).toBe(false);
  });
});

it('refuses a micropip with another hash, before it runs', async () => {
  const made = ['packaging', 'micropip'].map((name) => ({ name, version: '99.0', source: '' }));
  const forged = await startPackageIndex(
    made.map((wheel) => ({ ...wheel, forged: true })),
    null,
  );
  const out = join(folder, 'forged');
  const { status, err } = await vendor('lantern', '--index-url', forged.url, '--out', out);
  await forged.close();
  expect(err).toMatch(/^cotrial: \w+-99\.0-py3-none-any\.whl is not what the index promises/);
  expect(status).toBe(2);
});

describe('cotrial vendor, before it asks anybody', () => {
  it.each([
    ['no names', [], /missing required argument/],
    ['an index that is no address', ['a', '--index-url', 'simple'], /not the address/],
    ['an index with a password', ['a', '--index-url', 'http://me:key@host/x'], /wants a password/],
    ['a folder without Pyodide', ['a', '--pyodide', tmpdir()], /no pyodide\.mjs/],
  ])('refuses %s', async (_case, args, said) => {
    const { status, err } = await vendor(...args);
    expect(err).toMatch(said);
    expect(err).not.toMatch('key');
    expect(status).toBe(2);
  });

  it('refuses a folder with other files in it', async () => {
    writeFileSync(join(folder, 'data.csv'), 'precious');
    const { status, err } = await vendor('wax', '--out', folder, '--index-url', index.url);
    expect(err).toMatch(/has other files in it/);
    expect(status).toBe(2);
    expect(existsSync(join(folder, 'data.csv'))).toBe(true);
  });
});
