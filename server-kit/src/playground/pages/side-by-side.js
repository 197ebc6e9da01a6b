/**
 * All participants' pages in one window. Wherever the focus is, on this page or in a frame after a
 * click there, keys go to the side that they belong to: of two sides, the left one has W A S D and
 * the right one the arrows; of more, the chosen one has all keys and the others have their
 * autopilots.
 */
import { element } from './elements.js';
import { gameOfPage } from './games.js';
import { playerCounts, playersOf } from './players.js';

const game = gameOfPage(location.pathname);
const query = new URLSearchParams(location.search);
const count = playersOf(game, query);
const ABOUT = {
  1: 'One participant. Play, or let the autopilot press the keys.',
  2: 'Two participants in one window. Play both, or let one press its keys by itself.',
};

document.title = `${game.title}, side by side · Cotrial`;
document.getElementById('title').textContent = game.title;
document.getElementById('about').innerHTML =
  ABOUT[count] ?? `Click on a participant to play it: ${game.hints.wasd}`;
document.getElementById('counts').append(...linksToCounts());

const main = document.getElementById('sides');
main.dataset.count = count;
let chosen = 0;
/** Keys that are down, and the page that was told so. */
const down = new Map();
const sides = Array.from({ length: count }, (_, i) => openSide(i));
if (count > 2) choose(0);
listen(window);
window.focus();

function linksToCounts() {
  const counts = playerCounts(game);
  if (counts.length === 1) return [];
  return counts.map((players) => {
    const others = new URLSearchParams(query);
    others.set('players', players);
    const link = element('a', { href: `?${others}`, textContent: players });
    if (players === count) link.ariaCurrent = 'page';
    return link;
  });
}

/** One participant: its frame, its switch, and a way to press its keys. */
function openSide(i) {
  const id = count === 2 ? ['left', 'right'][i] : `player-${i + 1}`;
  const hand = count === 2 ? ['wasd', 'arrows'][i] : 'both';
  const fragment = document.querySelector('template').content.cloneNode(true);
  const section = fragment.querySelector('section');
  const frame = section.querySelector('iframe');
  const autopilot = section.querySelector('input');
  section.id = id;
  frame.title = count === 2 ? ['Left participant', 'Right participant'][i] : `Participant ${i + 1}`;
  const hint = section.querySelector('.hint');
  if (count > 2) hint.textContent = frame.title;
  else hint.innerHTML = game.hints[hand] ?? Object.values(game.hints).join('<br>');
  // Nobody has hands for more than two.
  autopilot.checked = query.has('autopilot') ? query.get('autopilot') === '1' : count > 2 && i > 0;

  /** The participant's page once it is ready, else undefined. */
  const participant = () => frame.contentWindow.playground;
  autopilot.addEventListener('change', () => {
    participant()?.autopilot(autopilot.checked);
    // The space bar belongs to the game again, not to the switch.
    autopilot.blur();
  });
  frame.addEventListener('load', () => {
    listen(frame.contentWindow);
    frame.contentWindow.addEventListener('pointerdown', () => choose(i));
    participant()?.autopilot(autopilot.checked);
  });
  section.addEventListener('pointerdown', () => choose(i));
  main.append(fragment);
  frame.src = `/play/${game.name}?${ownQuery(id, hand, autopilot.checked)}`;
  return { section, participant };
}

function ownQuery(id, hand, plays) {
  const own = new URLSearchParams(query);
  own.set('keys', hand);
  if (own.has('participant')) own.set('participant', `${own.get('participant')}-${id}`);
  // Who plays by itself has no need of instructions, where one would have to click through all.
  if (count > 2 && plays && !own.has('skip')) own.set('skip', '1');
  return own;
}

/** Of more than two sides: the one that has the keys. */
function choose(i) {
  if (count <= 2) return;
  releaseKeys();
  chosen = i;
  for (const [at, { section }] of sides.entries()) {
    section.classList.toggle('chosen', at === i);
    const name = section.querySelector('iframe').title;
    section.querySelector('.hint').textContent = at === i ? `${name}: you` : name;
  }
}

/** Keys that are down on a side of which they are taken would stay down there. */
function releaseKeys() {
  for (const [key, { page, code }] of down) page.pressKey({ type: 'keyup', key, code });
  down.clear();
}

/** Hands what people type into `target` to the side that uses the key, if it is playing. */
function listen(target) {
  for (const type of ['keydown', 'keyup']) target.addEventListener(type, route, { capture: true });
}

function route(event) {
  // Events that the pages make themselves are already where they belong.
  if (!event.isTrusted || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  for (const { participant } of count > 2 ? [sides[chosen]] : sides) {
    const page = participant();
    if (!page?.isPlaying() || !page.keys.includes(key)) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (event.type === 'keydown') down.set(event.key, { page, code: event.code });
    else down.delete(event.key);
    page.pressKey({ type: event.type, key: event.key, code: event.code, repeat: event.repeat });
  }
}
