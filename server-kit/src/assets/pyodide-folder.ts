import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { LOCK_FILE, type PackagesFolder } from './packages-folder.ts';
import { LIBRARY, PACKED_FILES, Preparation } from './preparation.ts';

/** Where a participant's browser finds Pyodide: `pyodide/location.json`. */
export interface PyodideLocation {
  /** Below `pyodide/`, with a slash at its end. Other content has another name. */
  folder: string;
  /** Bytes, unpacked, of the files that every participant loads. */
  files: Record<string, number>;
}

/** One content of the folder: with the library as it came, or compiled. */
interface Edition {
  location: PyodideLocation;
  /** Folder of the compiled library and the packed files, or null for the files as they came. */
  made: string | null;
}

/** A Pyodide folder, as it is and, once that is ready, quick to load. */
export class PyodideFolder {
  private plain: Promise<Edition | null>;
  private prepared: Edition | null = null;
  private preparation: Preparation | null = null;
  private closed = false;

  constructor(
    readonly dir: string,
    private readonly log: Log,
    /** The lab's own packages: their lock file takes the place of the distribution's. */
    readonly packages: PackagesFolder | null = null,
  ) {
    this.plain = this.read().catch(() => null);
  }

  /** The newest edition, the same for everybody who asks now; null if the folder is no Pyodide. */
  async location(): Promise<PyodideLocation | null> {
    const plain = await this.plain;
    return (this.prepared ?? plain)?.location ?? null;
  }

  /** Resolves once the quick edition is served, or will not be. */
  async settled(): Promise<void> {
    await this.plain;
    await this.preparation?.made;
  }

  /** The edition that has this name in its address, or null. */
  async edition(name: string): Promise<Edition | null> {
    const editions = [this.prepared, await this.plain];
    return editions.find((edition) => edition?.location.folder === `${name}/`) ?? null;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.plain;
    await this.preparation?.close();
  }

  private async read(): Promise<Edition> {
    const hash = createHash('sha256');
    const files: Record<string, number> = {};
    for (const name of PACKED_FILES) {
      const content = await readFile(join(this.dir, name)).catch(() => null);
      if (content === null) continue;
      files[name] = content.length;
      hash.update(`${name} ${content.length}\n`).update(content);
    }
    if (this.packages !== null) files[LOCK_FILE] = this.packages.lockBytes;
    const key = hash.digest('hex').slice(0, 16);
    if (LIBRARY in files && !this.closed) this.prepare(key, files);
    return { location: { folder: this.named(key), files }, made: null };
  }

  private prepare(key: string, files: Record<string, number>): void {
    this.preparation = new Preparation(this.dir, key, (reason) => {
      this.log.warn('Python’s library could not be compiled: it loads slower.', { reason });
    });
    void this.preparation.made.then(async (made) => {
      if (made === null) return;
      const { size } = await stat(join(made, LIBRARY));
      const location = {
        folder: this.named(`${key}-compiled`),
        files: { ...files, [LIBRARY]: size },
      };
      this.prepared = { location, made };
    });
  }

  private named(key: string): string {
    return this.packages === null ? `${key}/` : `${key}-${this.packages.key}/`;
  }
}
