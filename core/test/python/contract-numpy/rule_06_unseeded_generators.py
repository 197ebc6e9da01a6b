"""Rule 6: NumPy's generators without a seed, in the constructor, in reset and in step."""

import numpy as np
from numpy.random import default_rng


class Unseeded:
    possible_agents = ["a"]

    def __init__(self):
        self.early = np.random.default_rng()

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.late = default_rng()
        return {}, {}

    def step(self, actions):
        info = {
            "early": int(self.early.integers(1 << 30)),
            "late": int(self.late.integers(1 << 30)),
            "fresh": int(default_rng().integers(1 << 30)) if actions["a"] else 0,
        }
        return {}, {"a": 0}, {"a": False}, {"a": False}, {"a": info}
