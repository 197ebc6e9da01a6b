import { META_FOCUSED } from '../src/rollback/requests.ts';
import { RESULT, Results } from '../src/rollback/results.ts';
import { Session, type EpisodeEnd, type SessionEvent } from '../src/rollback/session.ts';
import { demand } from './failure.ts';
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

/** Packets above the frame rate that a link may carry in a second. */
const RATE_MARGIN = 5;
/** Whatever happens, no more states are kept: two prediction windows, delay, and some. */
const MOST_STATES = 400;

/** A session with the toy game, a player who presses keys at random, and watchful eyes. */
export class SimulatedPeer {
  readonly session: Session;
  readonly environment: ToyEnvironment;
  readonly episodes: EpisodeRecord[] = [];
  /** What the player really did: samples by episode, in the order in which they were taken. */
  readonly samples: Sample[][] = [];
  finished: 'completed' | 'player_left' | null = null;
  /** Gone for good: crashed, or the page was closed. */
  gone = false;
  /** Counts every row and every change of state. */
  progress = 0;
  /** Its own clock at the last tick, ms. */
  tickedAt = 0;

  private readonly results = new Results();
  private readonly random: Random;
  private readonly action: Uint8Array;
  private readonly sendTimes: Float64Array[];
  private readonly sendCounts: number[];
  private heldEpisode = 0;
  private held = 0;

  constructor(
    private readonly scenario: Scenario,
    readonly player: number,
  ) {
    const { session, endsOneIn } = scenario;
    const { players, actionBytes, fps } = session;
    this.session = new Session({ ...session, local: player });
    this.environment = new ToyEnvironment({ players, actionBytes, endsOneIn });
    this.random = new Random(scenario.seed ^ Math.imul(player + 1, 0x27d4eb2f));
    this.action = Uint8Array.from(session.defaultActions[player]!);
    const window = fps + RATE_MARGIN;
    this.sendTimes = Array.from({ length: players }, () =>
      new Float64Array(window).fill(-Infinity),
    );
    this.sendCounts = Array.from({ length: players }, () => 0);
  }

  /** @param now this peer's own clock */
  tick(now: number, send: (to: number, packet: Uint8Array) => void): void {
    const { session, results } = this;
    this.tickedAt = now;
    const list = session.tick(now, this);
    this.takeEvents();
    if (list.length > 0) {
      this.environment.run(list, results);
      this.takeRows();
      session.completed(results);
      this.takeEvents();
    }
    this.checkMarks();
    session.packets(now, (to, packet) => {
      this.checkRate(to, now);
      send(to, packet.slice());
    });
  }

  receive(from: number, packet: Uint8Array, now: number): void {
    const error = this.session.receive(from, packet, now);
    demand(error === null, `peer ${this.player} refuses a packet of ${from}: ${error?.message}`);
    this.checkMarks();
    this.takeEvents();
  }

  playerLeft(player: number): void {
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
    for (const event of this.session.drainEvents()) this.takeEvent(event);
  }

  private takeEvent(event: SessionEvent): void {
    switch (event.kind) {
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
        demand(false, `checksums of frame ${event.frame} differ from player ${event.player}`);
        break;
      case 'finished':
        this.finished = event.reason;
        this.progress += 1;
        break;
    }
  }

  /** Held never moves back, and memory stays bounded. */
  private checkMarks(): void {
    const { session } = this;
    if (session.episode !== this.heldEpisode) {
      this.heldEpisode = session.episode;
      this.held = 0;
    }
    demand(session.held >= this.held, `held went back from ${this.held} to ${session.held}`);
    this.held = session.held;
    const { statesMost } = this.environment;
    demand(statesMost <= MOST_STATES, `${statesMost} states were kept`);
  }

  private checkRate(to: number, now: number): void {
    const times = this.sendTimes[to]!;
    const slot = this.sendCounts[to]!++ % times.length;
    // Numbers that add up to exactly a second may come out a little short of it.
    const tooMany = now - times[slot]! < 1000 - 1e-6;
    demand(!tooMany, `more than ${times.length} packets in a second to player ${to}`);
    times[slot] = now;
  }
}
