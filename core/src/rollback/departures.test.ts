import { describe, expect, it } from 'vitest';
import { Packet } from '../protocol/packet.ts';
import { Departures } from './departures.ts';

/** A packet that says `words`: (seat, episode, count) of each departure in order. */
function saying(...words: [number, number, number][]): Packet {
  const packet = new Packet({ players: 4, actionBytes: 1 });
  packet.departureCount = words.length;
  words.forEach(([player, episode, count], i) => {
    packet.departurePlayers[i] = player;
    packet.departureEpisodes[i] = episode;
    packet.departureHeld[i] = count;
  });
  return packet;
}

const holding = (counts: Record<number, number>) => (player: number) => counts[player] ?? 0;

describe('departures among four, seen by player 0', () => {
  it('a cut is known once everybody who remains has said what it held', () => {
    const departures = new Departures(4, 0);
    departures.add(3, 0, holding({ 3: 50 }));
    departures.learn(1, saying([3, 0, 56]));
    expect(departures.resolve()).toBe(false);
    expect(departures.cut(3, 0)).toBe(Infinity);
    departures.learn(2, saying([3, 0, 44]));
    expect(departures.resolve()).toBe(true);
    expect(departures.cut(3, 0)).toBe(56);
    expect(departures.cut(3, 1)).toBe(0);
  });

  it('a word from a later episode says that the present one is complete', () => {
    const departures = new Departures(4, 0);
    departures.add(3, 0, holding({ 3: 50 }));
    departures.learn(1, saying([3, 1, 0]));
    departures.learn(2, saying([3, 0, 55]));
    departures.resolve();
    expect(departures.cut(3, 0)).toBe(Infinity);
    expect(departures.cut(3, 1)).toBe(0);
  });

  it('words of an older view do not count: the one who had most may have gone with it', () => {
    const departures = new Departures(4, 0);
    departures.add(3, 0, holding({ 3: 50 }));
    departures.learn(1, saying([3, 0, 44]));
    departures.learn(2, saying([3, 0, 60]));
    departures.resolve();
    expect(departures.cut(3, 0)).toBe(60);
    departures.add(2, 0, holding({ 3: 52, 2: 70 }));
    expect(departures.resolved).toBe(false);
    departures.learn(1, saying([3, 0, 48], [2, 0, 71]));
    departures.resolve();
    expect(departures.cut(3, 0)).toBe(52);
    expect(departures.cut(2, 0)).toBe(71);
  });

  it('a settled cut stays', () => {
    const departures = new Departures(4, 0);
    departures.add(3, 0, holding({ 3: 60 }));
    departures.learn(1, saying([3, 0, 44]));
    departures.learn(2, saying([3, 0, 60]));
    departures.resolve();
    departures.settle(3);
    // Two episodes on, the word is still the cut itself.
    departures.add(2, 2, holding({ 2: 5 }));
    expect(departures.cut(3, 0)).toBe(60);
    expect([departures.wordEpisodes[0], departures.wordHeld[0]]).toEqual([0, 60]);
    expect([departures.wordEpisodes[1], departures.wordHeld[1]]).toEqual([2, 5]);
  });

  it('the last one alone needs no word', () => {
    const departures = new Departures(2, 0);
    departures.add(1, 0, holding({ 1: 7 }));
    departures.resolve();
    expect(departures.cut(1, 0)).toBe(7);
  });

  it('notices another order of departures', () => {
    const departures = new Departures(4, 0);
    departures.add(3, 0, holding({}));
    expect(departures.matches(saying([3, 0, 0], [1, 0, 0]))).toBe(true);
    expect(departures.matches(saying([1, 0, 0]))).toBe(false);
  });
});
