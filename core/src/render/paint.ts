import type { DrawEntry, Points, Shape } from './draw-list.ts';

const DEGREES = Math.PI / 180;

/** What entries are painted with that is not in them. */
export interface Sources {
  /** Font families of texts, as in CSS. */
  font: string;
  /** An image once it is loaded, else null. */
  picture(src: string): CanvasImageSource | null;
  pixels(context: CanvasRenderingContext2D, shape: Extract<Shape, { type: 'pixels' }>): void;
}

/** Paints one entry in logical coordinates. */
export function paint(context: CanvasRenderingContext2D, entry: DrawEntry, sources: Sources): void {
  if (entry.alpha === 0) return;
  context.globalAlpha = entry.alpha;
  if (entry.angle === 0) {
    paintUpright(context, entry, sources);
    return;
  }
  const [x, y] = centre(entry.shape);
  context.save();
  context.translate(x, y);
  context.rotate(entry.angle * DEGREES);
  context.translate(-x, -y);
  paintUpright(context, entry, sources);
  context.restore();
}

function paintUpright(context: CanvasRenderingContext2D, entry: DrawEntry, sources: Sources): void {
  const { shape } = entry;
  switch (shape.type) {
    case 'text':
      paintText(context, entry, shape, sources.font);
      return;
    case 'image': {
      const source = sources.picture(shape.src);
      if (source === null) return;
      const { x, y, w, h, crop } = shape;
      if (crop === null) context.drawImage(source, x, y, w, h);
      else context.drawImage(source, crop[0], crop[1], crop[2], crop[3], x, y, w, h);
      return;
    }
    case 'pixels':
      sources.pixels(context, shape);
      return;
    case 'line':
      context.beginPath();
      trace(context, shape.points);
      strokeRound(context, entry.color ?? entry.stroke, shape.width);
      return;
    case 'arc':
      context.beginPath();
      if (shape.width !== null) {
        context.arc(shape.x, shape.y, shape.r, shape.start * DEGREES, shape.end * DEGREES);
        strokeRound(context, entry.color ?? entry.stroke, shape.width);
        return;
      }
      context.moveTo(shape.x, shape.y);
      context.arc(shape.x, shape.y, shape.r, shape.start * DEGREES, shape.end * DEGREES);
      context.closePath();
      break;
    case 'rect':
      context.beginPath();
      if (shape.radius > 0) context.roundRect(shape.x, shape.y, shape.w, shape.h, shape.radius);
      else context.rect(shape.x, shape.y, shape.w, shape.h);
      break;
    case 'circle':
      context.beginPath();
      context.arc(shape.x, shape.y, shape.r, 0, 2 * Math.PI);
      break;
    case 'ellipse':
      context.beginPath();
      context.ellipse(shape.x, shape.y, shape.rx, shape.ry, 0, 0, 2 * Math.PI);
      break;
    case 'polygon':
      context.beginPath();
      trace(context, shape.points);
      context.closePath();
      break;
  }
  if (entry.color !== null) {
    context.fillStyle = entry.color;
    context.fill();
  }
  if (entry.stroke !== null && entry.stroke_width > 0) {
    context.lineJoin = 'round';
    context.strokeStyle = entry.stroke;
    context.lineWidth = entry.stroke_width;
    context.stroke();
  }
}

function paintText(
  context: CanvasRenderingContext2D,
  entry: DrawEntry,
  shape: Extract<Shape, { type: 'text' }>,
  font: string,
): void {
  context.font = `${shape.weight} ${shape.size}px ${font}`;
  context.textAlign = shape.align;
  context.textBaseline = 'middle';
  if (entry.stroke !== null && entry.stroke_width > 0) {
    context.lineJoin = 'round';
    context.strokeStyle = entry.stroke;
    context.lineWidth = entry.stroke_width;
    context.strokeText(shape.text, shape.x, shape.y);
  }
  if (entry.color !== null) {
    context.fillStyle = entry.color;
    context.fillText(shape.text, shape.x, shape.y);
  }
}

function strokeRound(context: CanvasRenderingContext2D, color: string | null, width: number): void {
  if (color === null || width === 0) return;
  context.lineCap = 'round';
  context.lineJoin = 'round';
  context.strokeStyle = color;
  context.lineWidth = width;
  context.stroke();
}

function trace(context: CanvasRenderingContext2D, points: Points): void {
  context.moveTo(points[0]![0], points[0]![1]);
  for (let i = 1; i < points.length; i++) context.lineTo(points[i]![0], points[i]![1]);
}

/** The point that `angle` turns an entry about; a text turns about its anchor. */
function centre(shape: Shape): [number, number] {
  switch (shape.type) {
    case 'rect':
    case 'image':
      return [shape.x + shape.w / 2, shape.y + shape.h / 2];
    case 'line':
    case 'polygon':
      return middle(shape.points);
    case 'pixels':
      return [0, 0];
    default:
      return [shape.x, shape.y];
  }
}

/** Centre of the box around the points. */
function middle(points: Points): [number, number] {
  let [left, top] = points[0]!;
  let [right, bottom] = points[0]!;
  for (const [x, y] of points) {
    left = Math.min(left, x);
    right = Math.max(right, x);
    top = Math.min(top, y);
    bottom = Math.max(bottom, y);
  }
  return [(left + right) / 2, (top + bottom) / 2];
}
