import { describe, expect, it } from 'vitest';
import { scenarioOf } from '../../simulator/draw-scenario.ts';
import { simulate } from '../../simulator/match.ts';
import { matchSeed } from '../../simulator/seed.ts';
import { REQUEST } from './requests.ts';
import { RESULT, Results } from './results.ts';
import { spacingFor } from './save-policy.ts';
import { Session, type SessionOptions } from './session.ts';

const TICK = 1000 / 60;

describe('the save policy', () => {
  it.each([
    [undefined, 1],
    [{ stepMs: 0, saveMs: 5 }, 1],
    [{ stepMs: NaN, saveMs: 5 }, 1],
    [{ stepMs: 1, saveMs: 0.1 }, 1],
    [{ stepMs: 1, saveMs: 1.3 }, 1],
    [{ stepMs: 1, saveMs: 1.5 }, 4],
    [{ stepMs: 1, saveMs: 3 }, 5],
    [{ stepMs: 0.02, saveMs: 0.8 }, 8],
    [{ stepMs: 0.001, saveMs: 1000 }, 8],
  ])('of costs %j keeps every %i-th state', (costs, spacing) => {
    expect(spacingFor(costs)).toBe(spacing);
  });
});

/** Two sessions that hear each other late; saves and steps of both, and which states were kept. */
function play(options: Partial<SessionOptions>): { saves: number; steps: number; kept: number[] } {
  const sessions = [0, 1].map(
    (local) =>
      new Session({
        players: 2,
        local,
        actionBytes: 1,
        defaultActions: [Uint8Array.of(0), Uint8Array.of(0)],
        fps: 60,
        episodes: 1,
        maxSteps: 207,
        matchSeed: 1,
        inputDelay: 1,
        prediction: 'repeat',
        checksumInterval: 50,
        onLeave: 'end',
        ...options,
      }),
  );
  const counts = { saves: 0, steps: 0, kept: [] as number[] };
  const mail: { due: number; from: number; bytes: Uint8Array }[] = [];
  const results = new Results();
  for (let tick = 0; tick < 400; tick++) {
    for (const { from, bytes } of mail.filter(({ due }) => due === tick)) {
      expect(sessions[1 - from]!.receive(from, bytes, tick * TICK)).toBeNull();
    }
    sessions.forEach((session, seat) => {
      const sample = (action: Uint8Array): number => {
        action[0] = (tick >> 2) % 3;
        return 1;
      };
      const { words, length } = session.tick(tick * TICK, { sample });
      results.clear();
      for (let at = 0; at < length;) {
        const [kind, frame] = [words[at]!, words[at + 1]!];
        at += 2;
        if (kind === REQUEST.advance) {
          counts.steps += 1;
          at += 4;
        } else if (kind === REQUEST.export) at += 2;
        else if (kind === REQUEST.checksum) results.put(RESULT.checksum, frame, new Uint8Array(8));
        else if (kind === REQUEST.save) {
          counts.saves += 1;
          if (!counts.kept.includes(frame)) counts.kept.push(frame);
        }
      }
      session.completed(results);
      session.packets(tick * TICK, (_, bytes) =>
        mail.push({ due: tick + 5, from: seat, bytes: bytes.slice() }),
      );
    });
  }
  for (const session of sessions) expect(session.phase).toBe('finished');
  return counts;
}

describe('sparse saving', () => {
  it('keeps every n-th state, those after checked frames, and the last', () => {
    const { kept } = play({ costs: { stepMs: 1, saveMs: 1000 } });
    const wanted = Array.from({ length: 208 }, (_, f) => f).filter(
      (f) => f % 8 === 0 || f % 50 === 0 || f === 207,
    );
    expect(kept.sort((a, b) => a - b)).toEqual(wanted);
  });

  it.each([1.5, 2, 3, 5, 10, 40])('pays when a save costs %f steps', (saveMs) => {
    const dense = play({});
    const sparse = play({ costs: { stepMs: 1, saveMs } });
    const cost = ({ saves, steps }: typeof dense): number => saves * saveMs + steps;
    expect(cost(sparse)).toBeLessThan(0.8 * cost(dense));
  });

  it.each([2, 10])(
    'goes back to what is kept, and needs nothing that is not (%i steps)',
    (saveMs) => {
      // The toy game throws where a state is missing, and the oracle demands the same records.
      for (let index = 0; index < 100; index++) {
        const seed = matchSeed(saveMs, index, 2 + (index % 4));
        const scenario = scenarioOf(seed);
        scenario.session.costs = { stepMs: 1, saveMs };
        expect(simulate(scenario).failure, `seed ${seed}`).toBeNull();
      }
    },
  );
});
