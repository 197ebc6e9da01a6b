import { expect } from 'vitest';
import { Random } from '../../simulator/random.ts';
import { ToyEnvironment } from '../../simulator/toy-environment.ts';
import type { ToyRules } from '../../simulator/toy-game.ts';
import { RESULT, Results } from './results.ts';
import { Session, type SessionEvent, type SessionOptions } from './session.ts';

const TICK = 1000 / 30;
export const INTERVAL = 10;
export const STEPS = 100;

/** One bit of its state flips whenever it comes to one frame of one episode. */
class Corrupted extends ToyEnvironment {
  episode = 0;
  flipsAt = -1;
  flipsIn = 0;
  /** `b` shows in rewards only; on `a` it depends when the episode ends. */
  flips: 'a' | 'b' = 'b';
  protected override save(frame: number): void {
    if (frame === this.flipsAt && this.episode === this.flipsIn) this.state[this.flips] ^= 1;
    super.save(frame);
  }
}

export class Peer {
  readonly session: Session;
  readonly environment: Corrupted;
  /** May be changed while the game goes on. */
  readonly rules: ToyRules;
  readonly events: SessionEvent[] = [];
  readonly rows: string[][] = [];
  gone = false;
  private readonly results = new Results();

  constructor(
    readonly seat: number,
    options: Omit<SessionOptions, 'local'>,
    endsOneIn: number,
    private readonly random: Random,
  ) {
    this.session = new Session({ ...options, local: seat });
    this.rules = { players: options.players, actionBytes: 1, endsOneIn };
    this.environment = new Corrupted(this.rules);
  }

  tick(now: number): void {
    const { session, results, environment } = this;
    const list = session.tick(now, {
      sample: (action) => {
        action[0] = this.random.integer(0, 3);
        return 1;
      },
    });
    environment.episode = session.episode;
    this.takeEvents();
    if (list.length === 0) return;
    environment.run(list, results);
    while (results.next()) {
      if (results.kind !== RESULT.row) continue;
      this.rows.at(-1)!.push(Buffer.from(results.payload).toString('hex'));
    }
    session.completed(results);
    this.takeEvents();
  }

  takeEvents(): void {
    for (const event of this.session.drainEvents()) {
      if (event.kind === 'episode_started') this.rows.push([]);
      this.events.push(event);
    }
  }

  of<K extends SessionEvent['kind']>(kind: K): Extract<SessionEvent, { kind: K }>[] {
    return this.events.filter((e): e is Extract<SessionEvent, { kind: K }> => e.kind === kind);
  }
}

/** Peers over a network that delays and loses packets, and delivers states late but surely. */
export class Table {
  readonly peers: Peer[];
  private readonly random: Random;
  private readonly wire: (() => void)[][] = [];
  private readonly told = new Set<SessionEvent>();
  tickCount = 0;
  /** States that are lost, by sender: what a reliable path does when its end is gone. */
  losesStatesOf = -1;

  constructor(seed: number, options: Partial<SessionOptions> = {}, endsOneIn = 0) {
    const players = options.players ?? 2;
    this.random = new Random(seed);
    const all: Omit<SessionOptions, 'local'> = {
      players,
      actionBytes: 1,
      defaultActions: Array.from({ length: players }, () => Uint8Array.of(0)),
      fps: 30,
      episodes: 2,
      maxSteps: STEPS,
      matchSeed: seed,
      inputDelay: 2,
      prediction: 'repeat',
      checksumInterval: INTERVAL,
      onLeave: 'continue',
      onDesync: 'resync',
      ...options,
    };
    this.peers = Array.from(
      { length: players },
      (_, seat) => new Peer(seat, all, endsOneIn, new Random(seed * 31 + seat)),
    );
  }

  tick(): void {
    const now = this.tickCount * TICK;
    for (const arrive of this.wire[this.tickCount] ?? []) arrive();
    for (const peer of this.peers) {
      if (peer.gone) continue;
      peer.tick(now);
      peer.session.packets(now, (to, bytes) => {
        if (this.random.chance(0.1)) return;
        const copy = bytes.slice();
        this.later(this.random.integer(1, 5), to, (other) => {
          expect(other.session.receive(peer.seat, copy, this.tickCount * TICK)).toBeNull();
        });
      });
    }
    this.deliverStates();
    this.tickCount += 1;
  }

  /** To the end of the match, everybody's. */
  play(until: () => boolean = () => false): void {
    const over = (): boolean => this.peers.every((p) => p.gone || p.session.phase === 'finished');
    while (!over() && !until()) {
      this.tick();
      const at = this.peers.map(({ session }) => `${session.episode}:${session.frame}`);
      expect(this.tickCount, `stalled for good at ${at.join(' ')}`).toBeLessThan(3_000);
    }
  }

  leave(seat: number): void {
    this.peers[seat]!.gone = true;
    for (const peer of this.peers) if (!peer.gone) peer.session.playerLeft(seat);
  }

  private deliverStates(): void {
    for (const { seat, gone, events } of this.peers) {
      for (const event of events) {
        if (event.kind !== 'send_state' || this.told.has(event)) continue;
        this.told.add(event);
        if (seat === this.losesStatesOf) continue;
        this.later(this.random.integer(2, 12), event.to, (other) => {
          const error = other.session.receiveState(seat, event.bytes);
          expect(gone ? null : error).toBeNull();
        });
      }
    }
  }

  private later(ticks: number, to: number, arrive: (peer: Peer) => void): void {
    const peer = this.peers[to]!;
    const at = this.tickCount + ticks;
    (this.wire[at] ??= []).push(() => {
      if (!peer.gone) arrive(peer);
    });
  }
}
