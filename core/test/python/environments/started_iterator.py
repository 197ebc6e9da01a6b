"""State in an iterator that `reset` makes: it cannot be taken back, only made again."""


class StartedIterator:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.path = iter(range(seed % 100, 10**9))
        self.at = 0
        return {}, {}

    def step(self, actions):
        for _ in range(1 + actions["a"]):
            self.at += next(self.path) % 7
        done = {"a": False, "b": False}
        return {}, {"a": self.at, "b": actions["b"]}, done, done, {"a": {"at": self.at}}
