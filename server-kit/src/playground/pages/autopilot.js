/** Shortest and longest time that the autopilot holds a key, or waits between two, ms. */
const HOLD = [80, 450];
const PAUSE = [20, 200];

/**
 * Presses a participant's keys, as a person does who has just sat down: one at a time or two at
 * once, held for a while, in an order that the seed gives.
 */
export class Autopilot {
  #wanted = false;
  #allowed = false;
  /** For each of its two fingers: the key that is down, or null, and the running timer. */
  #fingers = [
    { key: null, timer: undefined },
    { key: null, timer: undefined },
  ];

  /** `entries`: keys and chords, as in the plugin's `keys`. `press`: sends one key event. */
  constructor(entries, seed, press) {
    this.keys = entries.filter((entry) => !entry.includes('+'));
    this.random = generator(seed);
    this.press = press;
  }

  /** What the participant wants. */
  switch(on) {
    this.#wanted = on;
    this.#update();
  }

  /** Whether there is a game to press keys for. */
  allow(allowed) {
    this.#allowed = allowed;
    this.#update();
  }

  #update() {
    const on = this.#wanted && this.#allowed;
    for (const finger of this.#fingers) {
      if (on && finger.timer === undefined) this.#next(finger);
      if (!on) this.#rest(finger);
    }
  }

  #rest(finger) {
    clearTimeout(finger.timer);
    finger.timer = undefined;
    this.#lift(finger);
  }

  #lift(finger) {
    if (finger.key !== null) this.press({ type: 'keyup', key: finger.key });
    finger.key = null;
  }

  /** Lifts the finger if it is down, else puts it on a key that the other finger leaves free. */
  #next(finger) {
    const wasDown = finger.key !== null;
    this.#lift(finger);
    if (!wasDown) {
      const taken = this.#fingers.map(({ key }) => key);
      const free = this.keys.filter((key) => !taken.includes(key));
      finger.key = free[Math.floor(this.random() * free.length)];
      this.press({ type: 'keydown', key: finger.key });
    }
    const [least, most] = wasDown ? PAUSE : HOLD;
    const wait = least + this.random() * (most - least);
    finger.timer = setTimeout(() => this.#next(finger), wait);
  }
}

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
function generator(seed) {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
