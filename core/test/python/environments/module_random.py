"""The generator that all modules share, unseeded by the environment."""

import random


class ModuleRandom:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.total = random.randrange(100)
        return {}, {}

    def step(self, actions):
        if actions["a"]:
            self.total += random.gauss(0, actions["a"])
        return {}, {"a": self.total}, {"a": False}, {"a": False}, {"a": {"roll": random.random()}}
