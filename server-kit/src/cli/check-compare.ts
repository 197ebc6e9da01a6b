/**
 * The same runs in fresh interpreters: one that is like a participant's browser, one with another
 * hash seed and other addresses of objects. Where they differ, more of them tell why.
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
  /** What differed when `main` played the same again: first frame, paths of the state. */
  differs: [number, string[]] | null;
  /** Another interpreter. */
  take: (hashSeed: number, scrambled: boolean) => Interpreter;
}

/** Tells `main` of what differs. */
export async function compareInterpreters(comparison: Comparison): Promise<void> {
  const { main, other, frames, differs, load, take } = comparison;
  const traced = async (interpreter: Interpreter): Promise<Trace> => {
    await interpreter.ask({ task: 'load', load });
    return interpreter.ask<Trace>({ task: 'trace', frames });
  };
  const tell = (kind: string, paths: string[], frame: number): Promise<void> =>
    main.ask({ task: 'tell_difference', kind, paths, frame });
  const tellOf = async (kind: string, one: Traced, two: Traced): Promise<void> => {
    const { run, frame } = firstDifference(one.trace, two.trace, equal)!;
    await tell(kind, await differingParts(one.from, two.from, run, frame), frame);
  };

  const mine = { from: main, trace: await main.ask<Trace>({ task: 'trace', frames }) };
  const theirs = { from: other, trace: await traced(other) };
  if (differs === null && same(mine, theirs)) return;

  const fresh = take(0, false);
  const twin = { from: fresh, trace: await traced(fresh) };
  const depends = differs !== null || !same(mine, twin);
  if (depends) {
    // Two that have done exactly the same, and still differ.
    const second = take(0, false);
    const sibling = { from: second, trace: await traced(second) };
    if (!same(twin, sibling)) return tellOf('hidden_randomness', twin, sibling);
  }
  const scrambled = take(0, true);
  const moved = { from: scrambled, trace: await traced(scrambled) };
  if (!same(twin, moved)) return tellOf('address', twin, moved);
  if (differs !== null) return tell('outside_state', differs[1], differs[0]);
  if (depends) return tellOf('outside_state', mine, twin);
  return tellOfHashes(mine, theirs, tell);
}

interface Traced {
  from: Interpreter;
  trace: Trace;
}

/** The order of dictionaries alone, which no result shows, is not told. */
async function tellOfHashes(
  mine: Traced,
  theirs: Traced,
  tell: (kind: string, paths: string[], frame: number) => Promise<void>,
): Promise<void> {
  const shown = firstDifference(mine.trace, theirs.trace, (a, b) => a[1] === b[1]);
  const { run, frame } = shown ?? firstDifference(mine.trace, theirs.trace, equal)!;
  const paths = await differingParts(mine.from, theirs.from, run, frame);
  if (shown !== null || paths.length > 0) await tell('hash_order', paths, frame);
}

const equal = (a: [string, string], b: [string, string]): boolean => a.join() === b.join();
const same = (one: Traced, other: Traced): boolean =>
  firstDifference(one.trace, other.trace, equal) === null;

function firstDifference(
  one: Trace,
  other: Trace,
  alike: (a: [string, string], b: [string, string]) => boolean,
): { run: number; frame: number } | null {
  for (let run = 0; run < one.length; run++) {
    const [a, b] = [one[run]!, other[run] ?? []];
    for (let frame = 0; frame < Math.max(a.length, b.length); frame++) {
      const [x, y] = [a[frame], b[frame]];
      if (x === undefined || y === undefined || !alike(x, y)) return { run, frame };
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
