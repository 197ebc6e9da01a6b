import { fileURLToPath } from 'node:url';

const file = (name) => fileURLToPath(new URL(`../games/${name}.py`, import.meta.url));
const picture = (name) => fileURLToPath(new URL(`./pictures/${name}.svg`, import.meta.url));

/**
 * The games of the playground, with what its pages say of them. PlaygroundGame in
 * server-kit/src/playground/game.ts explains every field.
 */
export const games = [
  {
    name: 'kitchen',
    file: file('kitchen'),
    picture: picture('kitchen'),
    players: 2,
    title: 'Kitchen',
    blurb: 'Two chefs share a kitchen: three onions, some patience, one soup after the other.',
    instructions: `
      <p>You and another person share a kitchen. Together, serve as many soups as you can.</p>
      <ol>
        <li>Carry three onions to a pot, one by one.</li>
        <li>Wait until the soup is cooked: the bar under the pot is full.</li>
        <li>Fetch a plate, fill it at the pot, and bring it to the hatch marked “serve”.</li>
      </ol>
      <p>Counters hold things, so you can hand them over. Every soup counts for both of you.</p>`,
    survey: 'My partner and I worked well together.',
    hints: {
      wasd: '<kbd>W</kbd> <kbd>A</kbd> <kbd>S</kbd> <kbd>D</kbd> move, <kbd>E</kbd> or <kbd>Space</kbd> pick up, put down, serve',
      arrows:
        '<kbd>↑</kbd> <kbd>←</kbd> <kbd>↓</kbd> <kbd>→</kbd> move, <kbd>Enter</kbd> or <kbd>/</kbd> pick up, put down, serve',
    },
    keys: {
      wasd: { w: 1, s: 2, a: 3, d: 4, e: 5, ' ': 5 },
      arrows: { ArrowUp: 1, ArrowDown: 2, ArrowLeft: 3, ArrowRight: 4, Enter: 5, '/': 5 },
    },
    press: ['e', ' ', 'Enter', '/'],
    touch: {
      wasd: [
        { label: '◀', key: 'a' },
        { label: '▲', key: 'w' },
        { label: '▼', key: 's' },
        { label: '▶', key: 'd' },
        { label: 'Use', key: 'e' },
      ],
      arrows: [
        { label: '▲', key: 'ArrowUp' },
        { label: '◀', key: 'ArrowLeft' },
        { label: '▼', key: 'ArrowDown' },
        { label: '▶', key: 'ArrowRight' },
        { label: 'Use', key: 'Enter' },
      ],
    },
    // A frame lasts 100 ms: a delay of even one would be felt.
    input_delay: 0,
    max_steps: 900,
    length: 'a minute and a half',
    options: { layout: 'text', cook_time: 'number' },
  },
  {
    name: 'volley',
    file: file('volley'),
    picture: picture('volley'),
    players: 2,
    title: 'Volley',
    blurb: 'One ball, one net, two heads: keep the ball off your own half of the sand.',
    instructions: `
      <p>You play against another person, each on one side of a net.</p>
      <ol>
        <li>Run under the ball and head it over the net; jump to reach it sooner.</li>
        <li>When the ball touches the sand, the other side gets a point.</li>
        <li>The next ball is served on the side that lost the last one.</li>
      </ol>`,
    survey: 'It was fun to play with this partner.',
    hints: {
      wasd: '<kbd>A</kbd> <kbd>D</kbd> run, <kbd>W</kbd> jump',
      arrows: '<kbd>←</kbd> <kbd>→</kbd> run, <kbd>↑</kbd> jump',
    },
    keys: {
      wasd: { a: 1, d: 2, w: 3, 'w+a': 4, 'w+d': 5 },
      arrows: {
        ArrowLeft: 1,
        ArrowRight: 2,
        ArrowUp: 3,
        'ArrowUp+ArrowLeft': 4,
        'ArrowUp+ArrowRight': 5,
      },
    },
    press: [],
    touch: {
      wasd: [
        { label: '◀', key: 'a' },
        { label: '▶', key: 'd' },
        { label: 'Jump', key: 'w' },
      ],
      arrows: [
        { label: '◀', key: 'ArrowLeft' },
        { label: '▶', key: 'ArrowRight' },
        { label: 'Jump', key: 'ArrowUp' },
      ],
    },
    input_delay: 2,
    max_steps: 1800,
    length: 'one minute',
    options: { scoring: 'text' },
  },
];
