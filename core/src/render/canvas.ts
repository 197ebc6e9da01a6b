import { Corrections } from './corrections.ts';
import { decodeDrawList, type DrawEntry } from './draw-list.ts';
import { decodeDrawing } from './drawing.ts';
import { paint, type Sources } from './paint.ts';
import { Pictures } from './pictures.ts';
import { PixelPicture } from './pixel-picture.ts';
import { Scene } from './scene.ts';

/** Faults named at most: a text that counts frames must not fill the console. */
const MAX_NAMED = 50;
/** Lists that wait for an animation frame at most: hidden pages have none. */
const MAX_WAITING = 8;
/** Until the canvas is on the page, whose stylesheet says which font it is. */
const FONT = 'system-ui, sans-serif';

/**
 * Draws the newest draw list on each animation frame, and nothing while nothing changes.
 *
 * Between two lists nothing moves, but for what a rollback corrected: that glides to its place in
 * 100 ms (corrections.ts). Lists are read on the animation frame, too: a message costs the page's
 * thread next to nothing.
 *
 * The canvas is fitted into its parent element with the picture's proportions kept, at the
 * display's own pixel density. Texts are in the font that the page's CSS gives the canvas. Without a 2d context (jsdom) it keeps the scene and draws nothing.
 */
export class CanvasRenderer {
  private readonly context: CanvasRenderingContext2D | null;
  private readonly scene = new Scene();
  private readonly corrections: Corrections;
  private readonly pictures: Pictures;
  private readonly pixels = new PixelPicture();
  private readonly sources: Sources;
  private readonly resize: ResizeObserver | null;
  private readonly named = new Set<string>();
  private readonly colors = new Map<string, boolean>();
  private readonly waiting: Uint8Array[] = [];
  private newest: readonly DrawEntry[] = [];
  private pending: number | null = null;
  private density = 0;
  private closed = false;

  /**
   * @param size Logical size of the picture: the environment's `render_size`.
   * @param images Addresses of pictures that will be drawn, to be loaded now.
   */
  constructor(
    private readonly canvas: HTMLCanvasElement,
    private readonly size: { width: number; height: number },
    images: readonly string[] = [],
  ) {
    this.context = canvas.getContext('2d');
    this.corrections = new Corrections(Math.max(size.width, size.height));
    this.pictures = new Pictures(
      () => {
        this.schedule();
      },
      (src) => {
        this.name(`The picture ${src} cannot be loaded.`);
      },
    );
    for (const src of images) this.pictures.preload(src);
    this.sources = {
      font: FONT,
      picture: (src) => this.pictures.get(src),
      pixels: (context, shape) => {
        this.pixels.paint(context, shape, this.size, this.canvas.width / this.size.width);
      },
    };
    this.resize =
      typeof ResizeObserver === 'undefined'
        ? null
        : new ResizeObserver(() => {
            this.fit();
            // A resized canvas is empty; observers run before the browser paints: no flicker.
            this.redraw();
          });
    if (canvas.parentElement !== null) this.resize?.observe(canvas.parentElement);
    // Texts drawn before their font has come are drawn again. (Not in jsdom.)
    (document.fonts as FontFaceSet | undefined)?.addEventListener('loadingdone', this.fontsCame);
    this.fit();
  }

  /**
   * Takes a marshalled draw list, or one with a correction (drawing.ts); it is drawn on the next
   * animation frame unless a newer comes. The bytes must not be changed afterwards.
   */
  draw(drawing: Uint8Array): void {
    if (this.closed) return;
    this.waiting.push(drawing);
    if (this.waiting.length >= MAX_WAITING) this.takeLists();
    this.schedule();
  }

  /** Stops everything; the last picture stays on the canvas. May be called twice. */
  close(): void {
    this.closed = true;
    this.resize?.disconnect();
    (document.fonts as FontFaceSet | undefined)?.removeEventListener('loadingdone', this.fontsCame);
    this.pictures.close();
    if (this.pending !== null) cancelAnimationFrame(this.pending);
    this.pending = null;
  }

  private readonly fontsCame = (): void => {
    this.schedule();
  };

  private schedule(): void {
    if (this.closed) return;
    this.pending ??= requestAnimationFrame(this.frame);
  }

  private readonly frame = (now: number): void => {
    this.pending = null;
    this.takeLists();
    if (window.devicePixelRatio !== this.density) this.fit();
    this.corrections.advance(now);
    this.redraw();
    if (this.corrections.active) this.schedule();
  };

  private takeLists(): void {
    for (const bytes of this.waiting) {
      const { corrected, newest } = decodeDrawing(bytes);
      if (corrected !== null) {
        const shown = this.newest;
        this.take(corrected);
        this.corrections.correct(shown, this.newest);
      }
      if (newest !== null) this.take(newest);
      this.corrections.keep(this.newest);
    }
    this.waiting.length = 0;
  }

  private take(list: Uint8Array): void {
    const { entries, faults } = decodeDrawList(list, this.isColor);
    for (const fault of faults) this.name(fault);
    this.scene.apply(entries);
    this.newest = entries;
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
    this.sources.font = getComputedStyle(this.canvas).fontFamily || FONT;
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
    for (const entry of this.scene.entries()) {
      const offset = this.corrections.of(entry.id);
      if (offset === null) {
        paint(context, entry, this.sources);
        continue;
      }
      const x = offset.x * offset.share;
      const y = offset.y * offset.share;
      context.translate(x, y);
      paint(context, entry, this.sources);
      context.translate(-x, -y);
    }
  }

  private readonly isColor = (color: string): boolean => {
    const known = this.colors.get(color);
    if (known !== undefined) return known;
    const valid = this.context === null || isCanvasColor(this.context, color);
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

/** A canvas leaves its colour as it is when it is given something that is none. */
function isCanvasColor(context: CanvasRenderingContext2D, color: string): boolean {
  return ['#000001', '#000002'].some((other) => {
    context.fillStyle = other;
    context.fillStyle = color;
    return context.fillStyle !== other;
  });
}
