import { META_FOCUSED } from '../src/rollback/requests.ts';
import { RESULT, Results } from '../src/rollback/results.ts';
import {
  Session,
  type EpisodeEnd,
  type FinishReason,
  type SessionEvent,
} from '../src/rollback/session.ts';
import { demand } from './failure.ts';
import { PeerInvariants } from './invariants.ts';
import { Random } from './random.ts';
import type { Scenario } from './scenario.ts';
import { ToyEnvironment } from './toy-environment.ts';

/** One sampled input. */
export interface Sample {
  action: Uint8Array;
  focused: number;
}

export interface EpisodeRecord {
  seed: number;
  rows: Uint8Array[];
  /** Null while it is played. */
  reason: EpisodeEnd | null;
}

/** A correction, as the session told it. */
export type Rollback = Extract<SessionEvent, { kind: 'rollback' }> & { episode: number };

export type Desync = Extract<SessionEvent, { kind: 'desync' }>;
export type Resync = Extract<SessionEvent, { kind: 'resynced' }>;

/** What went in and out of a session, counted outside it. */
export interface Traffic {
  packetsSent: number;
  bytesSent: number;
  packetsReceived: number;
  bytesReceived: number;
  packetsRefused: number;
}

/** A session with the toy game, a player who presses keys at random, and watchful eyes. */
export class SimulatedPeer {
  readonly session: Session;
  readonly environment: ToyEnvironment;
  readonly episodes: EpisodeRecord[] = [];
  readonly rollbacks: Rollback[] = [];
  readonly desyncs: Desync[] = [];
  readonly resyncs: Resync[] = [];
  readonly traffic: Traffic = {
    packetsSent: 0,
    bytesSent: 0,
    packetsReceived: 0,
    bytesReceived: 0,
    packetsRefused: 0,
  };
  /** Others who have left, as the server said. */
  readonly left = new Set<number>();
  /** Others who were refused. */
  readonly refused = new Set<number>();
  stalls = 0;
  /** What the player really did: samples by episode, in the order in which they were taken. */
  readonly samples: Sample[][] = [];
  finished: FinishReason | null = null;
  /** Gone for good: crashed, or the page was closed. */
  gone = false;
  /** Counts every row and every change of state. */
  progress = 0;
  /** Its own clock at the last tick, ms. */
  tickedAt = 0;

  private readonly results = new Results();
  private readonly invariants: PeerInvariants;
  private readonly random: Random;
  private readonly action: Uint8Array;

  constructor(
    private readonly scenario: Scenario,
    readonly player: number,
    private readonly onEvent: (event: SessionEvent) => void = () => undefined,
  ) {
    const { session, endsOneIn } = scenario;
    const { players, actionBytes } = session;
    const costs = { stepMs: 1, saveMs: scenario.saveCosts[player]! };
    const options = { ...session, local: player, costs };
    // It has an environment that nobody knows.
    if (this.isStranger(player)) options.environmentHash = new Uint8Array(32).fill(0xee);
    this.session = new Session(options);
    const corruptions = scenario.corruptions.filter((corruption) => corruption.player === player);
    this.environment = new ToyEnvironment({ players, actionBytes, endsOneIn }, corruptions);
    this.invariants = new PeerInvariants(this.session, this.environment);
    this.random = new Random(scenario.seed ^ Math.imul(player + 1, 0x27d4eb2f));
    this.action = Uint8Array.from(session.defaultActions[player]!);
  }

  /** @param now this peer's own clock */
  tick(now: number, send: (to: number, packet: Uint8Array) => void): void {
    const { session, results, invariants, traffic } = this;
    this.tickedAt = now;
    const list = session.tick(now, this);
    this.takeEvents();
    if (list.length > 0) {
      this.environment.run(list, results);
      this.takeRows();
      session.completed(results);
      this.takeEvents();
    }
    invariants.check();
    session.packets(now, (to, packet) => {
      invariants.sends(to, packet.length, now);
      traffic.packetsSent += 1;
      traffic.bytesSent += packet.length;
      send(to, packet.slice());
    });
  }

  receive(from: number, packet: Uint8Array, now: number): void {
    const error = this.session.receive(from, packet, now);
    if (!this.left.has(from) && (this.isStranger(from) || this.isStranger(this.player))) {
      this.traffic.packetsRefused += 1;
      this.takeEvents();
      demand(error?.fault === 'environment', `stranger: ${error?.message ?? 'accepted'}`);
      demand(this.refused.has(from), `nobody is told that player ${from} is a stranger`);
    } else
      demand(error === null, `peer ${this.player} refuses a packet of ${from}: ${error?.message}`);
    // Packets of one who has left are not looked at.
    if (!this.left.has(from)) {
      this.traffic.packetsReceived += 1;
      this.traffic.bytesReceived += packet.length;
    }
    this.invariants.check();
    this.takeEvents();
  }

  /** A state that came over the reliable path. */
  receiveState(from: number, bytes: Uint8Array): void {
    const fault = this.session.receiveState(from, bytes)?.fault;
    // The sender may have left, the episode may be over.
    const good = fault === undefined || fault === 'impossible';
    demand(good, `peer ${this.player} refuses a state of ${from}: ${fault}`);
    this.takeEvents();
  }

  playerLeft(player: number): void {
    if (player !== this.player) this.left.add(player);
    this.session.playerLeft(player);
    this.takeEvents();
  }

  /** The player's hand: holds an action for a while, then takes another. */
  sample(action: Uint8Array): number {
    const { random } = this;
    if (random.chance(this.scenario.restlessness)) {
      for (let i = 0; i < action.length; i++) this.action[i] = random.integer(0, 5);
    }
    const focused = random.chance(0.02) ? 0 : META_FOCUSED;
    action.set(this.action);
    const samples = (this.samples[this.session.episode] ??= []);
    samples.push({ action: action.slice(), focused });
    return focused;
  }

  private isStranger(player: number): boolean {
    return this.scenario.departures.some((d) => d.stranger === true && d.player === player);
  }

  private takeRows(): void {
    const { results } = this;
    const record = this.episodes[this.session.episode]!;
    results.rewind();
    while (results.next()) {
      if (results.kind !== RESULT.row) continue;
      demand(results.frame === record.rows.length, `row ${results.frame} out of order`);
      record.rows.push(results.payload.slice());
      this.progress += 1;
    }
  }

  private takeEvents(): void {
    for (const event of this.session.drainEvents()) {
      this.onEvent(event);
      this.takeEvent(event);
    }
  }

  /** I9 of invariants.ts. */
  private takeEvent(event: SessionEvent): void {
    switch (event.kind) {
      case 'rollback':
        this.rollbacks.push({ ...event, episode: this.episodes.length - 1 });
        break;
      case 'stall_started':
        this.stalls += 1;
        break;
      case 'episode_started':
        demand(event.episode === this.episodes.length, `episode ${event.episode} out of order`);
        this.episodes.push({ seed: event.seed, rows: [], reason: null });
        this.progress += 1;
        break;
      case 'episode_ended': {
        const record = this.episodes[event.episode]!;
        demand(record.rows.length === event.frames, 'an episode ended before its last row');
        record.reason = event.reason;
        this.progress += 1;
        break;
      }
      case 'desync':
        demand(
          this.scenario.corruptions.length > 0,
          `checksums of frame ${event.frame} differ from player ${event.player}`,
        );
        this.desyncs.push(event);
        break;
      case 'resynced':
        this.resyncs.push(event);
        this.progress += 1;
        break;
      case 'refused':
        demand(event.reason === 'environment', event.message);
        demand(!this.refused.has(event.player), `player ${event.player} is refused twice`);
        this.refused.add(event.player);
        break;
      case 'finished':
        this.finished = event.reason;
        this.progress += 1;
        break;
    }
  }
}
