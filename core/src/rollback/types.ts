import type { Frame, Milliseconds, PlayerIndex } from '../contract/index.ts';
import type { Refusal } from '../protocol/error.ts';
import type { MeasuredCosts } from './save-policy.ts';

/** What all peers of a match must have alike, except `local` and `costs`. */
export interface SessionOptions {
  /** 1 to 16. */
  players: number;
  /** The seat that this peer plays. */
  local: PlayerIndex;
  /** Bytes of one encoded action, the same for all seats; 1 to 255. */
  actionBytes: number;
  /** For each seat what it plays when nobody does, `actionBytes` long. */
  defaultActions: Uint8Array[];
  /** Frames a second. */
  fps: number;
  episodes: number;
  /** Frames after which an episode ends at the latest, or null. */
  maxSteps: number | null;
  /** Unsigned 32-bit integer, from which every episode's seed follows. */
  matchSeed: number;
  /** Frames between sampling and playing an input, 0 to 31, or chosen from RTT and jitter. */
  inputDelay: number | 'adaptive';
  /** What an input that has not arrived is taken to be. */
  prediction: 'repeat' | 'default';
  /** Frames between two checksums; at least 1. */
  checksumInterval: number;
  /** What a departure does to the match. */
  onLeave: 'end' | 'continue';
  /** What a desync does to the match; `flag` where it is not given. */
  onDesync?: DesyncPolicy;
  /** What the environment takes here, from which it follows which states are kept; else all are. */
  costs?: MeasuredCosts;
  /**
   * SHA-256 of the environment: peers with another one are refused. Without it, only peers without
   * one are accepted.
   */
  environmentHash?: Uint8Array;
}

/**
 * What happens when two peers' checksums of an agreed frame differ. Each is told by an event.
 *
 * `flag`: nothing else. `end`: the match ends before that frame on every peer. `resync`: peers take
 * the state that most of them have, or, among equally many, that of the highest seat. With `end`
 * and `resync` rows wait until all checksums up to them are compared.
 */
export type DesyncPolicy = 'resync' | 'end' | 'flag';

/** Where the local player's input comes from. */
export interface InputSampler {
  /**
   * Writes the encoded action to play, `actionBytes` long. A single press is given to one call
   * only; what is held down is given to every call.
   *
   * @returns META_FOCUSED, or 0 when the page has lost the focus.
   */
  sample(action: Uint8Array): number;
}

/** How far the session is. `finishing`: all is played, and others are being told so. */
export type SessionPhase = 'playing' | 'finishing' | 'finished';

/** All times are those of the `now` that the caller gave. */
export type SessionEvent =
  | {
      kind: 'rollback';
      /** Earliest frame that had been stepped with a wrong prediction. */
      frame: Frame;
      /** Frame that was to be stepped next. */
      current_frame: Frame;
      /** Frames stepped again. */
      rollback_frames: number;
      /** Whose input had been predicted wrong. */
      player: PlayerIndex;
      predicted_action: Uint8Array;
      actual_action: Uint8Array;
      t_ms: Milliseconds;
    }
  | { kind: 'episode_started'; episode: number; seed: number }
  | {
      /** Every row of it has been exported: its EXPORT requests are in lists that were run. */
      kind: 'episode_ended';
      episode: number;
      frames: number;
      reason: EpisodeEnd;
      /** From this frame on the peers' records may differ, as was known by then; else null. */
      desync_frame: Frame | null;
    }
  | {
      kind: 'stall_started' | 'stall_ended';
      t_ms: Milliseconds;
      waiting_for: PlayerIndex[];
    }
  | {
      kind: 'desync';
      episode: number;
      frame: Frame;
      player: PlayerIndex;
      /** 16 hexadecimal digits. */
      local: string;
      remote: string;
      /**
       * Oldest state that is still kept of that episode, at or before the frame: until the next
       * list is run, its bytes can be asked for. Null if the episode is over.
       */
      state: Frame | null;
    }
  | {
      /** The environment cannot step this frame, as `completed` was told, with its real inputs. */
      kind: 'failed';
      episode: number;
      frame: Frame;
    }
  | {
      /**
       * A peer that cannot be played with. Said once of each; it is not listened to, and what it
       * sees of this peer is the same.
       */
      kind: 'refused';
      player: PlayerIndex;
      reason: Refusal;
      /** For people: what differs, and what to do. */
      message: string;
    }
  | {
      /** Under `resync`: these bytes must reach `to`'s `receiveState` over a reliable path. */
      kind: 'send_state';
      to: PlayerIndex;
      episode: number;
      /** The state is the one before this frame. */
      frame: Frame;
      bytes: Uint8Array;
    }
  | {
      /** From `frame` on this peer plays on from the state of `from`. */
      kind: 'resynced';
      episode: number;
      frame: Frame;
      from: PlayerIndex;
    }
  | {
      /** Asked for by `dumpState`: the environment's own bytes of the state before `frame`. */
      kind: 'state_dump';
      episode: number;
      frame: Frame;
      bytes: Uint8Array;
    }
  | { kind: 'finished'; reason: FinishReason };

export type EpisodeEnd = 'environment' | 'max_steps' | 'player_left' | 'desync';
export type FinishReason = 'completed' | 'player_left' | 'desync';

/** Counts since the session began; times in ms. */
export interface SessionMetrics {
  /** Frames stepped for the first time. */
  frames: number;
  /** Frames exported: agreed, and stepped with real inputs. */
  frames_exported: number;
  rollbacks: number;
  /** Frames stepped again, over all rollbacks. */
  rollback_frames: number;
  rollback_frames_max: number;
  stalls: number;
  stall_ms: Milliseconds;
  /** Ticks without a step because this peer was too far ahead for stretching alone. */
  ticks_skipped: number;
  /** Own inputs, each counted once however often it was sent. */
  inputs_sent: number;
  /** Others' inputs, duplicates not counted. */
  inputs_received: number;
  packets_sent: number;
  packets_received: number;
  packets_refused: number;
  bytes_sent: number;
  bytes_received: number;
  checksums: number;
  desyncs: number;
  departures: number;
  /** Now: frames between sampling and playing. */
  input_delay: number;
  /** Now: averaged frames by which the others are ahead of this peer; negative when behind it. */
  frame_advantage: number;
  /** Now: frames stepped beyond the last frame for which every real input is here. */
  speculative_frames: number;
}
