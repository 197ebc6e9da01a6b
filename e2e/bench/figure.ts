/** One line of `npm run bench`. `goal` is what REQUIREMENTS promise for `value`, in `unit`. */
export interface Figure {
  /** `PERF-1` for the promised condition, `PERF-1/volley` and the like for others. */
  id: string;
  value: number;
  goal: number;
  unit: string;
  detail: Record<string, unknown>;
}

export function print(figure: Figure): void {
  const value = Number(figure.value.toPrecision(4));
  console.log(JSON.stringify({ ...figure, value }));
}

export function median(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('no values to take the median of');
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
