import type { Milliseconds } from '../contract/index.ts';
import type { SessionMetrics } from './types.ts';

/** What is counted as it happens; the rest of the metrics is read off when they are asked for. */
export class Counters {
  frames = 0;
  framesExported = 0;
  rollbacks = 0;
  rollbackFrames = 0;
  rollbackFramesMax = 0;
  stalls = 0;
  stallMs: Milliseconds = 0;
  ticksSkipped = 0;
  inputsSent = 0;
  packetsSent = 0;
  packetsReceived = 0;
  packetsRefused = 0;
  bytesSent = 0;
  bytesReceived = 0;
  desyncs = 0;

  rolledBack(frames: number): void {
    this.rollbacks += 1;
    this.rollbackFrames += frames;
    this.rollbackFramesMax = Math.max(this.rollbackFramesMax, frames);
  }

  sent(bytes: number): void {
    this.packetsSent += 1;
    this.bytesSent += bytes;
  }

  received(bytes: number, refused: boolean): void {
    this.packetsReceived += 1;
    this.bytesReceived += bytes;
    if (refused) this.packetsRefused += 1;
  }

  report(rest: CurrentFigures): SessionMetrics {
    return {
      frames: this.frames,
      frames_exported: this.framesExported,
      rollbacks: this.rollbacks,
      rollback_frames: this.rollbackFrames,
      rollback_frames_max: this.rollbackFramesMax,
      stalls: this.stalls,
      stall_ms: this.stallMs,
      ticks_skipped: this.ticksSkipped,
      inputs_sent: this.inputsSent,
      packets_sent: this.packetsSent,
      packets_received: this.packetsReceived,
      packets_refused: this.packetsRefused,
      bytes_sent: this.bytesSent,
      bytes_received: this.bytesReceived,
      desyncs: this.desyncs,
      ...rest,
    };
  }
}

export type CurrentFigures = Pick<
  SessionMetrics,
  | 'inputs_received'
  | 'checksums'
  | 'departures'
  | 'input_delay'
  | 'frame_advantage'
  | 'speculative_frames'
>;
