import { expect, it } from 'vitest';
import { StateCourier } from '../../src/game/state-courier.ts';
import { VirtualClock } from '../link/virtual-links.ts';

/** A courier whose timers come `late` ms late, as those of a hidden page do. */
function world(late = 0) {
  const clock = new VirtualClock();
  const sent: { at: number; to: number; bytes: Uint8Array }[] = [];
  const arrived: Uint8Array[] = [];
  const parts = {
    now: () => clock.now,
    arrived: (_: number, message: Uint8Array) => arrived.push(message),
    after: (delay: number, act: () => void) => {
      let cancelled = false;
      clock.at(delay + late, () => {
        if (!cancelled) act();
      });
      return () => (cancelled = true);
    },
    sendControl: (to: number, bytes: Uint8Array) => {
      sent.push({ at: clock.now, to, bytes });
    },
  };
  return { clock, sent, arrived, courier: new StateCourier(parts), taker: new StateCourier(parts) };
}

it('sends a usual state at once', () => {
  const { courier, sent } = world();
  courier.send(1, new Uint8Array(20_000));
  expect(sent.map(({ bytes }) => bytes.length > 3_000)).toEqual([true, true]);
});

it.each([0, 970])(
  'never takes more than the relay lets through, with timers %i ms late',
  (late) => {
    const { clock, courier, sent, taker, arrived } = world(late);
    const state = Uint8Array.from({ length: 4 * 1024 * 1024 }, (_, i) => i % 251);
    courier.send(1, state);
    courier.send(2, state.subarray(0, 100_000));
    clock.run(12_000);
    for (let from = 0; from < sent.length; from++) {
      const second = sent.slice(from).filter(({ at }) => at - sent[from]!.at < 1_000);
      const bytes = second.reduce((sum, piece) => sum + piece.bytes.length, 0);
      expect(bytes).toBeLessThan(640 * 1024);
    }
    for (const { to, bytes } of sent) if (to === 1) taker.received(0, bytes);
    expect(arrived).toHaveLength(1);
    expect(Buffer.from(arrived[0]!).equals(Buffer.from(state))).toBe(true);
    expect(sent.filter(({ to }) => to === 2)).toHaveLength(7);
  },
);

it('sends nothing more to one who left, and a newer state in place of an older', () => {
  const { clock, courier, sent, taker, arrived } = world();
  const state = new Uint8Array(1024 * 1024);
  courier.send(1, state);
  courier.send(2, state.fill(7));
  courier.playerLeft(1);
  clock.run(100);
  courier.send(2, Uint8Array.of(1, 2, 3));
  const before = sent.filter(({ to }) => to === 1).length;
  clock.run(10_000);
  expect(sent.filter(({ to }) => to === 1)).toHaveLength(before);
  for (const { to, bytes } of sent) if (to === 2) taker.received(0, bytes);
  expect(arrived).toEqual([Uint8Array.of(1, 2, 3)]);
  courier.send(2, state);
  const closed = sent.length;
  courier.close();
  clock.run(10_000);
  expect(sent).toHaveLength(closed);
});
