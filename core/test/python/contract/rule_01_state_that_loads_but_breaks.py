"""Rule 1: set_state takes what get_state gave without a word, and the next step fails."""

import pickle


class Table:
    """As EzPickle does, it keeps the arguments of its constructor only."""

    def __init__(self, size):
        self.size = size

    def lay(self, seed):
        self.cells = [(seed + i) % 7 for i in range(self.size)]

    def __reduce__(self):
        return (Table, (self.size,))


class LoadsButBreaks:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.table = Table(5)
        self.table.lay(seed)
        return {}, {}

    def step(self, actions):
        self.table.cells[actions["a"]] += 1 + actions["b"]
        done = {"a": False, "b": False}
        return {}, {"a": sum(self.table.cells), "b": 0}, done, done, {}

    def get_state(self):
        return pickle.dumps(self.table)

    def set_state(self, state):
        self.table = pickle.loads(state)
