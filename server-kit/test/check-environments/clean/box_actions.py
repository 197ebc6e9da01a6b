"""Continuous actions by objects with gymnasium's attributes, and an info that is not always there."""

import math


class Box:
    def __init__(self, low, high, shape):
        self.low, self.high, self.shape, self.dtype = low, high, shape, float


class Hover:
    possible_agents = ["pilot", "copilot"]
    metadata = {"render_fps": 60, "render_size": (300, 300)}

    def __init__(self):
        self.space = Box([-1.0, -1.0], [1.0, 1.0], (2,))

    def action_space(self, agent):
        return self.space

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.place = [150.0, 150.0]
        self.speed = [0.0, 0.0]
        return {agent: tuple(self.place) for agent in self.agents}, {}

    def step(self, actions):
        for action in actions.values():
            for axis in (0, 1):
                self.speed[axis] += 0.1 * float(action[axis])
        for axis in (0, 1):
            self.place[axis] = min(300.0, max(0.0, self.place[axis] + self.speed[axis]))
            if self.place[axis] in (0.0, 300.0):
                self.speed[axis] *= -0.5
        distance = math.hypot(self.place[0] - 150, self.place[1] - 150)
        infos = {agent: {"x": self.place[0]} for agent in self.agents}
        if distance < 50:
            infos["pilot"]["near"] = True
        no = {agent: False for agent in self.agents}
        rewards = {agent: -distance / 100 for agent in self.agents}
        return {agent: tuple(self.place) for agent in self.agents}, rewards, no, dict(no), infos

    def render(self):
        x, y = self.place
        return {
            "pilot": [{"type": "rect", "x": x - 5, "y": y - 5, "w": 10, "h": 10, "color": "#0072B2"}],
            "copilot": [
                {"type": "polygon", "points": [[x, y - 6], [x + 6, y + 6], [x - 6, y + 6]]},
                {"type": "text", "x": 10, "y": 20, "text": "co-pilot", "size": 14},
            ],
        }
