import type { Frame } from '../contract/index.ts';

/**
 * Which states are kept. A rollback to a frame whose state was not kept goes back to the newest
 * kept one below it, so fewer saves cost more steps.
 */
export interface SavePolicy {
  /**
   * Whether the state at `frame`, which was just reached, is kept.
   *
   * @param held below it nothing rolls back any more
   */
  keeps(frame: Frame, held: Frame): boolean;
}

/** Every state: a rollback steps no frame more than it must. */
export const saveEveryFrame: SavePolicy = { keeps: () => true };
