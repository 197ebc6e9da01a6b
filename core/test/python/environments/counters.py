"""The smallest environment: one class, no import, plain attributes."""


class Counters:
    possible_agents = ["a", "b"]
    metadata = {"render_fps": 20, "render_size": [100, 50]}

    def __init__(self, start=0):
        self.start = start

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.counts = {agent: self.start + seed % 3 for agent in self.agents}
        self.history = [[0, 0]]
        return {agent: 0 for agent in self.agents}, {agent: {} for agent in self.agents}

    def step(self, actions):
        for agent, action in actions.items():
            self.counts[agent] = self.counts[agent] * 3 % 1009 + action
        self.history.append(list(self.counts.values()))
        del self.history[:-4]
        rewards = {agent: float(self.counts[agent] % 7) for agent in self.agents}
        done = {agent: False for agent in self.agents}
        infos = {agent: {"count": self.counts[agent]} for agent in self.agents}
        return dict(self.counts), rewards, done, dict(done), infos

    def render(self):
        return [{"type": "circle", "x": self.counts["a"], "y": 1, "r": 2.5}]
