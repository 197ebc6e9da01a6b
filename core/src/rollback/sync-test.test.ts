import { describe, expect, it } from 'vitest';
import { Random } from '../../simulator/random.ts';
import { ToyEnvironment } from '../../simulator/toy-environment.ts';
import { Results } from './results.ts';
import { SyncTestSession, type SyncTestOptions } from './sync-test.ts';

const RULES = { players: 2, actionBytes: 1, endsOneIn: 0 };

/** Forgets its generator whenever it goes back to the state of one frame. */
class ForgetsGenerator extends ToyEnvironment {
  constructor(private readonly faulty: number) {
    super(RULES);
  }
  protected override load(frame: number): void {
    super.load(frame);
    if (frame === this.faulty) this.state.generator = 1;
  }
}

function run(
  environment: ToyEnvironment,
  options: Partial<SyncTestOptions> = {},
): { test: SyncTestSession; lists: number } {
  const players = environment.description.agents.length;
  const test = new SyncTestSession({
    players,
    actionBytes: 1,
    seed: 3,
    maxSteps: 60,
    depth: 4,
    ...options,
  });
  const random = new Random(11);
  const results = new Results();
  const play = (): Uint8Array => Uint8Array.of(random.integer(0, 5));
  let lists = 0;
  for (let list = test.next(play); list !== null; list = test.next(play)) {
    environment.run(list, results);
    test.completed(results);
    lists += 1;
  }
  return { test, lists };
}

describe('the sync test', () => {
  it.each([1, 2, 7, 100])('finds nothing in a good environment, %i frames deep', (depth) => {
    const environment = new ToyEnvironment(RULES);
    const { test, lists } = run(environment, { depth });
    expect(test.differences).toEqual([]);
    expect([test.frame, lists]).toEqual([60, 120]);
    expect(environment.keptMost).toBeLessThanOrEqual(Math.min(depth, 60) + 3);
  });

  it('goes on to an end by the environment, and no further', () => {
    const { test } = run(new ToyEnvironment({ ...RULES, endsOneIn: 5 }), { maxSteps: 10_000 });
    expect(test.differences).toEqual([]);
    expect(test.frame).toBeLessThan(500);
  });

  it('names every frame that a fault changes, with both checksums and the columns', () => {
    const { test } = run(new ForgetsGenerator(20));
    expect(test.differences.map(({ frame }) => frame)).toEqual([20, 21, 22, 23]);
    for (const { first, again, columns } of test.differences) {
      expect(first).toMatch(/^[0-9a-f]{16}$/);
      expect(again).toMatch(/^[0-9a-f]{16}$/);
      expect(again).not.toBe(first);
      expect(columns).toContain('checksum');
      expect(columns).toContain('info.0.luck');
    }
  });

  it('names the keys of the state that differ, where dumps can be compared', () => {
    class FlipsRewards extends ToyEnvironment {
      protected override load(frame: number): void {
        super.load(frame);
        if (frame === 20) this.state.b ^= 1;
      }
    }
    const parse = (dump: Uint8Array): Record<string, number> =>
      JSON.parse(new TextDecoder().decode(dump)) as Record<string, number>;
    const differingKeys = (first: Uint8Array, again: Uint8Array): string[] => {
      const [a, b] = [parse(first), parse(again)];
      return Object.keys(a).filter((key) => a[key] !== b[key]);
    };
    const keysOf = (environment: ToyEnvironment): string[][] =>
      run(environment, { differingKeys }).test.differences.map(({ keys }) => keys);
    expect(keysOf(new ToyEnvironment(RULES))).toEqual([]);
    expect(keysOf(new FlipsRewards(RULES))).toEqual([['b'], ['b'], ['b'], ['b']]);
    expect(keysOf(new ForgetsGenerator(20))[0]).toEqual(['a', 'b', 'generator']);
    const { differences } = run(new ForgetsGenerator(20)).test;
    expect(differences.map(({ keys }) => keys)).toEqual([[], [], [], []]);
  });

  it('sees a fault of one frame only as deep as it goes back', () => {
    const { test } = run(new ForgetsGenerator(20), { depth: 1 });
    expect(test.differences.map(({ frame }) => frame)).toEqual([20]);
  });

  it('names an episode that ends elsewhere the second time', () => {
    // Ends on frame 19, but not after it went back.
    const rules = { ...RULES, endsOneIn: 1 };
    class EndsOnce extends ToyEnvironment {
      protected override load(frame: number): void {
        super.load(frame);
        if (frame === 16) rules.endsOneIn = 0;
      }
    }
    const { test } = run(new EndsOnce(rules));
    expect(test.differences.at(-1)).toMatchObject({ frame: 19 });
    expect(test.differences.at(-1)!.columns).toContain('end');
  });

  it('is not made with a depth of 0', () => {
    expect(() => run(new ToyEnvironment(RULES), { depth: 0 })).toThrow(RangeError);
  });
});
