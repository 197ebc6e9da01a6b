"""Rule 12: nothing changes but the type of an array's numbers: the checksum must tell."""

import numpy as np


class Dtypes:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.kinds = (np.int8, np.uint8)
        self.cells = np.zeros(4, dtype=np.uint8)
        return {}, {}

    def step(self, actions):
        self.cells = self.cells.view(self.kinds[int(self.cells.dtype == np.int8)])
        return {}, {"a": 0}, {"a": False}, {"a": False}, {}
