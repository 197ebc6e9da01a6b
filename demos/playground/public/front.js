import { games } from './games.js';

/** An element with these properties and children. */
function element(tag, properties, ...children) {
  const made = Object.assign(document.createElement(tag), properties);
  made.append(...children);
  return made;
}

const cards = games.map(({ name, title, blurb }) =>
  element(
    'li',
    {},
    element('img', { src: `/playground/pictures/${name}.svg`, alt: `The game ${title}` }),
    element(
      'div',
      {},
      element('h2', { textContent: title }),
      element('p', { textContent: blurb }),
      element('nav', {}, ...linksTo(name)),
    ),
  ),
);
document.getElementById('games').replaceChildren(...cards);

function linksTo(name) {
  return [
    element('a', {
      href: `/side-by-side/${name}`,
      className: 'primary',
      textContent: 'Two side by side',
    }),
    element('a', { href: `/play/${name}`, textContent: 'One participant’s page' }),
  ];
}
