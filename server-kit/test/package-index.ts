/** A package index on this machine, with wheels that are made here, and micropip's own. */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32 } from 'node:zlib';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface PackageIndex {
  /** Answers in JSON (PEP 691). */
  url: string;
  /** The same in HTML (PEP 503). */
  htmlUrl: string;
  /** Paths that were asked for. */
  asked: string[];
  close(): Promise<void>;
}

export interface MadeWheel {
  name: string;
  version: string;
  requires?: string[];
  /** Source of the one module. */
  source: string;
  /** The index tells the hash of something else. */
  forged?: boolean;
}

/**
 * micropip's wheels, fetched once with pip into a folder of the repository that is never committed.
 * Null, with a word about it, where pip cannot have them.
 */
export function micropipWheels(): string | null {
  const folder = join(root, '.cotrial', 'micropip');
  const lock = JSON.parse(
    readFileSync(join(root, 'node_modules/pyodide/pyodide-lock.json'), 'utf8'),
  ) as { packages: Record<string, { version: string }> };
  const { version } = lock.packages['micropip']!;
  if (existsSync(join(folder, `micropip-${version}-py3-none-any.whl`))) return folder;
  mkdirSync(folder, { recursive: true });
  const native = join(root, '.cotrial/python/bin/python');
  const python = existsSync(native) ? native : 'python3';
  const pip = ['-m', 'pip', 'download', '-q', '--disable-pip-version-check', '--no-deps'];
  // For the Python inside Pyodide, which is newer than this machine's.
  const target = ['--only-binary=:all:', '--python-version=3.14', '-d', folder];
  const { status } = spawnSync(python, [...pip, ...target, `micropip==${version}`], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  if (status === 0) return folder;
  console.warn('pip cannot fetch micropip: tests of `cotrial vendor` are skipped.');
  return null;
}

export async function startPackageIndex(
  made: MadeWheel[],
  ready: string | null,
): Promise<PackageIndex> {
  const files = new Map<string, Map<string, { bytes: Buffer; sha256: string }>>();
  const add = (name: string, file: string, bytes: Buffer, hashed = bytes) => {
    const sha256 = createHash('sha256').update(hashed).digest('hex');
    const wheels = files.get(name) ?? new Map<string, { bytes: Buffer; sha256: string }>();
    files.set(name, wheels.set(file, { bytes, sha256 }));
  };
  for (const wheel of made) {
    const hashed = wheel.forged === true ? Buffer.from('something else') : undefined;
    add(wheel.name, wheelName(wheel), wheelOf(wheel), hashed);
  }
  if (ready !== null) {
    for (const file of readdirSync(ready)) {
      add(file.split('-')[0]!, file, readFileSync(join(ready, file)));
    }
  }
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '');
    asked.push(path);
    const [, kind, name = '', file = ''] = path.split('/');
    // micropip wants whole addresses, as real indexes give.
    const page = `http://${request.headers.host}/${kind}/${name}/`;
    const wheels = files.get(name);
    const wheel = wheels?.get(file);
    if (wheel !== undefined) response.end(wheel.bytes);
    else if (wheels === undefined || file !== '') response.writeHead(404).end();
    else if (kind === 'html')
      response.setHeader('content-type', 'text/html').end(html(page, wheels));
    else response.setHeader('content-type', JSON_TYPE).end(json(page, name, wheels));
  });
  // Python in the same process keeps both ends of idle connections from being looked after.
  server.keepAliveTimeout = 120_000;
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url: `${origin}/simple`,
    htmlUrl: `${origin}/html/`,
    asked,
    close: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

type Wheels = Map<string, { sha256: string }>;
const JSON_TYPE = 'application/vnd.pypi.simple.v1+json';

const json = (page: string, name: string, wheels: Wheels): string =>
  JSON.stringify({
    meta: { 'api-version': '1.0' },
    name,
    files: [...wheels].map(([filename, { sha256 }]) => ({
      filename,
      url: `${page}${filename}`,
      hashes: { sha256 },
    })),
  });

const html = (page: string, wheels: Wheels): string =>
  `<!doctype html><html><body>${[...wheels]
    .map(([file, { sha256 }]) => `<a href="${page}${file}#sha256=${sha256}">${file}</a><br>`)
    .join('')}</body></html>`;

const wheelName = ({ name, version }: MadeWheel): string => `${name}-${version}-py3-none-any.whl`;

function wheelOf({ name, version, requires = [], source }: MadeWheel): Buffer {
  const info = `${name}-${version}.dist-info`;
  const metadata = [
    'Metadata-Version: 2.1',
    `Name: ${name}`,
    `Version: ${version}`,
    ...requires.map((requirement) => `Requires-Dist: ${requirement}`),
  ];
  return zipOf({
    [`${name}/__init__.py`]: source,
    [`${info}/METADATA`]: `${metadata.join('\n')}\n`,
    [`${info}/WHEEL`]: 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n',
    [`${info}/top_level.txt`]: `${name}\n`,
    [`${info}/RECORD`]: '',
  });
}

/** A zip archive without compression. */
function zipOf(files: Record<string, string>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, text] of Object.entries(files)) {
    const name = Buffer.from(path);
    const content = Buffer.from(text);
    // From "version needed" to "extra field length", alike in both headers.
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(0x21, 8);
    common.writeUInt32LE(crc32(content), 10);
    common.writeUInt32LE(content.length, 14);
    common.writeUInt32LE(content.length, 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('504b0304', 'hex'), common, name, content]);
    const tail = Buffer.alloc(14);
    tail.writeUInt32LE(offset, 10);
    directory.push(Buffer.concat([Buffer.from('504b01021400', 'hex'), common, tail, name]));
    parts.push(local);
    offset += local.length;
  }
  const end = Buffer.alloc(22);
  end.write('504b0506', 'hex');
  end.writeUInt16LE(directory.length, 8);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
