"""get_state without set_state: neither is used, and that is said."""


class Half:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.sum = 0
        return {}, {}

    def step(self, actions):
        self.sum += actions["a"]
        return {}, {"a": self.sum}, {"a": False}, {"a": False}, {}

    def get_state(self):
        return self.sum
