import { sha256 } from '@noble/hashes/sha2.js';
import { decodeMarshal, toHex, type PlayerIndex } from '../contract/index.ts';

/**
 * Rows are gathered into chunks of about this size before they leave the worker: a second of play
 * or so, small enough that little is in flight when a page is closed.
 */
export const CHUNK_BYTES = 8 * 1024;
/** A chunk leaves after this many rows at the latest, so that slow games are saved too. */
export const CHUNK_ROWS = 30;

/** What one peer says of an episode whose every frame is agreed. */
export interface EpisodeSummary {
  episode: number;
  seed: number;
  n_frames: number;
  sha256: string;
  /** Sum of the own agent's rewards. */
  reward_total: number;
}

/** Some whole rows of an episode, following on the chunk before. */
export interface RecordChunk {
  episode: number;
  bytes: Uint8Array;
}

/**
 * Gathers the canonical rows of agreed frames, in order: chunks for upload, and the hash that all
 * peers must share. Positions of reward and delay in a row are those of contract/record.ts.
 */
export class CanonicalRecorder {
  private hash = sha256.create();
  private readonly buffer = new Uint8Array(4 * CHUNK_BYTES);
  private length = 0;
  private rows = 0;
  private frames = 0;
  private open = false;
  private episode = -1;
  private seed = 0;
  private rewards = 0;
  /** How many frames were played at each input delay of the own seat. */
  readonly delays: number[] = [];

  constructor(
    private readonly local: PlayerIndex,
    private readonly emit: (chunk: RecordChunk) => void,
  ) {}

  startEpisode(episode: number, seed: number): void {
    this.hash = sha256.create();
    this.length = 0;
    this.rows = 0;
    this.frames = 0;
    this.open = true;
    this.rewards = 0;
    this.episode = episode;
    this.seed = seed;
  }

  /** Takes a copy of `row`. Frames must come in order: a gap is a defect of the engine. */
  row(frame: number, row: Uint8Array): void {
    if (frame !== this.frames) {
      throw new Error(`row of frame ${frame} came where frame ${this.frames} was due`);
    }
    this.frames += 1;
    this.hash.update(row);
    this.summarise(row);
    if (this.length + row.length > this.buffer.length) this.flush();
    if (row.length > this.buffer.length) {
      this.send(row.slice());
      return;
    }
    this.buffer.set(row, this.length);
    this.length += row.length;
    this.rows += 1;
    if (this.length >= CHUNK_BYTES || this.rows >= CHUNK_ROWS) this.flush();
  }

  /** Frames of the present episode so far; 0 between episodes. */
  get framesSoFar(): number {
    return this.open ? this.frames : 0;
  }

  endEpisode(): EpisodeSummary {
    this.flush();
    this.open = false;
    return {
      episode: this.episode,
      seed: this.seed,
      n_frames: this.frames,
      sha256: toHex(this.hash.digest()),
      reward_total: this.rewards,
    };
  }

  /** Sends what is gathered: also of an episode that is cut short. */
  flush(): void {
    if (this.length === 0) return;
    this.send(this.buffer.slice(0, this.length));
    this.length = 0;
    this.rows = 0;
  }

  private send(bytes: Uint8Array): void {
    this.emit({ episode: this.episode, bytes });
  }

  private summarise(row: Uint8Array): void {
    const fields = decodeMarshal(row);
    if (!Array.isArray(fields)) return;
    const [rewards, delays] = [fields[2], fields[6]];
    const reward = Array.isArray(rewards) ? rewards[this.local] : null;
    if (typeof reward === 'number' || typeof reward === 'bigint') this.rewards += Number(reward);
    const delay = Array.isArray(delays) ? delays[this.local] : null;
    if (typeof delay === 'number') this.delays[delay] = (this.delays[delay] ?? 0) + 1;
  }
}

/** SHA-256 over the episodes' digests in order: the `record_sha256` of a match. */
export function matchSha256(episodes: readonly { sha256: string }[]): string {
  const hash = sha256.create();
  for (const { sha256: hex } of episodes) {
    hash.update(Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16)));
  }
  return toHex(hash.digest());
}
