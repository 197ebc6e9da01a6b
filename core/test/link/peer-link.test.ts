import { describe, expect, it } from 'vitest';
import { DOWN_AFTER_MS, LinkSizeError, PEER_PROOF_MS } from '../../src/link/peer-link.ts';
import { LINK_KIND_MASK } from '../../src/contract/index.ts';
import { KIND, MAX_CONTROL_BYTES } from '../../src/link/link-packet.ts';
import { VirtualLink } from './virtual-links.ts';

const text = (s: string) => new TextEncoder().encode(s);

function proven(): VirtualLink {
  const world = new VirtualLink();
  world.open();
  world.clock.run(1_000);
  for (const { log } of world.sides) expect(log).toEqual(['up']);
  return world;
}

/** Small seeded generator (mulberry32): a failing run repeats. */
function seeded(seed: number): () => number {
  return () => {
    seed = (seed + 0x6d2b79f5) | 0;
    let t = Math.imul(seed ^ (seed >>> 15), 1 | seed);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}

describe('a healthy link', () => {
  it('is up only after pings were answered both ways', () => {
    const world = new VirtualLink();
    world.sides[1].path.inputs.lose = () => true;
    world.open();
    world.clock.run(5_000);
    expect(world.sides.map(({ log }) => log)).toEqual([[], []]);
    world.sides[1].path.inputs.lose = () => false;
    world.clock.run(1_000);
    expect(world.sides.map(({ log }) => log)).toEqual([['up'], ['up']]);
  });

  it('is up on neither side before both have been asked and answered', () => {
    const world = new VirtualLink();
    // The answers pass, and prove to one side that both directions work; the other knows nothing.
    world.sides[1].path.inputs.lose = (bytes) => (bytes[0]! & LINK_KIND_MASK) === KIND.ping;
    world.open();
    world.clock.run(5_000);
    expect(world.sides.map(({ log }) => log)).toEqual([[], []]);
    world.sides[1].path.inputs.lose = () => false;
    world.clock.run(1_000);
    expect(world.sides.map(({ log }) => log)).toEqual([['up'], ['up']]);
  });

  it('measures the round trip and relays no input', () => {
    const world = proven();
    world.play(10_000);
    for (const { link } of world.sides) {
      const status = link.status(world.clock.now);
      expect(status.rtt_ms).toBeCloseTo(40);
      expect(status.jitter_ms).toBeCloseTo(0);
      expect(status.loss).toBe(0);
      expect(status.inputs_sent).toEqual({ peer: 304, relay: 0 });
      expect(status.inputs_received.relay).toBe(0);
      expect(status.changes).toEqual([]);
    }
  });

  it('stays on the peer connection under 10% loss and counts it', () => {
    const world = proven();
    const random = seeded(7);
    for (const { path } of world.sides) path.inputs.lose = () => random() < 0.1;
    world.play(60_000);
    for (const { link, log } of world.sides) {
      expect(log).toEqual(['up']);
      expect(link.status(world.clock.now).loss).toBeGreaterThan(0.01);
      expect(link.status(world.clock.now).inputs_sent.relay).toBe(0);
    }
  });

  it('refuses messages that could not be relayed', () => {
    const world = proven();
    const [{ link }] = world.sides;
    expect(() => link.sendControl(new Uint8Array(MAX_CONTROL_BYTES + 1), 0)).toThrow(LinkSizeError);
    expect(() => link.send(new Uint8Array(20_000), 0)).toThrow(LinkSizeError);
  });

  it('ignores bytes that are no packet', () => {
    const world = proven();
    const random = seeded(3);
    for (let i = 0; i < 5_000; i++) {
      const bytes = Uint8Array.from({ length: random() * 12 }, () => random() * 256);
      // Of the first era: a partner may always ask for the relay.
      if (bytes.length > 0) bytes[0]! &= 0x0f;
      world.sides[0].link.fromPeer(bytes, world.clock.now);
      world.sides[0].link.fromRelay(bytes, world.clock.now);
    }
    world.clock.run(1_000);
    expect(world.sides[0].log).toEqual(['up']);
  });
});

describe('a peer connection that closes', () => {
  it('moves both sides to the relay at once', () => {
    const world = proven();
    world.sides[0].path.close();
    const before = world.sides[1].packets.length;
    world.play(100);
    expect(world.sides[0].log).toEqual(['up', 'server: peer connection closed']);
    expect(world.sides[1].log).toEqual(['up', 'server: the other side moved']);
    expect(world.sides[1].packets.length).toBeGreaterThan(before);
    world.play(3_000);
    for (const { link, log } of world.sides) {
      expect(log).toHaveLength(2);
      const status = link.status(world.clock.now);
      expect(status.rtt_ms).toBeCloseTo(80);
      expect(status.changes).toHaveLength(1);
    }
  });

  it('loses no control message, however the packets were under way', () => {
    const world = proven();
    const expected: string[] = [];
    // The connection swallows what is sent from here on, as one that is about to break does.
    for (let i = 0; i < 40; i++) {
      if (i === 10) for (const { path } of world.sides) path.control.lose = () => true;
      expected.push(`m${i}`);
      for (const { link } of world.sides) link.sendControl(text(`m${i}`), world.clock.now);
      world.clock.run(5);
    }
    world.sides[1].path.close();
    world.clock.run(2_000);
    for (const { control } of world.sides) expect(control).toEqual(expected);
  });

  it('says again at once, by the relay, what the connection may have swallowed', () => {
    const world = proven();
    const [a, b] = world.sides;
    a.path.control.lose = () => true;
    a.link.sendControl(text('swallowed'), world.clock.now);
    a.path.close();
    a.link.tick(world.clock.now);
    world.clock.run(world.relayWire.delay);
    expect(b.control).toEqual(['swallowed']);
  });

  it('loses no control message when the relay drops some too', () => {
    const world = proven();
    const random = seeded(11);
    world.relayWire.lose = () => random() < 0.3;
    world.sides[0].path.close();
    const expected = Array.from({ length: 60 }, (_, i) => `m${i}`);
    for (const message of expected) world.sides[0].link.sendControl(text(message), world.clock.now);
    world.clock.run(120_000);
    expect(world.sides[1].control).toEqual(expected);
  });

  it('uses the relay from the start when there never is a peer connection', () => {
    const world = new VirtualLink();
    world.sides[0].link.sendControl(text('early'), 0);
    world.clock.run(PEER_PROOF_MS + 2_000);
    for (const { log } of world.sides) {
      expect(log).toContain('up');
      expect(log.some((line) => line.startsWith('server'))).toBe(true);
    }
    expect(world.sides[1].control).toEqual(['early']);
  });
});

describe('a peer connection that falls silent', () => {
  it('is replaced by the relay within 2 s, without the link being down', () => {
    const world = proven();
    world.play(2_000);
    for (const { path } of world.sides) path.inputs.lose = () => true;
    world.play(2_000);
    for (const { log } of world.sides) {
      expect(log).toHaveLength(2);
      expect(log[1]).toMatch(/^server: (peer connection silent|the other side moved)$/);
    }
  });

  it('is replaced when only one direction is cut', () => {
    const world = proven();
    world.sides[0].path.inputs.lose = () => true;
    world.play(2_000);
    expect(world.sides[1].log[1]).toBe('server: peer connection silent');
    expect(world.sides[0].log[1]).toBe('server: the other side moved');
  });

  it('is down when the relay is silent too, and up again when the connection is', () => {
    const world = proven();
    const lose = world.sides.map(({ path }) => path.inputs.lose);
    for (const { path } of world.sides) path.inputs.lose = () => true;
    world.relayWire.lose = () => true;
    world.play(DOWN_AFTER_MS + 300);
    expect(world.sides.map(({ log }) => log)).toEqual([
      ['up', 'down'],
      ['up', 'down'],
    ]);
    world.sides.forEach(({ path }, i) => (path.inputs.lose = lose[i]!));
    world.play(1_000);
    // The connection was back first: no move.
    expect(world.sides.map(({ log }) => log)).toEqual([
      ['up', 'down', 'up'],
      ['up', 'down', 'up'],
    ]);
  });

  it('is no reason to move for a page that slept itself', () => {
    const world = proven();
    const thaw = world.freeze(0);
    world.clock.run(20_000);
    expect(world.sides[1].log).toEqual(['up', 'down']);
    thaw();
    world.clock.run(2_000);
    expect(world.sides[1].log).toEqual(['up', 'down', 'up']);
    expect(world.sides[0].log).toEqual(['up']);
  });
});

describe('a link whose match is over', () => {
  it('does not take the other side leaving for a fault', () => {
    const world = proven();
    for (const { link } of world.sides) link.settle();
    world.sides[0].path.close();
    world.sides[1].path.close();
    world.play(10_000);
    for (const { link, log } of world.sides) {
      expect(log).toEqual(['up']);
      expect(link.status(world.clock.now).inputs_sent.relay).toBe(0);
      expect(link.status(world.clock.now).changes).toEqual([]);
    }
  });
});

describe('after close', () => {
  it('nothing is sent or told any more', () => {
    const world = proven();
    const [{ link, path, log }] = world.sides;
    link.close();
    link.close();
    expect(path.open).toBe(false);
    link.send(Uint8Array.of(1), world.clock.now);
    link.sendControl(text('x'), world.clock.now);
    world.relayWire.lose = (bytes) => {
      expect(bytes, 'relayed by a closed link').toBeNull();
      return true;
    };
    world.sides[1].link.close();
    world.clock.run(10_000);
    expect(log).toEqual(['up']);
  });
});
