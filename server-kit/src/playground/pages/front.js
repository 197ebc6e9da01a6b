import { element } from './elements.js';
import { games } from './games.js';
import { playerCounts } from './players.js';

const NUMBERS = ['', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight'];

const cards = games.map((game) =>
  element(
    'li',
    {},
    ...(game.picture === null
      ? []
      : [element('img', { src: game.picture, alt: `The game ${game.title}` })]),
    element(
      'div',
      {},
      element('h2', { textContent: game.title }),
      element('p', { className: 'players', textContent: playersText(game) }),
      element('p', { textContent: game.blurb }),
      element('nav', {}, ...linksTo(game)),
    ),
  ),
);
document.getElementById('games').replaceChildren(...cards);

function playersText(game) {
  const counts = playerCounts(game);
  if (counts.length > 1) return `${counts[0]} to ${counts.at(-1)} players`;
  return counts[0] === 1 ? '1 player' : `${counts[0]} players`;
}

function linksTo(game) {
  return [
    element('a', {
      href: `/side-by-side/${game.name}`,
      className: 'primary',
      textContent: sideBySideText(game),
    }),
    element('a', { href: `/play/${game.name}`, textContent: 'One participant’s page' }),
    ...(game.findings
      ? [element('a', { href: `/check/${game.name}`, textContent: findingsText(game.findings) })]
      : []),
  ];
}

function sideBySideText({ players }) {
  const usual = typeof players === 'number' ? players : players.usual;
  return usual === 1 ? 'Play' : `${NUMBERS[usual] ?? usual} side by side`;
}

function findingsText({ faults, notes }) {
  if (faults.length > 0)
    return `${faults.length} ${faults.length === 1 ? 'fault' : 'faults'} found`;
  return notes.length > 0 ? 'Notes on the file' : 'Nothing found wrong';
}
