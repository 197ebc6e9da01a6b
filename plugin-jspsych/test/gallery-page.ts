/** The gallery's page: one trial, brought to the screen that `?screen=` names. */
import { OUTCOMES, type GameResult, type GameState, type Outcome } from '@cotrial/core';
import { initJsPsych } from 'jspsych';
import { marshalled, type Plain } from '../../core/test/render/marshalled.ts';
import MultiplayerPyodidePlugin from '../src/index.ts';
import { resultWithoutGame } from '../src/data.ts';
import { core } from './gallery-core.ts';
import { ENVIRONMENT } from './scripted-run.ts';

const screen = new URLSearchParams(location.search).get('screen') ?? 'loading';
const now = performance.now();
const STATES: Record<string, GameState> = {
  loading: { name: 'loading', stage: 'packages', fraction: 0.62 },
  waiting: { name: 'waiting', waited_ms: 42_000, timeout_ms: 120_000 },
  connecting: { name: 'connecting' },
  countdown: { name: 'countdown', starts_at: now + 3_000 },
  playing: { name: 'playing', episode: 1, episodes: 3 },
  'playing-touch': { name: 'playing', episode: 1, episodes: 3 },
  paused: {
    name: 'paused',
    agent: 'player_1',
    reason: 'unreachable',
    since: now,
    limit_ms: 15_000,
  },
  'paused-asleep': {
    name: 'paused',
    agent: 'player_1',
    reason: 'asleep',
    since: now,
    limit_ms: 28_500,
  },
  'paused-slow': {
    name: 'paused',
    agent: 'player_1',
    reason: 'slow',
    since: now,
    limit_ms: null,
  },
  saving: { name: 'saving' },
};

const TRACEBACK = `Traceback (most recent call last):
  File "kitchen.py", line 214, in step
    self._interact(agent, self._facing(agent))
  File "kitchen.py", line 301, in _interact
    pot = self.pots[cell]
          ~~~~~~~~~^^^^^^
KeyError: (3, 1)`;

/** Every type of entry, looking a little like a game. */
function picture(): Plain {
  const tile = 60;
  const list: Plain[] = [{ type: 'rect', x: 0, y: 0, w: 600, h: 400, color: '#e9e2d5', depth: -9 }];
  for (let x = 0; x < 10; x++) {
    for (let y = 0; y < 7; y++) {
      const wall = x === 0 || x === 9 || y === 0 || y === 6;
      list.push({
        ...{ type: 'rect', x: x * tile + 2, y: y * 57 + 2, w: tile - 4, h: 53, radius: 6 },
        ...{ color: wall ? '#b8a58a' : '#f6f1e7', depth: -5 },
        ...{ id: `tile ${x} ${y}`, persist: true },
      });
    }
  }
  list.push(
    { type: 'circle', x: 210, y: 200, r: 22, color: '#2b5fad', stroke: '#fff', stroke_width: 3 },
    { type: 'circle', x: 390, y: 140, r: 22, color: '#c2571a', stroke: '#fff', stroke_width: 3 },
    {
      type: 'polygon',
      points: [
        [210, 170],
        [200, 186],
        [220, 186],
      ],
      color: '#fff',
      angle: 180,
    },
    { type: 'ellipse', x: 300, y: 28, rx: 22, ry: 14, color: '#444' },
    { type: 'arc', x: 300, y: 28, r: 20, start: -90, end: 150, width: 4, color: '#1d7a4c' },
    { type: 'arc', x: 90, y: 312, r: 18, start: -90, end: 60, color: '#b45309' },
    {
      type: 'line',
      points: [
        [120, 340],
        [180, 300],
        [240, 340],
      ],
      width: 4,
      color: '#7a4a9e',
    },
    { type: 'rect', x: 470, y: 290, w: 40, h: 24, color: '#1d7a4c', angle: 30, alpha: 0.7 },
    { type: 'text', x: 300, y: 370, text: 'Soups: 3', size: 22, align: 'center', weight: 'bold' },
    { type: 'blob', id: 'unknown' },
  );
  return list;
}

const ERRORS: Partial<Record<Outcome, NonNullable<GameResult['error']>>> = {
  environment_error: { where: 'step', message: 'KeyError: (3, 1)', traceback: TRACEBACK },
  load_failed: {
    where: 'python',
    message: 'Pyodide did not load from https://lab.example/cotrial/pyodide/: Failed to fetch',
    traceback: '',
  },
};

function show(): void {
  const run = core.runs[0]!;
  run.events.loaded(ENVIRONMENT);
  run.events.draw(marshalled(picture()));
  if (screen.startsWith('ended-')) {
    const outcome = screen.slice('ended-'.length) as Outcome;
    if (!OUTCOMES.includes(outcome)) throw new Error(`no screen ${screen}`);
    run.finish({
      ...resultWithoutGame(outcome, 'The study’s supervisor has ended your session.'),
      error: ERRORS[outcome] ?? null,
    });
    return;
  }
  const state = STATES[screen];
  if (state === undefined) throw new Error(`no screen ${screen}`);
  run.events.state({ name: 'loading', stage: 'engine', fraction: 0 });
  run.events.seated(0, 'player_0');
  if (screen === 'paused') run.events.state(STATES['playing']!);
  run.events.state(state);
  if (screen === 'playing-touch') {
    document.dispatchEvent(new PointerEvent('pointerdown', { pointerType: 'touch' }));
  }
}

void initJsPsych().run([
  {
    type: MultiplayerPyodidePlugin,
    game: 'gallery',
    environment_code: '...',
    keys: { ArrowUp: 1, ArrowLeft: 2, ArrowDown: 3, ArrowRight: 4, ' ': 0 },
    press_keys: [' '],
    end_delay: null,
  },
]);
const waiting = setInterval(() => {
  if (core.runs.length === 0) return;
  clearInterval(waiting);
  show();
}, 10);
