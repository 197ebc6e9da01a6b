/** A frame that the environment cannot step with predicted inputs may never have been (PY-10). */
import { describe, expect, it } from 'vitest';
import { Random } from '../../simulator/random.ts';
import { RequestError, ToyEnvironment } from '../../simulator/toy-environment.ts';
import { REQUEST, type RequestList } from './requests.ts';
import { RESULT, Results } from './results.ts';
import { Session, type SessionEvent } from './session.ts';

const TICK = 1000 / 30;
const STEPS = 60;
const PLAYERS = 2;
/** What this environment cannot step: player 0 doing this one frame after player 1 did. */
const POISON = 5;

/** Answers ERROR to POISON; from then on it takes nothing but RESET and LOAD. */
class Delicate extends ToyEnvironment {
  errors = 0;
  private standing = true;
  /** By state: what player 1 did last. */
  private readonly last: number[] = [0];
  private readonly part = new Results();

  constructor() {
    super({ players: PLAYERS, actionBytes: 1, endsOneIn: 0 });
  }

  override run(requests: RequestList, results: Results): void {
    const { words, length } = requests;
    const poisoned = this.firstPoison(words, length);
    const list = requests.words;
    const whole = requests.length;
    if (poisoned >= 0) requests.length = poisoned;
    super.run(requests, results);
    requests.words = list;
    requests.length = whole;
    if (poisoned < 0) return;
    this.errors += 1;
    this.standing = false;
    results.put(RESULT.error, words[poisoned + 1]!);
  }

  /** Where the first step lies that fails, or -1. */
  private firstPoison(words: Int32Array, length: number): number {
    let at = 0;
    while (at < length) {
      const kind = words[at]!;
      const frame = words[at + 1]!;
      if (kind === REQUEST.reset || kind === REQUEST.load) this.standing = true;
      const steps = kind === REQUEST.advance || kind === REQUEST.save;
      if (steps && !this.standing) throw new RequestError(`request ${kind} after an error`);
      if (kind === REQUEST.advance) {
        if (words[at + 3] === POISON && this.last[frame] === POISON) return at;
        this.last[frame + 1] = words[at + 5]!;
        at += 2 + 2 * PLAYERS;
      } else if (kind === REQUEST.export) at += 2 + PLAYERS;
      else at += 2;
    }
    return -1;
  }
}

/** Two peers whose packets take `delay` ticks; what each plays on its n-th sample is a function. */
function play(delay: number, script: (player: number, sample: number) => number) {
  const sessions = [0, 1].map(
    (local) =>
      new Session({
        players: PLAYERS,
        local,
        actionBytes: 1,
        defaultActions: [Uint8Array.of(0), Uint8Array.of(0)],
        fps: 30,
        episodes: 1,
        maxSteps: STEPS,
        matchSeed: 5,
        inputDelay: 0,
        prediction: 'repeat',
        checksumInterval: 10,
        onLeave: 'end',
      }),
  );
  const peers = sessions.map((session, player) => ({
    session,
    environment: new Delicate(),
    rows: [] as string[],
    events: [] as SessionEvent[],
    final: -1,
    samples: 0,
    player,
  }));
  const wire: (() => void)[][] = [];
  const results = new Results();
  for (let tick = 0; tick < 1_000; tick++) {
    for (const arrive of wire[tick] ?? []) arrive();
    for (const peer of peers) {
      const { session, environment, player } = peer;
      if (peer.final >= 0) continue;
      const list = session.tick(tick * TICK, {
        sample: (action) => {
          action[0] = script(player, peer.samples++);
          return 1;
        },
      });
      peer.events.push(...session.drainEvents());
      const failure = peer.events.find((event) => event.kind === 'failed');
      if (failure !== undefined) peer.final = failure.frame;
      if (list.length > 0 && peer.final < 0) {
        environment.run(list, results);
        let failed: number | null = null;
        results.rewind();
        while (results.next()) {
          if (results.kind === RESULT.error) failed = results.frame;
          if (results.kind === RESULT.row) {
            peer.rows.push(Buffer.from(results.payload).toString('hex'));
          }
        }
        if (failed !== null && failed < session.held) peer.final = failed;
        else session.completed(results, failed);
        peer.events.push(...session.drainEvents());
      }
      session.packets(tick * TICK, (to, bytes) => {
        const copy = bytes.slice();
        (wire[tick + delay] ??= []).push(() => {
          expect(peers[to]!.session.receive(player, copy, tick * TICK)).toBeNull();
        });
      });
    }
    if (peers.every(({ session, final }) => final >= 0 || session.phase === 'finished')) break;
  }
  return peers;
}

describe.each([2, 3, 6])('with packets that take %i ticks', (delay) => {
  it('an error of inputs that were only predicted is undone', () => {
    // At frame 20 player 0 takes player 1 to go on with the newest that it has heard.
    const heard = 20 - delay;
    const peers = play(delay, (player, n) => (n === (player === 0 ? 20 : heard) ? POISON : n % 3));
    for (const { events, rows, final } of peers) {
      expect(final).toBe(-1);
      expect(events.at(-1)).toEqual({ kind: 'finished', reason: 'completed' });
      expect(rows).toHaveLength(STEPS);
    }
    expect(peers[0]!.environment.errors).toBeGreaterThan(0);
    expect(peers[0]!.rows).toEqual(peers[1]!.rows);
  });

  it('an error of real inputs is found on that frame, by both', () => {
    const peers = play(delay, (player, n) => (n === 30 - player ? POISON : n % 3));
    expect(peers.map(({ final }) => final)).toEqual([30, 30]);
  });

  it('with any inputs, exactly the first frame that really fails ends the match', () => {
    for (let seed = 1; seed <= 60; seed++) {
      const hands = [0, 1].map((player) => {
        const random = new Random(seed * 7 + player);
        return Array.from({ length: STEPS }, () => (random.chance(0.12) ? POISON : 1));
      });
      const first = hands[0]!.findIndex((a, n) => a === POISON && hands[1]![n - 1] === POISON);
      const peers = play(delay, (player, n) => hands[player]![n]!);
      expect(
        peers.map(({ final }) => final),
        `seed ${seed}`,
      ).toEqual([first, first]);
      const [a, b] = peers.map(({ rows }) => rows) as [string[], string[]];
      const common = Math.min(a.length, b.length);
      expect(a.slice(0, common), `seed ${seed}`).toEqual(b.slice(0, common));
    }
  });
});
