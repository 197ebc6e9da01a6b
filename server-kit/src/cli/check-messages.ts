/** What `cotrial check` and its interpreters, each in a worker thread, say to each other. */

/** How an interpreter is started. */
export interface InterpreterSettings {
  /** Pyodide's folder. */
  pyodide: string;
  /** Lock file of the packages, or null for the distribution's own. */
  lock: string | null;
  /** PYTHONHASHSEED; participants' browsers have 0. */
  hash_seed: number;
  /** Whether objects lie at other addresses than in an interpreter that has done nothing yet. */
  scrambled: boolean;
}

/** `workerData`. */
export interface InterpreterData {
  settings: InterpreterSettings;
  /** One word: 2 interrupts Python. */
  interrupt: Int32Array;
  /** Two words: count of calls into the environment, and the index of the method in PHASES. */
  beats: Int32Array;
}

/** What Python may be busy with. */
export const PHASES = ['check', 'load', 'reset', 'step', 'render'] as const;

/** Environment to load, as for a trial. */
export interface LoadTask {
  source: string;
  source_name: string;
  options: Record<string, unknown>;
  packages: string[];
}

/** One task at a time; the answer has the same id. */
export type Task =
  | { task: 'load'; load: LoadTask }
  | { task: 'examine'; fps: number | null; reason: string; effort: number }
  | { task: 'trace'; frames: number }
  | { task: 'parts'; run: number; frame: number }
  | { task: 'tell_difference'; kind: string; paths: string[]; frame: number }
  | { task: 'tell_drawing'; sentences: string[] }
  | { task: 'findings' };

export type ToInterpreter = { id: number } & Task;

export type FromInterpreter =
  | { kind: 'started' }
  | { kind: 'progress'; fraction: number }
  | { kind: 'done'; id: number; value: unknown }
  | { kind: 'failed'; id: number; failure: Failure };

/** An error as it crosses threads. */
export interface Failure {
  name: string;
  message: string;
  /** Of an EnvironmentError. */
  where?: string;
  traceback?: string;
  /** For an environment that does not load: findings that say why. */
  findings?: PythonFinding[];
}

/** One thing to change. */
export interface Finding {
  /** A word for machines: docs/check.md lists them. */
  kind: string;
  /** `file:line (state path)`, as far as it is known. */
  where: string;
  message: string;
  remedy: string;
}

/** As cotrial_check/findings.py has it. */
export type PythonFinding = Finding & { fault: boolean };
