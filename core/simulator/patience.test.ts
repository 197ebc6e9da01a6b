import { describe, expect, it } from 'vitest';
import { quietMatch } from './conditions.ts';
import { Patience } from './patience.ts';

const where = () => 'somewhere';

describe('what the network allows must happen', () => {
  const scenario = quietMatch(2, 60, 30);
  scenario.cuts = [{ from: 0, to: 1, start: 6_000, end: 7_000 }];

  it('a stall has a reason while links are cut, and until the peers have settled', () => {
    const patience = new Patience(scenario);
    expect(() => patience.stalled(0, 11_900)).not.toThrow();
    expect(() => patience.stalled(0, 12_100)).toThrow(/allows play/);
  });

  it('links that lose packets, or take too long, may stall a peer at any time', () => {
    for (const change of [{ loss: 0.1 }, { delay: 300 }]) {
      const worse = quietMatch(2, 60, 30);
      Object.assign(worse.links[0]![1]!, change);
      expect(() => new Patience(worse).stalled(0, 1e6)).not.toThrow();
    }
  });

  it('but everybody goes on, soon after the last fault', () => {
    const patience = new Patience(scenario);
    const peer = { player: 1, progress: 5, finished: null };
    patience.ticked(peer, 1_000, where);
    expect(() => patience.ticked(peer, 11_900, where)).not.toThrow();
    expect(() => patience.ticked(peer, 12_100, where)).toThrow(/nothing new at peer 1/);
    expect(() => patience.ticked({ ...peer, progress: 6 }, 20_000, where)).not.toThrow();
    expect(() => patience.ticked({ ...peer, finished: 'completed' }, 90_000, where)).not.toThrow();
  });
});
