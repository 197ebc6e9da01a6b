import { demand } from './failure.ts';
import { predictionFrames } from './invariants.ts';
import type { SimulatedPeer } from './peer.ts';
import type { LinkConditions, Scenario } from './scenario.ts';

/** Once nothing is wrong any more, every peer must get on within so long, ms ... */
const PATIENCE_MS = 5_000;
/** ... and so many times the longest burst of losses, since one may follow upon another. */
const BURSTS = 3;
/** Starts, clocks and inputs that differ are made up for by then, ms (ROLL-6). */
const SETTLE_MS = 5_000;

/**
 * I6 of invariants.ts: what the network allows, happens. After the last fault each peer's rows must
 * keep coming; and where no link loses anything and all are fast enough for the prediction window,
 * nobody may stall any more at all.
 */
export class Patience {
  private readonly goesOnFrom: number;
  private readonly neverStallsFrom: number;
  private readonly longest: number;
  private readonly seen: number[];
  private readonly seenAt: number[];

  constructor(private readonly scenario: Scenario) {
    const { starts, cuts, freezes, slow, switches, departures, corruptions, session } = scenario;
    const late = (inFlight: 'lost' | number) => (inFlight === 'lost' ? 0 : inFlight);
    this.goesOnFrom = Math.max(
      ...starts,
      ...[...cuts, ...freezes].map(({ end }) => end),
      ...switches.map(({ at, inFlight }) => at + late(inFlight)),
      ...departures.flatMap(({ at, heard }) => [at, ...heard.map((ms) => at + ms)]),
    );
    const frameMs = 1000 / session.fps;
    const all = [...usedLinks(scenario), ...switches.map(({ conditions }) => conditions)];
    const burst = Math.max(0, ...all.map((link) => link.burstLength)) * frameMs;
    this.longest = PATIENCE_MS + BURSTS * burst;
    const way = Math.max(...all.map((link) => link.delay + link.jitter));
    // There and back, for the end of an episode; each way it waits for a tick on both sides.
    const needed = 2 * way + 4 * frameMs;
    const window = predictionFrames(session.fps) * frameMs;
    // Rows that wait for checks get on by one of these at a time; two come together at an end.
    const checked = needed < session.checksumInterval * frameMs && 2 * needed < window;
    const fast = needed < window && (session.onDesync === 'flag' || checked);
    const lossless = all.every((link) => link.loss === 0 && link.burstChance === 0);
    const settled = Math.max(this.goesOnFrom, ...slow.map(({ end }) => end)) + SETTLE_MS;
    this.neverStallsFrom = fast && lossless && corruptions.length === 0 ? settled : Infinity;
    this.seen = starts.map(() => 0);
    this.seenAt = starts.map(() => 0);
  }

  /** @param where says how far everybody is */
  ticked(
    peer: Pick<SimulatedPeer, 'player' | 'progress' | 'finished'>,
    time: number,
    where: () => string,
  ): void {
    const { player, progress } = peer;
    if (progress !== this.seen[player] || peer.finished !== null) {
      this.seen[player] = progress;
      this.seenAt[player] = time;
    }
    const waited = time - Math.max(this.seenAt[player]!, this.goesOnFrom);
    if (waited < this.longest) return;
    demand(false, `nothing new at peer ${player} for ${Math.round(waited)} ms: ${where()}`);
  }

  stalled(player: number, time: number): void {
    const allowed = time < this.neverStallsFrom;
    demand(allowed, `peer ${player} stalls at ${time.toFixed(1)} ms on a network that allows play`);
  }
}

function usedLinks({ links }: Scenario): LinkConditions[] {
  return links.flatMap((row, from) => row.filter((_, to) => to !== from));
}
