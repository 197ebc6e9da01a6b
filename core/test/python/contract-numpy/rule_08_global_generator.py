"""Rule 8: np.random, whatever seed it takes, and reseeded in play; RandomState beside it."""

import numpy as np


class GlobalRandom:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.legacy = np.random.RandomState(seed % 1000)
        self.deck = np.random.permutation(10)
        return {}, {}

    def step(self, actions):
        if actions["a"] == 4:
            np.random.seed(int(self.deck[0]))
        np.random.shuffle(self.deck)
        roll = int(self.legacy.randint(100))
        info = {"deck": self.deck, "luck": np.random.randn() > 0, "roll": roll}
        return {}, {"a": self.deck[0]}, {"a": False}, {"a": False}, {"a": info}
