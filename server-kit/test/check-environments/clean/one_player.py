"""Gymnasium's interface, for one player."""

import random


class Discrete:
    def __init__(self, n):
        self.n, self.start = n, 0


class Corridor:
    metadata = {"render_fps": 10}

    def __init__(self, length=20):
        self.length = length
        self.action_space = Discrete(2)
        self.observation_space = Discrete(length)

    def reset(self, *, seed=None, options=None):
        self.chance = random.Random(seed)
        self.place = 0
        return self.place, {}

    def step(self, action):
        if self.chance.random() < 0.9:
            self.place = max(0, self.place + (1 if action else -1))
        there = self.place >= self.length
        return self.place, float(there), there, False, {"place": self.place}
