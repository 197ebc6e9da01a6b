/**
 * Settings of a participant's page, from its address: for pilots and tests.
 *
 * skip=1, fps, episodes, max_steps, players, input_delay, relay_only=1, participant,
 * autopilot=1, seed (of the autopilot), keys=wasd|arrows|both, and the game's own options.
 */
import { playersOf } from './players.js';

export function readSettings(game, query) {
  const hands = game.keys[query.get('keys')] ? [query.get('keys')] : ['wasd', 'arrows'];
  const touchHand = hands.at(-1);
  const keys = bothHands(hands.map((hand) => game.keys[hand]));
  const names = keyNames(keys);
  return {
    skip: query.get('skip') === '1',
    autopilot: query.get('autopilot') === '1',
    seed: number(query, 'seed') ?? Math.floor(performance.now() * 1000),
    hints: hands.map((hand) => game.hints[hand]),
    keyNames: names,
    trial: {
      server: '/cotrial',
      game: game.name,
      environment: `/games/${game.name}.py`,
      max_steps: game.max_steps,
      input_delay: game.input_delay,
      ...game.trial,
      environment_options: {
        ...game.trial?.environment_options,
        ...environmentOptions(game, query),
      },
      keys,
      press_keys: game.press.filter((key) => names.includes(key)),
      touch_buttons: game.touch[touchHand],
      ...given({
        max_steps: number(query, 'max_steps'),
        fps: number(query, 'fps'),
        episodes: number(query, 'episodes'),
        input_delay: number(query, 'input_delay') ?? query.get('input_delay'),
        relay_only: query.get('relay_only') === '1' ? true : null,
        participant: query.get('participant'),
      }),
    },
  };
}

/** Without a value the game's and the plugin's own defaults hold. */
const given = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

/** A finite number of the address, or null. */
function number(query, name) {
  const text = query.get(name);
  const value = Number(text);
  return text === null || text.trim() === '' || !Number.isFinite(value) ? null : value;
}

const isMap = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isPerAgent = (keys) => Object.values(keys).some(isMap);

/** The hands' keys together, also where every agent has keys of its own. */
function bothHands(maps) {
  if (!maps.some(isPerAgent)) return Object.assign({}, ...maps);
  const agents = Object.keys(Object.assign({}, ...maps));
  return Object.fromEntries(
    agents.map((agent) => [agent, Object.assign({}, ...maps.map((map) => map[agent]))]),
  );
}

/** All keys and chords, for whichever agent. */
function keyNames(keys) {
  const maps = isPerAgent(keys) ? Object.values(keys) : [keys];
  return [...new Set(maps.flatMap((map) => Object.keys(map)))];
}

/** How the text of the address becomes an option; what cannot be read stays text. */
const READERS = {
  text: (text) => text,
  number: (text) => (Number.isFinite(Number(text)) && text.trim() !== '' ? Number(text) : text),
  truth: (text) => ['1', 'true', 'yes', 'on'].includes(text.toLowerCase()),
  json: (text) => {
    try {
      return JSON.parse(text);
    } catch {
      return text;
    }
  },
};

function environmentOptions(game, query) {
  const options = {};
  for (const [name, kind] of Object.entries(game.options)) {
    if (query.has(name)) options[name] = READERS[kind](query.get(name));
  }
  if (typeof game.players !== 'number') options.players = playersOf(game, query);
  return options;
}
