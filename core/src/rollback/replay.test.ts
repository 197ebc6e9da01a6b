import { describe, expect, it } from 'vitest';
import { Random } from '../../simulator/random.ts';
import { ToyEnvironment } from '../../simulator/toy-environment.ts';
import { readRows, type RecordedAction } from '../contract/index.ts';
import { ReplaySession, type ReplayOptions } from './replay.ts';
import { Results, RESULT } from './results.ts';
import { Session } from './session.ts';

const RULES = { players: 2, actionBytes: 2, endsOneIn: 0 };
const OPTIONS: ReplayOptions = {
  players: 2,
  actionBytes: 2,
  maxSteps: 150,
  encode: (_, action: RecordedAction | null) => Uint8Array.from((action ?? [0, 0]) as number[]),
};

interface Recorded {
  seed: number;
  record: Uint8Array;
}

/** An episode of two, played alone: the other seat leaves on the way. */
function play(endsOneIn = 0, matchSeed = 5): Recorded {
  const environment = new ToyEnvironment({ ...RULES, endsOneIn });
  const session = new Session({
    players: 2,
    local: 0,
    actionBytes: 2,
    defaultActions: [Uint8Array.of(0, 0), Uint8Array.of(1, 2)],
    fps: 30,
    episodes: 1,
    maxSteps: 150,
    matchSeed,
    inputDelay: 3,
    prediction: 'repeat',
    checksumInterval: 10,
    onLeave: 'continue',
  });
  const random = new Random(matchSeed);
  const results = new Results();
  const rows: Uint8Array[] = [];
  let seed = 0;
  session.playerLeft(1);
  for (let tick = 0; session.phase !== 'finished'; tick++) {
    const list = session.tick(tick * 33, {
      sample: (action) => {
        action.set([random.integer(0, 255), random.integer(0, 3)]);
        return random.chance(0.9) ? 1 : 0;
      },
    });
    environment.run(list, results);
    while (results.next()) if (results.kind === RESULT.row) rows.push(results.payload.slice());
    session.completed(results);
    for (const event of session.drainEvents())
      if (event.kind === 'episode_started') seed = event.seed;
  }
  return { seed, record: Uint8Array.from(Buffer.concat(rows)) };
}

function replay(
  { seed, record }: Recorded,
  endsOneIn = 0,
  options: Partial<ReplayOptions> = {},
): ReplaySession {
  const session = new ReplaySession({ ...OPTIONS, ...options }, seed, record);
  const environment = new ToyEnvironment({ ...RULES, endsOneIn });
  const results = new Results();
  for (let list = session.next(); list !== null; list = session.next()) {
    environment.run(list, results);
    session.completed(results);
  }
  expect(environment.keptMost).toBeLessThan(200);
  return session;
}

/** Where each row begins. */
function offsets(record: Uint8Array): number[] {
  const at: number[] = [];
  for (let offset = 0, frame = 0; offset < record.length; frame++) {
    at.push(offset);
    let length = 1;
    while (!isRow(record.subarray(offset, offset + length), frame)) length += 1;
    offset += length;
  }
  return at;
}

function isRow(bytes: Uint8Array, frame: number): boolean {
  try {
    return [...readRows(bytes, frame)].length === 1;
  } catch {
    return false;
  }
}

describe('a replay', () => {
  it('gives every row of the record again, departures, delays and focus included', () => {
    const session = replay(play());
    expect(session.difference).toBeNull();
    expect([session.frames, session.complete]).toEqual([150, true]);
  });

  it.each([1, 2, 3, 4])(
    'follows an episode to where the environment ended it (%i)',
    (matchSeed) => {
      const session = replay(play(40, matchSeed), 40);
      expect(session.difference).toBeNull();
      expect(session.complete).toBe(true);
    },
  );

  it('names the first frame that differs and its columns, wherever the record was changed', () => {
    const recorded = play();
    for (const frame of [0, 63, 64, 65, 149]) {
      const record = recorded.record.slice();
      const at = offsets(record)[frame]!;
      // The first action byte of seat 0: the frame's own row no longer follows from it.
      record[at + 21]! ^= 1;
      const { difference, frames } = replay({ ...recorded, record });
      expect(difference, `frame ${frame}`).toMatchObject({ frame, kind: 'row' });
      expect(difference!.columns).toContain('info.0.luck');
      expect(frames).toBe(frame);
    }
  });

  it('notices another seed at once', () => {
    const { record, seed } = play();
    expect(replay({ record, seed: seed + 1 }).difference).toMatchObject({ frame: 0, kind: 'row' });
  });

  it('notices rows beyond the end, and rows that are missing', () => {
    const long = play();
    const early = replay(long, 40);
    expect(early.difference!.kind).toBe('row');
    const cut = offsets(long.record)[70]!;
    const short = replay({ ...long, record: long.record.slice(0, cut) });
    expect(short).toMatchObject({ difference: null, frames: 70, complete: false });
    const torn = replay({ ...long, record: long.record.slice(0, cut + 9) });
    expect(torn).toMatchObject({ difference: { frame: 70, kind: 'record' }, frames: 70 });
  });

  it('says where the environment ends and the record goes on', () => {
    const recorded = play();
    const session = new ReplaySession(OPTIONS, recorded.seed, recorded.record);
    const environment = new ToyEnvironment(RULES);
    const results = new Results();
    for (let list = session.next(); list !== null; list = session.next()) {
      environment.run(list, results);
      // Said of frame 40, whatever the game thinks.
      if (session.frames === 0 && list.length > 0) results.put(RESULT.over, 40);
      session.completed(results);
    }
    expect(session.difference).toMatchObject({ frame: 41, kind: 'end' });
    expect(session.frames).toBe(41);
  });

  it('names a row whose action the environment does not know', () => {
    const encode = (player: number, action: RecordedAction | null): Uint8Array => {
      if (player === 0 && (action as number[])[0] === 77) throw new RangeError('no action');
      return OPTIONS.encode(player, action);
    };
    const recorded = play();
    const rows = [...readRows(recorded.record)];
    const frame = rows.findIndex((row) => (row.actions[0] as number[])[0] === 77);
    const { difference, frames } = replay(recorded, 0, { encode });
    if (frame < 0) expect(difference).toBeNull();
    else expect([difference?.frame, difference?.kind, frames]).toEqual([frame, 'record', frame]);
  });
});
