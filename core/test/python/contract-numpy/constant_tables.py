"""A large table that never changes beside a little that does."""

import numpy as np


class Tables:
    possible_agents = ["a"]

    def __init__(self):
        self.table = np.arange(100_000) * 7 % 11
        self.names = {i: f"n{i}" for i in range(2000)}

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.at = seed % 1000
        return {}, {}

    def step(self, actions):
        self.at = int(self.at + self.table[self.at % 1000] + actions["a"])
        return {}, {"a": self.at}, {"a": False}, {"a": False}, {"a": {"name": self.names[self.at % 7]}}
