/** One Python interpreter of `cotrial check`, in a thread that can be interrupted and ended. */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { parentPort, workerData } from 'node:worker_threads';
import { EnvironmentError } from '../../../core/src/environment/environment-error.ts';
import type { EnvironmentDescription } from '../../../core/src/environment/environment.ts';
import type { Pyodide } from '../../../core/src/environment/pyodide.ts';
import { loadEnvironmentInto } from '../../../core/src/environment/pyodide-environment.ts';
import { PYTHON_FILES } from '../../../core/src/environment/python-files.ts';
import { startPython } from '../../../core/src/environment/start-python.ts';
import {
  PHASES,
  type Failure,
  type FromInterpreter,
  type InterpreterData,
  type LoadTask,
  type PythonFinding,
  type Task,
  type ToInterpreter,
} from './check-messages.ts';
import { CHECK_PYTHON_FILES } from './check-python-files.ts';

/** cotrial_check/desk.py. */
interface Desk {
  scramble(): void;
  prepare(source: string, name: string, beat: (method: string) => void): void;
  load_failed(where: string, message: string, traceback: string): string;
  examine(
    fps: number | null,
    reason: string,
    effort: number,
    tell: (fraction: number) => void,
  ): string;
  trace(frames: number): string;
  parts_at(run: number, frame: number): string;
  tell_difference(kind: string, paths: string, frame: number): void;
  tell_drawing(sentences: string): void;
  findings(): string;
}

const port = parentPort!;
const { settings, interrupt, beats } = workerData as InterpreterData;
const say = (message: FromInterpreter): void => port.postMessage(message);

const python = await start();
const desk = python.pyimport('cotrial_check.desk') as Desk;
if (settings.scrambled) desk.scramble();
say({ kind: 'started' });

port.on('message', (message: ToInterpreter) => {
  void run(message).then(
    (value) => say({ kind: 'done', id: message.id, value }),
    (error: unknown) => say({ kind: 'failed', id: message.id, failure: failureOf(error) }),
  );
});

async function start(): Promise<Pyodide> {
  const { loadPyodide } = (await import(
    pathToFileURL(join(settings.pyodide, 'pyodide.mjs')).href
  )) as { loadPyodide: (options: object) => Promise<Pyodide & Interruptible> };
  const started = await startPython({
    ...(settings.lock !== null && { lockFileURL: settings.lock }),
    indexURL: settings.pyodide,
    loadPyodide: async (options: { env?: Record<string, string> }) => {
      const env = { ...options.env, PYTHONHASHSEED: String(settings.hash_seed) };
      // What the environment prints is nobody's business here.
      const silent = { stdout: () => undefined, stderr: () => undefined };
      const pyodide = await loadPyodide({ ...options, ...silent, env });
      pyodide.setInterruptBuffer(interrupt);
      return pyodide;
    },
  });
  for (const [name, files] of [
    ['cotrial_host', PYTHON_FILES],
    ['cotrial_check', CHECK_PYTHON_FILES],
  ] as const) {
    started.FS.mkdirTree(`/cotrial/${name}`);
    for (const [file, text] of Object.entries(files)) {
      started.FS.writeFile(`/cotrial/${name}/${file}`, text);
    }
  }
  started.runPython("import sys\nsys.path.insert(0, '/cotrial')");
  return started;
}

interface Interruptible {
  setInterruptBuffer(buffer: Int32Array): void;
}

async function run(task: Task): Promise<unknown> {
  switch (task.task) {
    case 'load':
      return load(task.load);
    case 'examine': {
      const tell = (fraction: number) => say({ kind: 'progress', fraction });
      return JSON.parse(desk.examine(task.fps, task.reason, task.effort, tell)) as unknown;
    }
    case 'trace':
      return JSON.parse(desk.trace(task.frames)) as unknown;
    case 'parts':
      return JSON.parse(desk.parts_at(task.run, task.frame)) as unknown;
    case 'tell_difference':
      return desk.tell_difference(task.kind, JSON.stringify(task.paths), task.frame);
    case 'tell_drawing':
      return desk.tell_drawing(JSON.stringify(task.sentences));
    case 'findings':
      return JSON.parse(desk.findings()) as unknown;
  }
}

async function load(task: LoadTask): Promise<EnvironmentDescription> {
  desk.prepare(task.source, task.source_name, beat);
  return (await loadEnvironmentInto(python, task)).description;
}

function beat(method: string): void {
  Atomics.store(beats, 1, Math.max(0, (PHASES as readonly string[]).indexOf(method)));
  Atomics.add(beats, 0, 1);
}

function failureOf(error: unknown): Failure {
  if (error instanceof EnvironmentError) {
    const { name, message, where, traceback } = error;
    const findings = JSON.parse(desk.load_failed(where, message, traceback)) as PythonFinding[];
    return { name, message, where, traceback, findings };
  }
  if (error instanceof Error) return { name: error.name, message: error.message };
  return { name: 'Error', message: String(error) };
}
