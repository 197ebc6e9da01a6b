"""Rule 13: names of agents in an array, which cannot be compared with a list in one go."""

import numpy as np


class Names:
    possible_agents = ["left", "right"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.sum = 0
        return {}, {}

    def step(self, actions):
        self.sum += actions["left"] - actions["right"]
        # A list at first, an array from then on.
        self.agents = np.array(["left", "right"])
        over = {"left": False, "right": False}
        infos = {"left": {"sum": self.sum}, "right": {"sum": self.sum}}
        return {}, {"left": 0.0, "right": 0.0}, over, dict(over), infos
