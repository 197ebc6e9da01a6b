import { readFile, stat } from 'node:fs/promises';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import type { Request, Response } from 'express';

/** Ways to pack, best first, by their names in HTTP, with the ending of a packed file. */
const PACKINGS = [
  { encoding: 'br', ending: '.br' },
  { encoding: 'gzip', ending: '.gz' },
] as const;
type Packing = (typeof PACKINGS)[number];

/**
 * Says in the answer how it is packed: the best way that the browser takes. Browsers take brotli
 * over HTTPS only. Null if it takes none.
 */
export function choosePacking(request: Request, response: Response): Packing | null {
  response.vary('Accept-Encoding');
  const packing = PACKINGS.find(({ encoding }) => request.acceptsEncodings(encoding) === encoding);
  if (packing === undefined) return null;
  response.set('Content-Encoding', packing.encoding);
  return packing;
}

const pack = {
  /** Quality 5 packs a script within its first request. */
  br: (bytes: Buffer) =>
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } }),
  gzip: (bytes: Buffer) => promisify(gzip)(bytes),
};

/** Files that may change while the server runs, packed when first asked for. */
export class PackedFiles {
  private readonly kept = new Map<string, { mtime: number; bytes: Promise<Buffer> }>();

  /** @throws Error if there is no such file */
  async read(file: string, packing: Packing | null): Promise<Buffer> {
    if (packing === null) return readFile(file);
    const name = `${file}${packing.ending}`;
    const { mtimeMs } = await stat(file);
    const kept = this.kept.get(name);
    if (kept?.mtime === mtimeMs) return kept.bytes;
    const bytes = readFile(file).then(pack[packing.encoding]);
    this.kept.set(name, { mtime: mtimeMs, bytes });
    return bytes;
  }
}
