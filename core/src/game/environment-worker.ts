import type { EnvironmentDescription } from '../environment/environment.ts';
import type { FromWorker, LoadMessage, ToWorker, WorkerError } from './messages.ts';
import { locatePython } from './python-place.ts';
import type { LoadOptions, LoadStage } from './run.ts';
import { WorkerHandle } from './worker-handle.ts';

/** Python or an environment could not be loaded. */
export class LoadError extends Error {
  override readonly name = 'LoadError';
  constructor(readonly error: WorkerError) {
    super(error.message);
  }
}

/** What a game hears of the worker that it plays in. */
export interface Player {
  message(message: FromWorker): void;
  /** The worker itself failed, which no message could tell. */
  crashed(reason: string): void;
}

/** Parts that come over the network: what goes wrong there may go well a moment later. */
const FETCHED: readonly string[] = ['python', 'packages'];
const ATTEMPTS = 2;
const AGAIN_MS = 1_000;

/** How much of loading is done when a stage is. */
const STAGES: Record<LoadStage, { from: number; to: number }> = {
  engine: { from: 0, to: 0.02 },
  python: { from: 0.02, to: 0.85 },
  packages: { from: 0.85, to: 0.92 },
  environment: { from: 0.92, to: 0.98 },
  server: { from: 0.98, to: 1 },
};

/** A stage's own fraction as a part of all stages. */
export function overall(stage: LoadStage, fraction: number): number {
  const { from, to } = STAGES[stage];
  return from + (to - from) * fraction;
}

/**
 * A worker with Python in it, which starts at once, and later one environment, for good: another
 * one needs an interpreter that no environment has changed.
 */
export class EnvironmentWorker {
  /** Rejects with LoadError. */
  readonly loaded: Promise<EnvironmentDescription>;
  /** Set by the game that plays in it. */
  player: Player | null = null;
  /** Loaded or loading, and nothing went wrong in it. */
  fit = true;

  private resolve!: (description: EnvironmentDescription) => void;
  private reject!: (error: LoadError) => void;
  private handle: WorkerHandle | null = null;
  private started: Promise<void> = Promise.resolve();
  private attempts = 0;
  private again: ReturnType<typeof setTimeout> | null = null;
  private environment: LoadMessage | null = null;
  private settled = false;
  private readonly watchers = new Set<(stage: LoadStage, fraction: number) => void>();
  private progress: { stage: LoadStage; fraction: number } = { stage: 'engine', fraction: 0 };

  constructor(private readonly place: Pick<LoadOptions, 'server' | 'pyodide_url' | 'worker_url'>) {
    this.loaded = new Promise((resolve, reject) => {
      this.resolve = resolve;
      this.reject = reject;
    });
    // Nobody may be waiting for it.
    this.loaded.catch(() => undefined);
    this.start();
  }

  /** Once. */
  load(environment: LoadMessage): void {
    this.environment = environment;
    void this.started.then(() => this.handle?.post(environment));
  }

  /** Hears where loading is, now and from now on; returns what stops that. */
  watch(watcher: (stage: LoadStage, fraction: number) => void): () => void {
    this.watchers.add(watcher);
    watcher(this.progress.stage, this.progress.fraction);
    return () => this.watchers.delete(watcher);
  }

  post(message: ToWorker, transfer: Transferable[] = []): void {
    this.handle?.post(message, transfer);
  }

  /** May be called twice. */
  terminate(): void {
    this.fit = false;
    this.settled = true;
    this.player = null;
    this.watchers.clear();
    this.stop();
    this.reject(new LoadError({ where: 'engine', message: 'the worker was ended', traceback: '' }));
  }

  private start(): void {
    this.attempts += 1;
    try {
      this.handle = new WorkerHandle(
        this.place.worker_url,
        (message) => this.message(message),
        (reason) => this.crashed(reason),
      );
    } catch (error) {
      this.failed({ where: 'engine', message: String(error), traceback: '' });
      return;
    }
    const { handle } = this;
    this.started = locatePython(this.place).then(({ url, files }) => {
      if (this.handle === handle) handle.post({ type: 'python', url, files });
    });
    if (this.environment !== null) this.load(this.environment);
  }

  private stop(): void {
    if (this.again !== null) clearTimeout(this.again);
    this.again = null;
    this.handle?.terminate();
    this.handle = null;
  }

  private message(message: FromWorker): void {
    switch (message.type) {
      case 'progress':
        this.moved(message.stage, overall(message.stage, message.fraction));
        break;
      case 'loaded':
        this.settled = true;
        this.resolve(message.description);
        break;
      case 'load_failed':
        this.failed(message.error);
        break;
      case 'error':
        // The state may be half stepped, and so may be what the next game would begin with.
        this.fit = false;
        this.player?.message(message);
        break;
      default:
        this.player?.message(message);
    }
  }

  /** Never back, also when it is loaded a second time. */
  private moved(stage: LoadStage, fraction: number): void {
    if (fraction < this.progress.fraction) return;
    this.progress = { stage, fraction };
    for (const watcher of this.watchers) watcher(stage, fraction);
  }

  private failed(error: WorkerError): void {
    if (this.settled) return;
    this.stop();
    if (FETCHED.includes(error.where) && this.attempts < ATTEMPTS) {
      // A new worker: a module that failed to load stays failed in the old one.
      this.again = setTimeout(() => this.start(), AGAIN_MS);
      return;
    }
    this.settled = true;
    this.fit = false;
    this.reject(new LoadError(error));
  }

  private crashed(reason: string): void {
    this.fit = false;
    if (this.settled) this.player?.crashed(reason);
    else this.failed({ where: 'engine', message: reason, traceback: '' });
  }
}
