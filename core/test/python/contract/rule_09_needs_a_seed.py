"""Rule 9: reset without a seed would mean another game for everybody."""

import random


class NeedsSeed:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 3

    def reset(self, *, seed):
        if type(seed) is not int:
            raise TypeError("no seed")
        self.agents = ["a"]
        self.random = random.Random(seed)
        return {}, {}

    def step(self, actions):
        roll = self.random.randrange(1_000_000) + actions["a"]
        return {}, {"a": roll}, {"a": False}, {"a": False}, {}
