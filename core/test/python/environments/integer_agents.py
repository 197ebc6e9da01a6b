"""Agents that are integers, and a factory with options."""


class IntegerAgents:
    def __init__(self, players):
        self.possible_agents = list(range(players))
        self.agents = self.possible_agents

    def action_space(self, agent):
        return 300

    def reset(self, seed=None, options=None):
        self.agents = self.possible_agents
        self.sums = [seed % 5] * len(self.agents)
        return {}, {}

    def step(self, actions):
        for agent, action in actions.items():
            self.sums[agent] = (self.sums[agent] * 31 + action) % 10007
        done = {agent: False for agent in self.agents}
        return {}, {a: self.sums[a] for a in self.agents}, done, done, {}


def make_env(players=3):
    return IntegerAgents(players)
