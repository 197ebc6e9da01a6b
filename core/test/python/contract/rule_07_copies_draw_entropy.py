"""Rule 7: copying a generator makes an unseeded one first, which draws entropy; get_state copies."""

import copy
import random
import secrets


class CopiesDraw:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.random = random.Random(seed)
        self.sum = 0
        return {}, {}

    def step(self, actions):
        roll = secrets.randbelow(1000)
        self.sum += actions["a"] * self.random.randrange(10) + roll
        return {}, {"a": self.sum}, {"a": False}, {"a": False}, {"a": {"roll": roll}}

    def get_state(self):
        return (copy.deepcopy(self.random).getstate(), self.sum)

    def set_state(self, state):
        inner, self.sum = state
        self.random.setstate(inner)
