import { Random } from './random.ts';
import type { LinkConditions, PathSwitch, Scenario } from './scenario.ts';

/** Decides what becomes of each packet. Knows nothing of what is in it. */
export class Network {
  private readonly burstLeft: number[][];
  /** Arrival of the newest message on each reliable path, and what it meets on the way. */
  private readonly reliableUntil: number[][];
  private readonly reliable: Random;
  /** By sender and receiver, in the order in which they happen. */
  private readonly switches: PathSwitch[][][];

  constructor(
    private readonly scenario: Scenario,
    private readonly random: Random,
  ) {
    const { links, switches } = scenario;
    this.reliable = new Random(scenario.seed ^ 0x3c6ef372);
    this.reliableUntil = links.map((row) => row.map(() => 0));
    this.burstLeft = links.map((row) => row.map(() => 0));
    this.switches = links.map((row, from) =>
      row.map((_, to) =>
        switches.filter((s) => s.from === from && s.to === to).sort((a, b) => a.at - b.at),
      ),
    );
  }

  /**
   * When a message sent at `time` over the reliable path arrives: what is lost is sent again until
   * it gets through, and nothing overtakes.
   */
  sendReliably(from: number, to: number, time: number): number {
    const { reliable: random } = this;
    let leaves = time;
    for (const cut of this.scenario.cuts) {
      if (cut.from === from && cut.to === to && leaves >= cut.start) {
        leaves = Math.max(leaves, cut.end);
      }
    }
    const { delay, jitter, loss } = this.conditions(from, to, leaves);
    while (random.chance(loss)) leaves += 2 * (delay + jitter);
    const order = this.reliableUntil[from]!;
    order[to] = Math.max(order[to]!, leaves + delay + random.unit() * jitter);
    return order[to];
  }

  /** What a link is like at `time`. */
  conditions(from: number, to: number, time: number): LinkConditions {
    let conditions = this.scenario.links[from]![to]!;
    for (const path of this.switches[from]![to]!) if (path.at <= time) ({ conditions } = path);
    return conditions;
  }

  /** Arrival times of a packet sent at `time`: none if it is lost, two if it is doubled. */
  send(from: number, to: number, time: number): number[] {
    const { random } = this;
    const { cuts } = this.scenario;
    const link = this.conditions(from, to, time);
    if (cuts.some((c) => c.from === from && c.to === to && time >= c.start && time < c.end)) {
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
    const arrivals = [time + link.delay + random.unit() * link.jitter];
    if (random.chance(link.duplicated)) {
      arrivals.push(time + link.delay + random.unit() * link.jitter);
    }
    return this.switches[from]![to]!.reduce(
      (times, path) => (path.at > time ? afterSwitch(times, path) : times),
      arrivals,
    );
  }
}

/** What becomes of packets that are on the way when the path changes. */
function afterSwitch(arrivals: number[], { at, inFlight }: PathSwitch): number[] {
  if (inFlight === 'lost') return arrivals.filter((arrival) => arrival <= at);
  return arrivals.map((arrival) => (arrival > at ? arrival + inFlight : arrival));
}
