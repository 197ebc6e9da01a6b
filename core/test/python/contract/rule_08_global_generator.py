"""Rule 8: the global generator, whatever seed it takes, and reseeded in play."""

import random


class GlobalRandom:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.deck = list(range(10))
        random.shuffle(self.deck)
        return {}, {}

    def step(self, actions):
        if actions["a"] == 4:
            random.seed(self.deck[0])
        if actions["a"] == 3:
            random.seed()
        random.shuffle(self.deck)
        info = {"deck": list(self.deck), "luck": random.gauss(0, 1) > 0}
        return {}, {"a": self.deck[0]}, {"a": False}, {"a": False}, {"a": info}
