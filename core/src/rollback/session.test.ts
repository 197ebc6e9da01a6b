import { beforeEach, describe, expect, it } from 'vitest';
import { REQUEST, META_FOCUSED, type RequestList } from './requests.ts';
import { RESULT, Results } from './results.ts';
import { Session, type SessionEvent, type SessionOptions } from './session.ts';

const OPTIONS: Omit<SessionOptions, 'local'> = {
  players: 2,
  actionBytes: 1,
  defaultActions: [Uint8Array.of(0), Uint8Array.of(0)],
  fps: 60,
  episodes: 1,
  maxSteps: null,
  matchSeed: 1,
  inputDelay: 0,
  prediction: 'repeat',
  checksumInterval: 1000,
  onLeave: 'end',
};
const TICK = 1000 / 60;
const NAMES = Object.fromEntries(Object.entries(REQUEST).map(([name, code]) => [code, name]));

/** "advance 3: 1 2" and so on; two players with one-byte actions. */
function told(list: RequestList): string[] {
  const lines: string[] = [];
  for (let at = 0; at < list.length;) {
    const name = NAMES[list.words[at]!]!;
    const frame = list.words[at + 1]!;
    at += 2;
    if (name === 'advance') {
      const [s0, a0, s1, a1] = list.words.subarray(at, at + 4);
      lines.push(`advance ${frame}: ${a0} ${a1}${s0 || s1 ? ` status ${s0} ${s1}` : ''}`);
      at += 4;
    } else if (name === 'export') {
      lines.push(`export ${frame}`);
      at += 2;
    } else lines.push(name === 'reset' ? name : `${name} ${frame}`);
  }
  return lines;
}

/** A session, and what its player holds down. */
class Peer {
  readonly session: Session;
  readonly events: SessionEvent[] = [];
  action = 0;
  samples = 0;
  overOn = -1;
  private now = 0;
  private readonly results = new Results();

  constructor(local: number, options: Partial<SessionOptions> = {}) {
    this.session = new Session({ ...OPTIONS, ...options, local });
  }

  sample(action: Uint8Array): number {
    this.samples += 1;
    action[0] = this.action;
    return META_FOCUSED;
  }

  /** One tick, and what it asked for. */
  tick(): string[] {
    const list = this.session.tick((this.now += TICK), this);
    const lines = told(list);
    this.results.clear();
    if (lines.some((line) => line.startsWith(`advance ${this.overOn}:`))) {
      this.results.put(RESULT.over, this.overOn);
    }
    this.session.completed(this.results);
    this.events.push(...this.session.drainEvents());
    return lines;
  }

  packet(): Uint8Array {
    let packet = new Uint8Array();
    this.session.packets(this.now, (_, bytes) => (packet = bytes.slice()));
    return packet;
  }

  hear(from: Peer): void {
    const { local } = from.session.options;
    const packet = from.packet();
    if (packet.length === 0) return;
    expect(this.session.receive(local, packet, this.now)).toBeNull();
  }
}

describe('a session of two', () => {
  let a: Peer;
  let b: Peer;
  const make = (options: Partial<SessionOptions> = {}): void => {
    a = new Peer(0, options);
    b = new Peer(1, options);
  };
  beforeEach(() => make());

  it('begins an episode, steps, and saves', () => {
    a.action = 4;
    expect(a.tick()).toEqual(['reset', 'save 0', 'advance 0: 4 0', 'save 1']);
    expect(a.tick()).toEqual(['advance 1: 4 0', 'save 2']);
    expect(a.events).toEqual([
      { kind: 'episode_started', episode: 0, seed: expect.any(Number) as number },
    ]);
  });

  it('rolls back once, to the earliest wrong prediction, and says whose it was', () => {
    b.action = 7;
    for (let f = 0; f < 3; f++) a.tick();
    for (let f = 0; f < 2; f++) b.tick();
    a.hear(b);
    expect(a.tick()).toEqual([
      'load 0',
      'advance 0: 0 7',
      'save 1',
      'advance 1: 0 7',
      'save 2',
      'advance 2: 0 7',
      'save 3',
      'advance 3: 0 7',
      'save 4',
    ]);
    expect(a.events).toContainEqual({
      kind: 'rollback',
      frame: 0,
      current_frame: 3,
      rollback_frames: 3,
      player: 1,
      predicted_action: Uint8Array.of(0),
      actual_action: Uint8Array.of(7),
      t_ms: expect.any(Number) as number,
    });
  });

  it('does not roll back for an input that was predicted right, twice told, or not yet stepped', () => {
    for (let f = 0; f < 3; f++) a.tick();
    for (let f = 0; f < 5; f++) b.tick();
    a.hear(b);
    b.tick();
    a.hear(b);
    a.tick();
    b.action = 9;
    b.tick();
    a.hear(b);
    for (let f = 0; f < 3; f++) a.tick();
    expect(a.session.metrics().rollbacks).toBe(0);
  });

  it('predicts the default action where that is asked for', () => {
    make({ prediction: 'default' });
    b.action = 7;
    b.tick();
    a.hear(b);
    expect(a.tick()).toContain('advance 0: 0 7');
    expect(a.tick()).toContain('advance 1: 0 0');
  });

  it('stalls at the bound, samples nothing meanwhile, and goes on with a fresh sample', () => {
    for (let f = 0; f < 24; f++) a.tick();
    expect(a.session.frame).toBe(24);
    a.action = 3;
    expect(a.tick()).toEqual([]);
    expect(a.tick()).toEqual([]);
    expect(a.samples).toBe(24);
    expect(a.events).toContainEqual({
      kind: 'stall_started',
      t_ms: expect.closeTo(25 * TICK) as number,
      waiting_for: [1],
    });
    a.action = 5;
    b.tick();
    a.hear(b);
    // One more tick is skipped, since b turns out to be far behind.
    expect([...a.tick(), ...a.tick()]).toEqual(['advance 24: 5 0', 'save 25']);
    expect(a.events.at(-1)).toMatchObject({ kind: 'stall_ended', waiting_for: [1] });
    expect(a.session.metrics().stall_ms).toBeCloseTo(3 * TICK);
  });

  it('exports what everybody holds, and not before', () => {
    for (let f = 0; f < 2; f++) {
      a.tick();
      b.tick();
    }
    a.hear(b);
    // Here are b's inputs of frames 0 and 1, but b is not known to hold a's.
    expect(a.tick()).toEqual(['advance 2: 0 0', 'save 3']);
    b.hear(a);
    b.tick();
    a.hear(b);
    expect(a.tick()).toEqual([
      'export 0',
      'export 1',
      'export 2',
      'prune 3',
      'advance 3: 0 0',
      'save 4',
    ]);
  });

  it('checksums every k-th agreed frame before its row', () => {
    make({ checksumInterval: 2 });
    const lines: string[] = [];
    for (let f = 0; f < 8; f++) {
      lines.push(...a.tick());
      b.tick();
      a.hear(b);
      b.hear(a);
    }
    const relevant = lines.filter((line) => /checksum|export/.test(line));
    expect(relevant.slice(0, 6)).toEqual([
      'export 0',
      'checksum 1',
      'export 1',
      'export 2',
      'checksum 3',
      'export 3',
    ]);
  });

  it('goes no further than a speculative end, and goes on when a rollback undoes it', () => {
    b.action = 6;
    b.tick();
    a.overOn = 2;
    for (let f = 0; f < 6; f++) a.tick();
    expect(a.session.frame).toBe(3);
    a.overOn = -1;
    a.hear(b);
    expect(a.tick().at(-2)).toBe('advance 3: 0 6');
    expect(a.session.frame).toBe(4);
    expect(a.events.some((e) => e.kind === 'episode_ended')).toBe(false);
  });

  it('ends an episode on the same frame, starts the next, and finishes', () => {
    make({ episodes: 2, maxSteps: 5 });
    for (let tick = 0; tick < 40; tick++) {
      a.tick();
      b.tick();
      a.hear(b);
      b.hear(a);
    }
    for (const peer of [a, b]) {
      const kinds = peer.events.filter((e) => !e.kind.startsWith('stall'));
      expect(kinds).toEqual([
        expect.objectContaining({ kind: 'episode_started', episode: 0 }),
        { kind: 'episode_ended', episode: 0, frames: 5, reason: 'max_steps', desync_frame: null },
        expect.objectContaining({ kind: 'episode_started', episode: 1 }),
        { kind: 'episode_ended', episode: 1, frames: 5, reason: 'max_steps', desync_frame: null },
        { kind: 'finished', reason: 'completed' },
      ]);
      expect(peer.session.phase).toBe('finished');
    }
  });

  it('a finished peer answers one that has not heard so, and nobody echoes', () => {
    make({ maxSteps: 3 });
    for (let tick = 0; tick < 100; tick++) {
      a.tick();
      b.tick();
      const late = b.packet();
      if (late.length > 0) a.session.receive(1, late, 100 * tick);
      // b hears nothing from the moment when a has all it needs.
      const packet = a.packet();
      if (a.session.phase === 'playing' && packet.length > 0) b.session.receive(0, packet, 0);
    }
    expect(a.session.phase).toBe('finished');
    expect(b.session.phase).not.toBe('finished');
    for (let tick = 0; tick < 10; tick++) {
      a.hear(b);
      b.tick();
      const answer = a.packet();
      if (answer.length > 0) b.session.receive(0, answer, 0);
    }
    expect(b.session.phase).toBe('finished');
    expect([a.packet().length, b.packet().length]).toEqual([0, 0]);
  });

  it('ends the match on the last frame that it holds of a leaver', () => {
    b.action = 2;
    for (let f = 0; f < 3; f++) b.tick();
    for (let f = 0; f < 6; f++) a.tick();
    a.hear(b);
    a.tick();
    a.session.playerLeft(1);
    const lines = [...a.tick(), ...a.tick()];
    expect(lines).toEqual(['export 0', 'export 1', 'export 2', 'prune 3']);
    expect(a.events.slice(-2)).toEqual([
      { kind: 'episode_ended', episode: 0, frames: 3, reason: 'player_left', desync_frame: null },
      { kind: 'finished', reason: 'player_left' },
    ]);
  });

  it.each(['end', 'continue'] as const)('ends with what it holds when isolated (%s)', (onLeave) => {
    make({ onLeave });
    for (let f = 0; f < 3; f++) b.tick();
    for (let f = 0; f < 6; f++) a.tick();
    a.hear(b);
    a.tick();
    // Three frames of `b` are held; that it had any of ours was never heard.
    a.session.isolate();
    expect([...a.tick(), ...a.tick()]).toEqual(['export 0', 'export 1', 'export 2', 'prune 3']);
    expect(a.events.at(-1)).toEqual({ kind: 'finished', reason: 'player_left' });
    expect(a.packet().length).toBe(0);
  });

  it('goes on with the default action of a leaver where that is asked for', () => {
    make({ onLeave: 'continue' });
    b.action = 2;
    b.tick();
    a.hear(b);
    for (let f = 0; f < 3; f++) a.tick();
    a.session.playerLeft(1);
    expect(a.tick()).toEqual([
      'export 0',
      'prune 1',
      'load 1',
      'advance 1: 0 0 status 0 2',
      'save 2',
      'advance 2: 0 0 status 0 2',
      'save 3',
      'advance 3: 0 0 status 0 2',
      'save 4',
    ]);
  });

  it('refuses what it cannot use, and is not changed by it', () => {
    a.tick();
    b.tick();
    const before = a.session.metrics();
    const errors = [
      a.session.receive(1, Uint8Array.of(1, 2, 3), 0),
      a.session.receive(0, b.packet(), 0),
      a.session.receive(7, b.packet(), 0),
      a.session.receive(1, b.packet().slice(0, 4), 0),
    ];
    expect(errors.map((e) => e?.fault)).toEqual([
      'not_ours',
      'impossible',
      'impossible',
      'truncated',
    ]);
    expect(a.session.metrics()).toMatchObject({ frames: before.frames, inputs_received: 0 });
  });

  it('gives the same empty array when nothing happened', () => {
    a.tick();
    expect(a.session.drainEvents()).toBe(a.session.drainEvents());
  });

  it.each([
    [{ players: 17 }, /players/],
    [{ local: 2 }, /seat/],
    [{ actionBytes: 0 }, /bytes an action/],
    [{ defaultActions: [Uint8Array.of(1)] }, /default action/],
    [{ inputDelay: 32 }, /inputDelay/],
    [{ environmentHash: new Uint8Array(4) }, /environmentHash/],
  ])('is not made from %j', (wrong, message) => {
    expect(() => new Session({ ...OPTIONS, local: 0, ...wrong })).toThrow(message);
  });
});
