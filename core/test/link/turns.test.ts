/** When a link moves to the relay, when it goes back, and what is told of its quality. */
import { describe, expect, it } from 'vitest';
import { turnsAhead } from '../../src/link/link-era.ts';
import { encodeLinkPacket, KIND } from '../../src/link/link-packet.ts';
import { qualityOf, type LinkQuality } from '../../src/link/link-quality.ts';
import { Random } from '../../simulator/random.ts';
import { VirtualLink } from './virtual-links.ts';

function proven(): VirtualLink {
  const world = new VirtualLink();
  world.open();
  world.clock.run(1_000);
  return world;
}

const types = (world: VirtualLink) =>
  world.sides.map(({ link }) => link.status(world.clock.now).type);
const boundary = (world: VirtualLink) => {
  for (const { link } of world.sides) link.boundary(world.clock.now);
};
const lose = (world: VirtualLink, whether: boolean) => {
  for (const { path } of world.sides) path.inputs.lose = () => whether;
};

/** A link that moved to the relay because the peer connection carried nothing. */
function moved(): VirtualLink {
  const world = proven();
  for (const { link } of world.sides) link.pathType('direct', 'connected');
  lose(world, true);
  world.play(3_000);
  expect(types(world)).toEqual(['server', 'server']);
  return world;
}

describe('a link that moved to the relay', () => {
  it('goes back where an episode begins, if the peer connection works again', () => {
    const world = moved();
    lose(world, false);
    world.play(5_000);
    expect(types(world)).toEqual(['server', 'server']);
    const before = world.sides.map(({ link }) => link.status(world.clock.now).inputs_sent.relay);
    boundary(world);
    world.play(2_000);
    expect(types(world)).toEqual(['direct', 'direct']);
    world.sides.forEach(({ link }, i) => {
      const status = link.status(world.clock.now);
      expect(status.inputs_sent.relay).toBe(before[i]);
      expect(status.changes.map(({ type, reason }) => `${type}: ${reason}`).slice(1)).toEqual([
        expect.stringMatching(/^server: /),
        'direct: the peer connection works again',
      ]);
    });
  });

  it('goes back on both sides, whoever comes to the boundary first', () => {
    for (const first of [0, 1] as const) {
      const world = moved();
      lose(world, false);
      world.play(5_000);
      world.sides[first].link.boundary(world.clock.now);
      world.play(200);
      expect(types(world)).toEqual(['direct', 'direct']);
      world.play(2_000);
      world.sides[1 - first]!.link.boundary(world.clock.now);
      world.play(2_000);
      expect(types(world)).toEqual(['direct', 'direct']);
    }
  });

  it('stays where it is as long as the peer connection loses packets', () => {
    const world = moved();
    const random = new Random(5);
    for (const { path } of world.sides) path.inputs.lose = () => random.chance(0.25);
    for (let episode = 0; episode < 10; episode++) {
      world.play(5_000);
      boundary(world);
    }
    expect(types(world)).toEqual(['server', 'server']);
    for (const { log } of world.sides)
      expect(log.filter((l) => l.startsWith('server'))).toHaveLength(1);
  });

  it('never turns more than twice an episode, however the network comes and goes', () => {
    const world = moved();
    for (let episode = 0; episode < 6; episode++) {
      for (let second = 0; second < 12; second++) {
        lose(world, second % 6 < 3);
        world.play(1_000);
      }
      lose(world, false);
      world.play(4_000);
      const turns = world.sides.map(({ log }) => log.length);
      boundary(world);
      world.play(4_000);
      world.sides.forEach(({ log }, i) => expect(log.length - turns[i]!).toBeLessThanOrEqual(1));
    }
    for (const { log } of world.sides) {
      expect(log.filter((line) => line.startsWith('server')).length).toBeLessThanOrEqual(7);
    }
  });

  it('uses the connection that was left when the server is gone', () => {
    const world = moved();
    lose(world, false);
    world.play(2_000);
    world.relayConnected = false;
    world.play(1_500);
    const before = world.sides.map(({ packets }) => packets.length);
    world.sides[0].link.sendControl(new TextEncoder().encode('still here'), world.clock.now);
    world.play(3_000);
    world.sides.forEach(({ packets, log }, i) => {
      expect(packets.length - before[i]!).toBeGreaterThan(80);
      expect(log).not.toContain('down');
    });
    expect(world.sides[1].control).toEqual(['still here']);
  });

  it('takes a new peer connection in the place of one that closed, ever more patiently', () => {
    const world = proven();
    world.sides[0].path.close();
    world.play(500);
    const [{ link }] = world.sides;
    expect(link.takesPeer).toBe(true);
    const attempts: number[] = [];
    for (let ms = 0; ms < 200_000; ms += 500) {
      if (link.wantsPeer(world.clock.now)) {
        attempts.push(world.clock.now);
        link.usePath(world.deadPath(), world.clock.now);
      }
      world.clock.run(500);
    }
    const waits = attempts.slice(1).map((at, i) => at - attempts[i]!);
    expect(waits.length).toBeGreaterThan(3);
    expect(waits).toEqual([...waits].sort((a, b) => a - b));
    expect(waits.at(-1)).toBeGreaterThanOrEqual(48_000);
    expect(types(world)).toEqual(['server', 'server']);

    world.reconnect();
    world.play(5_000);
    expect(types(world)).toEqual(['server', 'server']);
    boundary(world);
    for (const side of world.sides) side.link.pathType('turn', 'connected');
    world.play(500);
    expect(types(world)).toEqual(['turn', 'turn']);
  });

  it('does not follow a partner who turns without end', () => {
    const world = proven();
    const [{ link, log }] = world.sides;
    for (let n = 0; n < 60_000; n++) {
      const packet = { kind: KIND.ping, era: n & 15, sequence: n & 0xffff };
      link.fromPeer(encodeLinkPacket(packet), world.clock.now);
      if (n % 10 === 0) world.clock.run(10);
    }
    expect(log.length).toBeLessThan(70);
    expect(link.status(world.clock.now).changes.length).toBeLessThanOrEqual(200);
  });
});

it('an era is newer than the seven before it', () => {
  for (let era = 0; era < 16; era++) {
    for (let ahead = -8; ahead < 8; ahead++)
      expect(turnsAhead((era + ahead + 16) % 16, era)).toBe(ahead);
  }
});

describe('the quality of a link', () => {
  it('is told when the round trip crosses 150 and 300 ms, and not back and forth', () => {
    const world = proven();
    const slow = (delay: number) => {
      for (const { path } of world.sides) path.inputs.delay = delay;
      world.play(20_000);
    };
    slow(85);
    slow(72);
    slow(20);
    expect(world.sides[0].qualities).toEqual(['degraded', 'good']);
    world.relayWire.delay = 200;
    slow(160);
    expect(world.sides[0].qualities.slice(2)).toEqual(['degraded', 'critical']);
    expect(world.sides[0].link.status(world.clock.now).quality).toBe('critical');
  });

  it('has these steps', () => {
    const steps: [number, LinkQuality, LinkQuality][] = [
      [149, 'good', 'good'],
      [150, 'good', 'degraded'],
      [121, 'degraded', 'degraded'],
      [119, 'degraded', 'good'],
      [300, 'degraded', 'critical'],
      [241, 'critical', 'critical'],
      [239, 'critical', 'degraded'],
      [100, 'critical', 'good'],
    ];
    for (const [rtt, before, after] of steps) expect(qualityOf(rtt, before)).toBe(after);
  });

  it('counts gaps and the longest of them', () => {
    const world = proven();
    let n = 0;
    world.sides[1].path.inputs.lose = () => {
      n += 1;
      return n === 10 || (n >= 20 && n < 25);
    };
    world.play(2_000);
    expect(world.sides[0].link.status(world.clock.now).gaps).toEqual({ count: 2, longest: 5 });
  });
});

describe('a probe', () => {
  it('is the median of five pings, 100 ms apart, and the link is up only then', () => {
    const world = new VirtualLink({}, true);
    world.clock.run(1_000);
    const pings: number[] = [];
    world.sides[0].path.inputs.lose = (bytes) => {
      if ((bytes[0]! & 15) === KIND.ping) pings.push(world.clock.now);
      // One of them is slow: the median does not feel it.
      world.sides[0].path.inputs.delay = pings.length === 2 ? 250 : 20;
      return false;
    };
    world.open();
    world.clock.run(390);
    expect(world.sides.map(({ log }) => log)).toEqual([[], []]);
    world.clock.run(400);
    for (const { link, log } of world.sides) {
      expect(log).toEqual(['up']);
      expect(link.status(world.clock.now).probe_ms).toBeCloseTo(40);
    }
    expect(pings.slice(1, 5).map((at, i) => at - pings[i]!)).toEqual([100, 100, 100, 100]);
  });

  it('that is not answered within 2 s of the channel makes the relay the path', () => {
    const world = new VirtualLink({}, true);
    lose(world, true);
    world.clock.run(500);
    world.open();
    world.clock.run(1_900);
    expect(types(world)).toEqual([null, null]);
    world.clock.run(1_500);
    for (const { link, log } of world.sides) {
      expect(log).toContain('up');
      expect(link.status(world.clock.now)).toMatchObject({ type: 'server' });
      expect(link.status(world.clock.now).probe_ms).toBeCloseTo(80);
    }
  });
});

describe('a page that is busy', () => {
  it('does not take its own lateness for a slow network', () => {
    const world = proven();
    for (let n = 0; n < 40; n++) {
      const thaw = world.freeze(0);
      world.clock.run(400);
      thaw();
      world.play(200);
    }
    const [busy] = world.sides;
    expect(busy.link.status(world.clock.now).rtt_ms).toBeLessThan(80);
    expect(busy.qualities).toEqual([]);
    expect(busy.log).toEqual(['up']);
  });
});
