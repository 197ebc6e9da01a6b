import { CanvasRenderer, encodeAction, preload, runGame, unload } from '@cotrial/core';

/** The parts of the core that a trial uses: its one seam. */
export const core = {
  runGame,
  preload,
  unload,
  encodeAction,
  createRenderer: (
    canvas: HTMLCanvasElement,
    size: { width: number; height: number },
    images: readonly string[],
  ) => new CanvasRenderer(canvas, size, images),
};
