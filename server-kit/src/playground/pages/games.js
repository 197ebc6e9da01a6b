/**
 * The games of this playground (PlaygroundGame without its files). The server makes list.js; as a
 * module, it is there before the page counts as loaded.
 */
import games from '/playground/list.js';

export { games };

/** Game of an address like `/play/kitchen`. */
export const gameOfPage = (path) => games.find(({ name }) => name === path.split('/')[2]);
