import type { ActionSpace } from './environment.ts';

/** A number for `discrete`; a list of numbers, in row order, for the other spaces. */
export type ActionValue = number | readonly number[];

/** A value that is no action of its space. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
}

/** Numbers of possible values up to this go as one byte. */
const BYTE_VALUES = 256;

/** Bytes of one encoded action. */
export function actionBytes(space: ActionSpace): number {
  switch (space.kind) {
    case 'discrete':
      return width(space.n);
    case 'multi_discrete':
      return space.nvec.reduce((sum, n) => sum + width(n), 0);
    case 'multi_binary':
      return space.n;
    case 'box':
      return 4 * space.low.length;
  }
}

/**
 * An action as it goes on the wire and into ADVANCE requests: little-endian bytes.
 *
 * @throws ActionError unless `value` is an action of `space`.
 */
export function encodeAction(space: ActionSpace, value: ActionValue): Uint8Array {
  const bytes = new Uint8Array(actionBytes(space));
  const view = new DataView(bytes.buffer);
  if (space.kind === 'discrete') {
    if (typeof value !== 'number') throw new ActionError('a discrete action is one integer');
    putInteger(view, 0, value - space.start, space.n);
    return bytes;
  }
  const values = typeof value === 'number' ? [value] : value;
  const limits = limitsOf(space);
  if (values.length !== limits.length) {
    throw new ActionError(`the action needs ${limits.length} numbers, not ${values.length}`);
  }
  let at = 0;
  limits.forEach((limit, i) => {
    const number = values[i]! - (space.kind === 'multi_discrete' ? (space.start?.[i] ?? 0) : 0);
    if (typeof limit === 'number') {
      at = putInteger(view, at, number, limit);
    } else if (number >= limit.low && number <= limit.high) {
      view.setFloat32(at, number, true);
      at += 4;
    } else {
      throw new ActionError(`${number} is outside ${limit.low} to ${limit.high}`);
    }
  });
  return bytes;
}

/** For each entry how many values it has, or its bounds. */
function limitsOf(
  space: Exclude<ActionSpace, { kind: 'discrete' }>,
): (number | { low: number; high: number })[] {
  switch (space.kind) {
    case 'multi_discrete':
      return space.nvec;
    case 'multi_binary':
      return Array.from({ length: space.n }, () => 2);
    case 'box':
      return space.low.map((low, i) => ({ low, high: space.high[i]! }));
  }
}

const width = (n: number): 1 | 4 => (n <= BYTE_VALUES ? 1 : 4);

/** Writes an integer from 0 to n - 1; where the next one goes. */
function putInteger(view: DataView, at: number, value: number, n: number): number {
  if (!Number.isInteger(value) || value < 0 || value >= n) {
    throw new ActionError(`${value} is not an integer from 0 to ${n - 1}`);
  }
  if (width(n) === 1) view.setUint8(at, value);
  else view.setUint32(at, value, true);
  return at + width(n);
}
