import type { Shape } from './draw-list.ts';

/** From this magnification on, pixels are shown as squares: small pictures are drawn so. */
const SQUARES_FROM = 2;

type Pixels = Extract<Shape, { type: 'pixels' }>;

/** Draws arrays of pixels, through a canvas of the array's size that is kept for the next one. */
export class PixelPicture {
  private canvas: HTMLCanvasElement | null = null;
  private context: CanvasRenderingContext2D | null = null;
  private image: ImageData | null = null;
  private shown: Pixels | null = null;

  /** @param room the whole picture, in logical units; `scale` display pixels for each of them. */
  paint(
    context: CanvasRenderingContext2D,
    pixels: Pixels,
    room: { width: number; height: number },
    scale: number,
  ): void {
    const source = this.take(context.canvas.ownerDocument, pixels);
    if (source === null) return;
    const fit = Math.min(room.width / pixels.width, room.height / pixels.height);
    const w = pixels.width * fit;
    const h = pixels.height * fit;
    context.imageSmoothingEnabled = fit * scale < SQUARES_FROM;
    context.drawImage(source, (room.width - w) / 2, (room.height - h) / 2, w, h);
    context.imageSmoothingEnabled = true;
  }

  private take(document: Document, pixels: Pixels): HTMLCanvasElement | null {
    const { width, height } = pixels;
    this.canvas ??= document.createElement('canvas');
    if (this.image?.width !== width || this.image.height !== height) {
      this.canvas.width = width;
      this.canvas.height = height;
      this.context = this.canvas.getContext('2d');
      this.image = this.context?.createImageData(width, height) ?? null;
    }
    if (this.image === null || this.context === null) return null;
    if (this.shown !== pixels) {
      spread(pixels, this.image.data);
      this.context.putImageData(this.image, 0, 0);
      this.shown = pixels;
    }
    return this.canvas;
  }
}

/** Grey, RGB or RGBA to RGBA. */
function spread({ data, channels }: Pixels, rgba: Uint8ClampedArray): void {
  if (channels === 4) {
    rgba.set(data);
    return;
  }
  const [green, blue] = channels === 3 ? [1, 2] : [0, 0];
  for (let from = 0, to = 0; from < data.length; from += channels, to += 4) {
    rgba[to] = data[from]!;
    rgba[to + 1] = data[from + green]!;
    rgba[to + 2] = data[from + blue]!;
    rgba[to + 3] = 255;
  }
}
