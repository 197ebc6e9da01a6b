"""Gymnasium's interface behind wrappers that count, by a factory."""

import random


class Walk:
    action_space = 4
    metadata = {"default_action": 2}

    def reset(self, seed=None, options=None):
        self.random = random.Random(seed)
        self.x = 0
        return self.x, {}

    def step(self, action):
        self.x += action + self.random.randrange(3)
        return self.x, 0.5 * action, False, False, {"x": self.x}


class Limit:
    def __init__(self, env, steps):
        self.env, self.steps = env, steps
        self.action_space, self.metadata = env.action_space, env.metadata

    def reset(self, **arguments):
        self.elapsed = 0
        return self.env.reset(**arguments)

    def step(self, action):
        self.elapsed += 1
        observation, reward, over, _, info = self.env.step(action)
        return observation, reward, over, self.elapsed >= self.steps, info


def make_env(steps=33):
    return Limit(Walk(), steps)
