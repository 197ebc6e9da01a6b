/**
 * Two participants' pages in one window. Keys go to the side that uses them, wherever the focus
 * is: on this page, or in either frame after a click there.
 */
import { gameOfPage } from './games.js';

const game = gameOfPage(location.pathname);
const query = new URLSearchParams(location.search);
document.title = `${game.title}, side by side · Cotrial`;
document.getElementById('title').textContent = game.title;

const sides = [openSide('left', 'wasd'), openSide('right', 'arrows')];
listen(window);
window.focus();

/** One participant: its frame, its switch, and a way to press its keys. */
function openSide(id, keys) {
  const section = document.getElementById(id);
  const frame = section.querySelector('iframe');
  const autopilot = section.querySelector('input');
  section.querySelector('.hint').innerHTML = game.hints[keys];
  autopilot.checked = query.get('autopilot') === '1';

  /** The participant's page once it is ready, else undefined. */
  const participant = () => frame.contentWindow.playground;
  autopilot.addEventListener('change', () => {
    participant()?.autopilot(autopilot.checked);
    // The space bar belongs to the game again, not to the switch.
    autopilot.blur();
  });
  frame.addEventListener('load', () => {
    listen(frame.contentWindow);
    participant()?.autopilot(autopilot.checked);
  });
  const own = new URLSearchParams(query);
  own.set('keys', keys);
  if (own.has('participant')) own.set('participant', `${own.get('participant')}-${id}`);
  frame.src = `/play/${game.name}?${own}`;
  return { participant };
}

/** Hands what people type into `target` to the side that uses the key, if it is playing. */
function listen(target) {
  for (const type of ['keydown', 'keyup']) target.addEventListener(type, route, { capture: true });
}

function route(event) {
  // Events that the pages make themselves are already where they belong.
  if (!event.isTrusted || event.ctrlKey || event.altKey || event.metaKey) return;
  const key = event.key.toLowerCase();
  for (const { participant } of sides) {
    const page = participant();
    if (!page?.isPlaying() || !page.keys.includes(key)) continue;
    event.preventDefault();
    event.stopImmediatePropagation();
    page.pressKey({ type: event.type, key: event.key, code: event.code, repeat: event.repeat });
  }
}
