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
  {
    name: 'commons',
    file: file('commons'),
    picture: picture('commons'),
    players: { least: 2, most: 8, usual: 2 },
    title: 'Commons',
    blurb:
      'One field of berries for all: it feeds everybody, unless everybody takes what they can.',
    instructions: `
      <p>You and others pick berries on one field. Every bush that you harvest is one point for you.</p>
      <ol>
        <li>Walk onto a bush and harvest it.</li>
        <li>New bushes grow by chance, and only beside others: the more around, the sooner.</li>
        <li>Where no bush is left, nothing grows any more.</li>
      </ol>
      <p>The game does not stop when the field is bare.</p>`,
    survey: 'Everybody took a fair share.',
    hints: {
      wasd: '<kbd>W</kbd> <kbd>A</kbd> <kbd>S</kbd> <kbd>D</kbd> move, <kbd>E</kbd> or <kbd>Space</kbd> harvest',
      arrows:
        '<kbd>↑</kbd> <kbd>←</kbd> <kbd>↓</kbd> <kbd>→</kbd> move, <kbd>Enter</kbd> or <kbd>/</kbd> harvest',
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
        { label: 'Pick', key: 'e' },
      ],
      arrows: [
        { label: '▲', key: 'ArrowUp' },
        { label: '◀', key: 'ArrowLeft' },
        { label: '▼', key: 'ArrowDown' },
        { label: '▶', key: 'ArrowRight' },
        { label: 'Pick', key: 'Enter' },
      ],
    },
    // A frame lasts 100 ms: a delay of even one would be felt.
    input_delay: 0,
    max_steps: 1200,
    length: 'two minutes',
    options: { regrowth: 'number', initial: 'number' },
  },
  {
    name: 'dilemma',
    file: file('dilemma'),
    picture: picture('dilemma'),
    players: 2,
    title: 'Dilemma',
    blurb: 'A or B, both at once, and again: what pays best depends on what the other does.',
    instructions: `
      <p>You and another person choose between A and B, at the same time, ten times.</p>
      <ol>
        <li>Choose while the clock runs; you can change your mind until it stops.</li>
        <li>Then both choices are shown, and both get their points.</li>
        <li>The table says how many: first yours, then your partner’s.</li>
      </ol>
      <p>If you do not choose, B is chosen for you.</p>`,
    survey: 'I trusted my partner.',
    hints: {
      wasd: '<kbd>A</kbd> choose A, <kbd>D</kbd> choose B',
      arrows: '<kbd>←</kbd> or <kbd>1</kbd> choose A, <kbd>→</kbd> or <kbd>2</kbd> choose B',
    },
    keys: {
      wasd: { a: 1, d: 2 },
      arrows: { ArrowLeft: 1, ArrowRight: 2, 1: 1, 2: 2 },
    },
    press: [],
    touch: {
      wasd: [
        { label: 'A', key: 'a' },
        { label: 'B', key: 'd' },
      ],
      arrows: [
        { label: 'A', key: '1' },
        { label: 'B', key: '2' },
      ],
    },
    input_delay: 0,
    // Ten rounds of 4 s to choose, 0.5 s of lock and 2.5 s of reveal.
    max_steps: 700,
    length: 'a little more than a minute',
    options: {
      reward: 'number',
      sucker: 'number',
      temptation: 'number',
      punishment: 'number',
      choice_time: 'number',
      reveal_time: 'number',
      default_choice: 'text',
    },
  },
];
