import type { EnvironmentDescription } from '../../../core/src/environment/environment.ts';
import type { Findings, OptionKind, PlaygroundGame } from '../playground/game.ts';
import type { EnvironmentFile } from './environment-file.ts';
import { controlsFor } from './keys.ts';

/** As describe.py tells it. */
export interface About {
  doc: string;
  options: Record<string, OptionKind>;
  /** Numbers of players that work. */
  players: number[];
}

/** Frames of an episode that the environment does not end: a minute. */
const EPISODE_SECONDS = 60;
const USUAL_FPS = 30;

/** The game that a file becomes in the playground. */
export function gameOf(
  file: EnvironmentFile,
  description: EnvironmentDescription,
  about: About,
  trial: { fps: number | null; packages: string[]; options: Record<string, unknown> },
  findings: Findings,
): PlaygroundGame {
  const usual = description.agents.length;
  const fps = trial.fps ?? description.fps ?? USUAL_FPS;
  const title = titleOf(file.name);
  const first = about.doc
    .split(/\n\s*\n/)[0]!
    .replace(/\s+/g, ' ')
    .trim();
  const text = withoutTitle(first, title);
  return {
    name: file.name,
    file: file.path,
    title,
    blurb: text === '' ? `The environment in ${file.name}.py.` : text,
    instructions: `<p>${escapeHtml(text)}</p>`,
    survey: 'My partner and I worked well together.',
    players: playersOf(about.players, usual),
    ...controlsFor(description.agents),
    press: [],
    input_delay: 2,
    max_steps: Math.round(EPISODE_SECONDS * fps),
    options: about.options,
    trial: {
      environment_options: trial.options,
      packages: trial.packages,
      ...(trial.fps !== null && { fps: trial.fps }),
    },
    findings,
  };
}

/** The run of numbers around the usual one, since pages count from the least to the most. */
function playersOf(works: number[], usual: number): PlaygroundGame['players'] {
  let least = usual;
  let most = usual;
  while (works.includes(least - 1)) least -= 1;
  while (works.includes(most + 1)) most += 1;
  return least === most ? usual : { least, most, usual };
}

/** `my_first-game` as people write it. */
function titleOf(name: string): string {
  const words = name.replace(/[_-]+/g, ' ').trim() || name;
  return `${words[0]!.toUpperCase()}${words.slice(1)}`;
}

/** Files often begin with their name: `"""Chase: everybody runs."""` */
function withoutTitle(text: string, title: string): string {
  const start = `${title}: `.toLowerCase();
  const rest = text.toLowerCase().startsWith(start) ? text.slice(start.length) : text;
  return `${rest.charAt(0).toUpperCase()}${rest.slice(1)}`;
}

const escapeHtml = (text: string): string =>
  text.replace(/[&<>"]/g, (letter) => `&#${letter.charCodeAt(0)};`);
