import type { DrawEntry, Points } from './draw-list.ts';

const DEGREES = Math.PI / 180;
const FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';

/** Paints one entry in logical coordinates. `picture` gives an image once it is loaded. */
export function paint(
  context: CanvasRenderingContext2D,
  entry: DrawEntry,
  picture: (src: string) => CanvasImageSource | null,
): void {
  if (entry.alpha === 0) return;
  context.globalAlpha = entry.alpha;
  if (entry.angle === 0) {
    paintUpright(context, entry, picture);
    return;
  }
  const [x, y] = centre(entry);
  context.save();
  context.translate(x, y);
  context.rotate(entry.angle * DEGREES);
  context.translate(-x, -y);
  paintUpright(context, entry, picture);
  context.restore();
}

function paintUpright(
  context: CanvasRenderingContext2D,
  entry: DrawEntry,
  picture: (src: string) => CanvasImageSource | null,
): void {
  switch (entry.type) {
    case 'text':
      paintText(context, entry);
      return;
    case 'image': {
      const source = picture(entry.src);
      if (source === null) return;
      const { x, y, w, h, crop } = entry;
      if (crop === null) context.drawImage(source, x, y, w, h);
      else context.drawImage(source, ...crop, x, y, w, h);
      return;
    }
    case 'line':
      context.beginPath();
      trace(context, entry.points);
      strokeRound(context, entry.color ?? entry.stroke, entry.width);
      return;
    case 'arc':
      context.beginPath();
      if (entry.width !== null) {
        context.arc(entry.x, entry.y, entry.r, entry.start * DEGREES, entry.end * DEGREES);
        strokeRound(context, entry.color ?? entry.stroke, entry.width);
        return;
      }
      context.moveTo(entry.x, entry.y);
      context.arc(entry.x, entry.y, entry.r, entry.start * DEGREES, entry.end * DEGREES);
      context.closePath();
      break;
    case 'rect':
      context.beginPath();
      if (entry.radius > 0) context.roundRect(entry.x, entry.y, entry.w, entry.h, entry.radius);
      else context.rect(entry.x, entry.y, entry.w, entry.h);
      break;
    case 'circle':
      context.beginPath();
      context.arc(entry.x, entry.y, entry.r, 0, 2 * Math.PI);
      break;
    case 'ellipse':
      context.beginPath();
      context.ellipse(entry.x, entry.y, entry.rx, entry.ry, 0, 0, 2 * Math.PI);
      break;
    case 'polygon':
      context.beginPath();
      trace(context, entry.points);
      context.closePath();
      break;
  }
  if (entry.color !== null) {
    context.fillStyle = entry.color;
    context.fill();
  }
  if (entry.stroke !== null) {
    context.lineJoin = 'round';
    context.strokeStyle = entry.stroke;
    context.lineWidth = entry.stroke_width;
    context.stroke();
  }
}

function paintText(
  context: CanvasRenderingContext2D,
  entry: Extract<DrawEntry, { type: 'text' }>,
): void {
  context.font = `${entry.weight} ${entry.size}px ${FONT}`;
  context.textAlign = entry.align;
  context.textBaseline = 'middle';
  if (entry.stroke !== null) {
    context.lineJoin = 'round';
    context.strokeStyle = entry.stroke;
    context.lineWidth = entry.stroke_width;
    context.strokeText(entry.text, entry.x, entry.y);
  }
  if (entry.color !== null) {
    context.fillStyle = entry.color;
    context.fillText(entry.text, entry.x, entry.y);
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
  for (const [i, [x, y]] of points.entries()) {
    if (i === 0) context.moveTo(x, y);
    else context.lineTo(x, y);
  }
}

/** The point that `angle` turns an entry about; a text turns about its anchor. */
function centre(entry: DrawEntry): [number, number] {
  switch (entry.type) {
    case 'rect':
    case 'image':
      return [entry.x + entry.w / 2, entry.y + entry.h / 2];
    case 'line':
    case 'polygon':
      return middle(entry.points);
    default:
      return [entry.x, entry.y];
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
