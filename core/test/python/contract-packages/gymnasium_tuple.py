"""Several players by gymnasium's Tuple."""

import gymnasium
import numpy as np
from gymnasium.spaces import Box, Discrete, MultiBinary, Tuple


class Foragers(gymnasium.Env):
    def __init__(self):
        self.action_space = Tuple([Discrete(3), MultiBinary(2), Box(-1, 1, (2,))])

    def reset(self, *, seed=None, options=None):
        super().reset(seed=seed)
        self.food = self.np_random.integers(0, 10, 4)
        self.steps = 0
        return (self.food,) * 3, {}

    def step(self, actions):
        assert self.action_space.contains(tuple(actions))
        self.steps += 1
        self.food[self.np_random.integers(4)] += actions[0]
        rewards = np.array([self.food[0], actions[1].sum(), actions[2].sum()])
        return (self.food,) * 3, rewards, False, self.steps >= 35, {"food": self.food}


env = Foragers()
