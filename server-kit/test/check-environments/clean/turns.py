"""PettingZoo's turn-based interface: only the selected agent's action counts."""


class Nim:
    metadata = {"name": "nim", "render_fps": 10}
    possible_agents = ["first", "second"]

    def action_space(self, agent):
        return 3

    def observation_space(self, agent):
        return 22

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.sticks = 21
        self.rewards = {agent: 0 for agent in self.agents}
        self._cumulative_rewards = {agent: 0 for agent in self.agents}
        self.terminations = {agent: False for agent in self.agents}
        self.truncations = {agent: False for agent in self.agents}
        self.infos = {agent: {} for agent in self.agents}
        self.agent_selection = self.agents[0]

    def observe(self, agent):
        return self.sticks

    def last(self, observe=True):
        agent = self.agent_selection
        return (
            self.observe(agent),
            self._cumulative_rewards[agent],
            self.terminations[agent],
            self.truncations[agent],
            self.infos[agent],
        )

    def step(self, action):
        agent = self.agent_selection
        other = "second" if agent == "first" else "first"
        self.rewards = {agent: 0, other: 0}
        self.sticks = max(0, self.sticks - 1 - action)
        if self.sticks == 0:
            self.rewards = {agent: -1, other: 1}
            self.terminations = {agent: True, other: True}
        self.infos = {agent: {"sticks": self.sticks}, other: {"sticks": self.sticks}}
        self.agent_selection = other
