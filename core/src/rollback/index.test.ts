import { expect, it } from 'vitest';
import * as surface from './index.ts';

it('the public surface is what it is meant to be, and no more', () => {
  expect(Object.keys(surface).sort()).toEqual([
    'META_DELAY_MASK',
    'META_DELAY_SHIFT',
    'META_FOCUSED',
    'ProtocolError',
    'REQUEST',
    'RESULT',
    'RESULT_HEADER',
    'ReplaySession',
    'RequestList',
    'Results',
    'Session',
    'SyncTestSession',
    'episodeSeed',
    'requestWords',
    'wordsOf',
  ]);
});
