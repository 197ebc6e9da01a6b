/** Loading an environment for the check: what cannot be checked, and what is a finding already. */
import type { EnvironmentDescription } from '../../../core/src/environment/environment.ts';
import { TaskError, type Interpreter } from './check-interpreter.ts';
import type { Failure, LoadTask, PythonFinding } from './check-messages.ts';
import { CannotDo } from './exit.ts';

export interface Wanted {
  path: string;
  source: string;
  options: Record<string, unknown>;
  packages: string[];
  /** Or null for as many as the environment has agents. */
  players: number | null;
}

/** An environment that is loaded, with the task that loads it again; or why it cannot be played. */
export type Loaded =
  { description: EnvironmentDescription; task: LoadTask } | { findings: PythonFinding[] };

/** @throws CannotDo for a file that cannot be run, or has no environment for so many players */
export async function loadFor(interpreter: Interpreter, wanted: Wanted): Promise<Loaded> {
  const { path, source, options, packages, players } = wanted;
  const load = async (given: Record<string, unknown>): Promise<Loaded> => {
    const task: LoadTask = { source, source_name: path, options: given, packages };
    const description = await interpreter.ask<EnvironmentDescription>({ task: 'load', load: task });
    return { description, task };
  };
  try {
    if (players === null || 'players' in options) return agreed(await load(options), wanted);
    const chosen = await load({ ...options, players }).catch((error: unknown) => {
      if (error instanceof TaskError && takesNoPlayers(error.failure)) return null;
      throw error;
    });
    return agreed(chosen ?? (await load(options)), wanted);
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    const { failure } = error;
    if (failure.findings === undefined) return { findings: [notPlayable(failure, path)] };
    if (!isFinding(failure)) throw cannotLoad(failure, path);
    return { findings: failure.findings };
  }
}

/** The file has an environment that takes no option of this name. */
const takesNoPlayers = ({ message }: Failure): boolean =>
  /unexpected keyword argument|takes no arguments|takes \d+ positional|has a ready `env`/.test(
    message,
  );

function agreed(loaded: Loaded, { path, players }: Wanted): Loaded {
  if (!('description' in loaded) || players === null) return loaded;
  const count = loaded.description.agents.length;
  if (count === players) return loaded;
  throw new CannotDo(
    `${path} is for ${count} ${count === 1 ? 'player' : 'players'}, not ${players}. ` +
      'An environment for any number has a function make_env(players=2).',
  );
}

/**
 * Whether it is the environment that must be changed (a finding), or what the check was given: a
 * file that does not run, a missing package, options that it does not take.
 */
function isFinding({ where, message, traceback }: Failure): boolean {
  if (where === 'python' || where === 'packages') return false;
  if (where !== 'load' || message.startsWith('KeyboardInterrupt')) return true;
  return traceback === '' && !/^(no environment found|options \()/.test(message);
}

function cannotLoad({ where, message, traceback }: Failure, path: string): CannotDo {
  if (where === 'python' || where === 'packages') return new CannotDo(message);
  const lines = traceback === undefined || traceback === '' ? '' : `\n${traceback.trimEnd()}`;
  return new CannotDo(`${path} cannot be loaded: ${message}${lines}`);
}

/** Python itself gave up: its stack or its memory is full. */
function notPlayable({ name, message }: Failure, path: string): PythonFinding {
  return {
    kind: 'error',
    fault: true,
    where: path,
    message: `Python fails while it plays the environment: ${name}: ${message.split('\n')[0]}.`,
    remedy: 'Bound recursions and the memory that the environment takes.',
  };
}
