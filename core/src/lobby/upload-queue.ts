/**
 * Brings the record to the server while it is made: in chunks, in order, each kept until the server
 * has committed and acknowledged it. Repeating a chunk is harmless there, so after a lost connection
 * everything that is not acknowledged is simply sent again.
 */
import {
  MAX_CHUNK_BYTES,
  type EpisodeDoneRequest,
  type Reply,
  type UploadRequest,
  type Verification,
} from '../contract/index.ts';
import { isPassing } from './lobby-error.ts';

/** What the queue needs of a connection. Each call is one attempt. */
export interface UploadPort {
  /** Rejects when the connection is lost or no answer comes in time: it will be tried again. */
  upload(chunk: UploadRequest): Promise<Reply<{ seq: number }>>;
  /** As `upload`. */
  episodeDone(episode: EpisodeDoneRequest): Promise<Reply<{ verification: Verification }>>;
  readonly connected: boolean;
  /** Returns a function that stops listening. */
  onConnected(listener: () => void): () => void;
}

/** The server will not take the record, for the reason in `code`; repeating would not help. */
export class UploadError extends Error {
  override readonly name = 'UploadError';
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

/** Rows wait at most so long for others to share a chunk: what a crashed page can lose. */
const GATHER_MS = 1_000;
/** A chunk is sent when it has so many bytes; one append may be larger, up to the server's limit. */
const CHUNK_BYTES = 64 * 1024;
/** Chunks under way at once: enough to fill a slow path, few to send again. */
const IN_FLIGHT = 4;
/** Before a failed attempt is repeated on a connection that seems to be there. */
const RETRY_MS = 1_000;

type Item =
  | { kind: 'chunk'; chunk: UploadRequest; state: ItemState }
  | {
      kind: 'done';
      episode: EpisodeDoneRequest;
      state: ItemState;
      resolve: (verification: Verification) => void;
      reject: (error: UploadError) => void;
    };
type ItemState = 'waiting' | 'sent' | 'acknowledged';

/** Description of a whole episode; the queue knows its match and its number of chunks. */
export type FinishedEpisode = Omit<EpisodeDoneRequest, 'match_id' | 'n_chunks'>;

export class UploadQueue {
  private readonly items: Item[] = [];
  private readonly chunks = new Map<number, number>();
  private gathered: Uint8Array[] = [];
  private gatheredBytes = 0;
  private gatheredEpisode = 0;
  private gatherTimer: ReturnType<typeof setTimeout> | null = null;
  private retryTimer: ReturnType<typeof setTimeout> | null = null;
  private failure: UploadError | null = null;
  private drainWaiters: { resolve: () => void; reject: (error: UploadError) => void }[] = [];
  /** Answers to attempts of before a restart are void. */
  private generation = 0;
  private readonly stopListening: () => void;

  constructor(
    private readonly port: UploadPort,
    private readonly matchId: string,
  ) {
    this.stopListening = port.onConnected(() => this.restart());
  }

  /** Adds bytes to the record of `episode`. Episodes come one after another. */
  append(episode: number, bytes: Uint8Array): void {
    if (this.failure !== null || bytes.length === 0) return;
    if (episode !== this.gatheredEpisode) this.flush();
    this.gatheredEpisode = episode;
    for (let at = 0; at < bytes.length; at += MAX_CHUNK_BYTES) {
      const part = bytes.slice(at, at + MAX_CHUNK_BYTES);
      if (this.gatheredBytes + part.length > MAX_CHUNK_BYTES) this.flush();
      this.gathered.push(part);
      this.gatheredBytes += part.length;
    }
    if (this.gatheredBytes >= CHUNK_BYTES) this.flush();
    else this.gatherTimer ??= setTimeout(() => this.flush(), GATHER_MS);
  }

  /**
   * Ends an episode: all its bytes were appended. Resolves with what the server said when it had
   * everything; rejects with an UploadError if the server refuses, or the queue is closed before.
   */
  done(episode: FinishedEpisode): Promise<Verification> {
    this.flush();
    const request = {
      ...episode,
      match_id: this.matchId,
      n_chunks: this.chunks.get(episode.episode) ?? 0,
    };
    const answer = new Promise<Verification>((resolve, reject) => {
      if (this.failure !== null) return reject(this.failure);
      this.items.push({ kind: 'done', episode: request, state: 'waiting', resolve, reject });
      this.pump();
    });
    // Whoever does not ask is told by `drained`.
    answer.catch(() => undefined);
    return answer;
  }

  /** Resolves once everything handed in is acknowledged; rejects as `done` does. */
  drained(): Promise<void> {
    this.flush();
    return new Promise((resolve, reject) => {
      if (this.failure !== null) reject(this.failure);
      else if (this.items.length === 0) resolve();
      else this.drainWaiters.push({ resolve, reject });
    });
  }

  /** Gives up what is not acknowledged. May be called twice. */
  close(): void {
    this.fail(new UploadError('closed', 'the upload was given up before everything was stored'));
  }

  private flush(): void {
    if (this.gatherTimer !== null) clearTimeout(this.gatherTimer);
    this.gatherTimer = null;
    if (this.gatheredBytes === 0) return;
    const bytes = new Uint8Array(this.gatheredBytes);
    let at = 0;
    for (const part of this.gathered) {
      bytes.set(part, at);
      at += part.length;
    }
    this.gathered = [];
    this.gatheredBytes = 0;
    const episode = this.gatheredEpisode;
    const seq = this.chunks.get(episode) ?? 0;
    this.chunks.set(episode, seq + 1);
    const chunk = { match_id: this.matchId, episode, seq, bytes };
    this.items.push({ kind: 'chunk', chunk, state: 'waiting' });
    this.pump();
  }

  private restart(): void {
    if (this.failure !== null) return;
    this.generation += 1;
    if (this.retryTimer !== null) clearTimeout(this.retryTimer);
    this.retryTimer = null;
    for (const item of this.items) if (item.state === 'sent') item.state = 'waiting';
    this.pump();
  }

  private pump(): void {
    if (this.failure !== null || !this.port.connected || this.retryTimer !== null) return;
    for (let i = 0; i < Math.min(IN_FLIGHT, this.items.length); i++) {
      const item = this.items[i]!;
      if (item.state !== 'waiting') continue;
      // The server stores an episode as whole only after all its chunks.
      if (item.kind === 'done' && i > 0) return;
      item.state = 'sent';
      void this.attempt(item);
    }
  }

  private async attempt(item: Item): Promise<void> {
    const generation = this.generation;
    let reply: Reply<object>;
    let verification: Verification = 'pending';
    try {
      if (item.kind === 'chunk') {
        reply = await this.port.upload(item.chunk);
      } else {
        const answer = await this.port.episodeDone(item.episode);
        if (answer.ok) verification = answer.verification;
        reply = answer;
      }
    } catch {
      if (generation === this.generation) this.retryLater();
      return;
    }
    if (this.failure !== null || item.state === 'acknowledged') return;
    if (reply.ok) {
      item.state = 'acknowledged';
      if (item.kind === 'done') item.resolve(verification);
      this.removeAcknowledged();
    } else if (generation !== this.generation) {
      return;
    } else if (isPassing(reply.error.code)) {
      this.retryLater();
    } else {
      this.fail(new UploadError(reply.error.code, reply.error.message));
    }
  }

  private retryLater(): void {
    if (this.failure !== null || this.retryTimer !== null) return;
    this.retryTimer = setTimeout(() => this.restart(), RETRY_MS);
  }

  private removeAcknowledged(): void {
    while (this.items[0]?.state === 'acknowledged') this.items.shift();
    if (this.items.length > 0) return this.pump();
    for (const waiter of this.drainWaiters.splice(0)) waiter.resolve();
  }

  private fail(error: UploadError): void {
    if (this.failure !== null) return;
    this.failure = error;
    this.stopListening();
    for (const timer of [this.gatherTimer, this.retryTimer])
      if (timer !== null) clearTimeout(timer);
    for (const item of this.items) if (item.kind === 'done') item.reject(error);
    this.items.length = 0;
    this.gathered = [];
    for (const waiter of this.drainWaiters.splice(0)) waiter.reject(error);
  }
}
