import { describe, expect, it } from 'vitest';
import { HELLO_BYTES } from '../protocol/hello.ts';
import { Results } from './results.ts';
import { Session, type SessionEvent, type SessionOptions } from './session.ts';

const TICK = 1000 / 30;
const HASH = new Uint8Array(32).fill(7);
const HELLO = 0xd1;

function session(local: number, options: Partial<SessionOptions> = {}): Session {
  return new Session({
    players: 2,
    local,
    actionBytes: 1,
    defaultActions: [Uint8Array.of(0), Uint8Array.of(0)],
    fps: 30,
    episodes: 1,
    maxSteps: null,
    matchSeed: 1,
    inputDelay: 0,
    prediction: 'repeat',
    checksumInterval: 30,
    onLeave: 'end',
    environmentHash: HASH,
    ...options,
  });
}

/** Ticks one, and what it would send. */
function packetAt(peer: Session, tick: number): Uint8Array {
  let packet = new Uint8Array();
  peer.tick(tick * TICK, { sample: () => 1 });
  peer.completed(new Results());
  peer.packets(tick * TICK, (_, bytes) => (packet = bytes.slice()));
  return packet;
}

/** Two that hear each other for some ticks; what each found. */
function meet(a: Session, b: Session): SessionEvent[][] {
  const events: SessionEvent[][] = [[], []];
  for (let tick = 0; tick < 5; tick++) {
    const [fromA, fromB] = [packetAt(a, tick), packetAt(b, tick)];
    a.receive(1, fromB, tick * TICK);
    b.receive(0, fromA, tick * TICK);
    events[0]!.push(...a.drainEvents());
    events[1]!.push(...b.drainEvents());
  }
  return events.map((list) => list.filter((event) => event.kind === 'refused'));
}

describe('the hello', () => {
  it('is said until the other side is known to have accepted it, however many are lost', () => {
    const [a, b] = [session(0), session(1)];
    for (let tick = 0; tick < 8; tick++) expect(packetAt(a, tick)[0]).toBe(HELLO);
    // b has heard nothing of a: what a gets from it does not show that it accepted.
    expect(a.receive(1, packetAt(b, 0), 0)).toBeNull();
    const last = packetAt(a, 8);
    expect(last[0]).toBe(HELLO);
    expect(b.receive(0, last, 0)).toBeNull();
    // That packet said that a holds inputs of b, so b need not say its hello again.
    const answer = packetAt(b, 1);
    expect(answer[0]).toBe(0xc1);
    expect(a.receive(1, answer, 0)).toBeNull();
    expect(packetAt(a, 9)[0]).toBe(0xc1);
  });

  it('must come before anything else', () => {
    const [a, b] = [session(0), session(1)];
    const packet = packetAt(b, 0);
    const bare = Uint8Array.of(0xc1, ...packet.subarray(1 + HELLO_BYTES));
    expect(a.receive(1, bare, 0)?.fault).toBe('impossible');
    expect(a.held).toBe(0);
    expect(a.receive(1, packet, 0)).toBeNull();
    expect(a.receive(1, bare, 0)).toBeNull();
  });

  it.each([
    ['environment', { environmentHash: new Uint8Array(32).fill(8) }, /SHA-256 0808.*0707/],
    ['settings', { fps: 31 }, /other settings/],
    [
      'players',
      { players: 3, defaultActions: [0, 0, 0].map((a) => Uint8Array.of(a)) },
      /with 3 players, this side 2/,
    ],
  ] as const)('refuses another %s on both sides, once, with the reason', (reason, other, words) => {
    const a = session(0);
    const b = session(1, other);
    const [atA, atB] = meet(a, b);
    expect(atA).toEqual([
      { kind: 'refused', player: 1, reason, message: expect.stringMatching(words) as string },
    ]);
    expect(atB).toMatchObject([{ kind: 'refused', player: 0, reason }]);
    expect([a.held, b.held]).toEqual([0, 0]);
  });

  it('of another version is refused, whatever follows', () => {
    const a = session(0);
    for (const first of [0xd2, 0xc2]) {
      expect(a.receive(1, Uint8Array.of(first, 1, 2, 3), 0)?.fault).toBe('version');
    }
    expect(a.drainEvents()).toMatchObject([{ kind: 'refused', player: 1, reason: 'version' }]);
  });

  it('of one who was accepted before only spoils its packet', () => {
    const [a, b] = [session(0), session(1)];
    expect(a.receive(1, packetAt(b, 0), 0)).toBeNull();
    const broken = packetAt(b, 1);
    broken[5]! ^= 1;
    expect(a.receive(1, broken, 0)?.fault).toBe('environment');
    expect(a.drainEvents()).toEqual([]);
    expect(a.receive(1, packetAt(b, 2), 0)).toBeNull();
  });
});
