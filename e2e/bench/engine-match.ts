/** The scripted match in one engine, all its peers. */
export interface EngineMatch {
  /** Goes on by so many ticks of all peers. */
  play: (ticks: number) => void;
  /**
   * Of the state after so many frames, by player: equal in all, and in both engines. The frame must
   * be old enough that no input of it is open, and young enough that its state is kept.
   */
  hashes: (frame: number) => number[];
  /** So far, over all peers. */
  counts: () => { rollbacks: number; bytes: number; packets: number };
}

export const FPS = 60;
/** Frames between two checksums, in both engines. */
export const HASH_INTERVAL = 60;
