"""Turn-based with nothing but agent_selection, last() and step(action)."""


class Smallest:
    possible_agents = ["a", "b"]
    metadata = {"default_action": 0}

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agent_selection = "a"
        self.sums = {"a": 0, "b": seed % 4}

    def last(self):
        agent = self.agent_selection
        return None, self.sums[agent], sum(self.sums.values()) > 40, False, {"sum": self.sums[agent]}

    def step(self, action):
        if action is not None:
            self.sums[self.agent_selection] += action
        self.agent_selection = "b" if self.agent_selection == "a" else "a"
