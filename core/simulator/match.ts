import { SimulationFailure, demand } from './failure.ts';
import { EventHeap } from './heap.ts';
import { Network } from './network.ts';
import { judge } from './oracle.ts';
import { SimulatedPeer } from './peer.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { RequestError } from './toy-environment.ts';

/** What came of one match. */
export interface MatchReport {
  seed: number;
  players: number;
  /** Frames of the record. */
  frames: number;
  /** Over all peers. */
  rollbacks: number;
  stalls: number;
  departures: number;
  /** Which invariant broke, or null. */
  failure: string | null;
}

/** Once nothing is wrong any more, something must happen within so long, ms. */
const PATIENCE_MS = 15_000;

type Event =
  | { kind: 'tick'; player: number }
  | { kind: 'packet'; from: number; to: number; bytes: Uint8Array }
  | { kind: 'crash'; player: number }
  | { kind: 'left'; player: number; to: number };

/** Plays one match under a virtual clock and judges it. */
export function simulate(scenario: Scenario): MatchReport {
  const match = new SimulatedMatch(scenario);
  let failure: string | null = null;
  try {
    match.play();
    judge(scenario, match.peers);
  } catch (error) {
    if (!(error instanceof SimulationFailure || error instanceof RequestError)) throw error;
    failure = error.message;
  }
  return match.report(failure);
}

export class SimulatedMatch {
  readonly peers: SimulatedPeer[];
  /** The simulation's clock, ms. */
  time = 0;
  private readonly events = new EventHeap<Event>();
  private readonly network: Network;
  /** From then on, nothing goes wrong any more. */
  private readonly calmAt: number;
  private progress = 0;
  private progressAt = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly onPacket: (from: number, to: number, bytes: number) => void = () => undefined,
  ) {
    const { session, links, cuts, starts, freezes, departures } = scenario;
    const { players } = session;
    const random = new Random(scenario.seed ^ 0x5bd1e995);
    this.network = new Network(links, cuts, random);
    this.peers = starts.map((_, player) => new SimulatedPeer(scenario, player));
    starts.forEach((start, player) => this.events.push(start, { kind: 'tick', player }));
    const heard = starts.map(() => 0);
    for (const { player, at, heard: delays } of departures) {
      this.events.push(at, { kind: 'crash', player });
      for (let to = 0; to < players; to++) {
        heard[to] = Math.max(heard[to]!, at + delays[to]!);
        this.events.push(heard[to]!, { kind: 'left', player, to });
      }
    }
    this.calmAt = Math.max(0, ...heard, ...[...cuts, ...freezes].map((fault) => fault.end));
    this.tellRtt(random);
  }

  /** Until every peer that is still there has finished. @throws SimulationFailure */
  play(): void {
    while (!this.over) this.next();
  }

  /** Until `time`, or the end. */
  playUntil(time: number): void {
    while (!this.over && this.time < time) this.next();
  }

  /** Frame that a peer is at, with the part of its present tick that has gone by. */
  position(player: number): number {
    const { session, tickedAt } = this.peers[player]!;
    const part = (this.clockOf(player) - tickedAt) / session.tickInterval();
    return session.frame + Math.min(1, part);
  }

  report(failure: string | null): MatchReport {
    const { peers, scenario } = this;
    const survivor = peers.find((peer) => !peer.gone);
    const sum = (of: (peer: SimulatedPeer) => number) => peers.reduce((n, p) => n + of(p), 0);
    return {
      seed: scenario.seed,
      players: peers.length,
      frames: survivor?.episodes.reduce((n, e) => n + e.rows.length, 0) ?? 0,
      rollbacks: sum((peer) => peer.session.metrics().rollbacks),
      stalls: sum((peer) => peer.session.metrics().stalls),
      departures: sum((peer) => (peer.gone ? 1 : 0)),
      failure,
    };
  }

  private get over(): boolean {
    return this.peers.every((peer) => peer.gone || peer.finished !== null);
  }

  private next(): void {
    const event = this.events.pop();
    demand(event !== undefined, 'nothing happens any more');
    this.time = event.time;
    this.handle(event.value);
    const progress = this.peers.reduce((n, peer) => n + peer.progress, 0);
    if (progress !== this.progress) {
      this.progress = progress;
      this.progressAt = this.time;
    }
    const waited = this.time - Math.max(this.progressAt, this.calmAt);
    demand(waited < PATIENCE_MS, `no progress for ${waited} ms: ${this.where()}`);
  }

  private where(): string {
    return this.peers
      .map(({ player, gone, session: s }) =>
        gone ? `${player} gone` : `${player} in ${s.episode}:${s.frame}, exported ${s.exported}`,
      )
      .join('; ');
  }

  private handle(event: Event): void {
    const { peers, events, time } = this;
    if (event.kind === 'crash') {
      peers[event.player]!.gone = true;
      return;
    }
    const player = event.kind === 'tick' ? event.player : event.to;
    const peer = peers[player]!;
    if (peer.gone) return;
    const frozen = this.scenario.freezes.find(
      (f) => f.player === player && time >= f.start && time < f.end,
    );
    if (frozen !== undefined) {
      events.push(frozen.end, event);
      return;
    }
    if (event.kind === 'packet') peer.receive(event.from, event.bytes, this.clockOf(player));
    else if (event.kind === 'left') peer.playerLeft(event.player);
    else this.tick(peer);
  }

  private tick(peer: SimulatedPeer): void {
    const { events, time } = this;
    const from = peer.player;
    peer.tick(this.clockOf(from), (to, bytes) => {
      this.onPacket(from, to, bytes.length);
      for (const arrival of this.network.send(from, to, time)) {
        events.push(arrival, { kind: 'packet', from, to, bytes });
      }
    });
    const interval = peer.session.tickInterval() / this.scenario.speeds[from]!;
    events.push(time + interval, { kind: 'tick', player: from });
  }

  private clockOf(player: number): number {
    return this.time * this.scenario.speeds[player]!;
  }

  /** Half of all matches know their links; the others must do without. */
  private tellRtt(random: Random): void {
    if (random.chance(0.5)) return;
    const { links } = this.scenario;
    for (const { player, session } of this.peers) {
      for (let other = 0; other < this.peers.length; other++) {
        if (other === player) continue;
        const there = links[player]![other]!;
        const back = links[other]![player]!;
        const jitter = (there.jitter + back.jitter) / 4;
        session.setRtt(other, there.delay + back.delay + 2 * jitter, jitter);
      }
    }
  }
}
