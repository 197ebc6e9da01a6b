import { describe, expect, it } from 'vitest';
import { encodeHello } from '../src/protocol/hello.ts';
import { Packet, PacketWriter } from '../src/protocol/packet.ts';
import { InputQueue } from '../src/rollback/input-queue.ts';
import { Results } from '../src/rollback/results.ts';
import { Session, type SessionOptions } from '../src/rollback/session.ts';
import { quietMatch } from './conditions.ts';
import { Random } from './random.ts';
import { ToyEnvironment } from './toy-environment.ts';

const TICK = 1000 / 60;

/** A correct peer, among others who may send anything. The toy game throws on bad requests. */
class Victim {
  readonly session: Session;
  readonly environment: ToyEnvironment;
  readonly sent = new Map<number, Uint8Array>();
  now = 0;
  private readonly results = new Results();

  constructor(local: number, options: Omit<SessionOptions, 'local'>) {
    const { players, actionBytes } = options;
    this.session = new Session({ ...options, local });
    this.environment = new ToyEnvironment({ players, actionBytes, endsOneIn: 300 });
  }

  tick(): void {
    const list = this.session.tick((this.now += TICK), { sample: () => 1 });
    this.environment.run(list, this.results);
    this.session.completed(this.results);
    this.session.drainEvents();
    this.session.packets(this.now, (to, packet) => this.sent.set(to, packet.slice()));
  }
}

const options = (players: number): Omit<SessionOptions, 'local'> => ({
  ...quietMatch(players, 60, 0).session,
  episodes: 1000,
  onLeave: 'continue',
});

describe('a session among peers who send anything', () => {
  it.each([1, 2, 3])('neither throws nor grows: altered packets (seed %i)', (seed) => {
    const random = new Random(seed);
    const peers = [0, 1, 2].map((p) => new Victim(p, options(3)));
    for (let tick = 0; tick < 6_000; tick++) {
      for (const peer of peers) peer.tick();
      if (tick === 5_000) for (const p of [0, 1]) peers[p]!.session.playerLeft(2);
      for (const from of [0, 1, 2]) {
        for (const [to, packet] of peers[from]!.sent) {
          // One seat is attacked: the others' packets reach it altered now and then.
          const altered = packet.slice();
          if (to === 0 && random.chance(0.3)) {
            for (let i = random.integer(1, 3); i > 0; i--) {
              altered[random.integer(0, altered.length - 1)] = random.integer(0, 255);
            }
          }
          const { session, now } = peers[to]!;
          session.receive(from, altered, now);
        }
      }
    }
    expect(peers[0]!.environment.keptMost).toBeLessThan(400);
    expect(peers[0]!.session.metrics().packets_refused).toBeGreaterThan(100);
  });

  it('stops in time for a peer who sends its inputs and never acknowledges', () => {
    const victim = new Victim(0, options(2));
    const settings = { ...options(2), onDesync: 'flag' };
    const hello = encodeHello(settings, undefined);
    const writer = new PacketWriter({ players: 2, actionBytes: 1, hello });
    const inputs = new InputQueue(8192, 1);
    for (let tick = 0; tick < 2_000; tick++) {
      inputs.push(1, Uint8Array.of(tick & 1), 0);
      inputs.release(tick - 500);
      const base = Math.max(0, tick - 50);
      writer.begin(1, 0, 0, base, tick, new Int32Array(2), inputs, inputs.held, true);
      victim.session.receive(1, writer.end(), victim.now);
      victim.tick();
    }
    // It was listened to, beyond the bound of prediction.
    expect(victim.session.frame).toBeGreaterThan(100);
    expect(victim.session.frame).toBeLessThan(400);
    expect(victim.environment.keptMost).toBeLessThan(400);
    const packet = new Packet({ players: 2, actionBytes: 1 });
    expect(packet.decode(victim.sent.get(1)!, 0)).toBeNull();
  });
});
