import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { EpisodeDoneRequest, Reply, UploadRequest } from '../../src/contract/index.ts';
import { UploadError, UploadQueue, type UploadPort } from '../../src/lobby/upload-queue.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

type Fate = 'answer' | 'lose request' | 'lose answer' | 'rate limit' | 'fail' | 'refuse';

/** A server that stores chunks by number, and a connection with a script of what goes wrong. */
class ScriptedPort implements UploadPort {
  connected = true;
  stored = new Map<string, Uint8Array>();
  done: EpisodeDoneRequest[] = [];
  attempts: string[] = [];
  inFlight = 0;
  mostInFlight = 0;
  private readonly listeners = new Set<() => void>();
  private lost: (() => void)[] = [];

  constructor(private readonly fates: Fate[] = []) {}

  upload(chunk: UploadRequest): Promise<Reply<{ seq: number }>> {
    return this.attempt(`${chunk.episode}/${chunk.seq}`, () => {
      const key = `${chunk.episode}/${chunk.seq}`;
      const before = this.stored.get(key);
      if (before !== undefined) expect(Buffer.compare(chunk.bytes, before)).toBe(0);
      this.stored.set(key, chunk.bytes.slice());
      return { seq: chunk.seq };
    });
  }

  episodeDone(episode: EpisodeDoneRequest) {
    return this.attempt(`${episode.episode}/done`, () => {
      for (let seq = 0; seq < episode.n_chunks; seq++) {
        expect(this.stored.has(`${episode.episode}/${seq}`), 'done before its chunks').toBe(true);
      }
      this.done.push(episode);
      return { verification: 'pending' as const };
    });
  }

  onConnected(listener: () => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  disconnect(): void {
    this.connected = false;
    for (const lose of this.lost.splice(0)) lose();
  }

  connect(): void {
    this.connected = true;
    for (const listener of [...this.listeners]) listener();
  }

  get listening(): number {
    return this.listeners.size;
  }

  record(episode: number): Buffer {
    const chunks: Uint8Array[] = [];
    for (let seq = 0; ; seq++) {
      const chunk = this.stored.get(`${episode}/${seq}`);
      if (chunk === undefined) return Buffer.concat(chunks);
      chunks.push(chunk);
    }
  }

  private attempt<T extends object>(name: string, store: () => T): Promise<Reply<T>> {
    this.attempts.push(name);
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    const fate = this.fates.shift() ?? 'answer';
    return new Promise<Reply<T>>((resolve, reject) => {
      this.lost.push(() => reject(new Error('disconnected')));
      setTimeout(() => {
        const refused = (code: string) => resolve({ ok: false, error: { code, message: code } });
        if (fate === 'answer') resolve({ ok: true, ...store() });
        else if (fate === 'rate limit') refused('rate_limited');
        else if (fate === 'fail') refused('internal');
        else if (fate === 'refuse') refused('not_in_match');
        else if (fate === 'lose answer') {
          store();
          reject(new Error('no answer'));
        } else reject(new Error('no answer'));
      }, 20);
    }).finally(() => (this.inFlight -= 1));
  }
}

const EPISODE = {
  episode: 0,
  seed: 1,
  n_frames: 3,
  sha256: '0'.repeat(64),
  broken_off: false,
  n_agreed: 3,
};
const SOME = Uint8Array.of(1, 2, 3);

it('gathers rows into chunks and sends them while playing', async () => {
  const port = new ScriptedPort();
  const queue = new UploadQueue(port, 'm');
  for (let i = 0; i < 10; i++) queue.append(0, SOME);
  expect(port.attempts).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_100);
  expect(port.attempts).toEqual(['0/0']);
  expect(port.record(0)).toHaveLength(30);
  queue.append(0, new Uint8Array(700_000));
  await vi.advanceTimersByTimeAsync(100);
  expect(port.record(0)).toHaveLength(700_030);
  queue.close();
});

it('ends an episode after all its chunks, with few under way at once', async () => {
  const port = new ScriptedPort();
  const queue = new UploadQueue(port, 'm');
  for (let i = 0; i < 20; i++) queue.append(0, new Uint8Array(70_000).fill(i));
  const done = queue.done(EPISODE);
  queue.append(1, SOME);
  const drained = queue.drained();
  await vi.advanceTimersByTimeAsync(1_000);
  await expect(done).resolves.toBe('pending');
  await expect(drained).resolves.toBeUndefined();
  expect(port.done).toEqual([{ ...EPISODE, match_id: 'm', n_chunks: 20 }]);
  expect(port.mostInFlight).toBe(4);
  expect([...port.record(1)]).toEqual([1, 2, 3]);
});

it('ends an empty episode', async () => {
  const port = new ScriptedPort();
  const done = new UploadQueue(port, 'm').done({ ...EPISODE, n_frames: 0 });
  await vi.advanceTimersByTimeAsync(100);
  await expect(done).resolves.toBe('pending');
  expect(port.done[0]!.n_chunks).toBe(0);
});

it('goes on after a reconnection from what is not acknowledged', async () => {
  const port = new ScriptedPort();
  const queue = new UploadQueue(port, 'm');
  for (let i = 0; i < 6; i++) queue.append(0, new Uint8Array(70_000).fill(i));
  await vi.advanceTimersByTimeAsync(25);
  expect(port.stored.size).toBe(4);
  port.disconnect();
  const done = queue.done(EPISODE);
  await vi.advanceTimersByTimeAsync(60_000);
  const before = port.attempts.length;
  port.connect();
  await vi.advanceTimersByTimeAsync(200);
  await expect(done).resolves.toBe('pending');
  expect(port.attempts.slice(before)).toEqual(['0/4', '0/5', '0/done']);
  expect(port.record(0)).toHaveLength(420_000);
});

it('stores the same bytes whatever is lost, in any order', async () => {
  const fates: Fate[] = ['answer', 'lose request', 'lose answer', 'rate limit', 'fail'];
  for (let seed = 1; seed <= 50; seed++) {
    let state = seed;
    const random = () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
    const script = Array.from({ length: 40 }, () => fates[Math.floor(random() * 5)]!);
    const port = new ScriptedPort(script);
    const queue = new UploadQueue(port, 'm');
    const expected: Uint8Array[] = [];
    for (let i = 0; i < 12; i++) {
      const bytes = new Uint8Array(1 + Math.floor(random() * 90_000)).fill(i);
      expected.push(bytes);
      queue.append(0, bytes);
      await vi.advanceTimersByTimeAsync(random() * 500);
      if (random() < 0.2) port.disconnect();
      else if (!port.connected) port.connect();
    }
    const done = queue.done(EPISODE);
    const drained = queue.drained();
    port.connect();
    await vi.advanceTimersByTimeAsync(120_000);
    await Promise.all([done, drained]);
    const same = Buffer.compare(port.record(0), Buffer.concat(expected));
    expect(same, `seed ${seed}`).toBe(0);
    queue.close();
  }
});

it('says why the server refuses, to everybody who waits', async () => {
  const port = new ScriptedPort(['refuse']);
  const queue = new UploadQueue(port, 'm');
  queue.append(0, SOME);
  const answers = Promise.allSettled([queue.done(EPISODE), queue.drained()]);
  await vi.advanceTimersByTimeAsync(100);
  for (const answer of await answers) {
    expect(answer).toMatchObject({ status: 'rejected', reason: { code: 'not_in_match' } });
  }
  await expect(queue.drained()).rejects.toBeInstanceOf(UploadError);
});

it('leaves nothing behind when it is closed', async () => {
  const port = new ScriptedPort();
  port.disconnect();
  const queue = new UploadQueue(port, 'm');
  queue.append(0, SOME);
  const answers = Promise.allSettled([queue.done(EPISODE), queue.drained()]);
  queue.append(1, SOME);
  queue.close();
  queue.close();
  expect(vi.getTimerCount()).toBe(0);
  expect(port.listening).toBe(0);
  expect((await answers).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  port.connect();
  queue.append(1, SOME);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(port.attempts).toEqual([]);
});
