"""Gymnasium's interface, one player."""


class Discrete:
    def __init__(self, n, start=0):
        self.n, self.start = n, start


class OnePlayer:
    metadata = {"render_fps": 20}
    action_space = Discrete(3, -1)

    def reset(self, *, seed=None, options=None):
        self.x = seed % 5
        self.time = 0
        return self.x, {}

    def step(self, action):
        self.time += 1
        self.x += action
        return self.x, float(action), self.x > 60, self.time >= 45, {"x": self.x}
