"""Rule 6: generators made without a seed, in the constructor, in reset and in step."""

import random


class Unseeded:
    possible_agents = ["a"]

    def __init__(self):
        self.early = random.Random()

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.late = random.Random()
        return {}, {}

    def step(self, actions):
        fresh = random.Random()
        info = {
            "early": self.early.getrandbits(30),
            "late": self.late.getrandbits(30),
            "fresh": fresh.getrandbits(30) if actions["a"] else 0,
        }
        return {}, {"a": 0}, {"a": False}, {"a": False}, {"a": info}
