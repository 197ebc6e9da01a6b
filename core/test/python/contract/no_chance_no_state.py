"""Nothing that changes but the number of the frame; no infos, no observations, no render."""


class Bare:
    possible_agents = [0]

    def action_space(self, agent):
        return 1

    def reset(self, seed=None):
        self.time = 0
        return None, None

    def step(self, actions):
        self.time += 1
        return None, {}, {0: self.time == 25}, {0: False}, {}
