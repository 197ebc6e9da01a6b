"""Its own random.Random, a normal variate at hand in it, and another one made in play."""

import random


class OwnRandom:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.random = random.Random(seed)
        self.luck = {"deep": [self.random, random.Random(seed + 1)]}
        return {}, {}

    def step(self, actions):
        draws = [self.random.gauss(0, 1) for _ in range(actions["a"])]
        if actions["b"] == 2:
            self.luck["deep"][1] = random.Random(self.random.getrandbits(20))
        draws.append(self.luck["deep"][1].random())
        done = {"a": False, "b": False}
        return {}, {"a": sum(draws), "b": self.random.random()}, done, done, {}
