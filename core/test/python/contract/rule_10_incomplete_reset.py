"""Rule 10: reset forgets the score, and environments share a registry of the class."""


class Incomplete:
    possible_agents = ["a"]
    registry = []

    def __init__(self):
        self.registry.append("one")
        self.score = 0

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.registry.append("game")
        return {}, {}

    def step(self, actions):
        self.score += actions["a"]
        done = {"a": False}
        return {}, {"a": self.score}, done, done, {"a": {"games": len(self.registry)}}
