/**
 * The worker's entry: Pyodide, the engine and the game's clock, away from the page's thread.
 * Everything that it does is asked for by the messages of messages.ts.
 */
import {
  EnvironmentError,
  loadEnvironmentInto,
  startPython,
  type EnvironmentStage,
} from '../environment/pyodide-environment.ts';
import { ownCompiledName } from '../environment/adapter.ts';
import type { Environment } from '../environment/environment.ts';
import { GameLoop, type LoopClock } from './game-loop.ts';
import type {
  FromWorker,
  LoadMessage,
  MatchMessage,
  PythonMessage,
  ToWorker,
  WorkerError,
} from './messages.ts';

/** The part of a dedicated worker's global scope that is used here. */
interface WorkerScope {
  onmessage: ((event: MessageEvent<ToWorker>) => void) | null;
  postMessage(message: FromWorker, transfer: Transferable[]): void;
}
const scope = globalThis as unknown as WorkerScope;

const clock: LoopClock = {
  now: () => performance.now(),
  after(delay, callback) {
    const timer = setTimeout(callback, delay);
    return () => clearTimeout(timer);
  },
};

// Now, while the page asks where Python is: later, downloads would wait for it.
ownCompiledName();

let python: ReturnType<typeof startPython> | null = null;
let environment: Environment | null = null;
let loop: GameLoop | null = null;

function post(message: FromWorker): void {
  const transfer: Transferable[] = [];
  if (message.type === 'packet' || message.type === 'chunk' || message.type === 'state')
    transfer.push(message.bytes.buffer);
  else if (message.type === 'draw') transfer.push(message.list.buffer);
  scope.postMessage(message, transfer);
}

const report = (stage: EnvironmentStage, fraction: number): void =>
  post({ type: 'progress', stage, fraction });

function start({ url, files }: PythonMessage): void {
  report('python', 0);
  python = startPython({ url, files }, (fraction) => report('python', fraction));
  // Without an environment nobody asks yet how it went.
  python.catch((error: unknown) => post({ type: 'load_failed', error: describe(error) }));
}

async function load(message: LoadMessage): Promise<void> {
  const pyodide = await python?.catch(() => null);
  if (pyodide == null) return;
  report('python', 1);
  try {
    environment = await loadEnvironmentInto(
      pyodide,
      {
        source: message.source,
        source_name: message.source_name,
        options: message.environment_options,
        packages: [...message.packages],
      },
      report,
    );
    post({ type: 'loaded', description: environment.description });
  } catch (error) {
    post({ type: 'load_failed', error: describe(error) });
  }
}

function match(message: MatchMessage): void {
  if (environment === null) return;
  stop();
  const { local, settings, seed } = message;
  loop = new GameLoop(environment, local, settings, seed, clock, post);
}

function stop(): void {
  if (loop === null) return;
  const { local, metrics } = loop.stop();
  loop = null;
  post({ type: 'stopped', local, metrics });
}

function describe(error: unknown): WorkerError {
  if (error instanceof EnvironmentError) {
    return { where: error.where, message: error.message, traceback: error.traceback };
  }
  const message = error instanceof Error ? error.message : String(error);
  const traceback = error instanceof Error ? (error.stack ?? '') : '';
  return { where: 'engine', message, traceback };
}

scope.onmessage = ({ data }) => {
  switch (data.type) {
    case 'python':
      start(data);
      break;
    case 'load':
      void load(data);
      break;
    case 'match':
      match(data);
      break;
    case 'start':
      loop?.start(data.in_ms);
      break;
    case 'packet':
      loop?.packet(data.from, data.bytes);
      break;
    case 'state':
      loop?.state(data.from, data.bytes);
      break;
    case 'input':
      loop?.update(data);
      break;
    case 'player_left':
      loop?.playerLeft(data.player);
      break;
    case 'isolated':
      loop?.isolated();
      break;
    case 'rtt':
      loop?.rtt(data.player, data.rtt_ms, data.jitter_ms);
      break;
    case 'ping':
      post({ type: 'pong' });
      break;
    case 'figures':
      loop?.tellFigures();
      break;
    case 'stop':
      stop();
      break;
  }
};
