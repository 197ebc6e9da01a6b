"""Rule 7: get_state deep-copies a Generator, which draws entropy, as step does."""

import copy

import numpy as np


class CopiesDraw:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.rng = np.random.default_rng(seed)
        self.sum = 0
        return {}, {}

    def step(self, actions):
        roll = int(np.random.default_rng().integers(1000))
        self.sum += actions["a"] * int(self.rng.integers(10)) + roll
        return {}, {"a": self.sum}, {"a": False}, {"a": False}, {"a": {"roll": roll}}

    def get_state(self):
        return {"rng": copy.deepcopy(self.rng).bit_generator.state, "sum": self.sum}

    def set_state(self, state):
        self.rng.bit_generator.state = state["rng"]
        self.sum = state["sum"]
