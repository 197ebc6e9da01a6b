import fc from 'fast-check';
import { expect, it } from 'vitest';
import { ControlStream, type ControlPacket } from '../../src/link/control-stream.ts';
import { KIND } from '../../src/link/link-packet.ts';

/** Two streams over wires that lose and repeat, each packet's fate taken from `fates`. */
function exchange(messages: number, fates: ('pass' | 'lose' | 'repeat')[]) {
  let fate = 0;
  let now = 0;
  const wires: [ControlPacket[], ControlPacket[]] = [[], []];
  const got: [number[], number[]] = [[], []];
  const side = (i: 0 | 1) =>
    new ControlStream(
      (packet) => {
        // Fates end, and with them the trouble: everything must arrive then.
        const next = fates[fate++] ?? 'pass';
        if (next !== 'lose') wires[i].push(packet);
        if (next === 'repeat') wires[i].push(packet);
        return true;
      },
      (message) => got[i].push(message[0]!),
    );
  const streams = [side(0), side(1)] as const;
  for (let n = 0; n < messages; n++)
    for (const stream of streams) stream.send(Uint8Array.of(n), now);
  for (let round = 0; round < 400; round++) {
    now += 500;
    for (const i of [0, 1] as const) {
      for (const packet of wires[i].splice(0)) {
        const to = streams[1 - i]!;
        if (packet.kind === KIND.control) to.received(packet.number, packet.payload, now);
        else to.acknowledged(packet.next, now);
      }
    }
    for (const stream of streams) stream.resendWhenStuck(now);
  }
  return { got, pending: streams.map((stream) => stream.pending) };
}

it('delivers everything once and in order, whatever is lost or repeated', () => {
  const fates = fc.array(fc.constantFrom('pass', 'lose', 'repeat'), { maxLength: 200 });
  fc.assert(
    fc.property(fc.nat(60), fates, (messages, list) => {
      const { got, pending } = exchange(messages, list);
      const all = Array.from({ length: messages }, (_, n) => n);
      expect(got).toEqual([all, all]);
      expect(pending).toEqual([0, 0]);
    }),
  );
});

it('keeps messages until there is a path, and sends them again on a new one', () => {
  const sent: number[] = [];
  let path = false;
  const stream = new ControlStream(
    (packet) => {
      if (path && packet.kind === KIND.control) sent.push(packet.number);
      return path;
    },
    () => undefined,
  );
  for (let n = 0; n < 3; n++) stream.send(Uint8Array.of(n), 0);
  expect(sent).toEqual([]);
  path = true;
  stream.restart(0);
  expect(sent).toEqual([0, 1, 2]);
  stream.acknowledged(1, 0);
  stream.restart(0);
  expect(sent).toEqual([0, 1, 2, 1, 2]);
  stream.acknowledged(99, 0);
  expect(stream.pending).toBe(2);
});
