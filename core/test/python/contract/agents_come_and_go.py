"""Agents that wait, join, leave for a while and are all gone in the end."""


class ComeAndGo:
    possible_agents = ["a", "b", "c", "d"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["b"]
        self.time = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        ended = self.time >= 40
        over = {agent: ended for agent in actions}
        rewards = {agent: action + len(actions) for agent, action in actions.items()}
        if ended:
            self.agents = []
        else:
            self.agents = [a for i, a in enumerate("dcba") if (self.time >> i) & 1] or ["b"]
        return {}, rewards, over, dict.fromkeys(actions, False), {a: {"n": 1} for a in actions}
