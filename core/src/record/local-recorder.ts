import type { PlayerIndex } from '../contract/index.ts';
import type { SessionEvent } from '../rollback/session.ts';

/** Most events that are kept of a match: beyond it only their number grows. */
export const MAX_EVENTS = 20_000;

/** Most mismatches of checksums that are kept: a game that differs does so again and again. */
export const MAX_DESYNCS = 1_000;
/** Most states that are kept to look at, and the largest part of one, bytes. */
export const MAX_DUMPS = 4;
export const MAX_DUMP_BYTES = 256 * 1024;

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

/** A checksum that was not another peer's, of one frame that all hold alike. */
export interface DesyncEvent {
  episode: number;
  frame: number;
  player: PlayerIndex;
  local: string;
  remote: string;
}

/** The environment's own bytes of a state from before the peers' games were found to differ. */
export interface StateDump {
  episode: number;
  /** Frame on which the checksums differed. */
  desync_frame: number;
  /** The state is the one before this frame. */
  state_frame: number;
  /** All bytes of the state, of which the first {@link MAX_DUMP_BYTES} are kept. */
  n_bytes: number;
  base64: string;
}

/** This peer's own view of a match: never compared with another's. Times: ms since frame 0. */
export interface LocalRecord {
  rollbacks: RollbackEvent[];
  /** Events beyond {@link MAX_EVENTS} that were counted but not kept. */
  rollbacks_dropped: number;
  rollback_frames_max: number;
  stalls: StallEvent[];
  desyncs: DesyncEvent[];
  /** Events beyond {@link MAX_DESYNCS} that were counted but not kept. */
  desyncs_dropped: number;
  /** States of some of them, at most {@link MAX_DUMPS}. */
  state_dumps: StateDump[];
  /** From `frame` on this peer went on from the state of player `from`. */
  resyncs: { episode: number; frame: number; from: PlayerIndex }[];
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
    desyncs_dropped: 0,
    state_dumps: [],
    resyncs: [],
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
      case 'desync':
        this.desync(event);
        break;
      case 'resynced': {
        const { episode, frame, from } = event;
        this.record.resyncs.push({ episode, frame, from });
        break;
      }
    }
  }

  /** Whether a state of this mismatch is worth taking: the first of its frame, while there is room. */
  wantsDump({ episode, frame }: { episode: number; frame: number }): boolean {
    const { state_dumps } = this.record;
    const has = state_dumps.some((d) => d.episode === episode && d.desync_frame === frame);
    return state_dumps.length < MAX_DUMPS && !has;
  }

  /** Keeps the state before `state_frame`, as the environment gave it. */
  dump(mismatch: { episode: number; frame: number }, state_frame: number, state: Uint8Array): void {
    this.record.state_dumps.push({
      episode: mismatch.episode,
      desync_frame: mismatch.frame,
      state_frame,
      n_bytes: state.length,
      base64: toBase64(state.subarray(0, MAX_DUMP_BYTES)),
    });
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

  private desync(event: Extract<SessionEvent, { kind: 'desync' }>): void {
    const { episode, frame, player, local, remote } = event;
    if (this.record.desyncs.length === MAX_DESYNCS) this.record.desyncs_dropped += 1;
    else this.record.desyncs.push({ episode, frame, player, local, remote });
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

/** In parts: as arguments of one call, a large state would overflow the stack. */
function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += 0x8000) {
    text += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(text);
}
