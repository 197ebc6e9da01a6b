import type { GameEvents, GameOptions } from '@cotrial/core';
import { CanvasRenderer } from '../../core/src/render/canvas.ts';
import { ScriptedRun } from './scripted-run.ts';

/** Stands in for src/core.ts: the real renderer, a game that does what the gallery says. */
export const core = {
  runs: [] as ScriptedRun[],
  runGame(options: GameOptions, events: GameEvents): ScriptedRun {
    const run = new ScriptedRun(options, events);
    core.runs.push(run);
    return run;
  },
  preload: () => Promise.resolve(false),
  unload: () => undefined,
  encodeAction: () => Uint8Array.of(0),
  createRenderer: (
    canvas: HTMLCanvasElement,
    size: { width: number; height: number },
    images: readonly string[],
  ) => new CanvasRenderer(canvas, size, images),
};
