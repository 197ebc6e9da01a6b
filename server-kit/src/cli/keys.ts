/**
 * Keys for an environment of which nothing but its action spaces is known: enough to try it. Which
 * key does what is written beside the game. Pure.
 */
import type { Agent } from '../../../core/src/environment/environment.ts';
import type { Hand, KeyMap } from '../playground/game.ts';
import { movesOf, together, type Move } from './moves.ts';

/** In the order in which moves get them; no key is in both hands, so two play on one keyboard. */
const KEYS: Record<Hand, string[]> = {
  wasd: [...'adwseqrfzxcvtg12345'],
  arrows: [
    ...['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Enter', '/', '.', ','],
    ...'lkmnjopiu6789',
  ],
};
const SHOWN: Record<string, string> = {
  ArrowLeft: '←',
  ArrowRight: '→',
  ArrowUp: '↑',
  ArrowDown: '↓',
};
/** Chords of more than this many entries are left out: nobody can try them all. */
const MOST_CHORDS = 64;

export interface Controls {
  keys: Record<Hand, KeyMap>;
  /** HTML. */
  hints: Record<Hand, string>;
  touch: Record<Hand, object[]>;
}

/** Keys of each agent, where agents differ, and otherwise of them all. */
export function controlsFor(agents: readonly Agent[]): Controls {
  const moves = agents.map(movesOf);
  const longest = moves.reduce((a, b) => (b.length > a.length ? b : a));
  const alike = new Set(moves.map((list) => JSON.stringify(list))).size === 1;
  const forHand = <T>(make: (hand: Hand) => T): Record<Hand, T> => ({
    wasd: make('wasd'),
    arrows: make('arrows'),
  });
  return {
    keys: forHand((hand) =>
      alike
        ? keyMap(moves[0]!, hand)
        : Object.fromEntries(agents.map(({ id }, i) => [id, keyMap(moves[i]!, hand)])),
    ),
    hints: forHand((hand) => hint(longest, hand, alike)),
    touch: forHand((hand) => buttons(longest, hand)),
  };
}

function keyMap(moves: Move[], hand: Hand): KeyMap {
  const keyed = withKeys(moves, hand);
  const chords = keyed.flatMap(([key, move], i) =>
    keyed.slice(i + 1).flatMap(([other, second]): [string, number[]][] => {
      const action = together(move, second);
      return action === null ? [] : [[`${key}+${other}`, action]];
    }),
  );
  return Object.fromEntries([
    ...keyed.map(([key, { action }]) => [key, action] as const),
    ...chords.slice(0, MOST_CHORDS),
  ]);
}

const withKeys = (moves: Move[], hand: Hand): [string, Move][] =>
  moves.slice(0, KEYS[hand].length).map((move, i) => [KEYS[hand][i]!, move]);

const shown = (key: string): string => SHOWN[key] ?? (key.length === 1 ? key.toUpperCase() : key);

function hint(moves: Move[], hand: Hand, alike: boolean): string {
  if (moves.length === 0) return 'There is nothing to do but to watch.';
  const keyed = withKeys(moves, hand);
  const list = keyed.map(([key, { label }]) => `<kbd>${shown(key)}</kbd> ${label}`).join(', ');
  const more =
    moves.length > keyed.length ? `; ${moves.length - keyed.length} more have no key` : '';
  return `${list}${more}${alike ? '' : ' (other players may have other actions)'}`;
}

function buttons(moves: Move[], hand: Hand): object[] {
  return withKeys(moves, hand)
    .slice(0, 8)
    .map(([key, { label }]) => ({ label: shown(key).length === 1 ? shown(key) : label, key }));
}
