import { CanvasRenderer, encodeAction, runGame } from '@cotrial/core';

/** The parts of the core that a trial uses: its one seam. */
export const core = {
  runGame,
  encodeAction,
  createRenderer: (
    canvas: HTMLCanvasElement,
    size: { width: number; height: number },
    images: readonly string[],
  ) => new CanvasRenderer(canvas, size, images),
};
