# finds: fault clock :18
import time


class Game:
    possible_agents = ["a", "b"]
    metadata = {"strict": True}

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        return {}, {}

    def step(self, actions):
        no = {agent: False for agent in self.agents}
        return {}, dict.fromkeys(self.agents, time.time()), no, dict(no), {}
