class Game:
    def __init__(self):
        self.x = 1 / 0

    def reset(self, seed=None, options=None):
        return {}, {}

    def step(self, actions):
        return {}, {}, {}, {}, {}
