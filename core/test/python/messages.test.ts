/** Every message that a researcher may get says where, what, and what to change. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Pyodide } from '../../src/environment/pyodide.ts';
import {
  EnvironmentError,
  loadEnvironmentInto,
  startPython,
} from '../../src/environment/pyodide-environment.ts';
import { REQUEST } from '../../src/rollback/requests.ts';
import { Game, sourceOf } from './harness.ts';
import { loadPyodide } from './pyodides.ts';

let python: Pyodide;
beforeAll(async () => {
  python = await startPython({ loadPyodide });
});

/** A whole environment in which lines are replaced. */
function environment(changes: Record<string, string> = {}): string {
  const source = `
class Game:
    possible_agents = ["a", "b"]
    metadata = {}
    def action_space(self, agent):
        return 3
    def reset(self, seed=None, options=None):
        self.agents = ["a", "b"]
        self.time = 0
        return {}, {}
    def step(self, actions):
        self.time += 1
        done = {"a": False, "b": False}
        rewards = {"a": 0}
        return {}, rewards, done, done, {}
    def render(self):
        return []
`;
  return Object.entries(changes).reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`no ${from}`);
    return text.replace(from, to);
  }, source);
}

const load = async (source: string): Promise<Game> =>
  new Game(await loadEnvironmentInto(python, { source, source_name: 'game.py' }));

async function faultOf(task: () => unknown): Promise<EnvironmentError> {
  try {
    await task();
  } catch (error) {
    if (error instanceof EnvironmentError) return error;
    throw error;
  }
  throw new Error('nothing failed');
}

const RETURNED = 'return {}, rewards, done, done, {}';
const REWARDS = 'rewards = {"a": 0}';
const AGENTS = 'possible_agents = ["a", "b"]';
const SPACE = 'return 3';

const CASES: [name: string, source: string, where: string, message: string][] = [
  [
    'no agents',
    environment({ [AGENTS]: 'possible_agents = []' }),
    'load',
    'possible_agents has 0 entries; it may have 1 to 16',
  ],
  [
    'too many agents',
    environment({ [AGENTS]: 'possible_agents = list(range(17))' }),
    'load',
    'possible_agents has 17 entries; it may have 1 to 16',
  ],
  [
    'agents that are no names',
    environment({ [AGENTS]: 'possible_agents = [("a", 1)]' }),
    'load',
    "possible_agents has ('a', 1), a tuple; name agents by strings or integers",
  ],
  [
    'agents that change their names',
    environment({ 'self.time = 0': 'self.time = 0; self.possible_agents = ["x", "y"]' }),
    'reset',
    "reset changed possible_agents to ['x', 'y']; they stay the same from load on: " +
      'list those in play in agents',
  ],
  [
    'an agent in play that nobody knows',
    environment({ [REWARDS]: 'rewards = {}; self.agents = ["a", "c"]' }),
    'step',
    "agents lists ['c'], which possible_agents does not",
  ],
  [
    'nobody in play after reset',
    environment({ 'self.agents = ["a", "b"]': 'self.agents = []' }),
    'reset',
    'agents is empty after reset; list the agents in play',
  ],
  [
    'make_env that fails',
    'def make_env(**options):\n    raise ValueError("no board")',
    'load',
    'make_env failed: ValueError: no board',
  ],
  [
    'make_env that gives nothing',
    'def make_env(**options):\n    return None',
    'load',
    'what make_env gives has no method reset',
  ],
  [
    'a constructor that needs more',
    environment({ [AGENTS]: `${AGENTS}\n    def __init__(self, size): pass` }),
    'load',
    "Game failed: TypeError: Game.__init__() missing 1 required positional argument: 'size'",
  ],
  [
    'a file that is a part of a package',
    'from .board import Board',
    'load',
    'ImportError: attempted relative import with no known parent package; ' +
      'an environment is one file: put what it imports into it',
  ],
  [
    'a package that is not here',
    'import pymunk',
    'load',
    "ModuleNotFoundError: no module named 'pymunk' is here; run `cotrial vendor pymunk` once " +
      "and name 'pymunk' in the trial's packages parameter",
  ],
  [
    'a package by another name than its module',
    'def make_env():\n    import sklearn.tree',
    'load',
    "make_env failed: ModuleNotFoundError: no module named 'sklearn' is here; " +
      'run `cotrial vendor scikit-learn` once ' +
      "and name 'scikit-learn' in the trial's packages parameter",
  ],
  [
    'a package that a step needs',
    environment({ [REWARDS]: 'import networkx' }),
    'step',
    "ModuleNotFoundError: no module named 'networkx' is here; run `cotrial vendor networkx` once " +
      "and name 'networkx' in the trial's packages parameter",
  ],
  [
    'rules that need a drawing library',
    environment({
      'class Game': 'import pygame\nclass Game',
      [REWARDS]: 'rewards = {"a": 0}; self.hit = pygame.Rect(0, 0, 5, 5).width > self.time',
    }),
    'step',
    'StandInUsed: the value of pygame.Rect().width is needed, and only a stand-in for pygame is ' +
      'here; run `cotrial vendor pygame-ce` once ' +
      "and name 'pygame-ce' in the trial's packages parameter",
  ],
  [
    'reset without a seed',
    environment({ 'reset(self, seed=None, options=None)': 'reset(self)' }),
    'load',
    'reset does not take a seed; write def reset(self, seed=None, options=None)',
  ],
  [
    'reset that gives one value',
    environment({ 'return {}, {}\n    def step': 'return {}\n    def step' }),
    'reset',
    'reset returned a value of type dict; return (observations, infos)',
  ],
  [
    "step of the old Gym's length",
    environment({ [RETURNED]: 'return {}, rewards, done, {}' }),
    'step',
    'step returned a tuple of 4; return ' +
      '(observations, rewards, terminations, truncations, infos)',
  ],
  [
    'rewards in a list',
    environment({ [REWARDS]: 'rewards = [0, 0]' }),
    'step',
    "step's rewards are a list of 2; return a dictionary by agent",
  ],
  ...['rewards', 'terminations', 'truncations', 'infos'].map(
    (name, i): [string, string, string, string] => {
      const parts = ['rewards', 'done', 'done', '{}'];
      parts[i] = ['{"x": 0}', '{**done, "x": False}', '{**done, "x": False}', '{"x": {}}'][i]!;
      return [
        `an unknown agent in ${name}`,
        environment({ [RETURNED]: `return {}, ${parts.join(', ')}` }),
        'step',
        `step's ${name} have 'x', which possible_agents does not list`,
      ];
    },
  ),
  [
    'a reward that is not finite',
    environment({ [REWARDS]: 'rewards = {"a": float("-inf")}' }),
    'step',
    "the reward of 'a' is -inf; return a finite number",
  ],
  [
    'a reward that is none',
    environment({ [REWARDS]: 'rewards = {"b": None}' }),
    'step',
    "the reward of 'b' is None; return a number",
  ],
  [
    'a termination that is no boolean',
    environment({ [RETURNED]: 'return {}, rewards, {"a": "no"}, done, {}' }),
    'step',
    "the termination of 'a' is 'no'; return True or False",
  ],
  [
    'a truncation that is no boolean',
    environment({ [RETURNED]: 'return {}, rewards, done, {"b": []}, {}' }),
    'step',
    "the truncation of 'b' is []; return True or False",
  ],
  [
    'an info that is no dictionary',
    environment({ [RETURNED]: 'return {}, rewards, done, done, {"a": [1]}' }),
    'step',
    "the info of 'a' is a list of 1; return a dictionary",
  ],
  [
    'a space that is none',
    environment({ [SPACE]: 'return "left or right"' }),
    'action_space',
    "action_space('a') returned 'left or right'; return an integer n for actions 0 to n - 1, " +
      'or a Discrete, MultiDiscrete, MultiBinary or Box space',
  ],
  [
    'a space that fails',
    environment({ [SPACE]: 'return self.spaces[agent]' }),
    'action_space',
    "action_space('a') failed: AttributeError: 'Game' object has no attribute 'spaces'",
  ],
  [
    'a default action outside of its space',
    environment({ 'metadata = {}': 'metadata = {"default_action": 7}' }),
    'action_space',
    "the default action 7 of agent 'a' is outside 0 to 2",
  ],
  [
    'a list of results of the wrong length',
    sourceOf('contract/gymnasium_list').replace('[float(a) for a in actions]', '[1.0]'),
    'step',
    'step gave 1 values for 3 players; give one for each of them, or one for all',
  ],
  [
    "a turn that is nobody's",
    sourceOf('contract/turns_smallest').replace('agent_selection = "a"', 'agent_selection = "z"'),
    'step',
    "agent_selection is 'z', which is not among the agents in play",
  ],
  [
    'a picture that fails',
    environment({ 'return []': 'return self.board' }),
    'render',
    "AttributeError: 'Game' object has no attribute 'board'",
  ],
];

describe('at load', () => {
  test.each(CASES)('%s', async (_name, source, where, message) => {
    const fault = await faultOf(() => load(source));
    expect(fault.message).toBe(message);
    expect(fault.where).toBe(where);
    expect(fault.traceback).not.toContain('cotrial_host');
  });
});

describe('an error in any method has the lines of the environment', () => {
  const BROKEN: [where: string, source: string][] = [
    ['load', environment({ [AGENTS]: `${AGENTS}\n    def __init__(self): 1 / 0` })],
    ['load', 'def make_env():\n    1 / 0'],
    ['action_space', environment({ [SPACE]: '1 / 0' })],
    ['reset', environment({ 'self.time = 0': '1 / 0' })],
    ['step', environment({ [REWARDS]: '1 / 0' })],
    ['render', environment({ 'return []': '1 / 0' })],
  ];
  test.each(BROKEN)('at load: %s', async (where, source) => {
    const fault = await faultOf(() => load(source));
    expect(fault.where).toBe(where);
    expect(fault.traceback).toMatch(/File "game\.py", line \d+/);
    expect(fault.traceback).toContain('1 / 0');
    expect(fault.traceback).not.toContain('cotrial_host');
  });

  const later = '1 / 0 if self.time > 150 else 0';
  const methods = `
    def get_state(self):
        return (self.time, GET)
    def set_state(self, state):
        self.time, _ = state
        SET
`;
  const own = (get: string, set: string) =>
    environment() + methods.replace('GET', get).replace('SET', set);
  const LATE: [where: string, source: string][] = [
    ['step', environment({ [REWARDS]: `rewards = {"a": ${later}}` })],
    ['render', environment({ 'return []': `return [${later}]` })],
    ['get_state', own(later, 'pass')],
    ['set_state', own('0', later)],
  ];
  test.each(LATE)('in play: %s', async (where, source) => {
    const game = await load(source);
    const { tier, tier_reason } = game.environment.description;
    if (where.endsWith('state')) expect(tier, tier_reason).toBe('own_methods');
    const fault = await faultOf(() => {
      game.straight(1, 160);
      game.push(REQUEST.load, 155).push(REQUEST.render, 0).run();
    });
    expect(fault).toMatchObject({ where, message: 'ZeroDivisionError: division by zero' });
    expect(fault.traceback).toMatch(/File "game\.py", line \d+/);
    expect(fault.traceback).not.toContain('cotrial_host');
  });

  test('in play: reset, of another episode', async () => {
    const game = await load(environment({ 'self.time = 0': 'self.time = 1 // (seed - 77)' }));
    const fault = await faultOf(() => game.push(REQUEST.reset, 77).run());
    expect(fault.where).toBe('reset');
    expect(fault.traceback).toContain('1 // (seed - 77)');
  });
});

describe('strict environments', () => {
  const asking = (expression: string, module: string): string =>
    environment({ 'class Game': `import ${module}\nclass Game`, [REWARDS]: expression });
  const strict = (source: string): string =>
    source.replace('metadata = {}', 'metadata = {"strict": True}');
  test.each([
    ['rewards = {"a": time.time()}', 'time', 'time.time'],
    ['rewards = {"a": datetime.datetime.now().day}', 'datetime', 'datetime.now'],
    ['rewards = {"a": os.urandom(1)[0]}', 'os', 'os.urandom'],
    ['rewards = {"a": uuid.uuid4().int}', 'uuid', 'os.urandom'],
    ['rewards = {"a": secrets.randbelow(5)}', 'secrets', 'os.urandom'],
    ['rewards = {"a": random.Random().random()}', 'random', 'a generator without a seed'],
  ])('refuse %s by name', async (line, module, call) => {
    const fault = await faultOf(() => load(strict(asking(line, module))));
    expect(fault).toMatchObject({
      where: 'step',
      message:
        `${call} is asked in line 15 of game.py, and strict environments have neither clocks nor ` +
        'entropy: count frames, and draw from a generator seeded in reset',
    });
    await load(asking(line, module));
  });

  test('take what is seeded, and imports that ask for their own ends', async () => {
    const line = 'import tempfile, uuid; rewards = {"a": random.Random(5).random()}';
    await load(strict(asking(line, 'random')));
  });

  test('refuse what the constructor asks, too', async () => {
    const source = environment({
      [AGENTS]: `${AGENTS}\n    def __init__(self): self.made = time.time()`,
      'class Game': 'import time\nclass Game',
    });
    const fault = await faultOf(() => load(strict(source)));
    expect(fault.where).toBe('load');
    expect(fault.message).toContain('line 5');
    await load(source);
  });
});
