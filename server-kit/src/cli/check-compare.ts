/**
 * The same runs in fresh interpreters: one that is like a participant's browser, one with another
 * hash seed and other addresses of objects. Where they differ, two more tell why.
 */
import type { Interpreter } from './check-interpreter.ts';
import type { LoadTask } from './check-messages.ts';

/** For each run, for each frame: checksum of the state, results. */
type Trace = [string, string][][];
type Parts = Record<string, string>;

export interface Comparison {
  /** Has examined the environment. */
  main: Interpreter;
  /** Has another hash seed and scrambled addresses. */
  other: Interpreter;
  load: LoadTask;
  /** Frames of a run. */
  frames: number;
  /** Another interpreter. */
  take: (hashSeed: number, scrambled: boolean) => Interpreter;
}

/** Tells `main` of what differs. */
export async function compareInterpreters(comparison: Comparison): Promise<void> {
  const { main, other, frames, load, take } = comparison;
  const mine = await main.ask<Trace>({ task: 'trace', frames });
  const traced = async (interpreter: Interpreter): Promise<Trace> => {
    await interpreter.ask({ task: 'load', load });
    return interpreter.ask<Trace>({ task: 'trace', frames });
  };
  const theirs = await traced(other);
  if (same(mine, theirs)) return;

  const scrambled = take(0, true);
  const moved = await traced(scrambled);
  if (same(mine, moved)) {
    await tellOfHashes(main, other, mine, theirs);
    return;
  }
  const twin = take(0, false);
  const again = await traced(twin);
  const [kind, odd, trace] = same(mine, again)
    ? (['address', scrambled, moved] as const)
    : (['hidden_randomness', twin, again] as const);
  const { run, frame } = firstDifference(mine, trace, (a, b) => a.join() === b.join())!;
  const paths = await differingParts(main, odd, run, frame);
  await main.ask({ task: 'tell_difference', kind, paths, frame });
}

/** The order of dictionaries alone, which no result shows, is not told. */
async function tellOfHashes(
  main: Interpreter,
  other: Interpreter,
  mine: Trace,
  theirs: Trace,
): Promise<void> {
  const shown = firstDifference(mine, theirs, (a, b) => a[1] === b[1]);
  const { run, frame } = shown ?? firstDifference(mine, theirs, (a, b) => a.join() === b.join())!;
  const paths = await differingParts(main, other, run, frame);
  if (shown === null && paths.length === 0) return;
  await main.ask({ task: 'tell_difference', kind: 'hash_order', paths, frame });
}

const same = (one: Trace, other: Trace): boolean =>
  firstDifference(one, other, (a, b) => a.join() === b.join()) === null;

function firstDifference(
  one: Trace,
  other: Trace,
  equal: (a: [string, string], b: [string, string]) => boolean,
): { run: number; frame: number } | null {
  for (let run = 0; run < one.length; run++) {
    const [a, b] = [one[run]!, other[run] ?? []];
    for (let frame = 0; frame < Math.max(a.length, b.length); frame++) {
      const [x, y] = [a[frame], b[frame]];
      if (x === undefined || y === undefined || !equal(x, y)) return { run, frame };
    }
  }
  return null;
}

/** Paths of the state that differ after that frame, the shortest first. */
async function differingParts(
  one: Interpreter,
  other: Interpreter,
  run: number,
  frame: number,
): Promise<string[]> {
  const task = { task: 'parts', run, frame } as const;
  const [mine, theirs] = [await one.ask<Parts>(task), await other.ask<Parts>(task)];
  return Object.keys({ ...mine, ...theirs })
    .filter((path) => mine[path] !== theirs[path])
    .sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
}
