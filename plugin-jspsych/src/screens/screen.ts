import type { GameState, Outcome } from '@cotrial/core';

export type StateOf<N extends GameState['name']> = Extract<GameState, { name: N }>;

/**
 * One screen. It lives as long as its state lasts; `update` gets every newer version of the state.
 */
export interface Screen<S> {
  element: HTMLElement;
  update(state: S): void;
}

/** Every text that a participant can see. A first line is a heading; braces hold values. */
export interface Texts {
  loading: string;
  loading_engine: string;
  loading_python: string;
  loading_packages: string;
  loading_environment: string;
  loading_server: string;
  waiting: string;
  waiting_time: string;
  connecting: string;
  countdown: string;
  round: string;
  connected: string;
  interrupted: string;
  paused_unreachable: string;
  paused_asleep: string;
  paused_slow: string;
  saving: string;
  details: string;
  continue: string;
  retry: string;
  /** End screen where the players' versions do not fit together. */
  mismatch: string;
  /** End screens, one for each outcome. */
  ends: Record<Outcome, string>;
}
