/** Values that the tests put into canonical rows; `Float` forces Python's float. */
export type Plain =
  null | boolean | number | string | Float | Uint8Array | Plain[] | { [key: string]: Plain };
export class Float {
  constructor(readonly value: number) {}
}

const u32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32LE(value);
  return bytes;
};

/** Writes Python's marshal format, version 2: numbers with a fraction and Float as float. */
export function marshal(value: Plain): Buffer {
  if (value === null) return Buffer.from('N');
  if (typeof value === 'boolean') return Buffer.from(value ? 'T' : 'F');
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Object.is(value, -0)
      ? Buffer.concat([Buffer.from('i'), u32(value)])
      : marshal(new Float(value));
  }
  if (value instanceof Float) {
    const bytes = Buffer.alloc(9, 'g');
    bytes.writeDoubleLE(value.value, 1);
    return bytes;
  }
  if (typeof value === 'string') {
    const text = Buffer.from(value);
    return Buffer.concat([Buffer.from('u'), u32(text.length), text]);
  }
  if (value instanceof Uint8Array) {
    return Buffer.concat([Buffer.from('s'), u32(value.length), value]);
  }
  if (Array.isArray(value)) {
    return Buffer.concat([Buffer.from('('), u32(value.length), ...value.map(marshal)]);
  }
  const pairs = Object.entries(value).flatMap(([key, item]) => [marshal(key), marshal(item)]);
  return Buffer.concat([Buffer.from('{'), ...pairs, Buffer.from('0')]);
}

export interface Row {
  actions?: Plain[];
  rewards?: Plain[];
  infos?: Plain[];
}

/** A canonical row (contract/record.ts) for `players` seats, all playing. */
export function row(frame: number, players: number, given: Row = {}): Buffer {
  const each = (value: Plain): Plain[] => new Array<Plain>(players).fill(value);
  return marshal([
    frame,
    given.actions ?? each(frame % 3),
    given.rewards ?? each(0.5),
    each(false),
    each(false),
    each(true),
    each(2),
    each(0),
    given.infos ?? each({}),
    null,
  ]);
}

/** Rows 0 to n - 1 of an uneventful episode. */
export const rows = (n: number, players: number): Buffer =>
  Buffer.concat(Array.from({ length: n }, (_, frame) => row(frame, players)));
