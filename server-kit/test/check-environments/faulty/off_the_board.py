# finds: fault error :26


class Game:
    possible_agents = ["a", "b"]
    metadata = {"render_fps": 30, "render_size": (100, 100)}

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.time = 0
        self.x = 0
        self.board = [0] * 100
        return {}, {}

    def step(self, actions):
        self.time += 1
        self.x += actions["a"] - actions["b"]
        rewards = {agent: 0.0 for agent in self.agents}
        infos = {agent: {"x": self.x} for agent in self.agents}
        no = {agent: False for agent in self.agents}
        self.held = getattr(self, "held", 0) + 1 if actions["b"] == 2 else 0
        if self.held > 30:
            self.board[self.held + 70] = 1
        return {}, rewards, no, dict(no), infos
