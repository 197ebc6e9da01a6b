"""Without an `agents` attribute: who ended is out."""


class NoAgents:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.time = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        ended = {"a": self.time >= 9, "b": False}
        truncated = {"a": False, "b": self.time >= 30}
        return {}, {agent: len(actions) for agent in actions}, ended, truncated, {}


env = NoAgents()
