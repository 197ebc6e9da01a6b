/**
 * What ticks cost beside bare steps (PERF-1, PERF-2), in one Pyodide and one run. A function, not
 * a test: nothing here depends on how fast the machine is.
 */
import { loadEnvironmentInto, startPython } from '../../src/environment/pyodide-environment.ts';
import type { Environment, StateTier } from '../../src/environment/environment.ts';
import type { Pyodide, PyodideSource } from '../../src/environment/pyodide.ts';
import { REQUEST, RequestList } from '../../src/rollback/requests.ts';
import { RESULT, Results } from '../../src/rollback/results.ts';
import { readError } from '../../src/environment/environment-error.ts';

/** Microseconds, means of the middle half, and their ratios. */
export interface TickCosts {
  tier: StateTier;
  /** One `env.step`, called in a loop in Python. */
  bare_step: number;
  /** One list: go back 8 frames, step and save each. Null where there is no way back. */
  rollback_8: number | null;
  /** One list: step, save, and the checksum on every `checksum_interval`-th. */
  tick: number;
  /** The same with the export of a row and pruning, as in steady play. */
  tick_with_row: number;
  /** One step by a source text that is evaluated, with its results as JSON, as others do it. */
  evaluated_step: number;
  /** `rollback_8` by 8 bare steps: PERF-1. */
  perf_1: number | null;
  /** `tick` by a bare step: PERF-2. */
  perf_2: number;
}

const DEPTH = 8;
/** Frames between checksums: what the session asks for at 30 frames a second, three a second. */
const CHECKSUM_INTERVAL = 10;
const REPEATS = 300;
/** Frames played before any is timed: an episode's first ones find out what never changes. */
const FIRST_FRAMES = 30;
/** Evaluated steps take a hundred times as long as the others. */
const EVALUATED_EVERY = 10;

/**
 * Measures an environment in its own tier, or in those that are named.
 *
 * Plays in rounds, so that a slow moment of the machine hits every figure alike.
 */
export async function benchTicks(
  pyodide: PyodideSource,
  source: string,
  tiers: readonly StateTier[] = [],
): Promise<TickCosts[]> {
  const python = await startPython(pyodide);
  const environment = await loadEnvironmentInto(python, { source, source_name: 'bench.py' });
  python.runPython(IN_PYTHON);
  const own = environment.description.tier;
  const costs: TickCosts[] = [];
  for (const tier of tiers.length === 0 ? [own] : tiers) {
    (python.runPython('_use_tier') as (tier: string) => void)(tier === own ? '' : tier);
    costs.push(benchTier(python, environment, tier));
  }
  return costs;
}

function benchTier(python: Pyodide, environment: Environment, tier: StateTier): TickCosts {
  const bare = python.runPython('_bare_steps') as (first: number, steps: number) => number;
  const player = new Player(environment);
  const steps: number[] = [];
  const rollbacks: number[] = [];
  const ticks: number[] = [];
  const rows: number[] = [];
  const evaluated: number[] = [];
  for (let round = 0; round < REPEATS; round++) {
    player.restart();
    // The very frames that are rolled back below. From Python's clock, since a crossing would be
    // part of it otherwise.
    const first = FIRST_FRAMES + 2 * CHECKSUM_INTERVAL - DEPTH;
    player.ticks(first - FIRST_FRAMES, true);
    steps.push(bare(first, DEPTH) / DEPTH);
    player.restart();
    rows.push(player.ticks(CHECKSUM_INTERVAL, true) / CHECKSUM_INTERVAL);
    // Last, since frames whose rows went out are confirmed: no rollback goes over them.
    ticks.push(player.ticks(CHECKSUM_INTERVAL, false) / CHECKSUM_INTERVAL);
    if (tier !== 'lockstep') rollbacks.push(player.rollback());
    if (round % EVALUATED_EVERY === 0) {
      player.restart();
      evaluated.push(evaluatedSteps(python, DEPTH) / DEPTH);
    }
  }
  const bare_step = middle(steps);
  const rollback_8 = tier === 'lockstep' ? null : middle(rollbacks);
  const tick = middle(ticks);
  return {
    tier,
    bare_step,
    rollback_8,
    tick,
    tick_with_row: middle(rows),
    evaluated_step: middle(evaluated),
    perf_1: rollback_8 === null ? null : rollback_8 / (DEPTH * bare_step),
    perf_2: tick / bare_step,
  };
}

/** µs of as many frames, each a source text of its own whose answer is JSON. */
function evaluatedSteps(python: Pyodide, steps: number): number {
  const begin = performance.now();
  for (let frame = FIRST_FRAMES; frame < FIRST_FRAMES + steps; frame++) {
    const actions = JSON.stringify(frame);
    const answer = python.runPython(`
import json
_, _rewards, _ended, _cut, _infos = _env().step(_actions(${actions}))
json.dumps({"rewards": _rewards, "terminated": _ended, "truncated": _cut, "infos": _infos})
`) as string;
    JSON.parse(answer);
  }
  return 1000 * (performance.now() - begin);
}

/** Steps the environment that was loaded last, with the actions that `Player` sends. */
const IN_PYTHON = `
from time import perf_counter as _clock
from cotrial_host import bridge as _bridge
from cotrial_host.states import Lockstep as _Lockstep, Replay as _Replay, Snapshot as _Snapshot

_own_states = _bridge.host.episode.states

def _use_tier(tier):
    episode = _bridge.host.episode
    episode.played = {} if tier == "replay" else None
    if tier == "snapshot":
        episode.states = _Snapshot(episode.env)
    elif tier == "replay":
        episode.states = _Replay(lambda: episode.frame, episode.replay)
    else:
        episode.states = _Lockstep() if tier == "lockstep" else _own_states

def _env():
    return _bridge.host.episode.env

def _actions(frame):
    episode = _bridge.host.episode
    values = []
    for seat, space in enumerate(episode.spaces):
        n = space.description.get("n", 1)
        values.append(space.decode(((frame * 7 + seat * 3) // 2 % n).to_bytes(space.size, "little")))
    return dict(zip(episode.agents, values))

def _bare_steps(first, steps):
    step = _env().step
    actions = [_actions(frame) for frame in range(first, first + steps)]
    begin = _clock()
    for action in actions:
        step(action)
    return (_clock() - begin) * 1e6
`;

/** Sends request lists and times them, µs. */
class Player {
  private readonly list = new RequestList();
  private readonly results = new Results();
  private frame = 0;

  constructor(private readonly environment: Environment) {}

  restart(): void {
    this.list.clear();
    this.push(REQUEST.reset, 5);
    this.push(REQUEST.save, 0);
    this.run();
    this.frame = 0;
    this.ticks(FIRST_FRAMES, true);
  }

  /** Ordinary ticks, each a list of its own, with one checksum among them. */
  ticks(count: number, withRow: boolean): number {
    let total = 0;
    for (let i = 0; i < count; i++) {
      this.list.clear();
      this.advance(this.frame);
      this.push(REQUEST.save, this.frame + 1);
      if (this.frame % CHECKSUM_INTERVAL === 0) this.push(REQUEST.checksum, this.frame);
      if (withRow) {
        this.push(REQUEST.export, this.frame);
        this.environment.description.agents.forEach(() => this.list.push(5));
        this.push(REQUEST.prune, this.frame - DEPTH);
      }
      total += this.run();
      this.frame += 1;
    }
    return total;
  }

  rollback(): number {
    this.list.clear();
    this.push(REQUEST.load, this.frame - DEPTH);
    for (let frame = this.frame - DEPTH; frame < this.frame; frame++) {
      this.advance(frame);
      this.push(REQUEST.save, frame + 1);
    }
    return this.run();
  }

  private push(request: number, frame: number): void {
    this.list.push(request);
    this.list.push(frame);
  }

  private advance(frame: number): void {
    this.push(REQUEST.advance, frame);
    const { agents, action_bytes } = this.environment.description;
    agents.forEach(({ action_space }, seat) => {
      const n = 'n' in action_space ? action_space.n : 1;
      this.list.push(0);
      this.list.push(Math.floor((frame * 7 + seat * 3) / 2) % n);
      for (let extra = 4; extra < action_bytes; extra += 4) this.list.push(0);
    });
  }

  private run(): number {
    const begin = performance.now();
    this.environment.run(this.list, this.results);
    const time = performance.now() - begin;
    while (this.results.next()) {
      if (this.results.kind === RESULT.error) throw readError(this.results.payload);
    }
    return 1000 * time;
  }
}

/** Mean of the middle half: as steady as a median, and true for clocks of a few µs a step. */
function middle(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.slice(sorted.length >> 2, sorted.length - (sorted.length >> 2));
  return half.reduce((sum, value) => sum + value, 0) / half.length;
}
