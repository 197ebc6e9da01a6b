"""The global generator, which is seeded before every reset, and a table on the module."""

import random

TABLE = [[(x * y) % 7 for x in range(30)] for y in range(30)]
INFINITE = float("inf")


class Dice:
    possible_agents = ["one", "two", "three"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.score = dict.fromkeys(self.agents, 0)
        self.best = INFINITE
        return {}, {}

    def step(self, actions):
        for agent, action in actions.items():
            roll = random.randrange(30)
            self.score[agent] += TABLE[roll][action]
            self.best = min(self.best, roll)
        rewards = {agent: self.score[agent] for agent in self.agents}
        no = dict.fromkeys(self.agents, False)
        return {}, rewards, no, no, {"one": {"best": self.best}}
