import { scriptedAction, ToyGame } from './engine-game.ts';
import type { EngineMatch } from './engine-match.ts';
import { ScriptedNetwork } from './engine-network.ts';

/** About as long as either engine's. */
const PACKET = new Uint8Array(16);

/**
 * What the game and the network of the scripted match take by themselves: one step and one state
 * kept a tick, one packet to each other player. Rollbacks take more; that is left with the engines.
 */
export function startNone(players: number, seed: number): Pick<EngineMatch, 'play'> {
  const network = new ScriptedNetwork(players, seed);
  const games = Array.from({ length: players }, () => new ToyGame());
  const states: Uint8Array[] = [];
  const actions = new Uint8Array(players);
  let arrived = 0;
  return {
    play(ticks) {
      for (let tick = 0; tick < ticks; tick++) {
        games.forEach((game, player) => {
          actions[player] = scriptedAction(player, game.frame);
          game.step(actions);
          states[(game.frame * players + player) % 512] = game.save();
          for (let to = 0; to < players; to++) {
            if (to !== player) network.send(player, to, PACKET.slice());
          }
        });
        network.next((_from, _to, packet) => (arrived += packet.length));
      }
    },
  };
}
