import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { iceServersFor } from '../src/ice/ice.ts';

test('TURN credentials expire, name the participant, and are what coturn computes', () => {
  const stun = { urls: 'stun:stun.lab.example' };
  const turn = { urls: ['turn:turn.lab.example:3478'], secret: 'north', ttlSeconds: 600 };
  const [first, second] = iceServersFor('p1', { iceServers: [stun], turn }, 1_700_000_000_500);
  expect(first).toEqual(stun);
  const username = '1700000600:p1';
  expect(second).toEqual({
    urls: turn.urls,
    username,
    credential: createHmac('sha1', 'north').update(username).digest('base64'),
  });
});

test('without TURN there is nothing to hand out but what was configured', () => {
  expect(iceServersFor('p1', {}, 0)).toEqual([]);
});
