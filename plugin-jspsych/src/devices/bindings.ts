/**
 * The `keys` parameter, read: which keys, held together, mean which action. Pure.
 */
export type Action = number | number[];

export interface Binding {
  /** Normalised key names; all of them must be down. One for a plain key, more for a chord. */
  keys: string[];
  action: Action;
  /** Acts once when its last key goes down, instead of as long as its keys are held. */
  press: boolean;
}

/** The `keys` or `press_keys` parameter makes no sense; the message says where and what to write. */
export class BindingError extends Error {
  override readonly name = 'BindingError';
}

const ALIASES = new Map([
  ['space', ' '],
  ['spacebar', ' '],
  ['esc', 'escape'],
]);

/** `KeyboardEvent.key` without regard to case, so that Shift and caps lock change nothing. */
export function normalizeKey(key: string): string {
  const lower = key.toLowerCase();
  return ALIASES.get(lower) ?? lower;
}

/** Key names of one entry: `ArrowUp+ArrowRight` is a chord, `+` the plus key itself. */
function namesOf(entry: string): string[] {
  if (entry === '+') return ['+'];
  const names = entry.split('+').map((name) => normalizeKey(name === ' ' ? name : name.trim()));
  if (names.includes('')) {
    throw new BindingError(`keys: "${entry}" is not a key, nor keys joined with "+".`);
  }
  return names;
}

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isAction = (value: unknown): value is Action =>
  typeof value === 'number' ||
  (Array.isArray(value) && value.every((part) => typeof part === 'number'));

/**
 * Bindings of `agent`. `keys` maps keys to actions for everybody, or agents to such maps.
 *
 * @throws BindingError for what is neither, or names an agent that is not in `agents`.
 */
export function bindingsFor(
  keys: object,
  pressKeys: readonly string[],
  agent: string,
  agents: readonly string[],
): Binding[] {
  const table = keys as Record<string, unknown>;
  const perAgent = Object.values(table).some(isRecord);
  if (perAgent) {
    const stranger = Object.keys(table).find((id) => !agents.includes(id));
    if (stranger !== undefined) {
      throw new BindingError(
        `keys: "${stranger}" is not an agent of this game; its agents are ${agents.join(', ')}.`,
      );
    }
  }
  const own = perAgent ? (table[agent] ?? {}) : table;
  if (!isRecord(own)) throw new BindingError(`keys: "${agent}" must be a map of keys to actions.`);
  const presses = new Set(pressKeys.map((entry) => chordName(namesOf(entry))));
  return Object.entries(own).map(([entry, action]) => {
    if (!isAction(action)) {
      throw new BindingError(`keys: "${entry}" must be a number or a list of numbers.`);
    }
    const names = namesOf(entry);
    return { keys: names, action, press: presses.has(chordName(names)) };
  });
}

/** The same for every order of a chord's keys. */
const chordName = (names: string[]): string => [...names].sort().join('\n');
