/** Runs in the browser: a canvas of the product, driven by a test. */
import { CanvasRenderer } from '../../core/src/render/canvas.ts';
import { encodeDrawing } from '../../core/src/render/drawing.ts';

export interface PictureLab {
  open(width: number, height: number, images?: string[]): void;
  /** Marshalled lists as numbers: the newest, and after a rollback the corrected one. */
  draw(newest: number[], corrected?: number[]): void;
  /** Runs the animation frames that were asked for, at this time; whether there were any. */
  frame(now: number): boolean;
  /** The canvas as a PNG, in a data URL. */
  png(): string;
  /** Centre of all pixels of a colour, in logical units, or null where there are none. */
  centreOf(red: number, green: number, blue: number): { x: number; y: number } | null;
}

declare global {
  interface Window {
    pictureLab: PictureLab;
  }
}

// The clock of animation frames is the test's.
let waiting: FrameRequestCallback[] = [];
window.requestAnimationFrame = (callback) => waiting.push(callback);
window.cancelAnimationFrame = () => undefined;

const canvas = document.querySelector('canvas')!;
let renderer: CanvasRenderer | null = null;
let logicalWidth = 1;

window.pictureLab = {
  open(width, height, images) {
    renderer?.close();
    logicalWidth = width;
    renderer = new CanvasRenderer(canvas, { width, height }, images);
  },
  draw(newest, corrected) {
    const list = Uint8Array.from(newest);
    renderer?.draw(
      corrected === undefined ? list : encodeDrawing(Uint8Array.from(corrected), list),
    );
  },
  frame(now) {
    const callbacks = waiting;
    waiting = [];
    for (const callback of callbacks) callback(now);
    return callbacks.length > 0;
  },
  png: () => canvas.toDataURL('image/png'),
  centreOf(red, green, blue) {
    const { data, width } = canvas
      .getContext('2d')!
      .getImageData(0, 0, canvas.width, canvas.height);
    let count = 0;
    let sumX = 0;
    let sumY = 0;
    for (let at = 0; at < data.length; at += 4) {
      if (data[at] !== red || data[at + 1] !== green || data[at + 2] !== blue) continue;
      count += 1;
      sumX += (at / 4) % width;
      sumY += Math.floor(at / 4 / width);
    }
    const scale = canvas.width / logicalWidth;
    return count === 0
      ? null
      : { x: (sumX / count + 0.5) / scale, y: (sumY / count + 0.5) / scale };
  },
};
