"""Rule 13: actions of the agents in play, in the order of `agents`, which varies and is emptied."""


class OrderOfActions:
    possible_agents = [2, 0, 1]

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = self.possible_agents
        self.agents[:] = [2, 0, 1]
        self.time = 0
        return {}, {}

    def step(self, actions):
        if list(actions) != self.agents:
            raise KeyError(f"{list(actions)} is not {self.agents}")
        if not all(type(action) is int for action in actions.values()):
            raise TypeError("actions are plain values")
        self.time += 1
        infos = {agent: {"place": list(actions).index(agent)} for agent in actions}
        over = {agent: self.time >= 30 + 5 * agent for agent in actions}
        rewards = {agent: 3 * action + agent for agent, action in actions.items()}
        self.agents[:] = [agent for agent in self.agents if not over[agent]]
        if self.time % 2:
            self.agents.reverse()
        return {}, rewards, over, dict.fromkeys(actions, False), infos
