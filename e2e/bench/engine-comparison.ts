import { FPS, type EngineMatch } from './engine-match.ts';
import { startNone } from './engine-none.ts';
import { startOurs } from './engine-ours.ts';
import { startRollbackNetcode } from './engine-rollback-netcode.ts';
import type { Figure } from './figure.ts';

/** Both matches go on by so many ticks in turn: half a minute. */
const TICKS = 30 * FPS;
/** The first turns are left out: the engines are compiled in them. */
const WARM_UP = 8;
const TURNS = 24;
const SEED = 3;
/** No input of a frame so long ago is open any more. */
const SETTLED_FRAMES = 30;

/**
 * PERF-3: a tick of the engine alone against one of rollback-netcode: same toy game, same actions,
 * same network, one process, in turn. What game and network take by themselves is measured in the
 * same way and taken off both.
 */
export async function measureEngines(): Promise<Figure[]> {
  return [await compare(2, 'PERF-3'), await compare(4, 'PERF-3/4-players')];
}

async function compare(players: number, id: string): Promise<Figure> {
  const ours = startOurs(players, SEED);
  const theirs = await startRollbackNetcode(players, SEED);
  const none = startNone(players, SEED);
  const times = { ours: Infinity, theirs: Infinity, none: Infinity };
  for (let turn = 1; turn <= WARM_UP + TURNS; turn++) {
    const our = timed(ours);
    const their = timed(theirs);
    const bare = timed(none);
    sameState(ours, theirs, turn * TICKS - SETTLED_FRAMES);
    if (turn <= WARM_UP) continue;
    // Whatever else the machine does makes a turn longer, never shorter.
    times.ours = Math.min(times.ours, our);
    times.theirs = Math.min(times.theirs, their);
    times.none = Math.min(times.none, bare);
  }
  return {
    id,
    value: (times.theirs - times.none) / (times.ours - times.none),
    goal: 3,
    at_least: true,
    unit: 'times',
    detail: {
      players,
      with_game_and_network: Number((times.theirs / times.ours).toFixed(2)),
      cotrial: figures(ours, players, times.ours),
      'rollback-netcode': figures(theirs, players, times.theirs),
    },
  };
}

/** @returns ms */
function timed(match: Pick<EngineMatch, 'play'>): number {
  const startedAt = performance.now();
  match.play(TICKS);
  return performance.now() - startedAt;
}

function figures(match: EngineMatch, players: number, ms: number) {
  const { bytes, packets, rollbacks } = match.counts();
  const seconds = ((WARM_UP + TURNS) * TICKS) / FPS;
  return {
    /** With game and network. */
    ticks_per_second: Math.round((1000 * players * TICKS) / ms),
    bytes_per_link_and_second: Math.round(bytes / (players * (players - 1)) / seconds),
    bytes_per_packet: Number((bytes / packets).toFixed(1)),
    rollbacks,
  };
}

/** @throws Error unless all peers of both engines were in the same state */
function sameState(ours: EngineMatch, theirs: EngineMatch, frame: number): void {
  const hashes = [...ours.hashes(frame), ...theirs.hashes(frame)];
  if (hashes.every((hash) => hash === hashes[0])) return;
  throw new Error(`not the same match at frame ${frame}: ${hashes.join(', ')}`);
}
