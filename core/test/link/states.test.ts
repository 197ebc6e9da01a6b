/** A state, in pieces over the control path (ROLL-8), while the link under it moves to the relay. */
import { describe, expect, it } from 'vitest';
import { StateCourier } from '../../src/game/state-courier.ts';
import { RelayPace } from '../../src/link/relay-pace.ts';
import { VirtualLink } from './virtual-links.ts';

const STATE = Uint8Array.from({ length: 3 * 1024 * 1024 }, (_, i) => (i * i) % 251);
/** Of the server kit's relay: what one participant may send in a second (limits.ts). */
const RELAY_BYTES_A_SECOND = 1024 * 1024;

interface Delivery {
  world: VirtualLink;
  /** When each state was whole at player 1, ms. */
  arrived: { at: number; message: Uint8Array }[];
  /** Most bytes that player 0 gave to the relay within a second. */
  relayed: number;
}

function mostInASecond(sent: readonly { at: number; bytes: number }[]): number {
  let most = 0;
  let from = 0;
  let sum = 0;
  for (const { at, bytes } of sent) {
    sum += bytes;
    while (sent[from]!.at <= at - 1_000) sum -= sent[from++]!.bytes;
    most = Math.max(most, sum);
  }
  return most;
}

/** Player 0 sends its state to player 1, both play on, and `disturb` is called after a second. */
function deliver(disturb: (world: VirtualLink) => void, ms: number): Delivery {
  const world = new VirtualLink();
  world.open();
  world.clock.run(1_000);
  const sent: { at: number; bytes: number }[] = [];
  world.relayWire.lose = (bytes) => {
    sent.push({ at: world.clock.now, bytes: bytes.length });
    return false;
  };
  const arrived: Delivery['arrived'] = [];
  const [a, b] = world.sides.map((side) => {
    const courier = new StateCourier({
      sendControl: (_, message) => side.link.sendControl(message, world.clock.now),
      arrived: (_, message) => arrived.push({ at: world.clock.now, message }),
      now: () => world.clock.now,
      after: (delay, act) => {
        let cancelled = false;
        world.clock.at(delay, () => !cancelled && act());
        return () => (cancelled = true);
      },
    });
    side.taken = (message) => courier.received(0, message);
    return courier;
  });
  a!.send(1, STATE);
  world.play(1_000);
  expect(arrived).toEqual([]);
  disturb(world);
  world.play(ms);
  expect(b!.refused).toBe(0);
  return { world, arrived, relayed: mostInASecond(sent) };
}

function expectWhole({ world, arrived, relayed }: Delivery, within: number): void {
  for (const { link } of world.sides) expect(link.status(world.clock.now).type).toBe('server');
  expect(arrived).toHaveLength(1);
  expect(Buffer.from(arrived[0]!.message).equals(Buffer.from(STATE))).toBe(true);
  expect(arrived[0]!.at).toBeLessThan(within);
  expect(relayed).toBeGreaterThan(300_000);
  expect(relayed).toBeLessThan(RELAY_BYTES_A_SECOND);
}

describe('a state on its way arrives whole and once, at a rate that the relay takes', () => {
  it('when the connection closes under it', () => {
    expectWhole(
      deliver((world) => world.sides[0].path.close(), 10_000),
      7_200,
    );
  });

  it('when the connection falls silent under it', () => {
    const cut = (world: VirtualLink) => {
      for (const { path } of world.sides) path.inputs.lose = path.control.lose = () => true;
    };
    expectWhole(deliver(cut, 10_000), 7_500);
  });

  it('when both ways are cut, and only the relay comes back', () => {
    const cut = (world: VirtualLink) => {
      const { relayWire } = world;
      const before = { ...relayWire };
      for (const { path } of world.sides) path.inputs.lose = path.control.lose = () => true;
      relayWire.lose = () => true;
      world.clock.at(5_000, () => Object.assign(relayWire, before));
    };
    expectWhole(deliver(cut, 15_000), 11_500);
  });
});

it('all links of a player together never give the relay more than it takes', () => {
  const pace = new RelayPace();
  const sent: { at: number; bytes: number }[] = [];
  for (let now = 0; now < 10_000; now += 7) {
    // Nothing to send for a while, then more than can go, over and over.
    for (let n = 0; n < 100 && now % 2_000 > 700 && pace.take(16_000, now); n++) {
      sent.push({ at: now, bytes: 16_000 });
    }
  }
  expect(mostInASecond(sent)).toBeGreaterThan(RELAY_BYTES_A_SECOND / 2);
  expect(mostInASecond(sent)).toBeLessThan(RELAY_BYTES_A_SECOND);
});
