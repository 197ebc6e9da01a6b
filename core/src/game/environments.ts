/**
 * Python and the environments of this page, shared by all its games.
 *
 * A worker serves one game at a time. When the game is over it waits for the next game with the
 * same environment, which then has nothing to load, and does nothing meanwhile: it holds no
 * connection and no timer, only memory. It ends with the page; or when it has waited for
 * KEPT_MS; or when more than KEPT wait, the longest first; or at once when its game was broken off
 * or its environment failed; or by `unload`.
 */
import type { EnvironmentDescription } from '../environment/environment.ts';
import { EnvironmentWorker, LoadError, type Player } from './environment-worker.ts';
import type { ToWorker } from './messages.ts';
import type { LoadOptions, LoadStage, PythonFile } from './run.ts';

/** Longer than the questionnaires that stand between two games. */
export const KEPT_MS = 10 * 60_000;
/** Each holds about a hundred megabytes. */
export const KEPT = 2;

interface Entry {
  /** Where worker and Python come from. */
  readonly place: string;
  readonly worker: EnvironmentWorker;
  /** What is loaded into it, or null while it is only Python. */
  environment: string | null;
  /** Games and preloads that hold it. */
  users: number;
  expiry: ReturnType<typeof setTimeout> | null;
}

/** In the order in which they were last used. */
let entries: Entry[] = [];

/**
 * One user's hold of an environment. Python starts at once, before the environment's source is
 * there, unless the page has one already that may be the same.
 */
export class EnvironmentLease {
  /** Rejects with LoadError, also if somebody else ends the worker. */
  readonly loaded: Promise<EnvironmentDescription>;
  private entry: Entry | null = null;
  private released = false;
  private stopWatching: () => void = () => undefined;

  /** @param player the game that will play in it; null if it is only loaded */
  constructor(
    private readonly options: LoadOptions,
    private readonly player: Player | null,
    private readonly progress: (stage: LoadStage, fraction: number) => void,
  ) {
    const place = placeOf(options);
    if (!entries.some((entry) => entry.place === place)) this.hold(newEntry(options));
    this.loaded = options.source.then(
      (file) => this.load(file),
      (error: unknown) => {
        throw new LoadError({ where: 'loading', message: textOf(error), traceback: '' });
      },
    );
    this.loaded.catch(() => undefined);
  }

  post(message: ToWorker, transfer: Transferable[] = []): void {
    this.entry?.worker.post(message, transfer);
  }

  /** The worker waits for its next user, or ends with all its users. May be called twice. */
  release(then: 'keep' | 'end'): void {
    this.released = true;
    this.letGo(then);
  }

  private load(file: PythonFile): Promise<EnvironmentDescription> {
    if (this.released) throw new LoadError({ where: 'engine', message: 'given up', traceback: '' });
    const place = placeOf(this.options);
    const environment = environmentOf(this.options, file);
    const isFree = (entry: Entry) =>
      entry.place === place &&
      entry.worker.fit &&
      (this.player === null || entry.worker.player === null);
    const same = entries.find((entry) => isFree(entry) && entry.environment === environment);
    const blank = entries.find((entry) => isFree(entry) && entry.environment === null);
    const entry = same ?? this.entry ?? blank ?? newEntry(this.options);
    if (entry !== this.entry) {
      this.letGo('end');
      this.hold(entry);
    }
    if (entry.environment === null) {
      entry.environment = environment;
      entry.worker.load({
        type: 'load',
        source: file.text,
        source_name: file.name,
        environment_options: this.options.environment_options,
        packages: this.options.packages,
      });
    }
    return entry.worker.loaded;
  }

  private hold(entry: Entry): void {
    this.entry = entry;
    entry.users += 1;
    if (entry.expiry !== null) clearTimeout(entry.expiry);
    entry.expiry = null;
    if (this.player !== null) entry.worker.player = this.player;
    this.stopWatching = entry.worker.watch(this.progress);
  }

  private letGo(then: 'keep' | 'end'): void {
    const { entry } = this;
    if (entry === null) return;
    this.entry = null;
    this.stopWatching();
    entry.users -= 1;
    if (this.player !== null) entry.worker.player = null;
    if (then === 'end' || !entry.worker.fit || entry.environment === null) end(entry);
    else if (entry.users === 0) keep(entry);
  }
}

/**
 * Loads an environment before a game asks for it. Resolves to whether it is loaded: where it is
 * not, the game will try again and show why.
 */
export async function preload(
  options: LoadOptions,
  progress: (stage: LoadStage, fraction: number) => void,
  timeout_ms: number,
): Promise<boolean> {
  const lease = new EnvironmentLease(options, null, progress);
  const late = setTimeout(() => lease.release('end'), timeout_ms);
  try {
    await lease.loaded;
    return true;
  } catch {
    return false;
  } finally {
    clearTimeout(late);
    lease.release('keep');
  }
}

/** Ends all workers that no game plays in. */
export function unload(): void {
  for (const entry of entries.filter(({ worker }) => worker.player === null)) end(entry);
}

function newEntry(options: LoadOptions): Entry {
  const entry: Entry = {
    place: placeOf(options),
    worker: new EnvironmentWorker(options),
    environment: null,
    users: 0,
    expiry: null,
  };
  entries.push(entry);
  return entry;
}

function keep(entry: Entry): void {
  entry.expiry = setTimeout(() => end(entry), KEPT_MS);
  entries = [...entries.filter((other) => other !== entry), entry];
  const waiting = entries.filter(({ users }) => users === 0);
  for (const oldest of waiting.slice(0, -KEPT)) end(oldest);
}

function end(entry: Entry): void {
  if (entry.expiry !== null) clearTimeout(entry.expiry);
  entry.expiry = null;
  entries = entries.filter((other) => other !== entry);
  entry.worker.terminate();
}

const placeOf = ({ server, pyodide_url, worker_url }: LoadOptions): string =>
  JSON.stringify([pyodide_url ?? [server], worker_url]);

const environmentOf = (
  { environment_options, packages }: LoadOptions,
  { text, name }: PythonFile,
): string => JSON.stringify([text, name, environment_options, packages]);

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
