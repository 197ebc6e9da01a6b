import { createHash } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '../log.ts';
import { LOCK_FILE, type PackagesFolder } from './packages-folder.ts';
import { readAdapter } from './adapter.ts';
import { Preparation } from './preparation.ts';
import { ADAPTER_PROGRAM, LIBRARY_PROGRAM } from './programs.ts';

const LIBRARY = 'python_stdlib.zip';
/** Large enough that packing shows; Pyodide 0.28's script ends in `.js`, later ones' in `.mjs`. */
const PACKED_FILES = [
  LIBRARY,
  'pyodide.asm.wasm',
  'pyodide.asm.mjs',
  'pyodide.asm.js',
  'pyodide.mjs',
  'pyodide-lock.json',
];

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
  /** Where files lie that were made for it: `NAME.br` and `NAME.gz`, and those that are new. */
  made: ReadonlyMap<string, { folder: string; isNew: boolean }>;
}

/**
 * A Pyodide folder, as it is and, once that is ready, quick to load: with a standard library and an
 * adapter that need not be compiled in every participant's browser, which was four fifths of
 * Python's start, and with large files packed for the way there.
 */
export class PyodideFolder {
  private plain: Promise<Edition | null>;
  private prepared: Edition | null = null;
  private preparations: Preparation[] = [];
  private preparing: Promise<void> = Promise.resolve();
  private closed = false;

  constructor(
    readonly dir: string,
    private readonly log: Log,
    /** The lab's own packages: their lock file takes the place of the distribution's. */
    readonly packages: PackagesFolder | null = null,
    /** The plugin's `python-files.json`. */
    private readonly adapterFile: string | null = null,
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
    await this.preparing;
  }

  /** The edition that has this name in its address, or null. */
  async edition(name: string): Promise<Edition | null> {
    const editions = [this.prepared, await this.plain];
    return editions.find((edition) => edition?.location.folder === `${name}/`) ?? null;
  }

  async close(): Promise<void> {
    this.closed = true;
    await this.plain;
    await Promise.all(this.preparations.map((preparation) => preparation.close()));
    await this.preparing;
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
    if (LIBRARY in files && !this.closed) {
      this.preparing = this.prepare(key, files).catch((error: unknown) => {
        // Somebody cleared the folder of temporary files in part.
        this.log.warn('What was compiled is lost: it loads slower.', { reason: String(error) });
      });
    }
    return { location: { folder: this.named(key), files }, made: new Map() };
  }

  private async prepare(key: string, files: Record<string, number>): Promise<void> {
    const warn = (what: string) => (reason: string) =>
      this.log.warn(`${what} could not be compiled: it loads slower.`, { reason });
    const libraryArgs = [this.dir, LIBRARY, ...PACKED_FILES];
    const library = await this.make(key, LIBRARY_PROGRAM, libraryArgs, warn('Python’s library'));
    if (library === null) return;
    const made = new Map(
      PACKED_FILES.filter((name) => name in files).map((name) => [
        name,
        { folder: library, isNew: name === LIBRARY },
      ]),
    );
    const sizes: Record<string, number> = { ...files };
    sizes[LIBRARY] = (await stat(join(library, LIBRARY))).size;

    const sources = await readAdapter(this.adapterFile);
    if (sources !== null) {
      const { file, sha256, compiledName } = sources;
      const folder = await this.make(
        `${key}-${sha256.slice(0, 16)}`,
        ADAPTER_PROGRAM,
        [this.dir, join(library, LIBRARY), file, sha256, compiledName],
        warn('The adapter'),
      );
      if (folder !== null) {
        made.set(compiledName, { folder, isNew: true });
        sizes[compiledName] = (await stat(join(folder, compiledName))).size;
      }
    }
    const location = { folder: this.named(`${key}-compiled`), files: sizes };
    this.prepared = { location, made };
  }

  private async make(...args: ConstructorParameters<typeof Preparation>): Promise<string | null> {
    if (this.closed) return null;
    const preparation = new Preparation(...args);
    this.preparations.push(preparation);
    return preparation.made;
  }

  private named(key: string): string {
    return this.packages === null ? `${key}/` : `${key}-${this.packages.key}/`;
  }
}
