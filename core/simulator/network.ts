import type { Random } from './random.ts';
import type { Cut, LinkConditions } from './scenario.ts';

/** Decides what becomes of each packet. Knows nothing of what is in it. */
export class Network {
  private readonly burstLeft: number[][];

  constructor(
    private readonly links: LinkConditions[][],
    private readonly cuts: Cut[],
    private readonly random: Random,
  ) {
    this.burstLeft = links.map((row) => row.map(() => 0));
  }

  /** Arrival times of a packet sent at `time`: none if it is lost, two if it is doubled. */
  send(from: number, to: number, time: number): number[] {
    const { random } = this;
    const link = this.links[from]![to]!;
    if (this.cuts.some((c) => c.from === from && c.to === to && time >= c.start && time < c.end)) {
      return [];
    }
    const bursts = this.burstLeft[from]!;
    if (bursts[to]! > 0) {
      bursts[to]! -= 1;
      return [];
    }
    if (random.chance(link.burstChance)) {
      bursts[to] = link.burstLength - 1;
      return [];
    }
    if (random.chance(link.loss)) return [];
    const arrival = () => time + link.delay + random.unit() * link.jitter;
    return random.chance(link.duplicated) ? [arrival(), arrival()] : [arrival()];
  }
}
