/**
 * Settings of a participant's page, from its address: for pilots and tests.
 *
 * skip=1, fps, episodes, max_steps, players, input_delay, relay_only=1, participant,
 * autopilot=1, seed (of the autopilot), keys=wasd|arrows|both, and the game's own options.
 */
export function readSettings(game, query) {
  const hands = game.keys[query.get('keys')] ? [query.get('keys')] : ['wasd', 'arrows'];
  const touchHand = hands.at(-1);
  return {
    skip: query.get('skip') === '1',
    autopilot: query.get('autopilot') === '1',
    seed: number(query, 'seed') ?? Math.floor(performance.now() * 1000),
    hints: hands.map((hand) => game.hints[hand]),
    trial: {
      server: '/cotrial',
      game: game.name,
      environment: `/games/${game.name}.py`,
      environment_options: environmentOptions(game, query),
      keys: Object.assign({}, ...hands.map((hand) => game.keys[hand])),
      press_keys: game.press.filter((key) => hands.some((hand) => key in game.keys[hand])),
      touch_buttons: game.touch[touchHand],
      max_steps: number(query, 'max_steps') ?? game.max_steps,
      ...given({
        fps: number(query, 'fps'),
        episodes: number(query, 'episodes'),
        input_delay: number(query, 'input_delay') ?? query.get('input_delay') ?? game.input_delay,
        relay_only: query.get('relay_only') === '1' ? true : null,
        participant: query.get('participant'),
      }),
    },
  };
}

/** Without a value the plugin's own default holds. */
const given = (values) =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));

/** A finite number of the address, or null. */
function number(query, name) {
  const text = query.get(name);
  const value = Number(text);
  return text === null || text.trim() === '' || !Number.isFinite(value) ? null : value;
}

function environmentOptions(game, query) {
  const options = {};
  for (const [name, read] of Object.entries(game.options)) {
    if (query.has(name)) options[name] = read(query.get(name));
  }
  return options;
}
