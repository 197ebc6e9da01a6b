/**
 * How a match runs, while it runs: round-trip times, rollbacks and stalls of the last minute, in
 * a strip under the game that can be folded away.
 */
import { element } from './elements.js';

const SPAN_MS = 60_000;
/** Size of a picture's own coordinates; it is stretched to the room that there is. */
const WIDTH = 240;
const HEIGHT = 40;
const SECOND = (WIDTH * 1000) / SPAN_MS;
/** Of the Okabe-Ito palette, told apart with every kind of colour vision; one for each partner. */
const COLORS = ['#0072B2', '#E69F00', '#009E73', '#D55E00', '#CC79A7', '#56B4E9', '#5B6570'];
/** Windows of at least this size have room for the plots; in others they begin folded, CSS pixels. */
const ROOMY = { width: 600, height: 560 };
/** Where the browser keeps whether somebody opened or folded the strip. */
const KEPT = 'cotrial-plots';

/** The strip of one match. It comes with the first figures and goes with `close`. */
export class Plots {
  #ping = new Plot('ping', 'Ping', 'ms', 50);
  #rollbacks = new Plot('rollbacks', 'Rollbacks', 'frames/s', 10);
  #stalls = new Plot('stalls', 'Stalls', 'ms/s', 100);
  #previous = null;
  #strip = null;

  /** `figures`: those of the plugin's `on_figures`, once a second. */
  show(figures) {
    const now = performance.now();
    this.#strip ??= this.#open();
    const { at, rollback_frames, stall_ms } = this.#previous ?? { ...figures, at: now - 1000 };
    // A page that was busy hears late, and the next figures soon after.
    const seconds = Math.max(0.5, (now - at) / 1000);
    this.#previous = { ...figures, at: now };
    this.#ping.lines(now, figures.pings_ms);
    this.#rollbacks.bars(now, (figures.rollback_frames - rollback_frames) / seconds);
    this.#stalls.bars(now, (figures.stall_ms - stall_ms) / seconds);
  }

  close() {
    this.#strip?.remove();
    this.#strip = null;
  }

  #open() {
    const summary = element('summary', { textContent: 'Connection, last 60 s' });
    const plots = [this.#ping, this.#rollbacks, this.#stalls].map((plot) => plot.figure);
    const strip = element(
      'details',
      { className: 'plots', open: kept() ?? isRoomy() },
      summary,
      element('div', {}, ...plots),
    );
    summary.addEventListener('click', () => {
      // It is not turned yet.
      keep(!strip.open);
      // Keys belong to the game again.
      summary.blur();
    });
    document.body.append(strip);
    return strip;
  }
}

/** One picture with its name and its newest value. */
class Plot {
  #name;
  #unit;
  /** The scale never ends below this. */
  #least;
  #samples = [];
  #value = element('strong', {});
  #top = element('span', {});
  #picture = svg('svg', { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, preserveAspectRatio: 'none' });
  #paths = new Map();
  figure;

  constructor(id, name, unit, least) {
    this.#name = name;
    this.#unit = unit;
    this.#least = least;
    this.#picture.setAttribute('role', 'img');
    const caption = element('figcaption', {}, `${name} `, this.#value);
    this.figure = element('figure', {}, caption, this.#top, this.#picture);
    this.figure.dataset.plot = id;
  }

  /** `values`: the newest by partner. */
  lines(now, values) {
    this.#add(now, values);
    const texts = Object.entries(values).map(([who, value]) => `${who} ${this.#text(value)}`);
    const numbers = Object.values(values).map(Math.round);
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    const range = low === high ? low : `${low}–${high}`;
    this.#tell(numbers.length === 0 ? '' : `${range} ${this.#unit}`, texts.join(', '));
    const top = this.#scale();
    for (const who of new Set(this.#samples.flatMap(({ values }) => Object.keys(values)))) {
      let d = '';
      let drawn = false;
      for (const { at, values } of this.#samples) {
        const here = who in values;
        if (here) d += `${drawn ? 'L' : 'M'}${xOf(at, now)} ${yOf(values[who], top)}`;
        drawn = here;
      }
      this.#path(who, 'line').setAttribute('d', d);
    }
  }

  /** `value`: the newest. Nothing is drawn where it is 0. */
  bars(now, value) {
    this.#add(now, { value });
    this.#tell(this.#text(value), this.#text(value));
    const top = this.#scale();
    const bars = this.#samples
      .filter(({ values }) => values.value > 0)
      .map(({ at, values }) => `M${xOf(at, now) - SECOND / 2} ${HEIGHT}V${yOf(values.value, top)}`);
    this.#path('value', 'bars').setAttribute('d', bars.join(''));
  }

  #text(value) {
    return `${Math.round(value)} ${this.#unit}`;
  }

  #add(at, values) {
    this.#samples.push({ at, values });
    while (at - this.#samples[0].at > SPAN_MS) this.#samples.shift();
  }

  #tell(shown, spoken) {
    this.#value.textContent = shown;
    this.#picture.ariaLabel = `${this.#name}: ${spoken || 'not known yet'}`;
  }

  /** The value at the upper edge: 1, 2 or 5 times a power of ten. */
  #scale() {
    const most = Math.max(
      this.#least,
      ...this.#samples.flatMap(({ values }) => Object.values(values)),
    );
    const power = 10 ** Math.floor(Math.log10(most));
    const top = [1, 2, 5, 10].map((step) => step * power).find((value) => value >= most);
    this.#top.textContent = top;
    return top;
  }

  /** `key`: what it shows. `kind`: its class. */
  #path(key, kind) {
    let path = this.#paths.get(key);
    if (path === undefined) {
      const color = COLORS[this.#paths.size % COLORS.length];
      path = svg('path', { class: kind, stroke: color });
      this.#paths.set(key, path);
      this.#picture.append(path);
    }
    return path;
  }
}

const xOf = (at, now) => Math.round(10 * (WIDTH - ((now - at) / 1000) * SECOND)) / 10;
const yOf = (value, top) => Math.round(10 * HEIGHT * (1 - value / top)) / 10;

function svg(tag, attributes) {
  const made = document.createElementNS('http://www.w3.org/2000/svg', tag);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

const isRoomy = () => window.innerWidth >= ROOMY.width && window.innerHeight >= ROOMY.height;

/** Whether the strip was left open, or null if nobody touched it. Storage may be forbidden. */
function kept() {
  try {
    const text = window.localStorage.getItem(KEPT);
    return text === null ? null : text === 'open';
  } catch {
    return null;
  }
}

function keep(open) {
  try {
    window.localStorage.setItem(KEPT, open ? 'open' : 'folded');
  } catch {
    // Then it is as it was by default the next time.
  }
}
