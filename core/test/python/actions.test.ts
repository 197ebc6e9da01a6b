import { expect, test } from 'vitest';
import { ActionError, actionBytes, encodeAction } from '../../src/environment/actions.ts';
import type { ActionSpace } from '../../src/environment/environment.ts';

const box: ActionSpace = {
  kind: 'box',
  shape: [2],
  low: [-1, 0],
  high: [1, 10],
  integer: false,
};

test.each<[ActionSpace, number | number[], number[]]>([
  [{ kind: 'discrete', n: 6, start: 0 }, 5, [5]],
  [{ kind: 'discrete', n: 256, start: -1 }, 254, [255]],
  [{ kind: 'discrete', n: 257, start: 0 }, 256, [0, 1, 0, 0]],
  [{ kind: 'multi_discrete', nvec: [3, 1000] }, [2, 999], [2, 0xe7, 3, 0, 0]],
  [{ kind: 'multi_binary', n: 3 }, [1, 0, 1], [1, 0, 1]],
  [box, [-0.5, 2], [0, 0, 0, 0xbf, 0, 0, 0, 0x40]],
])('%j takes %j as bytes %j', (space, value, bytes) => {
  expect([...encodeAction(space, value)]).toEqual(bytes);
  expect(actionBytes(space)).toBe(bytes.length);
});

test.each<[ActionSpace, number | number[]]>([
  [{ kind: 'discrete', n: 6, start: 0 }, 6],
  [{ kind: 'discrete', n: 6, start: 0 }, -1],
  [{ kind: 'discrete', n: 6, start: 0 }, 1.5],
  [{ kind: 'discrete', n: 6, start: 0 }, [1]],
  [{ kind: 'multi_discrete', nvec: [3, 2] }, [1]],
  [{ kind: 'multi_binary', n: 2 }, [1, 2]],
  [box, [0, 11]],
  [box, [NaN, 1]],
])('%j refuses %j', (space, value) => {
  expect(() => encodeAction(space, value)).toThrow(ActionError);
});
