/**
 * Draw list: what an environment's `render()` returned, as typed entries.
 *
 * On the way it is one marshalled list of dictionaries (contract/marshal.ts). Coordinates are in
 * the environment's logical `render_size`, y down; angles are degrees, clockwise.
 */
import { decodeMarshal, type MarshalValue } from '../contract/index.ts';

/** One thing to draw. */
export interface DrawEntry {
  /** The same thing on every frame has the same id. Null: it is known by its place in the list. */
  id: string | null;
  /** Entries are drawn in ascending depth; equal depths in list order. */
  depth: number;
  /** CSS colour of the area (of the line, for `line` and for an arc with a width). Null: none. */
  color: string | null;
  /** CSS colour of the outline, or null for none. */
  stroke: string | null;
  stroke_width: number;
  /** 0 (invisible) to 1. */
  alpha: number;
  /** Degrees clockwise about the entry's centre. */
  angle: number;
  /** Stays until another entry with the same id comes. */
  persist: boolean;
  shape: Shape;
}
export type Points = [number, number][];
export type TextAlign = 'left' | 'center' | 'right';

export type Shape =
  /** `x`, `y`: upper left corner. `radius`: of the corners. */
  | { type: 'rect'; x: number; y: number; w: number; h: number; radius: number }
  | { type: 'circle'; x: number; y: number; r: number }
  | { type: 'ellipse'; x: number; y: number; rx: number; ry: number }
  | { type: 'line'; points: Points; width: number }
  | { type: 'polygon'; points: Points }
  /** From `start` clockwise to `end`, in degrees from 3 o'clock; without a width a filled slice. */
  | {
      type: 'arc';
      x: number;
      y: number;
      r: number;
      start: number;
      end: number;
      width: number | null;
    }
  /** `y` is the middle of the line of text; `align` says which point of it `x` is. */
  | {
      type: 'text';
      x: number;
      y: number;
      text: string;
      size: number;
      align: TextAlign;
      weight: string;
    }
  /** `crop`: x, y, w, h in the picture's own pixels; null for the whole picture. */
  | {
      type: 'image';
      x: number;
      y: number;
      w: number;
      h: number;
      src: string;
      crop: [number, number, number, number] | null;
    }
  /** What a `render()` that returns an array gives: it fills the picture, proportions kept. */
  | {
      type: 'pixels';
      width: number;
      height: number;
      /** Bytes of a pixel: 1 grey, 3 RGB, 4 RGBA. */
      channels: 1 | 3 | 4;
      /** Row by row from the top: width × height × channels bytes. */
      data: Uint8Array;
    };

export interface DrawList {
  entries: DrawEntry[];
  /** Why entries were left out, one sentence each. */
  faults: string[];
}

/** The point of a shape that says where it is: what moves, moves it. */
export function anchorOf(shape: Shape): readonly [number, number] {
  switch (shape.type) {
    case 'line':
    case 'polygon':
      return shape.points[0]!;
    case 'pixels':
      return ORIGIN;
    default:
      return [shape.x, shape.y];
  }
}
const ORIGIN = [0, 0] as const;

/** Half of a surrogate pair in one text must not cost the picture: it is drawn as U+FFFD. */
const anyText = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Reads a marshalled draw list. Never throws: what cannot be drawn is left out and named.
 *
 * @param isColor tells valid CSS colours; only browsers know them all.
 * @param strictly names fields that mean nothing, too, of entries that are drawn all the same.
 */
export function decodeDrawList(
  bytes: Uint8Array,
  isColor: (color: string) => boolean = () => true,
  strictly = false,
): DrawList {
  let list: MarshalValue;
  try {
    list = decodeMarshal(bytes, anyText);
  } catch (error) {
    return { entries: [], faults: [`The draw list cannot be read: ${String(error)}.`] };
  }
  if (!Array.isArray(list)) {
    return { entries: [], faults: ['render() must return a list of dictionaries.'] };
  }
  const entries: DrawEntry[] = [];
  const faults: string[] = [];
  for (const item of list) {
    try {
      const known = strictly ? new Set<string>() : null;
      entries.push(decodeEntry(item, isColor, known));
      if (known !== null) faults.push(...strangeFields(item, known));
    } catch (error) {
      if (!(error instanceof EntryError)) throw error;
      faults.push(`${nameOf(item)} is not drawn: ${error.message}.`);
    }
  }
  return { entries, faults };
}

class EntryError extends Error {
  override readonly name = 'EntryError';
}

/** Names an entry by what does not change from frame to frame, so that it is named once. */
function nameOf(item: MarshalValue): string {
  if (!(item instanceof Map)) return 'An entry';
  const id = item.get('id');
  const type = item.get('type');
  const kind = typeof type === 'string' ? `"${type}"` : 'without a type';
  const known = typeof id === 'string' || typeof id === 'number';
  return known ? `Entry ${id} ${kind}` : `An entry ${kind}`;
}

/** A sentence for fields that are none of `known`, as misspelt ones are. */
function strangeFields(item: MarshalValue, known: ReadonlySet<MarshalValue>): string[] {
  const names = item instanceof Map ? [...item.keys()] : [];
  const strange = names.filter((name) => typeof name === 'string').filter((n) => !known.has(n));
  if (strange.length === 0) return [];
  return [`${nameOf(item)} is drawn without ${strange.join(', ')}: no such field.`];
}

/** @param asked takes the names of all fields that an entry of this type has */
function decodeEntry(
  item: MarshalValue,
  isColor: (color: string) => boolean,
  asked: Set<string> | null,
): DrawEntry {
  if (!(item instanceof Map)) throw new EntryError('it is not a dictionary');
  const fields = new Fields(item, asked);
  const shape = decodeShape(fields);
  const color = fields.color('color', isColor);
  const stroke = fields.color('stroke', isColor);
  const id = fields.get('id');
  const entry: DrawEntry = {
    id: id === undefined || id === null ? null : asId(id),
    depth: fields.number('depth', 0),
    color: color === null && stroke === null ? '#000' : color,
    stroke,
    stroke_width: fields.size('stroke_width', 1),
    alpha: Math.min(1, Math.max(0, fields.number('alpha', 1))),
    angle: fields.number('angle', 0),
    persist: fields.get('persist') === true,
    shape,
  };
  if (entry.persist && entry.id === null) throw new EntryError('what persists needs an id');
  return entry;
}

function decodeShape(fields: Fields): Shape {
  const type = fields.text('type');
  switch (type) {
    case 'rect':
      return {
        type,
        x: fields.number('x'),
        y: fields.number('y'),
        w: fields.size('w'),
        h: fields.size('h'),
        radius: fields.size('radius', 0),
      };
    case 'circle':
      return {
        type,
        x: fields.number('x'),
        y: fields.number('y'),
        r: fields.size('r'),
      };
    case 'ellipse':
      return {
        type,
        x: fields.number('x'),
        y: fields.number('y'),
        rx: fields.size('rx'),
        ry: fields.size('ry'),
      };
    case 'line':
      return { type, points: fields.points(2), width: fields.size('width', 1) };
    case 'polygon':
      return { type, points: fields.points(3) };
    case 'arc':
      return {
        type,
        x: fields.number('x'),
        y: fields.number('y'),
        r: fields.size('r'),
        start: fields.number('start'),
        end: fields.number('end'),
        width: fields.has('width') ? fields.size('width') : null,
      };
    case 'text':
      return {
        type,
        x: fields.number('x'),
        y: fields.number('y'),
        text: fields.text('text'),
        size: fields.size('size'),
        align: fields.align(),
        weight: fields.weight(),
      };
    case 'image':
      return {
        type,
        x: fields.number('x'),
        y: fields.number('y'),
        w: fields.size('w'),
        h: fields.size('h'),
        src: fields.text('src'),
        crop: fields.crop(),
      };
    case 'pixels':
      return { type, ...fields.pixels() };
    default:
      throw new EntryError('the type is unknown');
  }
}

/** Reads one dictionary's values, each checked; errors name the field. */
class Fields {
  constructor(
    private readonly map: Map<MarshalValue, MarshalValue>,
    private readonly asked: Set<string> | null,
  ) {}

  get(field: string): MarshalValue | undefined {
    this.asked?.add(field);
    return this.map.get(field);
  }

  has(field: string): boolean {
    const value = this.get(field);
    return value !== undefined && value !== null;
  }

  /** @throws EntryError unless it is a finite number, or missing where there is a default. */
  number(field: string, otherwise?: number): number {
    const value = this.get(field);
    if (value === undefined || value === null) {
      if (otherwise === undefined) throw new EntryError(`${field} is missing`);
      return otherwise;
    }
    if (!isFinite(value)) throw new EntryError(`${field} must be a finite number`);
    return value;
  }

  /** A number that is not negative. */
  size(field: string, otherwise?: number): number {
    const value = this.number(field, otherwise);
    if (value < 0) throw new EntryError(`${field} must not be negative`);
    return value;
  }

  text(field: string): string {
    const value = this.get(field);
    if (value === undefined || value === null) throw new EntryError(`${field} is missing`);
    if (typeof value !== 'string') throw new EntryError(`${field} must be a string`);
    return value;
  }

  color(field: string, isColor: (color: string) => boolean): string | null {
    if (!this.has(field)) return null;
    const value = this.text(field);
    if (!isColor(value)) throw new EntryError(`${field} must be a CSS colour`);
    return value;
  }

  points(least: number): Points {
    const value = this.get('points');
    if (value === undefined || value === null) throw new EntryError('points are missing');
    if (!Array.isArray(value) || value.length < least || !value.every(isPoint)) {
      throw new EntryError(`points must be ${least} or more pairs of numbers`);
    }
    return value;
  }

  align(): TextAlign {
    const value = this.has('align') ? this.text('align') : 'left';
    if (value !== 'left' && value !== 'center' && value !== 'right') {
      throw new EntryError('align must be left, center or right');
    }
    return value;
  }

  weight(): string {
    if (!this.has('weight')) return 'normal';
    const value = this.get('weight');
    if (value === 'normal' || value === 'bold') return value;
    if (isFinite(value) && value >= 1 && value <= 1000) return String(value);
    throw new EntryError('weight must be normal, bold or 1 to 1000');
  }

  pixels(): { width: number; height: number; channels: 1 | 3 | 4; data: Uint8Array } {
    const [width, height, channels] = [
      this.number('width'),
      this.number('height'),
      this.number('channels'),
    ];
    const data = this.get('data');
    if (channels !== 1 && channels !== 3 && channels !== 4) {
      throw new EntryError('channels must be 1, 3 or 4');
    }
    if (!(data instanceof Uint8Array) || !isPictureSize(width) || !isPictureSize(height)) {
      throw new EntryError(`data must be bytes, width and height 1 to ${MAX_SIDE}`);
    }
    if (data.length !== width * height * channels) {
      throw new EntryError('data must be width × height × channels bytes');
    }
    return { width, height, channels, data };
  }

  crop(): [number, number, number, number] | null {
    if (!this.has('crop')) return null;
    const value = this.get('crop');
    if (!Array.isArray(value) || value.length !== 4 || !value.every(isFinite)) {
      throw new EntryError('crop must be four numbers: x, y, width, height');
    }
    return [value[0]!, value[1]!, value[2]!, value[3]!];
  }
}

const isFinite = (value: MarshalValue | undefined): value is number => Number.isFinite(value);
/** A canvas cannot be larger in some browsers. */
const MAX_SIDE = 4096;
const isPictureSize = (side: number): boolean =>
  Number.isInteger(side) && side >= 1 && side <= MAX_SIDE;
const isPoint = (value: MarshalValue): value is [number, number] =>
  Array.isArray(value) && value.length === 2 && value.every(isFinite);

function asId(id: MarshalValue): string {
  if (typeof id === 'string') return id;
  if (typeof id === 'number' || typeof id === 'bigint') return String(id);
  throw new EntryError('id must be a string or an integer');
}
