import type { PlayerIndex } from '../contract/index.ts';
import type { SessionEvent } from '../rollback/session.ts';

/** Most events that are kept of a match: beyond it only their number grows. */
export const MAX_EVENTS = 20_000;

/** A wrong prediction and what it cost. Field names are those of the exported event. */
export interface RollbackEvent {
  episode: number;
  frame: number;
  current_frame: number;
  rollback_frames: number;
  player: PlayerIndex;
  predicted_action: number[];
  actual_action: number[];
  t_ms: number;
}

/** A time in which ticks were skipped because an input was missing for too long. */
export interface StallEvent {
  episode: number;
  started_ms: number;
  duration_ms: number;
  waiting_for: PlayerIndex[];
}

/** This peer's own view of a match: never compared with another's. Times: ms since frame 0. */
export interface LocalRecord {
  rollbacks: RollbackEvent[];
  /** Events beyond {@link MAX_EVENTS} that were counted but not kept. */
  rollbacks_dropped: number;
  rollback_frames_max: number;
  stalls: StallEvent[];
  desyncs: { episode: number; frame: number; player: number; local: string; remote: string }[];
  /** Frames played at each input delay (index) by the own seat. */
  input_delays: number[];
}

/** Collects what happens to one peer only, from the session's events. */
export class LocalRecorder {
  readonly record: LocalRecord = {
    rollbacks: [],
    rollbacks_dropped: 0,
    rollback_frames_max: 0,
    stalls: [],
    desyncs: [],
    input_delays: [],
  };
  private episode = 0;
  private stall: { started: number; waiting_for: PlayerIndex[] } | null = null;

  constructor(private readonly origin: number) {}

  event(event: SessionEvent): void {
    switch (event.kind) {
      case 'episode_started':
        this.episode = event.episode;
        break;
      case 'rollback':
        this.rollback(event);
        break;
      case 'stall_started':
        this.stall = { started: event.t_ms, waiting_for: event.waiting_for };
        break;
      case 'stall_ended':
        this.endStall(event.t_ms);
        break;
      case 'desync': {
        const { episode, frame, player, local, remote } = event;
        this.record.desyncs.push({ episode, frame, player, local, remote });
        break;
      }
    }
  }

  /** Closes what is open at time `now`. */
  close(now: number): LocalRecord {
    this.endStall(now);
    return this.record;
  }

  private rollback(event: Extract<SessionEvent, { kind: 'rollback' }>): void {
    const { record } = this;
    record.rollback_frames_max = Math.max(record.rollback_frames_max, event.rollback_frames);
    if (record.rollbacks.length === MAX_EVENTS) {
      record.rollbacks_dropped += 1;
      return;
    }
    record.rollbacks.push({
      episode: this.episode,
      frame: event.frame,
      current_frame: event.current_frame,
      rollback_frames: event.rollback_frames,
      player: event.player,
      predicted_action: Array.from(event.predicted_action),
      actual_action: Array.from(event.actual_action),
      t_ms: event.t_ms - this.origin,
    });
  }

  private endStall(now: number): void {
    if (this.stall === null) return;
    const { started, waiting_for } = this.stall;
    this.record.stalls.push({
      episode: this.episode,
      started_ms: started - this.origin,
      duration_ms: now - started,
      waiting_for,
    });
    this.stall = null;
  }
}
