/**
 * Plays environments with inputs that depend on seed, frame and seat alone: once straight ahead,
 * and once with wrong inputs that are rolled back on every frame. native.py does the same.
 */
import { readFileSync } from 'node:fs';
import { encodeAction } from '../../src/environment/actions.ts';
import type { ActionSpace, Environment } from '../../src/environment/environment.ts';
import { readError } from '../../src/environment/environment-error.ts';
import { REQUEST, RequestList } from '../../src/rollback/requests.ts';
import { RESULT, Results } from '../../src/rollback/results.ts';

/** Of a file in environments, or of one in the folder that is named. */
export const sourceOf = (name: string): string => {
  const path = name.includes('/') ? name : `environments/${name}`;
  return readFileSync(new URL(`./${path}.py`, import.meta.url), 'utf8');
};

/** What an environment answered, by kind. */
export interface Answers {
  rows: Uint8Array[];
  checksums: string[];
  draws: Uint8Array[];
  dumps: Uint8Array[];
  over: number | null;
}

/** Meta word of every exported input: focused, with a delay of 2 frames. */
const META = 1 | (2 << 1);
/** Added to the seed for inputs that turn out wrong. */
const WRONG = 1000;

export class Game {
  readonly list = new RequestList();
  private readonly results = new Results();

  constructor(readonly environment: Environment) {}

  /** @throws EnvironmentError for an ERROR answer. */
  run(): Answers {
    this.environment.run(this.list, this.results);
    this.list.clear();
    const answers: Answers = { rows: [], checksums: [], draws: [], dumps: [], over: null };
    while (this.results.next()) {
      const payload = this.results.payload.slice();
      switch (this.results.kind) {
        case RESULT.over:
          answers.over = this.results.frame;
          break;
        case RESULT.row:
          answers.rows.push(payload);
          break;
        case RESULT.checksum:
          answers.checksums.push(Buffer.from(payload).toString('hex'));
          break;
        case RESULT.draw:
          answers.draws.push(payload);
          break;
        case RESULT.dump:
          answers.dumps.push(payload);
          break;
        case RESULT.error:
          throw readError(payload);
      }
    }
    return answers;
  }

  push(request: number, word: number): this {
    this.list.push(request);
    this.list.push(word);
    return this;
  }

  advance(frame: number, inputSeed: number): this {
    const { agents, action_bytes } = this.environment.description;
    this.push(REQUEST.advance, frame);
    agents.forEach(({ action_space }, seat) => {
      const bytes = new Uint8Array(action_bytes);
      bytes.set(randomAction(action_space, inputSeed, frame, seat));
      this.list.push(0);
      this.list.pushBytes(bytes, 0, action_bytes);
    });
    return this;
  }

  export(frame: number): this {
    this.push(REQUEST.export, frame);
    this.environment.description.agents.forEach(() => this.list.push(META));
    return this;
  }

  /** Every frame stepped once. The number of frames is smaller when the environment ends it. */
  straight(seed: number, frames: number): Answers & { frames: number } {
    this.push(REQUEST.reset, seed).push(REQUEST.save, 0).run();
    for (let frame = 0; frame < frames; frame++) {
      const { over } = this.advance(frame, seed)
        .push(REQUEST.save, frame + 1)
        .run();
      if (over !== null) frames = over + 1;
    }
    return { ...this.record(frames), frames };
  }

  /** On every frame, `depth` frames with wrong inputs are rolled back. */
  rolledBack(seed: number, frames: number, depth: number): Answers {
    this.push(REQUEST.reset, seed).push(REQUEST.save, 0).run();
    for (let frame = 0; frame < frames; frame++) {
      const first = Math.max(0, frame - depth + 1);
      if (frame > 0) this.push(REQUEST.load, first);
      for (let f = first; f <= frame; f++) {
        this.advance(f, seed + WRONG + frame).push(REQUEST.save, f + 1);
      }
      this.push(REQUEST.load, first);
      for (let f = first; f <= frame; f++) this.advance(f, seed).push(REQUEST.save, f + 1);
      this.run();
    }
    return this.record(frames);
  }

  private record(frames: number): Answers {
    for (let frame = 0; frame < frames; frame++) this.push(REQUEST.checksum, frame).export(frame);
    return this.run();
  }
}

/** The same numbers as native.py's `draw`. */
function draw(seed: number, frame: number, seat: number, part: number): number {
  let x = (seed * 7919 + frame * 104_729 + seat * 1_299_709 + part * 15_485_863) & 0x7fff_ffff;
  x = (Math.imul(x, 1_103_515_245) + 12_345) & 0x7fff_ffff;
  return x >> 8;
}

function randomAction(space: ActionSpace, seed: number, frame: number, seat: number): Uint8Array {
  const number = (part: number) => draw(seed, frame, seat, part);
  switch (space.kind) {
    case 'discrete':
      return encodeAction(space, space.start + (number(0) % space.n));
    case 'multi_discrete':
      return encodeAction(
        space,
        space.nvec.map((n, i) => (space.start?.[i] ?? 0) + (number(i) % n)),
      );
    case 'multi_binary':
      return encodeAction(
        space,
        Array.from({ length: space.n }, (_, i) => number(i) % 2),
      );
    case 'box':
      return encodeAction(
        space,
        space.low.map((_, i) => ((number(i) % 17) - 8) / 8),
      );
  }
}
