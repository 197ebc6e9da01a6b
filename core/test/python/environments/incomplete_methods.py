"""get_state forgets something, so that the object itself is kept instead."""


class Incomplete:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 6

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.kept = 0
        self.forgotten = 0
        return {}, {}

    def step(self, actions):
        self.forgotten += actions["a"]
        self.kept += self.forgotten
        done = {"a": False, "b": False}
        return {}, {"a": self.kept, "b": 0}, done, done, {}

    def get_state(self):
        return self.kept

    def set_state(self, state):
        self.kept = state
