import type { SessionEvent } from '../src/rollback/session.ts';
import { demand, reasonOf } from './failure.ts';
import { EventHeap } from './heap.ts';
import { Network } from './network.ts';
import { judge } from './oracle.ts';
import { Patience } from './patience.ts';
import { SimulatedPeer } from './peer.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';

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

/** Somebody who looks on. Times are the simulation's, ms. */
export interface Watcher {
  packet?: (
    time: number,
    from: SimulatedPeer,
    to: number,
    bytes: Uint8Array,
    arrivals: number[],
  ) => void;
  session?: (time: number, player: number, event: SessionEvent) => void;
  /** A player is gone, a peer hears that from the server. */
  membership?: (time: number, what: string) => void;
}

/** After the end: what is still on the way arrives, and then nobody may send any more, ms. */
const ECHO_MS = 2_000;
const SILENCE_MS = 1_000;
/** Links notice so late that they have changed, ms. */
const RTT_LAG_MS = 1_000;

type Event =
  | { kind: 'tick'; player: number }
  | { kind: 'packet'; from: number; to: number; bytes: Uint8Array }
  | { kind: 'crash'; player: number }
  | { kind: 'left'; player: number; to: number }
  | { kind: 'state'; from: number; to: number; bytes: Uint8Array }
  | { kind: 'rtt' };

/** Plays one match under a virtual clock and judges it. Whatever is thrown is a failure. */
export function simulate(scenario: Scenario, watcher: Watcher = {}): MatchReport {
  const match = new SimulatedMatch(scenario, watcher);
  let failure: string | null = null;
  try {
    match.play();
    match.fallSilent();
    judge(scenario, match.peers);
  } catch (error) {
    failure = reasonOf(error);
  }
  return match.report(failure);
}

export class SimulatedMatch {
  readonly peers: SimulatedPeer[];
  /** The simulation's clock, ms. */
  time = 0;
  private readonly events = new EventHeap<Event>();
  private readonly network: Network;
  private readonly patience: Patience;
  private packets = 0;

  constructor(
    private readonly scenario: Scenario,
    private readonly watcher: Watcher = {},
  ) {
    const { starts, departures, switches } = scenario;
    this.network = new Network(scenario, new Random(scenario.seed ^ 0x5bd1e995));
    this.patience = new Patience(scenario);
    this.peers = starts.map((_, player) => {
      return new SimulatedPeer(scenario, player, (event) => this.happened(player, event));
    });
    starts.forEach((start, player) => this.events.push(start, { kind: 'tick', player }));
    const told = starts.map(() => 0);
    for (const { player, at, heard } of departures) {
      this.events.push(at, { kind: 'crash', player });
      for (let to = 0; to < starts.length; to++) {
        told[to] = Math.max(told[to]!, at + heard[to]!);
        this.events.push(told[to]!, { kind: 'left', player, to });
      }
    }
    this.tellRtt();
    for (const { at } of switches) this.events.push(at + RTT_LAG_MS, { kind: 'rtt' });
  }

  /** Until every peer that is still there has finished. @throws SimulationFailure */
  play(): void {
    while (!this.over) this.next();
  }

  /** Until `time`, or the end. */
  playUntil(time: number): void {
    while (!this.over && this.time < time) this.next();
  }

  /** I8 of invariants.ts, after the end. A page that wakes up later may still ask. */
  fallSilent(): void {
    const quietAt = this.time + ECHO_MS;
    const end = quietAt + SILENCE_MS;
    if (this.scenario.freezes.some((freeze) => freeze.end > this.time && freeze.start < end))
      return;
    while (this.time < quietAt) this.next();
    const before = this.packets;
    while (this.time < end) this.next();
    demand(this.packets === before, `${this.packets - before} packets after all have finished`);
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
      rollbacks: sum((peer) => peer.rollbacks.length),
      stalls: sum((peer) => peer.stalls),
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
  }

  private handle(event: Event): void {
    const { peers, events, time, watcher } = this;
    if (event.kind === 'rtt') {
      this.tellRtt();
      return;
    }
    if (event.kind === 'crash') {
      peers[event.player]!.gone = true;
      watcher.membership?.(time, `player ${event.player} is gone`);
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
    if (event.kind === 'state') {
      // Whoever is gone sends nothing again: part of it may be missing for good.
      if (!peers[event.from]!.gone) peer.receiveState(event.from, event.bytes);
      else watcher.membership?.(time, `a state from ${event.from} is lost`);
    } else if (event.kind === 'packet') {
      peer.receive(event.from, event.bytes, this.clockOf(player));
    } else if (event.kind === 'left') {
      watcher.membership?.(time, `${player} hears that player ${event.player} has left`);
      peer.playerLeft(event.player);
    } else {
      this.tick(peer);
    }
  }

  private tick(peer: SimulatedPeer): void {
    const { events, time, scenario } = this;
    const { player } = peer;
    peer.tick(this.clockOf(player), (to, bytes) => this.send(peer, to, bytes));
    this.patience.ticked(peer, time, () => this.where());
    let interval = peer.session.tickInterval() / scenario.speeds[player]!;
    for (const { player: slow, start, end, tickMs } of scenario.slow) {
      if (slow === player && time >= start && time < end) interval = Math.max(interval, tickMs);
    }
    events.push(time + interval, { kind: 'tick', player });
  }

  private send(peer: SimulatedPeer, to: number, bytes: Uint8Array): void {
    const { time } = this;
    const from = peer.player;
    this.packets += 1;
    const arrivals = this.network.send(from, to, time);
    this.watcher.packet?.(time, peer, to, bytes, arrivals);
    for (const arrival of arrivals) {
      this.events.push(arrival, { kind: 'packet', from, to, bytes });
    }
  }

  private happened(player: number, event: SessionEvent): void {
    this.watcher.session?.(this.time, player, event);
    if (event.kind === 'stall_started') this.patience.stalled(player, this.time);
    if (event.kind === 'send_state') {
      const { to, bytes } = event;
      const arrival = this.network.sendReliably(player, to, this.time);
      this.events.push(arrival, { kind: 'state', from: player, to, bytes });
    }
  }

  private where(): string {
    return this.peers
      .map(({ player, gone, session: s }) =>
        gone ? `${player} gone` : `${player} in ${s.episode}:${s.frame}, exported ${s.exported}`,
      )
      .join('; ');
  }

  private clockOf(player: number): number {
    return this.time * this.scenario.speeds[player]!;
  }

  private tellRtt(): void {
    if (!this.scenario.rttKnown) return;
    for (const { player, session } of this.peers) {
      for (let other = 0; other < this.peers.length; other++) {
        if (other === player) continue;
        const there = this.network.conditions(player, other, this.time);
        const back = this.network.conditions(other, player, this.time);
        // As links measure them: the mean, and RFC 3550's jitter of delays that are spread evenly.
        const rtt = there.delay + back.delay + (there.jitter + back.jitter) / 2;
        session.setRtt(other, rtt, back.jitter / 3);
      }
    }
  }
}
