/** What participants' browsers load from the server: the same bytes for all, packed, and once. */
import { createRequire } from 'node:module';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { afterEach, describe, expect, test } from 'vitest';
import { ADAPTER_FOLDER } from '@cotrial/core/contract';
import {
  importBridge,
  installAdapter,
  ownCompiledName,
} from '../../core/src/environment/adapter.ts';
import { canonicalJson } from '../../core/src/environment/canonical-json.ts';
import type { Pyodide } from '../../core/src/environment/pyodide.ts';
import { PYTHON_FILES } from '../../core/src/environment/python-files.ts';
import { PyodideFolder } from '../src/assets/pyodide-folder.ts';
import { startHost, type Host } from './support.ts';

const folderOf = (name: string) =>
  dirname(createRequire(import.meta.url).resolve(`${name}/pyodide.mjs`));
const LIBRARY = 'python_stdlib.zip';

interface Location {
  folder: string;
  files: Record<string, number>;
}
/** As it came over the wire: Node's fetch would unpack it. */
interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: Buffer;
}

let host: Host | null = null;
const folders: string[] = [];
afterEach(async () => {
  await host?.stop();
  host = null;
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
});

function get(path: string, accept = ''): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const url = `${host!.url}/cotrial/${path}`;
    const headers = accept === '' ? {} : { 'Accept-Encoding': accept };
    const asked = request(url, { headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () => {
        const { statusCode = 0, headers: got } = response;
        resolve({ status: statusCode, headers: got, body: Buffer.concat(chunks) });
      });
    });
    asked.on('error', reject);
    asked.end();
  });
}

async function locate(): Promise<Location> {
  const answer = await get('pyodide/location.json');
  expect(answer.status).toBe(200);
  expect(answer.headers['cache-control']).toBe('no-store');
  expect(answer.headers['access-control-allow-origin']).toBe('*');
  return JSON.parse(answer.body.toString()) as Location;
}

/** The address of the edition with the compiled library, once the child has made it. */
async function whenCompiled(): Promise<Location> {
  for (;;) {
    const location = await locate();
    if (location.folder.endsWith('-compiled/')) return location;
    expect(host!.log.join()).not.toContain('could not be compiled');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

describe.each(['pyodide', 'pyodide-oldest'])('a folder of %s', (name) => {
  test('is served with a library that Python need not compile, which Python takes', async () => {
    const dir = folderOf(name);
    host = await startHost({ pyodideDir: dir });
    const { folder, files } = await whenCompiled();
    const { body } = await get(`pyodide/${folder}${LIBRARY}`);
    expect(body.length).toBe(files[LIBRARY]);

    const own = mkdtempSync(join(tmpdir(), 'cotrial-library-'));
    folders.push(own);
    const stdLibURL = join(own, LIBRARY);
    writeFileSync(stdLibURL, body);
    const { loadPyodide } = (await import(pathToFileURL(join(dir, 'pyodide.mjs')).href)) as {
      loadPyodide: (options: object) => Promise<{ runPython(code: string): string }>;
    };
    const python = await loadPyodide({ stdLibURL, env: { PYTHONHASHSEED: '0' } });
    // From byte code, with the names that sources would have given.
    expect(python.runPython('import json; json.__file__')).toMatch(/\.zip\/json\/__init__\.pyc$/);
    expect(python.runPython('json.dumps.__code__.co_filename')).toMatch(
      /\.zip\/json\/__init__\.py$/,
    );
    const modules = `
import zipfile, sys
names = zipfile.ZipFile(next(p for p in sys.path if p.endswith(".zip"))).namelist()
f"{sum(n.endswith('.pyc') for n in names) > 500} {[n for n in names if n.endswith('.py')]}"`;
    expect(python.runPython(modules)).toBe('True []');
  });
});

describe.each(['pyodide', 'pyodide-oldest'])('the adapter for %s', (name) => {
  test('comes compiled, and Python takes what is its own and fits its version', async () => {
    const dir = folderOf(name);
    const own = mkdtempSync(join(tmpdir(), 'cotrial-adapter-'));
    folders.push(own);
    // As the plugin's build writes it, and of these very sources.
    const sources = join(own, 'python-files.json');
    writeFileSync(sources, canonicalJson(PYTHON_FILES));
    const complain = (message: string): void => expect.unreachable(message);
    const log = { info: complain, warn: complain, error: complain };
    const pyodide = new PyodideFolder(dir, log, null, sources);
    await pyodide.settled();
    const { folder, files } = (await pyodide.location())!;
    const { made } = (await pyodide.edition(folder.slice(0, -1)))!;
    const file = ownCompiledName();
    const body = readFileSync(join(made.get(file)!.folder, file));
    expect(body.length).toBe(files[file]);

    const { loadPyodide } = (await import(pathToFileURL(join(dir, 'pyodide.mjs')).href)) as {
      loadPyodide: (options: object) => Promise<Pyodide>;
    };
    const start = async (compiled: Uint8Array): Promise<Pyodide> => {
      const python = await loadPyodide({ env: { PYTHONHASHSEED: '0' } });
      installAdapter(python, compiled);
      return python;
    };
    const python = await start(body);
    // Nothing of it can have been compiled here.
    python.runPython(`
import pathlib
for file in pathlib.Path("${ADAPTER_FOLDER}").glob("*.py"):
    file.write_text("not Python at all")`);
    importBridge(python);
    expect(python.runPython('import cotrial_host.bridge as b; b.load.__code__.co_filename')).toBe(
      `${ADAPTER_FOLDER}/bridge.py`,
    );

    // What was cut off on its way is not taken, and the sources are.
    for (const cut of [body.subarray(0, body.length / 2), new Uint8Array(0)]) {
      expect(importBridge(await start(cut)).load('', 'empty.py', '{}')).toContain('"error"');
    }
  });
});

describe('an address with the hash of its content', () => {
  test('is kept for ever, packed as the browser likes it, and alike for all', async () => {
    host = await startHost();
    const { folder, files } = await whenCompiled();
    expect(Object.keys(files)).toEqual(
      expect.arrayContaining([LIBRARY, 'pyodide.asm.wasm', 'pyodide.mjs', 'pyodide-lock.json']),
    );
    for (const [file, size] of Object.entries(files)) {
      const path = `pyodide/${folder}${file}`;
      const plain = await get(path);
      const br = await get(path, 'gzip, deflate, br');
      const gzip = await get(path, 'gzip, deflate');
      expect([plain, br, gzip].map(({ headers }) => headers['content-encoding'])).toEqual([
        undefined,
        'br',
        'gzip',
      ]);
      expect(plain.body.length).toBe(size);
      expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
      expect(gunzipSync(gzip.body).equals(plain.body)).toBe(true);
      for (const { status, headers, body } of [plain, br, gzip]) {
        expect(status).toBe(200);
        expect(Number(headers['content-length'])).toBe(body.length);
        expect(headers['cache-control']).toBe('public, max-age=31536000, immutable');
        expect(headers['vary']).toContain('Accept-Encoding');
        expect(headers['access-control-allow-origin']).toBe('*');
        expect(headers['cross-origin-resource-policy']).toBe('cross-origin');
      }
      expect(new Set([plain, br, gzip].map(({ headers }) => headers['content-type'])).size).toBe(1);
    }
    expect((await get(`pyodide/${folder}pyodide.asm.wasm`, 'br')).headers['content-type']).toBe(
      'application/wasm',
    );
  });

  test('is another one for another content, and an old one is not answered with it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'cotrial-pyodide-copy-'));
    folders.push(dir);
    cpSync(folderOf('pyodide'), dir, { recursive: true });
    writeFileSync(join(dir, 'pyodide-lock.json'), '{"packages": {}}');
    writeFileSync(join(dir, 'wheel-1-py3-none-any.whl'), 'a wheel');
    host = await startHost({ pyodideDir: dir });
    const changed = await locate();
    const wheel = await get(`pyodide/${changed.folder}wheel-1-py3-none-any.whl`);
    expect(wheel.body.toString()).toBe('a wheel');
    expect(wheel.headers['cache-control']).toContain('immutable');
    await host.stop();

    host = await startHost();
    const { folder } = await locate();
    expect(folder).not.toBe(changed.folder);
    expect((await get(`pyodide/${changed.folder}pyodide.mjs`)).status).toBe(404);
    expect((await get(`pyodide/${folder}../../package.json`)).status).toBe(404);
  });

  test('a Pyodide that cannot compile its library is served as it came', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'cotrial-pyodide-broken-'));
    folders.push(dir);
    cpSync(folderOf('pyodide'), dir, { recursive: true });
    writeFileSync(join(dir, 'pyodide.mjs'), 'throw new Error("not today " + Date());');
    host = await startHost({ pyodideDir: dir });
    while (!host.log.join().includes('could not be compiled')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    const { folder } = await locate();
    const { body } = await get(`pyodide/${folder}${LIBRARY}`);
    expect(body.equals(readFileSync(join(dir, LIBRARY)))).toBe(true);
  });
});

test('the page’s scripts are packed, too', async () => {
  host = await startHost();
  const plain = await get('assets/jspsych.js');
  const br = await get('assets/jspsych.js', 'br');
  expect(br.headers['content-encoding']).toBe('br');
  expect(brotliDecompressSync(br.body).equals(plain.body)).toBe(true);
});
