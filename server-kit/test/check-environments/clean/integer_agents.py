"""Agents that are integers, and that finish one after another."""


class Relay:
    possible_agents = [0, 1, 2]
    metadata = {"render_fps": 15}

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.run = {agent: 0 for agent in self.agents}
        return {}, {}

    def step(self, actions):
        playing = list(self.agents)
        for agent in playing:
            self.run[agent] += actions[agent] * (agent + 1)
        done = {agent: self.run[agent] >= 30 for agent in playing}
        self.agents = [agent for agent in playing if not done[agent]]
        rewards = {agent: 1 if done[agent] else 0 for agent in playing}
        infos = {agent: {"run": self.run[agent]} for agent in playing}
        return {}, rewards, done, {agent: False for agent in playing}, infos
