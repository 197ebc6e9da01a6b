"""Turn-based, with PettingZoo's attributes: three in a row, and a player who gives up leaves."""


class Turns:
    possible_agents = ["x", "o", "z"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.rewards = dict.fromkeys(self.agents, 0)
        self.terminations = dict.fromkeys(self.agents, False)
        self.truncations = dict.fromkeys(self.agents, False)
        self.infos = {agent: {} for agent in self.agents}
        self.agent_selection = self.agents[seed % 3]
        self.moves = []

    def last(self, observe=True):
        agent = self.agent_selection
        return None, self.rewards[agent], self.terminations[agent], False, self.infos[agent]

    def step(self, action):
        agent = self.agent_selection
        if self.terminations[agent]:
            if action is not None:
                raise ValueError("when an agent is dead, the only valid action is None")
            for by_agent in (self.rewards, self.terminations, self.truncations, self.infos):
                del by_agent[agent]
            self.after(agent)
            self.agents.remove(agent)
            return
        self.moves.append((agent, action))
        self.rewards = dict.fromkeys(self.agents, 0)
        self.rewards[agent] = action
        self.infos[agent] = {"moves": len(self.moves)}
        if len(self.moves) == 8:
            self.terminations[agent] = True
            return
        if len(self.moves) >= 20:
            self.terminations = dict.fromkeys(self.agents, True)
        self.after(agent)

    def after(self, agent):
        place = self.agents.index(agent)
        self.agent_selection = self.agents[(place + 1) % len(self.agents)]
