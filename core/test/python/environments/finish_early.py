"""Agents leave one after another; the last one ends the episode."""


class FinishEarly:
    possible_agents = ["a", "b", "c"]

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.time = 0
        return {}, {}

    def step(self, actions):
        assert list(actions) == self.agents, "actions of live agents only, in their order"
        self.time += 1
        leaves = {"a": 11, "b": 23, "c": 37}
        ended = {agent: self.time == leaves[agent] for agent in self.agents}
        rewards = {agent: self.time + actions[agent] for agent in self.agents}
        infos = {agent: {"time": self.time} for agent in self.agents}
        truncated = {agent: False for agent in self.agents}
        self.agents = [agent for agent in self.agents if not ended[agent]]
        return {}, rewards, ended, truncated, infos
