import type { ActionSpace } from '@cotrial/core';

/**
 * Stands in for src/core.ts: jsdom has no canvas, no worker and no network. `runGame` is replaced
 * by the test's scripted game, actions are one byte.
 */
export const core = {
  runGame: () => {
    throw new Error('the test scripts no game');
  },
  preload: () => Promise.resolve(false),
  unload: () => undefined,
  encodeAction: (space: ActionSpace, value: number | number[]) => {
    if (space.kind !== 'discrete' || typeof value !== 'number' || value >= space.n) {
      throw new RangeError(`${JSON.stringify(value)} is not in Discrete(5)`);
    }
    return Uint8Array.of(value);
  },
  createRenderer: () => ({ draw: () => undefined, close: () => undefined }),
};
