/**
 * `cotrial check` as a function: plays an environment in several Python interpreters, one of them
 * like a participant's browser, and says what would break it in play.
 */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type {
  EnvironmentDescription,
  StateTier,
} from '../../../core/src/environment/environment.ts';
import { decodeDrawList } from '../../../core/src/render/draw-list.ts';
import { compareInterpreters } from './check-compare.ts';
import { Interpreter, InterpreterEnded } from './check-interpreter.ts';
import { loadFor } from './check-load.ts';
import type { Finding, InterpreterSettings, PythonFinding } from './check-messages.ts';
import { pyodideFolder, readEnvironmentFile } from './environment-file.ts';
import { CannotDo } from './exit.ts';

export type { Finding } from './check-messages.ts';

export interface CheckOptions {
  /** The environment's Python file. */
  path: string;
  /** For `make_env` or the class. */
  options?: Record<string, unknown>;
  /** How many shall play: given as the option `players` where the environment takes it. */
  players?: number | null;
  /** Frames a second; otherwise the environment's own, else 30. */
  fps?: number | null;
  packages?: string[];
  /** Folder of a Pyodide other than the kit's own. */
  pyodide?: string | null;
  /** Folder that `cotrial vendor` filled. */
  wheels?: string | null;
  /** How much is done, 0 to 1. */
  progress?: (fraction: number) => void;
}

/** Quantiles over frames, ms; of each frame the fastest of several plays. */
export interface Cost {
  p50: number;
  p99: number;
}

export interface CheckReport {
  /** What would break play or data. */
  faults: Finding[];
  /** Weaknesses that the host covers, and how. */
  notes: Finding[];
  /** `step`, `save`, `load` and `checksum`; `frame`: what one frame lasts, ms. Empty if unknown. */
  costs: Partial<Record<'step' | 'save' | 'load' | 'checksum', Cost>> & { frame?: number };
  /** How states are kept, or null for an environment that cannot be played. */
  tier: StateTier | null;
}

/** Where interpreters come from: tests take theirs more than once. */
export interface Interpreters {
  /** One that nobody uses. */
  take(settings: InterpreterSettings): Interpreter;
  /** The check is over. */
  release(): Promise<void>;
}

/** As cotrial_check/desk.py answers. */
interface Examined {
  costs: CheckReport['costs'];
  tier: StateTier;
  frames: number;
  /** First frame and paths of the state that differed when the same was played again, or null. */
  differs: [number, string[]] | null;
  /** Draw lists, marshalled, in hexadecimal digits. */
  draws: string[];
}

/** @throws CannotDo for a file that cannot be run, or has no environment for so many players */
export function checkEnvironment(options: CheckOptions): Promise<CheckReport> {
  const taken: Interpreter[] = [];
  return checkWith(
    {
      take(settings) {
        const interpreter = new Interpreter(settings);
        taken.push(interpreter);
        return interpreter;
      },
      async release() {
        await Promise.all(taken.map((interpreter) => interpreter.close()));
      },
    },
    options,
  );
}

/**
 * @param effort how long all takes, as a share of what it takes usually
 * @throws CannotDo as `checkEnvironment`
 */
export async function checkWith(
  interpreters: Interpreters,
  options: CheckOptions,
  effort = 1,
): Promise<CheckReport> {
  const { path, fps = null, players = null, packages = [], progress = () => undefined } = options;
  const { source } = readEnvironmentFile(path);
  const base = {
    pyodide: pyodideFolder(options.pyodide ?? null),
    lock: lockOf(options.wheels ?? null),
  };
  try {
    progress(0);
    const main = interpreters.take({ ...base, hash_seed: 0, scrambled: false });
    const wanted = { path, source, options: options.options ?? {}, packages, players };
    const loaded = await loadFor(main, wanted);
    if ('findings' in loaded) return reportOf(loaded.findings);
    const { description, task } = loaded;
    progress(0.2);
    main.progress = (fraction) => progress(0.2 + 0.6 * fraction);
    // Starts meanwhile, where there is a second core.
    const other = interpreters.take({ ...base, hash_seed: 1, scrambled: true });
    const reason = description.tier_reason;
    const examined = await main.ask<Examined>({ task: 'examine', fps, reason, effort });
    progress(0.85);
    await compareInterpreters({
      main,
      other,
      load: task,
      frames: examined.frames,
      differs: examined.differs,
      take: (hash_seed, scrambled) => interpreters.take({ ...base, hash_seed, scrambled }),
    });
    const sentences = new Set(
      examined.draws.flatMap(
        (draw) => decodeDrawList(Buffer.from(draw, 'hex'), undefined, true).faults,
      ),
    );
    if (sentences.size > 0) await main.ask({ task: 'tell_drawing', sentences: [...sentences] });
    const report = reportOf(await main.ask<PythonFinding[]>({ task: 'findings' }));
    report.notes.push(...ofTheHost(description, path));
    return { ...report, costs: examined.costs, tier: examined.tier };
  } catch (error) {
    if (!(error instanceof InterpreterEnded)) throw error;
    return reportOf([endOf(error, path)]);
  } finally {
    progress(1);
    await interpreters.release();
  }
}

function reportOf(findings: PythonFinding[]): CheckReport {
  const kept = (wanted: boolean): Finding[] =>
    findings
      .filter(({ fault }) => fault === wanted)
      .map(({ kind, where, message, remedy }) => ({ kind, where, message, remedy }));
  return { faults: kept(true), notes: kept(false), costs: {}, tier: null };
}

/** What the host tells at load; clocks and entropy have been watched for longer, by line. */
const ofTheHost = ({ notes }: EnvironmentDescription, path: string): Finding[] =>
  notes
    .filter(({ kind }) => kind !== 'clock' && kind !== 'entropy')
    .map((note) => ({ ...note, where: `${path} (${note.where})` }));

function endOf({ phase, endless }: InterpreterEnded, path: string): PythonFinding {
  const method = phase === 'check' ? 'The environment' : phase;
  return {
    kind: endless ? 'does_not_end' : 'exits',
    fault: true,
    where: `${path} (${phase})`,
    message: endless
      ? `${method} does not end, and cannot be interrupted; in play the page would hang.`
      : `${method} ends Python; in play the game would be over for everybody.`,
    remedy: endless
      ? 'Give every loop a bound that it reaches, whatever the players do.'
      : 'Raise an error for what must not happen; end an episode by terminations instead.',
  };
}

function lockOf(wheels: string | null): string | null {
  if (wheels === null) return null;
  const file = join(resolve(wheels), 'pyodide-lock.json');
  if (existsSync(file)) return file;
  throw new CannotDo(`${wheels} has no pyodide-lock.json: fill it with \`cotrial vendor\`.`);
}
