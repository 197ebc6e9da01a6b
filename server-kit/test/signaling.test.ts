import { afterEach, beforeEach, expect, test } from 'vitest';
import type { MatchedMessage } from '@cotrial/core/contract';
import { idOf, Signaling, type Signal } from './signaling-client.ts';
import { matchPages, startHost, until, type Host } from './support.ts';

let host: Host;
const opened: Signaling[] = [];
beforeEach(async () => {
  host = await startHost();
});
afterEach(async () => {
  for (const { socket } of opened.splice(0)) socket.terminate();
  await host.stop();
});

async function open(id: string, token: string, origin?: string): Promise<Signaling> {
  const signaling = await Signaling.open(host.url, id, token, origin);
  opened.push(signaling);
  return signaling;
}
const of = (matched: MatchedMessage) => open(idOf(matched), matched.signaling.token);

test('members of a match signal each other under the path that they were given', async () => {
  const { matched } = await matchPages(host.url);
  expect(matched[0]!.signaling.path).toBe('/cotrial/signaling');
  const [a, b] = [await of(matched[0]!), await of(matched[1]!)];
  expect(a.heard[0]).toEqual({ type: 'OPEN' });
  a.send({ type: 'OFFER', src: 'forged', dst: idOf(matched[1]!), payload: { sdp: 'x' } });
  await until(() => b.heard.length > 1);
  expect(b.heard[1]).toEqual({
    type: 'OFFER',
    src: idOf(matched[0]!),
    dst: idOf(matched[1]!),
    payload: { sdp: 'x' },
  });
});

test('a message for a member who is not there yet waits for it', async () => {
  const { matched } = await matchPages(host.url);
  const a = await of(matched[0]!);
  a.send({ type: 'OFFER', dst: idOf(matched[1]!), payload: 1 });
  const b = await of(matched[1]!);
  await until(() => b.heard.some((message) => message.type === 'OFFER'));
});

test('another’s id, a wrong token, another seat’s token, a foreign origin: refused', async () => {
  const { matched } = await matchPages(host.url);
  const [own, other] = [matched[0]!, matched[1]!];
  await expect(open('guessed', own.signaling.token)).rejects.toThrow('401');
  await expect(open(idOf(own), 'guessed')).rejects.toThrow('401');
  await expect(open(idOf(other), own.signaling.token)).rejects.toThrow('401');
  await expect(open(idOf(own), own.signaling.token, 'https://evil.example')).rejects.toThrow('403');
});

test('another match cannot be reached, nor absent ids, nor with other kinds of messages', async () => {
  const [one, two] = [await matchPages(host.url), await matchPages(host.url)];
  const attacker = await of(one.matched[0]!);
  const partner = await of(one.matched[1]!);
  const victim = await of(two.matched[0]!);
  const dst = idOf(two.matched[0]!);
  const hostile: (Signal | string)[] = [
    { type: 'OFFER', dst },
    { type: 'LEAVE', dst },
    { type: 'EXPIRE', dst },
    { type: 'LEAVE' },
    { type: 'OFFER', dst: 'absent' },
    { type: 'LEAVE', dst: idOf(one.matched[1]!) },
    '{',
    'null',
    '[]',
    '{"type": {"__proto__": 1}}',
  ];
  for (const message of hostile) attacker.send(message);
  attacker.send({ type: 'OFFER', dst: idOf(one.matched[1]!) });
  await until(() => partner.heard.some((message) => message.type === 'OFFER'));
  expect(host.kit.stats().dropped_signals).toBe(hostile.length);
  expect(victim.heard).toEqual([{ type: 'OPEN' }]);
  expect(partner.heard).toHaveLength(2);
});

test('messages that are too large or too many end the connection', async () => {
  const { matched } = await matchPages(host.url);
  const large = await of(matched[0]!);
  large.send({ type: 'OFFER', dst: idOf(matched[1]!), payload: 'x'.repeat(70_000) });
  await until(() => large.closed);
  const many = await of(matched[1]!);
  for (let i = 0; i < 5_000; i++) many.send({ type: 'HEARTBEAT' });
  await until(() => many.closed);
});

test('signaling ends with the match', async () => {
  const { matched, pages, id } = await matchPages(host.url);
  await pages[0]!.finish(id, 'left');
  await pages[1]!.next('dissolved');
  await expect(of(matched[0]!)).rejects.toThrow('401');
  await expect(of(matched[1]!)).rejects.toThrow('401');
});
