import { describe, expect, it } from 'vitest';
import { INTERVAL, STEPS, Table, type Peer } from './desync-table.ts';

/** First check at or after the frame that is the first to come out otherwise. */
const checkAfter = (frame: number): number => Math.ceil((frame + 1) / INTERVAL) * INTERVAL - 1;
const SEEDS = [1, 2, 3, 4, 5, 6, 7, 8];

describe('a corrupted state', () => {
  it.each(['flag', 'end', 'resync'] as const)('is found within one interval (%s)', (onDesync) => {
    for (const seed of SEEDS) {
      const table = new Table(seed, { onDesync, episodes: 1 });
      const flipsAt = 20 + 7 * seed;
      table.peers[seed & 1]!.environment.flipsAt = flipsAt;
      table.play();
      const [a, b] = table.peers.map((peer) => peer.of('desync')[0]!);
      const frame = checkAfter(flipsAt);
      expect(a, `seed ${seed}`).toMatchObject({ episode: 0, frame, player: 1 });
      expect(b, `seed ${seed}`).toMatchObject({ episode: 0, frame, player: 0 });
      expect([a!.local, a!.remote]).toEqual([b!.remote, b!.local]);
      for (const peer of table.peers) {
        expect(peer.of('episode_ended')[0]).toMatchObject({ desync_frame: frame });
      }
    }
  });

  it('is only told where that is asked for', () => {
    const table = new Table(1, { onDesync: 'flag' });
    table.peers[0]!.environment.flipsAt = 33;
    table.play();
    for (const peer of table.peers) {
      expect(peer.of('finished')[0]).toMatchObject({ reason: 'completed' });
      expect(peer.rows.map((rows) => rows.length)).toEqual([STEPS, STEPS]);
      // Found again on every check of this episode, and on none of the next.
      expect(peer.of('desync').map((e) => e.frame)).toEqual([39, 49, 59, 69, 79, 89, 99]);
    }
    const [a, b] = table.peers.map((peer) => peer.rows);
    expect(a![1]).toEqual(b![1]);
  });
});

describe('the policy end', () => {
  it.each([2, 3, 5])(
    'ends equal records on the frame of the check before, %i players',
    (players) => {
      for (const seed of SEEDS) {
        const table = new Table(seed, { onDesync: 'end', players });
        const flipsAt = 5 + 11 * seed;
        table.peers[seed % players]!.environment.flipsAt = flipsAt;
        table.play();
        const desync_frame = checkAfter(flipsAt);
        const frames = desync_frame + 1 - INTERVAL;
        for (const peer of table.peers) {
          expect(peer.of('episode_ended'), `seed ${seed}`).toMatchObject([
            { episode: 0, frames, reason: 'desync', desync_frame },
          ]);
          expect(peer.of('finished')).toEqual([{ kind: 'finished', reason: 'desync' }]);
          expect(peer.rows[0]).toHaveLength(frames);
          expect(peer.rows).toEqual(table.peers[0]!.rows);
        }
      }
    },
  );

  it.each(['end', 'resync'] as const)('changes nothing where nothing is wrong (%s)', (onDesync) => {
    for (const seed of SEEDS) {
      const table = new Table(seed, { onDesync, players: 3 }, 60);
      table.play();
      for (const peer of table.peers) {
        expect(peer.rows, `seed ${seed}`).toEqual(table.peers[0]!.rows);
        expect(peer.of('finished')).toEqual([{ kind: 'finished', reason: 'completed' }]);
      }
    }
  });
});

describe('the policy resync', () => {
  it.each([0, 1])(
    'of two: the lower seat takes the state of the higher; %i is corrupted',
    (bad) => {
      for (const seed of SEEDS) {
        const table = new Table(seed);
        const [a, b] = table.peers as [Peer, Peer];
        const flipsAt = 4 + 11 * seed;
        table.peers[bad]!.environment.flipsAt = flipsAt;
        table.play();
        const frame = checkAfter(flipsAt) + 1;
        const who = `seed ${seed}`;
        expect(a.of('resynced'), who).toEqual([{ kind: 'resynced', episode: 0, frame, from: 1 }]);
        expect(b.of('resynced'), who).toEqual([]);
        expect(b.of('send_state'), who).toMatchObject([{ to: 0, episode: 0, frame }]);
        for (const peer of [a, b]) {
          expect(peer.of('desync'), who).toHaveLength(1);
          expect(peer.of('finished'), who).toEqual([{ kind: 'finished', reason: 'completed' }]);
        }
        // Rows that had left stay; from the state that was taken on all are the same.
        expect(a.rows[0]!.slice(0, flipsAt), who).toEqual(b.rows[0]!.slice(0, flipsAt));
        expect(a.rows[0]!.slice(flipsAt, frame), who).not.toEqual(b.rows[0]!.slice(flipsAt, frame));
        expect(a.rows[0]!.slice(frame), who).toEqual(b.rows[0]!.slice(frame));
        expect(a.rows[1], who).toEqual(b.rows[1]);
      }
    },
  );

  it.each([0, 1, 2, 3])('of four: most are right; seat %i is corrupted', (bad) => {
    for (const seed of SEEDS) {
      const table = new Table(seed, { players: 4 });
      table.peers[bad]!.environment.flipsAt = 40 + seed;
      table.play();
      const giver = bad === 3 ? 2 : 3;
      for (const peer of table.peers) {
        const from = peer.seat === bad ? [expect.objectContaining({ from: giver })] : [];
        expect(peer.of('resynced'), `seed ${seed}, peer ${peer.seat}`).toEqual(from);
        expect(peer.rows[0]!.slice(checkAfter(40 + seed) + 1)).toEqual(
          table.peers[giver]!.rows[0]!.slice(checkAfter(40 + seed) + 1),
        );
        expect(peer.rows[1]).toEqual(table.peers[giver]!.rows[1]);
      }
    }
  });

  it('of four, two against two: the pair of the highest seat counts', () => {
    const table = new Table(3, { players: 4 });
    for (const seat of [0, 2]) table.peers[seat]!.environment.flipsAt = 55;
    table.play();
    expect(table.peers.map((peer) => peer.of('resynced').map(({ from }) => from))).toEqual([
      [3],
      [],
      [3],
      [],
    ]);
  });

  it('keeps play going while the state is on its way', () => {
    const table = new Table(2, { episodes: 1 });
    const [a, b] = table.peers as [Peer, Peer];
    a.environment.flipsAt = 45;
    table.losesStatesOf = 1;
    table.play(() => a.session.frame > 90);
    expect(a.session.exported).toBe(49);
    expect(a.session.receiveState(1, b.of('send_state')[0]!.bytes)).toBeNull();
    table.play();
    expect(a.rows[0]!.slice(50)).toEqual(b.rows[0]!.slice(50));
  });

  it.each([1, 2, 10])(
    'finds another giver when the first one leaves (%i steps a save)',
    (saveMs) => {
      for (const seed of SEEDS) {
        const table = new Table(seed, { players: 4, costs: { stepMs: 1, saveMs } });
        table.peers[1]!.environment.flipsAt = 40;
        table.losesStatesOf = 3;
        table.play(() => table.peers[3]!.of('send_state').length > 0);
        for (let tick = 0; tick < seed; tick++) table.tick();
        table.leave(3);
        table.play();
        const [a, b, c] = table.peers as [Peer, Peer, Peer];
        expect(
          b.of('resynced').map(({ from }) => from),
          `seed ${seed}`,
        ).toEqual([2]);
        for (const peer of [a, b, c]) {
          expect(peer.rows[0]!.slice(60), `seed ${seed}`).toEqual(c.rows[0]!.slice(60));
          expect(peer.rows[1], `seed ${seed}`).toEqual(c.rows[1]);
        }
      }
    },
  );

  it.each([STEPS - 1, STEPS])('mends the last frame of an episode (flipped at %i)', (flipsAt) => {
    const table = new Table(6);
    table.peers[0]!.environment.flipsAt = flipsAt;
    table.play();
    const [a, b] = table.peers as [Peer, Peer];
    expect(a.of('finished')).toEqual([{ kind: 'finished', reason: 'completed' }]);
    expect(a.rows.map((rows) => rows.length)).toEqual([STEPS, STEPS]);
    expect(a.rows[1]).toEqual(b.rows[1]);
  });

  it('undoes an end of the episode that only the taker saw', () => {
    const table = new Table(4, { episodes: 1 });
    const [a, b] = table.peers as [Peer, Peer];
    a.environment.flipsAt = 15;
    // The toy game then ends on frame 19, which is a checked one.
    a.rules.endsOneIn = 1;
    table.play(() => a.session.exported === 19);
    a.rules.endsOneIn = 0;
    table.play();
    expect(a.of('resynced')).toMatchObject([{ frame: 20, from: 1 }]);
    expect(a.of('episode_ended')).toMatchObject([{ frames: STEPS, reason: 'max_steps' }]);
    expect(a.rows[0]!.slice(20)).toEqual(b.rows[0]!.slice(20));
  });

  it('ends the episode for a taker that did not see it end', () => {
    const table = new Table(4, { episodes: 1 });
    const [a, b] = table.peers as [Peer, Peer];
    a.environment.flipsAt = 15;
    b.rules.endsOneIn = 1;
    table.play();
    expect(a.of('resynced')).toMatchObject([{ frame: 20, from: 1 }]);
    for (const peer of [a, b]) {
      expect(peer.of('episode_ended')).toMatchObject([{ frames: 20, reason: 'environment' }]);
      expect(peer.of('finished')).toMatchObject([{ reason: 'completed' }]);
    }
  });

  it.each(['flag', 'end', 'resync'] as const)(
    'never leaves anybody waiting when games end elsewhere (%s)',
    (onDesync) => {
      let elsewhere = 0;
      for (let seed = 1; seed <= 60; seed++) {
        const saveMs = seed % 5;
        const options = { onDesync, players: 2 + (seed % 3), inputDelay: seed % 7 };
        const table = new Table(seed, { ...options, costs: { stepMs: 1, saveMs } }, 25);
        const { environment } = table.peers[seed % table.peers.length]!;
        environment.flipsAt = 15 + (seed % 40);
        environment.flips = 'a';
        table.play();
        const who = `seed ${seed}`;
        const [first, ...others] = table.peers.map((peer) => ({
          reason: peer.of('finished')[0]!.reason,
          rows: peer.rows,
        }));
        for (const { reason } of others) expect(reason, who).toBe(first!.reason);
        if (onDesync === 'end')
          for (const { rows } of others) expect(rows, who).toEqual(first!.rows);
        if (first!.reason === 'desync') elsewhere += 1;
      }
      expect(elsewhere).toBeGreaterThan(5);
    },
  );
});

describe('a state from another peer', () => {
  it('is refused when it is none, from nobody, or not wanted', () => {
    const table = new Table(1, { episodes: 1 });
    table.peers[0]!.environment.flipsAt = 20;
    table.play();
    const [a, b] = table.peers as [Peer, Peer];
    const { bytes } = b.of('send_state')[0]!;
    const fresh = new Table(1).peers[0]!.session;
    expect(fresh.receiveState(1, bytes.slice(0, 9))?.fault).toBe('truncated');
    expect(fresh.receiveState(1, new Uint8Array())?.fault).toBe('truncated');
    expect(fresh.receiveState(0, bytes)?.fault).toBe('impossible');
    expect(fresh.receiveState(9, bytes)?.fault).toBe('impossible');
    expect(a.session.receiveState(1, bytes)?.fault).toBe('impossible');
    const flags = new Table(1, { onDesync: 'flag' }).peers[0]!.session;
    expect(flags.receiveState(1, bytes)?.fault).toBe('impossible');
  });

  it('changes nothing while states are the same', () => {
    const table = new Table(1, { episodes: 1 });
    table.peers[0]!.environment.flipsAt = 20;
    table.play();
    const { bytes } = table.peers[1]!.of('send_state')[0]!;
    const clean = new Table(1, { episodes: 1 });
    clean.play(() => clean.tickCount === 10);
    expect(clean.peers[0]!.session.receiveState(1, bytes)).toBeNull();
    clean.play();
    expect(clean.peers[0]!.rows).toEqual(clean.peers[1]!.rows);
    expect(clean.peers[0]!.of('resynced')).toEqual([]);
  });

  it('can be looked at', () => {
    const table = new Table(1);
    table.play(() => table.tickCount === 30);
    const { session } = table.peers[0]!;
    session.dumpState();
    const frame = session.exported;
    table.tick();
    const [dump] = table.peers[0]!.of('state_dump');
    expect(dump!.episode).toBe(0);
    expect(dump!.frame).toBeGreaterThanOrEqual(frame);
    const state = JSON.parse(new TextDecoder().decode(dump!.bytes)) as { frame: number };
    expect(state.frame).toBe(dump!.frame);
    table.tick();
    expect(table.peers[0]!.of('state_dump')).toHaveLength(1);
  });
});
