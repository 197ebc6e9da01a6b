import type { RequestList } from '../rollback/requests.ts';
import type { Results } from '../rollback/results.ts';

/** How an agent's action is encoded on the wire and decoded for `step`. */
export type ActionSpace =
  /** One integer from `start` to `start + n - 1`; 1 byte for n up to 256, else 4. */
  | { kind: 'discrete'; n: number; start: number }
  /**
   * One integer for each entry of `nvec`, from 0 or the entry of `start`; 1 byte each for entries
   * up to 256, else 4.
   */
  | { kind: 'multi_discrete'; nvec: number[]; start?: number[] }
  /** n bits, one byte each. */
  | { kind: 'multi_binary'; n: number }
  /** 32-bit floats, `shape` flattened in row order. */
  | { kind: 'box'; shape: number[]; low: number[]; high: number[]; integer: boolean };

export interface Agent {
  /** `str()` of the environment's own id: the suffix of every column. */
  id: string;
  action_space: ActionSpace;
  /** Bytes of one encoded action. */
  action_bytes: number;
  /** Encoded action that stands for a player who did nothing. */
  default_action: Uint8Array;
}

/** How states are kept (PY-3). */
export type StateTier = 'own_methods' | 'snapshot' | 'replay' | 'lockstep';

/** A weakness of an environment that does not keep it from being played. */
export interface EnvironmentNote {
  /** `stand_in`, `clock`, `entropy` or `state_methods`. */
  kind: string;
  /** The method it is in: `load`, `reset`, `step`... */
  where: string;
  message: string;
  /** What to change, or when nothing must be. */
  remedy: string;
}

/** What is known of an environment once it is loaded. */
export interface EnvironmentDescription {
  /** In `possible_agents` order: seat i plays agents[i]. */
  agents: Agent[];
  /** Bytes of every seat's input on the wire: the largest `action_bytes`. */
  action_bytes: number;
  tier: StateTier;
  /** Why not a better tier; empty for the best. */
  tier_reason: string;
  /** What the host covers, said once: stand-ins, driven clocks and entropy, unused methods. */
  notes: EnvironmentNote[];
  /** Medians measured at load, ms. */
  costs: { step: number; save: number; load: number; checksum: number };
  /** From `metadata`: frames a second that the environment asks for, or null. */
  fps: number | null;
  /** Logical size of the picture, or null where nothing is drawn. */
  render_size: [number, number] | null;
  /** From `metadata`: addresses of pictures that will be drawn, to be loaded before the game. */
  render_images: string[];
  /** SHA-256 over source, options, adapter and versions: peers with another one are refused. */
  sha256: string;
  pyodide_version: string;
}

/** Runs request lists. `run` is synchronous and, for Python, one crossing. */
export interface Environment {
  readonly description: EnvironmentDescription;
  /** Answers replace the content of `results`. Never throws: errors are an ERROR answer. */
  run(requests: RequestList, results: Results): void;
  /** From the next list on: frames a second that are played, by which the environment's clocks go. */
  setRate(fps: number): void;
}
