"""States by its own methods, which return plain values."""

import random


class Tug:
    possible_agents = ["left", "right"]
    metadata = {"render_fps": 20, "render_size": (200, 40)}

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.seed = seed
        self.agents = list(self.possible_agents)
        self.rope = 0
        self.gusts = 0
        return {agent: 0 for agent in self.agents}, {agent: {} for agent in self.agents}

    def step(self, actions):
        self.rope += actions["right"] - actions["left"]
        if actions["left"] and actions["right"]:
            self.gusts += 1
            self.rope += random.Random(self.seed * 1009 + self.gusts).choice((-1, 1))
        over = {agent: abs(self.rope) > 40 for agent in self.agents}
        rewards = {"left": float(self.rope < -40), "right": float(self.rope > 40)}
        infos = {agent: {"rope": self.rope} for agent in self.agents}
        return dict(rewards), rewards, over, {agent: False for agent in self.agents}, infos

    def get_state(self):
        return (self.seed, self.rope, self.gusts)

    def set_state(self, state):
        self.seed, self.rope, self.gusts = state

    def render(self):
        return [
            {"type": "line", "points": [[0, 20], [200, 20]], "id": "rope", "persist": True},
            {"type": "circle", "x": 100 + 2 * self.rope, "y": 20, "r": 6, "id": "flag"},
        ]
