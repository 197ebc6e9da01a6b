import { ProtocolError, type ProtocolFault } from '../src/protocol/error.ts';
import { MAX_PACKET_INPUTS } from '../src/protocol/input-runs.ts';
import { MAX_PACKET_BYTES, Packet } from '../src/protocol/packet.ts';
import { Results } from '../src/rollback/results.ts';
import { Session } from '../src/rollback/session.ts';
import { quietMatch } from './conditions.ts';
import { demand } from './failure.ts';
import { Random } from './random.ts';
import { ToyEnvironment } from './toy-environment.ts';

/** How many packets were accepted, and how many refused for what, by fault. */
export type Verdicts = Partial<Record<'accepted' | ProtocolFault, number>>;

const PLAYERS = 4;
const TICK_MS = 1000 / 60;

/**
 * Gives the decoder packets that are random, or real ones that were changed.
 *
 * @throws SimulationFailure if it answers with anything but null or the typed error, or takes in
 *   more than a packet may hold
 */
export function fuzzDecoder(count: number, seed: number): Verdicts {
  const random = new Random(seed);
  const real = realPackets(random);
  const shapes = [1, 2, 8, 255].map((actionBytes) => ({ players: PLAYERS, actionBytes }));
  const decoders = shapes.map((shape) => new Packet(shape));
  const verdicts: Verdicts = {};
  for (let i = 0; i < count; i++) {
    const packet = decoders[random.chance(0.8) ? 0 : random.integer(0, decoders.length - 1)]!;
    const bytes = spoil(random, real);
    note(verdicts, packet.decode(bytes, random.integer(0, PLAYERS - 1)));
    const { length, actions, metas } = packet.inputs;
    demand(
      length <= MAX_PACKET_INPUTS && metas.length <= MAX_PACKET_INPUTS,
      `${length} inputs of ${bytes.length} bytes`,
    );
    demand(actions.length <= MAX_PACKET_INPUTS * packet.inputs.actionBytes, 'actions grew');
  }
  return verdicts;
}

/**
 * Gives the packets to peers in the middle of a match, as if they came from one of them, who is
 * also heard truly now and then. The toy game throws on every request that makes no sense.
 *
 * @throws SimulationFailure as above, or if a peer keeps more and more
 */
export function fuzzSessions(count: number, seed: number): Verdicts {
  const random = new Random(seed);
  const verdicts: Verdicts = {};
  // Harm may need a while to show, and one that is done may not hide another: matches of some length.
  const perMatch = 20_000;
  for (let done = 0; done < count; done += perMatch) {
    attackMatch(Math.min(perMatch, count - done), random, verdicts);
  }
  return verdicts;
}

/** Packets that the attacked peers get between two ticks. */
const PER_TICK = 8;
const MOST_KEPT = 400;

function attackMatch(count: number, random: Random, verdicts: Verdicts): void {
  const peers = table(random, PLAYERS);
  const real: Uint8Array[] = [];
  const attacker = random.integer(0, PLAYERS - 1);
  const leavesAt = random.chance(0.5) ? count * random.unit() : Infinity;
  for (let done = 0; done < count; done += PER_TICK) {
    for (const peer of peers) {
      peer.tick((to, bytes) => {
        if (real.length < 512) real.push(bytes);
        else real[random.integer(0, real.length - 1)] = bytes;
        if (peer.player !== attacker || random.chance(0.5)) peers[to]!.receive(peer.player, bytes);
      });
      demand(peer.environment.keptMost <= MOST_KEPT, `${peer.environment.keptMost} states kept`);
    }
    for (let i = 0; i < PER_TICK; i++) {
      const victim = peers[(attacker + random.integer(1, PLAYERS - 1)) % PLAYERS]!;
      note(verdicts, victim.receive(attacker, spoil(random, real)));
    }
    if (done >= leavesAt && done < leavesAt + PER_TICK) {
      for (const peer of peers) peer.session.playerLeft(attacker);
    }
  }
}

interface Peer {
  player: number;
  session: Session;
  environment: ToyEnvironment;
  tick: (send: (to: number, bytes: Uint8Array) => void) => void;
  receive: (from: number, bytes: Uint8Array) => ProtocolError | null;
}

/** Peers who hear each other at once. */
function table(random: Random, players: number): Peer[] {
  const { session: options } = quietMatch(players, 60, 0);
  const all = { ...options, episodes: 1000, maxSteps: 500, onLeave: 'continue' as const };
  return Array.from({ length: players }, (_, player) => {
    const session = new Session({ ...all, local: player });
    const environment = new ToyEnvironment({ players, actionBytes: 1, endsOneIn: 300 });
    const results = new Results();
    let now = 0;
    return {
      player,
      session,
      environment,
      tick(send) {
        now += TICK_MS;
        const list = session.tick(now, {
          sample: (action) => {
            action[0] = random.integer(0, 3);
            return 1;
          },
        });
        environment.run(list, results);
        session.completed(results);
        session.drainEvents();
        session.packets(now, (to, bytes) => send(to, bytes.slice()));
      },
      receive: (from, bytes) => session.receive(from, bytes, now),
    };
  });
}

/** Of all kinds: with runs, checksums, departures, fills. */
function realPackets(random: Random): Uint8Array[] {
  const packets: Uint8Array[] = [];
  const peers = table(random, PLAYERS);
  for (let tick = 0; tick < 400; tick++) {
    for (const peer of peers) {
      if (tick > 200 && peer.player === PLAYERS - 1) continue;
      peer.tick((to, bytes) => {
        if (random.chance(0.5)) packets.push(bytes);
        if (random.chance(0.5)) peers[to]!.receive(peer.player, bytes);
      });
      if (tick === 210 + 3 * peer.player) peer.session.playerLeft(PLAYERS - 1);
    }
  }
  return packets;
}

/** Random bytes, or a real packet with a few changes. */
function spoil(random: Random, real: readonly Uint8Array[]): Uint8Array {
  if (real.length === 0 || random.chance(0.1)) {
    const length = random.chance(0.01) ? random.integer(0, 1200) : random.integer(0, 40);
    const bytes = Uint8Array.from({ length }, () => random.u32());
    // Most that are not ours are not looked into.
    if (length > 0 && random.chance(0.9)) bytes[0] = random.pick([0xc1, 0xd1]);
    return bytes;
  }
  const bytes = random.pick(real).slice();
  for (let i = random.integer(1, 3); i > 0 && bytes.length > 0; i--) {
    const at = random.integer(0, bytes.length - 1);
    switch (random.integer(0, 5)) {
      case 0:
        bytes[at] = random.u32();
        break;
      case 1:
        bytes[at]! ^= 1 << random.integer(0, 7);
        break;
      case 2:
        bytes[at] = random.pick([0, 1, 0x7f, 0x80, 0xff]);
        break;
      case 3:
        bytes.copyWithin(at, random.integer(0, bytes.length - 1));
        break;
      case 4:
        return bytes.slice(0, at);
      default:
        return concat(bytes, random.pick(real).subarray(0, random.integer(0, MAX_PACKET_BYTES)));
    }
  }
  return bytes;
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array {
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

function note(verdicts: Verdicts, error: unknown): void {
  let verdict: keyof Verdicts = 'accepted';
  if (error !== null) {
    demand(error instanceof ProtocolError, 'something else than the typed error');
    verdict = error.fault;
  }
  verdicts[verdict] = (verdicts[verdict] ?? 0) + 1;
}
