"""Rule 2: closures, lambdas, modules, functions and bound methods among the attributes."""

import math
from functools import partial


def double(x):
    return 2 * x


class Functions:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.total = seed % 10
        self.maths = math
        self.rules = [double, lambda x: x + 1, self.third]
        self.rule = self.rules[0]
        self.add = partial(self.grow, by=2)
        heard = []
        self.hear = heard.append
        self.heard = lambda: len(heard)
        return {}, {}

    def third(self, x):
        return x % 1000 + self.total % 3

    def grow(self, by):
        self.total += by

    def step(self, actions):
        self.rule = self.rules[actions["a"]]
        self.total = self.rule(self.total) % 10_007
        self.add()
        self.hear(self.total)
        reward = self.maths.floor(self.total / 2) + self.heard()
        return {}, {"a": reward}, {"a": False}, {"a": False}, {"a": {"total": self.total}}
