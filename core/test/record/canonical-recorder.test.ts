import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  CanonicalRecorder,
  CHUNK_BYTES,
  CHUNK_ROWS,
  matchSha256,
  type RecordChunk,
} from '../../src/record/canonical-recorder.ts';

/** The fields of a row that the recorder reads: rewards third, delays seventh (marshal version 2). */
function row(frame: number, reward: number, delay: number, padding = 0): Uint8Array {
  const bytes: number[] = [];
  const tuple = (length: number) => bytes.push(0x28, length, 0, 0, 0);
  const int = (value: number) => bytes.push(0x69, value & 255, (value >> 8) & 255, 0, 0);
  tuple(8);
  int(frame);
  tuple(0);
  tuple(2);
  int(reward);
  bytes.push(0x4e);
  for (let i = 0; i < 3; i++) tuple(0);
  tuple(2);
  int(delay);
  int(0);
  bytes.push(0x73, padding & 255, padding >> 8, 0, 0, ...new Uint8Array(padding));
  return Uint8Array.from(bytes);
}

function record(rows: Uint8Array[]) {
  const chunks: RecordChunk[] = [];
  const recorder = new CanonicalRecorder(0, (chunk) => chunks.push(chunk));
  recorder.startEpisode(3, 99);
  rows.forEach((bytes, frame) => recorder.row(frame, bytes));
  return { chunks, recorder, summary: recorder.endEpisode() };
}

const sha256 = (parts: Uint8Array[]): string => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest('hex');
};

describe('canonical recorder', () => {
  it('cuts the record into chunks that are, together, the hashed bytes', () => {
    const rows = Array.from({ length: 100 }, (_, frame) => row(frame, frame % 3, 2));
    const { chunks, summary } = record(rows);
    expect(chunks.length).toBe(Math.ceil(100 / CHUNK_ROWS));
    expect(sha256(chunks.map((chunk) => chunk.bytes))).toBe(sha256(rows));
    expect(summary).toEqual({
      episode: 3,
      seed: 99,
      n_frames: 100,
      sha256: sha256(rows),
      reward_total: 99,
    });
  });

  it('takes rows of any size', () => {
    const rows = [row(0, 1, 0, 10), row(1, 1, 0, 5 * CHUNK_BYTES), row(2, 1, 0, CHUNK_BYTES)];
    const { chunks, summary } = record(rows);
    expect(sha256(chunks.map((chunk) => chunk.bytes))).toBe(sha256(rows));
    expect(summary.reward_total).toBe(3);
  });

  it('counts the input delays of the own seat', () => {
    const { recorder } = record([row(0, 0, 2), row(1, 0, 2), row(2, 0, 4)]);
    expect(Array.from(recorder.delays, (count) => count ?? 0)).toEqual([0, 0, 2, 0, 1]);
  });

  it('refuses a gap', () => {
    expect(() => record([row(0, 0, 0)]).recorder.row(7, row(7, 0, 0))).toThrow(/frame 1 was due/);
  });

  it('hashes a match from its episodes in order', () => {
    const digests = [sha256([row(0, 0, 0)]), sha256([row(0, 1, 0)])];
    const expected = sha256(digests.map((hex) => Uint8Array.from(Buffer.from(hex, 'hex'))));
    expect(matchSha256(digests.map((hex) => ({ sha256: hex })))).toBe(expected);
    expect(matchSha256([...digests].reverse().map((hex) => ({ sha256: hex })))).not.toBe(expected);
  });
});
