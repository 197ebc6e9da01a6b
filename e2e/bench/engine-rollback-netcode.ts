import {
  asPlayerId,
  createSession,
  SessionState,
  Topology,
  type Game,
  type PlayerId,
  type TransportAdapter,
} from 'rollback-netcode';
import { scriptedAction, ToyGame } from './engine-game.ts';
import { FPS, HASH_INTERVAL, type EngineMatch } from './engine-match.ts';
import { ScriptedNetwork } from './engine-network.ts';

type Send = (from: number, to: number, message: Uint8Array, reliable: boolean) => void;

/** The scripted match on rollback-netcode: a mesh, as ours is one; else its own settings. */
export async function startRollbackNetcode(players: number, seed: number): Promise<EngineMatch> {
  const ids = Array.from({ length: players }, (_, p) => asPlayerId(`player-${p}`));
  const wire: { send: Send } = { send: () => undefined };
  const peers = ids.map((_, player) => {
    const game = hosted(ids);
    const transport = new Transport(player, ids, wire);
    const config = { topology: Topology.Mesh, tickRate: FPS, hashInterval: HASH_INTERVAL };
    const session = createSession({ game, transport, config });
    return { player, game, transport, session, rollbacks: 0 };
  });
  const deliver = (from: number, to: number, message: Uint8Array) => {
    peers[to]!.transport.onMessage?.(ids[from]!, message);
  };

  // Everybody meets over a network without delay: only play is measured.
  wire.send = (from, to, message) => queueMicrotask(() => deliver(from, to, message));
  const [host, ...guests] = peers.map(({ session }) => session);
  const room = await host!.createRoom();
  for (const guest of guests) await guest.joinRoom(room, ids[0]!);
  await settled();
  host!.start();
  await settled();
  if (peers.some(({ session }) => session.state !== SessionState.Playing)) {
    throw new Error('the sessions of rollback-netcode did not start');
  }

  const network = new ScriptedNetwork(players, seed);
  wire.send = (...message) => network.send(...message);
  const input = new Uint8Array(1);
  return {
    play(ticks) {
      for (let tick = 0; tick < ticks; tick++) {
        for (const peer of peers) {
          input[0] = scriptedAction(peer.player, peer.session.currentTick);
          if (peer.session.tick(input).rolledBack) peer.rollbacks += 1;
        }
        network.next(deliver);
      }
    },
    hashes: (frame) => peers.map(({ game }) => game.hashAt(frame)),
    counts: () => ({
      rollbacks: peers.reduce((sum, { rollbacks }) => sum + rollbacks, 0),
      bytes: network.bytes,
      packets: network.packets,
    }),
  };
}

/** Once all messages that are answers to messages have come. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 20));

/** States that are remembered besides the library's own, to be compared in the end. */
const REMEMBERED = 256;

/** The toy game as the library wants it. */
function hosted(ids: readonly PlayerId[]): Game & { hashAt: (frame: number) => number } {
  const game = new ToyGame();
  const actions = new Uint8Array(ids.length);
  const hashes = new Uint32Array(REMEMBERED);
  return {
    serialize: () => game.save(),
    deserialize: (state) => game.load(state),
    step(inputs) {
      ids.forEach((id, p) => (actions[p] = inputs.get(id)?.[0] ?? 0));
      game.step(actions);
      hashes[game.frame % REMEMBERED] = game.hash();
    },
    hash: () => game.hash(),
    hashAt: (frame) => hashes[frame % REMEMBERED]!,
  };
}

/** What the library sends over: everybody is connected with everybody from the beginning. */
class Transport implements TransportAdapter {
  readonly localPeerId: string;
  readonly connectedPeers: ReadonlySet<string>;
  onMessage: ((from: string, message: Uint8Array) => void) | null = null;
  onConnect: ((peer: string) => void) | null = null;
  onDisconnect: ((peer: string) => void) | null = null;

  constructor(
    private readonly player: number,
    private readonly ids: readonly string[],
    private readonly wire: { send: Send },
  ) {
    this.localPeerId = ids[player]!;
    this.connectedPeers = new Set(ids.filter((_, p) => p !== player));
  }

  connect(): Promise<void> {
    return Promise.resolve();
  }

  disconnect(): void {
    return;
  }

  disconnectAll(): void {
    return;
  }

  send(to: string, message: Uint8Array, reliable: boolean): void {
    this.wire.send(this.player, this.ids.indexOf(to), message.slice(), reliable);
  }

  broadcast(message: Uint8Array, reliable: boolean): void {
    for (const to of this.connectedPeers) this.send(to, message, reliable);
  }
}
