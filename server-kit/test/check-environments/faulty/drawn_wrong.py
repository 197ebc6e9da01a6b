# finds: note draw_entry


class Game:
    possible_agents = ["a", "b"]
    metadata = {"render_fps": 30, "render_size": (100, 100)}

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.time = 0
        self.x = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        self.x += actions["a"] - actions["b"]
        rewards = {agent: 0.0 for agent in self.agents}
        infos = {agent: {"x": self.x} for agent in self.agents}
        no = {agent: False for agent in self.agents}
        return {}, rewards, no, dict(no), infos

    def render(self):
        return [
            {"type": "circle", "x": 1, "y": 2},
            {"type": "star", "x": 1, "y": 2},
            {"type": "rect", "id": "sand", "x": 1, "y": 2, "w": 3, "h": 4, "colour": "red"},
        ]
