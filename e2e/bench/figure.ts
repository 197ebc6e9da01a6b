/** One line of `npm run bench`. `goal` is what REQUIREMENTS promise for `value`, in `unit`. */
export interface Figure {
  /** `PERF-1` for the promised condition, `PERF-1/volley` and the like for others. */
  id: string;
  value: number;
  goal: number;
  unit: string;
  detail: Record<string, unknown>;
  /** The goal is the least that is promised, not the most. Not printed. */
  at_least?: true;
}

export function meets({ value, goal, at_least }: Figure): boolean {
  return at_least ? value >= goal : value <= goal;
}

export function print({ id, value, goal, unit, detail }: Figure): void {
  const rounded = Number(value.toPrecision(4));
  console.log(JSON.stringify({ id, value: rounded, goal, unit, detail }));
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values to take the median of');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
