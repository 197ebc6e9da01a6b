import { decodeDrawList } from './draw-list.ts';
import { paint } from './paint.ts';
import { Pictures } from './pictures.ts';
import { Scene } from './scene.ts';

/** Faults named at most: a text that counts frames must not fill the console. */
const MAX_NAMED = 50;

/**
 * Draws the newest draw list on each animation frame, and nothing while nothing changes.
 *
 * The canvas is fitted into its parent element with the picture's proportions kept, at the
 * display's own pixel density. Without a 2d context (jsdom) it keeps the scene and draws nothing.
 */
export class CanvasRenderer {
  private readonly context: CanvasRenderingContext2D | null;
  private readonly scene = new Scene();
  private readonly pictures: Pictures;
  private readonly resize: ResizeObserver | null;
  private readonly named = new Set<string>();
  private readonly colors = new Map<string, boolean>();
  private pending: number | null = null;
  private density = 0;
  private closed = false;

  /** @param size Logical size of the picture: the environment's `render_size`. */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly size: { width: number; height: number },
  ) {
    this.context = canvas.getContext('2d');
    this.pictures = new Pictures(
      () => {
        this.schedule();
      },
      (src) => {
        this.name(`The picture ${src} cannot be loaded.`);
      },
    );
    this.resize =
      typeof ResizeObserver === 'undefined'
        ? null
        : new ResizeObserver(() => {
            this.fit();
            // A resized canvas is empty; observers run before the browser paints: no flicker.
            this.redraw();
          });
    if (canvas.parentElement !== null) this.resize?.observe(canvas.parentElement);
    this.fit();
  }

  /** Takes a marshalled draw list; it is drawn on the next animation frame unless a newer comes. */
  draw(list: Uint8Array): void {
    if (this.closed) return;
    const { entries, faults } = decodeDrawList(list, this.isColor);
    for (const fault of faults) this.name(fault);
    this.scene.apply(entries);
    this.schedule();
  }

  /** Stops everything; the last picture stays on the canvas. May be called twice. */
  close(): void {
    this.closed = true;
    this.resize?.disconnect();
    this.pictures.close();
    if (this.pending !== null) cancelAnimationFrame(this.pending);
    this.pending = null;
  }

  private schedule(): void {
    if (this.closed) return;
    this.pending ??= requestAnimationFrame(() => {
      this.pending = null;
      if (window.devicePixelRatio !== this.density) this.fit();
      this.redraw();
    });
  }

  /** Sizes the canvas: as large as fits into the parent, one canvas pixel a display pixel. */
  private fit(): void {
    const { width, height } = this.size;
    const parent = this.canvas.parentElement;
    const room = { width: parent?.clientWidth ?? 0, height: parent?.clientHeight ?? 0 };
    const scale = Math.min(
      room.width > 0 ? room.width / width : Infinity,
      room.height > 0 ? room.height / height : Infinity,
    );
    const shown = Number.isFinite(scale) ? scale : 1;
    this.density = window.devicePixelRatio || 1;
    this.canvas.style.width = `${width * shown}px`;
    this.canvas.style.height = `${height * shown}px`;
    const pixelWidth = Math.max(1, Math.round(width * shown * this.density));
    const pixelHeight = Math.max(1, Math.round(height * shown * this.density));
    if (this.canvas.width !== pixelWidth) this.canvas.width = pixelWidth;
    if (this.canvas.height !== pixelHeight) this.canvas.height = pixelHeight;
  }

  private redraw(): void {
    const context = this.context;
    if (context === null) return;
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.globalAlpha = 1;
    context.clearRect(0, 0, this.canvas.width, this.canvas.height);
    context.setTransform(
      this.canvas.width / this.size.width,
      0,
      0,
      this.canvas.height / this.size.height,
      0,
      0,
    );
    const picture = (src: string) => this.pictures.get(src);
    for (const entry of this.scene.entries()) paint(context, entry, picture);
  }

  private readonly isColor = (color: string): boolean => {
    const known = this.colors.get(color);
    if (known !== undefined) return known;
    const valid = typeof CSS === 'undefined' || CSS.supports('color', color);
    // Colours that change every frame are possible; what is remembered of them stays bounded.
    if (this.colors.size >= 1000) this.colors.clear();
    this.colors.set(color, valid);
    return valid;
  };

  private name(fault: string): void {
    if (this.named.has(fault) || this.named.size >= MAX_NAMED) return;
    this.named.add(fault);
    console.warn(`Cotrial: ${fault}`);
  }
}
