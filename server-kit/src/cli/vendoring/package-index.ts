/**
 * A Python package index, as far as micropip itself must be fetched from it: the simple repository
 * interface, as JSON (PEP 691) or as HTML (PEP 503).
 */
import { createHash } from 'node:crypto';
import { CannotDo } from '../exit.ts';

export interface IndexFile {
  filename: string;
  url: string;
  /** In hexadecimal digits, or null where the index tells none. */
  sha256: string | null;
}

const ACCEPT = 'application/vnd.pypi.simple.v1+json, text/html;q=0.5';

/**
 * A pure-Python wheel: of the wanted version if the index has it, else of the newest one.
 *
 * @throws CannotDo
 */
export async function findWheel(index: string, name: string, version: string): Promise<IndexFile> {
  const files = await filesOf(index, name);
  const wheels = files.flatMap((file) => {
    const [, found] =
      /^[^-]+-([^-]+)(?:-\d[^-]*)?-py[23.py]*-none-any\.whl$/.exec(file.filename) ?? [];
    return found === undefined ? [] : [{ file, version: found }];
  });
  const final = wheels.filter((wheel) => /^[\d.]+$/.test(wheel.version));
  const newest = [...final].sort((a, b) => compareVersions(b.version, a.version))[0];
  const chosen = wheels.find((wheel) => wheel.version === version) ?? newest;
  if (chosen === undefined) throw new CannotDo(`${index} has no wheel of ${name}.`);
  return chosen.file;
}

/** @throws CannotDo if it cannot be had, or has another hash than the index says */
export async function download({ url, filename, sha256 }: IndexFile): Promise<Uint8Array> {
  const bytes = new Uint8Array(await (await answerOf(url)).arrayBuffer());
  const found = sha256Of(bytes);
  if (sha256 !== null && found !== sha256) {
    throw new CannotDo(
      `${filename} is not what the index promises: its SHA-256 is ${found}, not ${sha256}.`,
    );
  }
  return bytes;
}

export const sha256Of = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

async function filesOf(index: string, name: string): Promise<IndexFile[]> {
  const page = `${index.replace(/\/*$/, '')}/${name}/`;
  const response = await answerOf(page, { accept: ACCEPT });
  const body = await response.text();
  if (!response.headers.get('content-type')?.includes('json')) return readHtml(body, response.url);
  const { files } = JSON.parse(body) as {
    files: { filename: string; url: string; hashes?: { sha256?: string } }[];
  };
  return files.map(({ filename, url, hashes }) => ({
    filename,
    url: new URL(url, response.url).href,
    sha256: hashes?.sha256 ?? null,
  }));
}

function readHtml(html: string, page: string): IndexFile[] {
  return [...html.matchAll(/<a\s[^>]*?href="([^"]+)"[^>]*>([^<]+)<\/a>/g)].map(
    ([, href, filename]) => {
      const url = new URL(href!.replaceAll('&amp;', '&'), page);
      const sha256 = /sha256=([0-9a-f]{64})/.exec(url.hash)?.[1] ?? null;
      url.hash = '';
      return { filename: filename!.trim(), url: url.href, sha256 };
    },
  );
}

async function answerOf(url: string, headers: Record<string, string> = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(url, { headers });
  } catch (cause) {
    throw new CannotDo(`${url} cannot be reached: ${reasonOf(cause)}`, { cause });
  }
  if (!response.ok) throw new CannotDo(`${url} answers ${response.status}.`);
  return response;
}

/** Node says "fetch failed" and the reason one level deeper. */
function reasonOf(error: unknown): string {
  const { cause } = error as { cause?: unknown };
  if (cause instanceof Error) return cause.message || (cause as NodeJS.ErrnoException).code || '';
  return error instanceof Error ? error.message : String(error);
}

function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number));
  for (let i = 0; i < Math.max(left!.length, right!.length); i++) {
    const difference = (left![i] ?? 0) - (right![i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
