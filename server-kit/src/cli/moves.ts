/**
 * What a player can do in one frame, for spaces of any kind, as a list that keys can be given to.
 * Pure.
 */
import type { ActionSpace, Agent } from '../../../core/src/environment/environment.ts';

export interface Move {
  /** What the space's own numbers say, for people: `action 3`, `part 1: 2`. */
  label: string;
  action: number | number[];
  /** Position in the action's list that this move sets; moves of other positions go with it. */
  part: number;
}

/** Bounds beyond this mean that there are none; a key then stands for a step of one. */
const UNBOUNDED = 1e6;

/** All that differs from doing nothing: for spaces with parts, what one key press can set. */
export function movesOf(agent: Agent): Move[] {
  const space = agent.action_space;
  const idle = idleOf(agent);
  if (space.kind === 'discrete') {
    return Array.from({ length: space.n }, (_, i) => i + space.start)
      .filter((action) => action !== idle[0])
      .map((action) => ({ label: `action ${action}`, action, part: 0 }));
  }
  return valuesOf(space).flatMap((values, part) =>
    values
      .filter((value) => value !== idle[part])
      .map((value) => ({
        label: idle.length === 1 ? `${value}` : `part ${part + 1}: ${value}`,
        action: idle.map((other, i) => (i === part ? value : other)),
        part,
      })),
  );
}

/** Both moves in one frame, or null if they exclude each other. */
export function together(a: Move, b: Move): number[] | null {
  if (a.part === b.part || typeof a.action === 'number' || typeof b.action === 'number')
    return null;
  const { part, action } = b;
  return a.action.map((value, i) => (i === part ? action[i]! : value));
}

/** For each part, the values that keys can give it. */
function valuesOf(space: Exclude<ActionSpace, { kind: 'discrete' }>): number[][] {
  switch (space.kind) {
    case 'multi_discrete':
      return space.nvec.map((n, i) =>
        Array.from({ length: n }, (_, value) => value + (space.start?.[i] ?? 0)),
      );
    case 'multi_binary':
      return Array.from({ length: space.n }, () => [0, 1]);
    case 'box':
      return space.low.map((low, i) => {
        const high = space.high[i]!;
        return [low < -UNBOUNDED ? -1 : low, high > UNBOUNDED ? 1 : high];
      });
  }
}

/** The default action, decoded as core encodes actions. */
function idleOf({ action_space: space, default_action }: Agent): number[] {
  const view = new DataView(
    default_action.buffer,
    default_action.byteOffset,
    default_action.byteLength,
  );
  let at = 0;
  const integer = (n: number): number => {
    const value = n <= 256 ? view.getUint8(at) : view.getUint32(at, true);
    at += n <= 256 ? 1 : 4;
    return value;
  };
  switch (space.kind) {
    case 'discrete':
      return [integer(space.n) + space.start];
    case 'multi_discrete':
      return space.nvec.map((n, i) => integer(n) + (space.start?.[i] ?? 0));
    case 'multi_binary':
      return Array.from({ length: space.n }, () => integer(2));
    case 'box':
      return space.low.map((_, i) => view.getFloat32(4 * i, true));
  }
}
