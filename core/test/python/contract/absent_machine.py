"""Parts of the standard library that browsers lack, as libraries import them at their top."""

import _multiprocessing
import readline
import resource


class Machine:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.total = 0
        return {}, {}

    def step(self, actions):
        self.total += actions["a"]
        return {}, {"a": self.total}, {"a": False}, {"a": False}, {}
