/** What `marshal.dumps(value, 2)` writes for plain values: enough for draw lists. */
export type Plain = null | boolean | number | string | Plain[] | { [key: string]: Plain };

export function marshalled(value: Plain): Uint8Array {
  const bytes: number[] = [];
  write(value, bytes);
  return Uint8Array.from(bytes);
}

function write(value: Plain, to: number[]): void {
  if (value === null) tag('N', to);
  else if (typeof value === 'boolean') tag(value ? 'T' : 'F', to);
  else if (typeof value === 'number') writeNumber(value, to);
  else if (typeof value === 'string') writeText(value, to);
  else if (Array.isArray(value)) {
    tag('[', to);
    int32(value.length, to);
    for (const item of value) write(item, to);
  } else {
    tag('{', to);
    for (const [key, item] of Object.entries(value)) {
      writeText(key, to);
      write(item, to);
    }
    tag('0', to);
  }
}

function writeNumber(value: number, to: number[]): void {
  if (Number.isInteger(value) && Math.abs(value) < 2 ** 31) {
    tag('i', to);
    int32(value, to);
  } else {
    tag('g', to);
    to.push(...new Uint8Array(Float64Array.of(value).buffer));
  }
}

function writeText(text: string, to: number[]): void {
  const utf8 = new TextEncoder().encode(text);
  tag('u', to);
  int32(utf8.length, to);
  to.push(...utf8);
}

const tag = (character: string, to: number[]) => to.push(character.charCodeAt(0));
const int32 = (value: number, to: number[]) =>
  to.push(...new Uint8Array(Int32Array.of(value).buffer));
