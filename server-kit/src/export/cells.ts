import type { InfoValue, RecordedAction } from '@cotrial/core/contract';

/** Text of a CSV cell; empty for a missing value. */
export type Cell = string;

/** Spreadsheets run a cell that begins like this. Only text is touched: a number keeps its sign. */
const EXECUTABLE = /^[=+\-@\t\r]/;

/** The exact value: a number reads back as the same number, text cannot execute (SEC-14). */
export function cell(value: RecordedAction | InfoValue | undefined): Cell {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return EXECUTABLE.test(value) ? `'${value}` : value;
  if (Array.isArray(value)) return `[${value.map(numberText).join(',')}]`;
  return typeof value === 'number' ? numberText(value) : String(value);
}

/** The shortest text that reads back as the same number; it keeps the sign of a negative zero. */
const numberText = (value: number): string => (Object.is(value, -0) ? '-0' : String(value));
