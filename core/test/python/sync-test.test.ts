/** The sync test (ROLL-12) on real environments: back on every frame, as deep as is chosen. */
import { readFileSync } from 'node:fs';
import { beforeAll, expect, test } from 'vitest';
import { decodeMarshal } from '../../src/contract/index.ts';
import { encodeAction } from '../../src/environment/actions.ts';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import { loadEnvironmentInto, startPython } from '../../src/environment/pyodide-environment.ts';
import { Results } from '../../src/rollback/results.ts';
import { SyncTestSession, type SyncDifference } from '../../src/rollback/sync-test.ts';
import { gameFile, GAMES } from './long-run.ts';
import { loadPyodide } from './pyodides.ts';

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
});

const FRAMES = 100;

async function differencesOf(source: string, depth: number): Promise<SyncDifference[]> {
  const environment = await loadEnvironmentInto(python, { source, source_name: 'synced.py' });
  const { agents, action_bytes, tier } = environment.description;
  expect(tier).toBe('own_methods');
  const session = new SyncTestSession({
    players: agents.length,
    actionBytes: action_bytes,
    seed: 5,
    maxSteps: FRAMES,
    depth,
    differingKeys,
  });
  const results = new Results();
  const play = (frame: number, seat: number): Uint8Array =>
    encodeAction(agents[seat]!.action_space, (frame * 7 + seat) % 3);
  for (let list = session.next(play); list !== null; list = session.next(play)) {
    environment.run(list, results);
    session.completed(results);
  }
  expect(session.error).toBeNull();
  expect(session.frame).toBe(FRAMES);
  return session.differences;
}

/** The keys of the dictionary that get_state returned, which a dump has inside, that differ. */
function differingKeys(first: Uint8Array, again: Uint8Array): string[] {
  const [a, b] = [stateIn(decodeMarshal(first)), stateIn(decodeMarshal(again))];
  return a === null || b === null ? [] : Object.keys(a).filter((key) => a[key] !== b[key]);
}

/** As transfer.py packs it: `("dict", [keys], [values])`. */
function stateIn(packed: unknown): Record<string, unknown> | null {
  if (!Array.isArray(packed)) return null;
  const [kind, keys, values] = packed as [unknown, string[], unknown[]];
  if (kind === 'dict') return Object.fromEntries(keys.map((key, i) => [key, values[i]]));
  return packed.map(stateIn).find((found) => found !== null) ?? null;
}

/** From frame 60 on, after all that is tried at load, there is a bonus; `restored` is its line. */
const source = (restored: string): string => `
class Synced:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.time = self.bonus = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        if self.time > 60:
            self.bonus += actions["a"] + 1
        no = dict.fromkeys(actions, False)
        return {}, {"a": self.time, "b": self.bonus}, no, no, {}

    def get_state(self):
        return {"time": self.time, "bonus": self.bonus}

    def set_state(self, state):
        self.time = state["time"]
        ${restored}
`;

test.each([1, 12])('a good environment does the same again, %i frames deep', async (depth) => {
  expect(await differencesOf(source('self.bonus = state["bonus"]'), depth)).toEqual([]);
});

test('every frame that a planted fault changes is named, with column and key', async () => {
  const differences = await differencesOf(source('pass'), 12);
  // The bonus of frame 60 stays when eleven frames before it are played again.
  const first = 60 - 11;
  expect(differences.map(({ frame }) => frame)).toEqual(
    Array.from({ length: FRAMES - first }, (_, i) => first + i),
  );
  for (const { columns, keys } of differences) {
    expect(columns).toContain('reward.1');
    expect(keys).toEqual(['bonus']);
  }
});

test.each(GAMES)('%s does the same again, twelve frames deep', async (game) => {
  expect(await differencesOf(readFileSync(gameFile(game), 'utf8'), 12)).toEqual([]);
});
