"""reset forgets what the last episode left, in the object and on the class."""


class IncompleteReset:
    possible_agents = ["a", "b"]
    registry = []

    def __init__(self):
        self.score = 0

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        return {}, {}

    def step(self, actions):
        self.score += actions["a"]
        self.registry.append(actions["b"])
        done = {"a": False, "b": False}
        return {}, {"a": self.score, "b": len(self.registry)}, done, done, {}
