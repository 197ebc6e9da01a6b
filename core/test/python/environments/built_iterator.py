"""State in an iterator that `__init__` makes: every episode needs an environment made anew."""


class BuiltIterator:
    possible_agents = ["a", "b"]

    def __init__(self):
        self.agents = list(self.possible_agents)
        self.path = iter(range(5, 10**9))

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.at = seed % 100
        return {}, {}

    def step(self, actions):
        for _ in range(1 + actions["a"]):
            self.at += next(self.path) % 7
        done = {"a": False, "b": False}
        return {}, {"a": self.at, "b": actions["b"]}, done, done, {"a": {"at": self.at}}
