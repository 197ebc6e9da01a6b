import { readRows, type RecordRow } from '../contract/index.ts';

/**
 * In which columns another row of the same frame differs: `reward.1`, `info.0.luck` and the like,
 * by seat.
 *
 * @throws RecordError if `bytes` are no row of that frame
 */
export function differingColumns(one: RecordRow, bytes: Uint8Array): string[] {
  const [two] = readRows(bytes, one.frame);
  if (two === undefined) return ['frame'];
  const columns: string[] = [];
  for (const [name, key] of SEAT_COLUMNS) {
    const seats = Math.max(one[key].length, two[key].length);
    for (let seat = 0; seat < seats; seat++) {
      if (!same(one[key][seat], two[key][seat])) columns.push(`${name}.${seat}`);
    }
  }
  const seats = Math.max(one.infos.length, two.infos.length);
  for (let seat = 0; seat < seats; seat++) {
    const [left, right] = [one.infos[seat], two.infos[seat]];
    for (const key of new Set([...(left?.keys() ?? []), ...(right?.keys() ?? [])])) {
      if (!same(left?.get(key), right?.get(key))) columns.push(`info.${seat}.${key}`);
    }
  }
  if (one.checksum !== two.checksum) columns.push('checksum');
  // Unlike bytes of values that read alike: 1 and 1.0, say.
  return columns.length > 0 ? columns : ['encoding'];
}

const SEAT_COLUMNS = [
  ['action', 'actions'],
  ['reward', 'rewards'],
  ['terminated', 'terminated'],
  ['truncated', 'truncated'],
  ['is_focused', 'is_focused'],
  ['input_delay', 'input_delays'],
  ['status', 'statuses'],
] as const satisfies readonly (readonly [string, keyof RecordRow])[];

function same(a: unknown, b: unknown): boolean {
  if (!Array.isArray(a) || !Array.isArray(b)) return Object.is(a, b);
  return a.length === b.length && a.every((value, i) => Object.is(value, b[i]));
}
