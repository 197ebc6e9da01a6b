import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { bindingsFor } from '../src/devices/bindings.ts';
import { HeldKeys } from '../src/devices/held-keys.ts';
import { buttonsFor } from '../src/devices/touch.ts';
import { preparePage, runOf, start, type Experiment } from './page.ts';
import type { ScriptedRun } from './scripted-run.ts';

vi.mock('../src/core.ts', () => import('./fake-core.ts'));

describe('bindings', () => {
  const bind = (keys: object, press: string[] = []) => bindingsFor(keys, press, 'a', ['a', 'b']);

  it('are the same for everybody, or for each agent', () => {
    const left = [{ keys: ['arrowleft'], action: 1, press: false }];
    expect(bind({ ArrowLeft: 1 })).toEqual(left);
    expect(bind({ a: { ArrowLeft: 1 }, b: { q: 2 } })).toEqual(left);
    expect(bind({ b: { q: 2 } })).toEqual([]);
  });

  it('know chords, press keys, lists of numbers, and keys with odd names', () => {
    expect(bind({ 'w+D': [1, 1], Space: 2, '+': 3, ' ': 4 }, ['d+w', ' '])).toEqual([
      { keys: ['w', 'd'], action: [1, 1], press: true },
      { keys: [' '], action: 2, press: true },
      { keys: ['+'], action: 3, press: false },
      { keys: [' '], action: 4, press: true },
    ]);
  });
});

describe('held keys', () => {
  const keys = () => new HeldKeys(bindingsFor({ a: 1, d: 2, 'a+d': 3, x: 4 }, ['x'], 'p', ['p']));

  it('play the key that went down last, and the other one again after it', () => {
    const held = new HeldKeys(bindingsFor({ a: 1, d: 2 }, [], 'p', ['p']));
    held.press('KeyA', 'a');
    held.press('KeyD', 'd');
    expect(held.held()).toBe(2);
    held.release('KeyD');
    expect(held.held()).toBe(1);
    held.release('KeyA');
    expect(held.held()).toBeNull();
  });

  it('play a chord before its parts, in whichever order they went down', () => {
    for (const order of [
      ['a', 'd'],
      ['d', 'a'],
    ]) {
      const held = keys();
      for (const key of order) held.press(key, key);
      expect(held.held()).toBe(3);
    }
  });

  it('play a press key once, and what is held stays held', () => {
    const held = keys();
    expect(held.press('KeyA', 'a')).toBe(1);
    expect(held.press('KeyX', 'x')).toBe(4);
    expect(held.press('KeyX', 'x')).toBeNull();
    expect(held.held()).toBe(1);
    held.release('KeyX');
    expect(held.press('KeyX', 'x')).toBe(4);
  });
});

it('makes one touch button for each action', () => {
  const bindings = bindingsFor({ ArrowUp: 1, w: 1, 'w+d': 3, ' ': 2, e: 4 }, [], 'p', ['p']);
  expect(buttonsFor(bindings)).toEqual([
    { label: '▲', key: 'arrowup' },
    { label: 'Space', key: ' ' },
    { label: 'E', key: 'e' },
  ]);
});

describe('in a trial', () => {
  let experiment: Experiment;
  let run: ScriptedRun;

  const begin = async (parameters = {}, state: 'countdown' | 'playing' = 'playing') => {
    experiment = start([parameters]);
    run = await runOf(experiment);
    run.goTo(state);
    run.inputs.length = 0;
  };
  const key = (type: 'keydown' | 'keyup', init: KeyboardEventInit, target: Node = document.body) =>
    target.dispatchEvent(new KeyboardEvent(type, { bubbles: true, cancelable: true, ...init }));
  const one = (action: number | null) => (action === null ? null : Uint8Array.of(action));
  const input = (held: number | null, pressed: number | null, focused = true) => ({
    held: one(held),
    pressed: one(pressed),
    focused,
  });

  beforeEach(preparePage);
  afterEach(async () => {
    experiment.jsPsych.abortExperiment();
    await experiment.over;
    vi.unstubAllGlobals();
    vi.restoreAllMocks();
  });

  it('sends a tap as a press too, so that it is not lost between two samples', async () => {
    await begin();
    key('keydown', { key: 'ArrowLeft', code: 'ArrowLeft' });
    key('keydown', { key: 'ArrowLeft', code: 'ArrowLeft', repeat: true });
    key('keyup', { key: 'ArrowLeft', code: 'ArrowLeft' });
    expect(run.inputs).toEqual([input(1, 1), input(null, null)]);
  });

  it('sends a press key once, and never as held', async () => {
    await begin();
    key('keydown', { key: 'ArrowLeft', code: 'ArrowLeft' });
    key('keydown', { key: ' ', code: 'Space' });
    key('keyup', { key: ' ', code: 'Space' });
    expect(run.inputs).toEqual([input(1, 1), input(1, 4), input(1, null)]);
  });

  it('plays chords', async () => {
    await begin();
    key('keydown', { key: 'ArrowLeft', code: 'ArrowLeft' });
    key('keydown', { key: 'ArrowRight', code: 'ArrowRight' });
    key('keyup', { key: 'ArrowLeft', code: 'ArrowLeft' });
    expect(run.inputs).toEqual([input(1, 1), input(3, 3), input(2, null)]);
  });

  it('saves up no presses before play, but knows what is held when it begins', async () => {
    await begin({}, 'countdown');
    key('keydown', { key: 'ArrowLeft', code: 'ArrowLeft' });
    key('keydown', { key: ' ', code: 'Space' });
    expect(run.inputs).toEqual([input(1, null), input(1, null)]);
  });

  it('hears what jsPsych simulates: no code, no bubbling, on the container', async () => {
    await begin();
    experiment.jsPsych.pluginAPI.pressKey('ArrowLeft');
    expect(run.inputs).toEqual([input(1, 1), input(null, null)]);
  });

  it('keeps a key apart from its shifted self', async () => {
    await begin({ keys: { a: 1 }, press_keys: [] });
    key('keydown', { key: 'a', code: 'KeyA' });
    key('keydown', { key: 'Shift', code: 'ShiftLeft' });
    key('keyup', { key: 'A', code: 'KeyA' });
    expect(run.inputs).toEqual([input(1, 1), input(null, null)]);
  });

  it('takes the game’s keys from the page, and no others', async () => {
    await begin();
    const taken = (init: KeyboardEventInit, target?: Node) => !key('keydown', init, target);
    expect(taken({ key: ' ' })).toBe(true);
    expect(taken({ key: 'Tab' })).toBe(false);
    expect(taken({ key: 'ArrowLeft', ctrlKey: true })).toBe(false);
    const field = document.body.appendChild(document.createElement('input'));
    expect(taken({ key: 'ArrowLeft' }, field)).toBe(false);
    field.remove();
  });

  it('releases everything when the window loses the focus, and says so', async () => {
    await begin();
    key('keydown', { key: 'ArrowLeft', code: 'ArrowLeft' });
    vi.spyOn(document, 'hasFocus').mockReturnValue(false);
    window.dispatchEvent(new Event('blur'));
    expect(run.inputs.at(-1)).toEqual(input(null, null, false));
    vi.spyOn(document, 'hasFocus').mockReturnValue(true);
    window.dispatchEvent(new Event('focus'));
    expect(run.inputs.at(-1)).toEqual(input(null, null, true));
  });

  it('gives the keys back once the game is over', async () => {
    await begin();
    run.abort('over');
    await vi.waitUntil(() => experiment.root()?.dataset['state'] === 'ended');
    run.inputs.length = 0;
    expect(key('keydown', { key: ' ' })).toBe(true);
    expect(run.inputs).toEqual([]);
  });

  it('has buttons on touch screens: for keys, and with actions of their own', async () => {
    await begin({
      touch_buttons: [
        { label: 'Left', key: 'ArrowLeft' },
        { label: 'Jump', action: 2, press: true },
      ],
    });
    expect(document.querySelector('.cotrial-button')).toBeNull();
    document.dispatchEvent(Object.assign(new Event('pointerdown'), { pointerType: 'mouse' }));
    expect(document.querySelector('.cotrial-button')).toBeNull();
    document.dispatchEvent(Object.assign(new Event('pointerdown'), { pointerType: 'touch' }));
    const [left, jump] = document.querySelectorAll('.cotrial-button');
    left!.dispatchEvent(new Event('pointerdown'));
    jump!.dispatchEvent(new Event('pointerdown'));
    jump!.dispatchEvent(new Event('pointerup'));
    left!.dispatchEvent(new Event('pointercancel'));
    expect(run.inputs).toEqual([input(1, 1), input(1, 2), input(1, null), input(null, null)]);
  });
});
