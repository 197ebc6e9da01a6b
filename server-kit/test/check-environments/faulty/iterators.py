# finds: note lower_tier (env.order)
"""Turns go round by one iterator and stimuli come from another."""

import itertools


class Game:
    possible_agents = ["a", "b"]
    metadata = {"render_fps": 30}

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.order = itertools.cycle(self.agents)
        self.script = (n * n for n in range(10**9))
        self.turn = next(self.order)
        self.shown = next(self.script)
        return {}, {}

    def step(self, actions):
        if actions[self.turn]:
            self.turn = next(self.order)
            self.shown = next(self.script)
        rewards = {agent: 0.0 for agent in self.agents}
        no = {agent: False for agent in self.agents}
        infos = {agent: {"turn": self.turn, "shown": self.shown} for agent in self.agents}
        return {}, rewards, no, dict(no), infos
