import { REQUEST, type RequestList } from '../../core/src/rollback/requests.ts';
import { RESULT, Results } from '../../core/src/rollback/results.ts';
import { Session } from '../../core/src/rollback/session.ts';
import { quietMatch } from '../../core/simulator/conditions.ts';
import { scriptedAction, ToyGame } from './engine-game.ts';
import { FPS, HASH_INTERVAL, type EngineMatch } from './engine-match.ts';
import { ScriptedNetwork } from './engine-network.ts';

/** States that are kept, a power of two. */
const KEPT = 256;

/** The scripted match on Cotrial's engine: no input delay, as the other one has none. */
export function startOurs(players: number, seed: number): EngineMatch {
  const network = new ScriptedNetwork(players, seed);
  const options = {
    ...quietMatch(players, FPS, 0).session,
    inputDelay: 0,
    checksumInterval: HASH_INTERVAL,
  };
  const peers = Array.from({ length: players }, (_, local) => {
    const session = new Session({ ...options, local });
    const sampler = {
      sample(action: Uint8Array): number {
        action[0] = scriptedAction(local, session.frame);
        return 1;
      },
    };
    const send = (to: number, packet: Uint8Array) => network.send(local, to, packet.slice());
    return { session, sampler, send, host: new ToyHost(players) };
  });
  let now = 0;
  const deliver = (from: number, to: number, packet: Uint8Array) => {
    peers[to]!.session.receive(from, packet, now);
  };
  return {
    play(ticks) {
      for (let tick = 0; tick < ticks; tick++) {
        for (const { session, sampler, send, host } of peers) {
          const list = session.tick(now, sampler);
          session.completed(host.run(list));
          session.packets(now, send);
          session.drainEvents();
        }
        now += 1000 / FPS;
        network.next(deliver);
      }
    },
    hashes: (frame) => peers.map(({ host }) => host.hashAt(frame)),
    counts: () => ({
      rollbacks: peers.reduce((sum, { session }) => sum + session.metrics().rollbacks, 0),
      bytes: network.bytes,
      packets: network.packets,
    }),
  };
}

/** Runs request lists on the toy game. Rows are nothing that the other engine has. */
class ToyHost {
  private readonly game = new ToyGame();
  private readonly states: Uint8Array[] = [];
  private readonly results = new Results();
  private readonly actions: Uint8Array;
  private readonly checksum = new Uint8Array(8);

  constructor(private readonly players: number) {
    this.actions = new Uint8Array(players);
  }

  hashAt(frame: number): number {
    const then = new ToyGame();
    then.load(this.states[frame % KEPT]!);
    return then.frame === frame ? then.hash() : -1;
  }

  run({ words, length }: RequestList): Results {
    const { game, states, results, actions, players } = this;
    results.clear();
    let at = 0;
    while (at < length) {
      const kind = words[at]!;
      const frame = words[at + 1]!;
      at += 2;
      if (kind === REQUEST.advance) {
        // Status and one word of action for each player.
        for (let p = 0; p < players; p++) actions[p] = words[at + 2 * p + 1]!;
        at += 2 * players;
        game.step(actions);
      } else if (kind === REQUEST.save) {
        states[frame % KEPT] = game.save();
      } else if (kind === REQUEST.load) {
        game.load(states[frame % KEPT]!);
      } else if (kind === REQUEST.export) {
        at += players;
      } else if (kind === REQUEST.checksum) {
        this.checksum.set(states[(frame + 1) % KEPT]!.subarray(4, 12));
        results.put(RESULT.checksum, frame, this.checksum);
      }
    }
    return results;
  }
}
