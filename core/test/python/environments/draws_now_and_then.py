"""Draws from the module's generator on few frames, and holds what it returned on few others."""

import random


class DrawsNowAndThen:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 9

    def reset(self, seed=None, options=None):
        self.agents = ["a", "b"]
        self.frame = self.total = 0
        self.drawn = ()
        return {a: 0 for a in self.agents}, {a: {} for a in self.agents}

    def step(self, actions):
        self.frame += 1
        self.total += actions["a"]
        if actions["a"] == 3 or actions["b"] == 7:
            self.drawn = (*self.drawn, random.randrange(1000))[-3:]
        infos = {a: {"total": self.total, "drawn": str(self.drawn)} for a in self.agents}
        rewards = {a: float(sum(self.drawn)) for a in self.agents}
        self.held = rewards if self.frame % 4 == 2 else None
        ends = {a: False for a in self.agents}
        return {a: self.frame for a in self.agents}, rewards, ends, dict(ends), infos

    def get_state(self):
        return (self.frame, self.total, self.drawn)

    def set_state(self, state):
        self.frame, self.total, self.drawn = state


def make_env():
    return DrawsNowAndThen()
