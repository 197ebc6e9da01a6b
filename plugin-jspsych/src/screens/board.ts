import type { CanvasRenderer } from '@cotrial/core';
import { make, setText } from './elements.ts';
import type { Texts } from './screen.ts';
import { fill } from './texts.ts';

/** Shape of the board of a game that draws nothing: something must stand behind the overlays. */
const EMPTY_SIZE = { width: 16, height: 9 };

export type CreateRenderer = (
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  images: readonly string[],
) => Pick<CanvasRenderer, 'draw' | 'close'>;

/** The game itself: a thin strip, the picture, whatever lies over it, and touch buttons. */
export class Board {
  readonly element: HTMLElement;
  private readonly round = make('span', 'cotrial-round');
  private readonly dot = make('span', 'cotrial-dot');
  private readonly link = make('span', 'cotrial-link');
  private readonly picture: HTMLElement;
  private readonly renderer: ReturnType<CreateRenderer> | null;
  private overlay: HTMLElement | null = null;

  constructor(
    private readonly texts: Texts,
    size: [number, number] | null,
    images: readonly string[],
    createRenderer: CreateRenderer,
  ) {
    const { width, height } = size === null ? EMPTY_SIZE : { width: size[0], height: size[1] };
    const canvas = make('canvas', 'cotrial-canvas');
    this.picture = make('div', 'cotrial-picture', canvas);
    const strip = make(
      'div',
      'cotrial-strip',
      this.round,
      make('span', 'cotrial-state', this.dot, this.link),
    );
    this.dot.setAttribute('aria-hidden', 'true');
    this.element = make('div', 'cotrial-board', strip, this.picture);
    this.element.style.setProperty('--cotrial-ratio', String(width / height));
    this.renderer = size === null ? null : createRenderer(canvas, { width, height }, images);
    this.setConnected(true);
  }

  draw(list: Uint8Array): void {
    this.renderer?.draw(list);
  }

  setRound(episode: number, episodes: number): void {
    const text = fill(this.texts.round, { episode: episode + 1, episodes });
    setText(this.round, episodes > 1 ? text : '');
  }

  setConnected(connected: boolean): void {
    this.dot.classList.toggle('cotrial-dot-bad', !connected);
    setText(this.link, connected ? this.texts.connected : this.texts.interrupted);
  }

  /** Lays an element over the picture, or takes it away again. */
  cover(overlay: HTMLElement | null): void {
    if (this.overlay === overlay) return;
    this.overlay?.parentElement?.remove();
    this.overlay = overlay;
    if (overlay !== null) this.picture.append(make('div', 'cotrial-cover', overlay));
  }

  setButtons(pad: HTMLElement): void {
    this.element.classList.add('cotrial-with-pad');
    this.element.append(pad);
  }

  close(): void {
    this.renderer?.close();
  }
}
