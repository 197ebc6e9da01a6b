/** A Python interpreter in a worker thread, seen from the thread of the command. */
import { Worker } from 'node:worker_threads';
import {
  PHASES,
  type Failure,
  type FromInterpreter,
  type InterpreterData,
  type InterpreterSettings,
  type Task,
} from './check-messages.ts';

/** How long Python may be busy, ms. */
export interface Limits {
  /** One call into the environment: a frame lasts a hundredth of the usual limit. */
  call: number;
  /** Loading and verifying, between two calls. */
  load: number;
  /** The check itself, between two calls. */
  busy: number;
}

const USUAL_LIMITS: Limits = { call: 10_000, load: 30_000, busy: 60_000 };
const LOOK_MS = 250;
/** After so many interrupts that changed nothing the thread is ended. */
const MOST_INTERRUPTS = 2;
const KEYBOARD_INTERRUPT = 2;

/** What a task failed with. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  constructor(readonly failure: Failure) {
    super(failure.message);
  }
}

/** Python has ended itself, or had to be ended in the middle of `phase`. */
export class InterpreterEnded extends Error {
  override readonly name = 'InterpreterEnded';
  constructor(
    readonly phase: string,
    readonly endless: boolean,
  ) {
    super(endless ? `${phase} does not end` : `Python ended during ${phase}`);
  }
}

export class Interpreter {
  private readonly worker: Worker;
  private readonly interrupt = new Int32Array(new SharedArrayBuffer(4));
  private readonly beats = new Int32Array(new SharedArrayBuffer(8));
  private readonly waiting = new Map<
    number,
    { resolve: (value: unknown) => void; reject: (error: Error) => void }
  >();
  private readonly started: Promise<void>;
  private nextId = 1;
  private ended: Error | null = null;
  progress: (fraction: number) => void = () => undefined;

  constructor(
    settings: InterpreterSettings,
    private readonly limits = USUAL_LIMITS,
  ) {
    const data: InterpreterData = { settings, interrupt: this.interrupt, beats: this.beats };
    // Beside this file, in the sources as in the build.
    this.worker = new Worker(new URL('./check-worker.js', import.meta.url), {
      workerData: data,
      // The flags of who asks may be none for threads.
      execArgv: [],
      stdout: true,
      stderr: true,
    });
    this.started = new Promise((resolve, reject) => {
      this.waiting.set(0, { resolve: () => resolve(), reject });
    });
    this.worker.on('message', (message: FromInterpreter) => this.receive(message));
    this.worker.on('error', (error) => this.end(error));
    this.worker.on('exit', () => this.end(new InterpreterEnded(this.phase(), false)));
  }

  /** @throws TaskError, InterpreterEnded */
  async ask<T>(task: Task): Promise<T> {
    await this.started;
    if (this.ended !== null) throw this.ended;
    const id = this.nextId++;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.waiting.set(id, { resolve, reject });
    });
    this.worker.postMessage({ id, ...task });
    const guard = this.guard();
    try {
      return (await answer) as T;
    } finally {
      clearInterval(guard);
    }
  }

  /** Whether another environment can be loaded into it. */
  get usable(): boolean {
    return this.ended === null && this.waiting.size === 0;
  }

  async close(): Promise<void> {
    this.ended ??= new Error('the interpreter is closed');
    this.started.catch(() => undefined);
    await this.worker.terminate();
  }

  /** Interrupts Python when a call takes too long, and ends it when that does not help. */
  private guard(): NodeJS.Timeout {
    let seen = -1;
    let since = performance.now();
    let interrupts = 0;
    return setInterval(() => {
      const count = Atomics.load(this.beats, 0);
      const now = performance.now();
      if (count !== seen) {
        seen = count;
        since = now;
        interrupts = 0;
        return;
      }
      const phase = this.phase();
      const { call, load, busy } = this.limits;
      const limit = phase === 'check' ? busy : phase === 'load' ? load : call;
      if (now - since < limit) return;
      since = now - limit + 2000;
      interrupts += 1;
      if (interrupts <= MOST_INTERRUPTS) {
        Atomics.store(this.interrupt, 0, KEYBOARD_INTERRUPT);
      } else {
        this.end(new InterpreterEnded(phase, true));
        void this.worker.terminate();
      }
    }, LOOK_MS);
  }

  private phase(): string {
    return PHASES[Atomics.load(this.beats, 1)] ?? 'check';
  }

  private receive(message: FromInterpreter): void {
    if (message.kind === 'progress') {
      this.progress(message.fraction);
      return;
    }
    const id = message.kind === 'started' ? 0 : message.id;
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    if (message.kind === 'failed') waiting?.reject(new TaskError(message.failure));
    else waiting?.resolve(message.kind === 'done' ? message.value : undefined);
  }

  private end(error: Error): void {
    this.ended ??= error;
    for (const { reject } of this.waiting.values()) reject(this.ended);
    this.waiting.clear();
  }
}
