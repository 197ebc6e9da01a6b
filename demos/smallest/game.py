"""Coins: two players on a line, and a coin for whoever gets there first."""

import random


class Coins:
    metadata = {"name": "coins", "render_fps": 20, "render_size": (600, 200)}
    possible_agents = ["blue", "orange"]

    def action_space(self, agent):
        return 3  # stay, left, right

    def reset(self, seed=None, options=None):
        self.random = random.Random(seed)
        self.agents = list(self.possible_agents)
        self.x = {"blue": 5, "orange": 24}
        self.coins = {"blue": 0, "orange": 0}
        self.coin = self.random.randrange(30)
        return self.x.copy(), {agent: {} for agent in self.agents}

    def step(self, actions):
        for agent, action in actions.items():
            self.x[agent] = min(29, max(0, self.x[agent] + (0, -1, 1)[action]))
        rewards = {agent: float(self.x[agent] == self.coin) for agent in self.agents}
        if any(rewards.values()):
            self.coin = self.random.randrange(30)
        infos = {}
        for agent in self.agents:
            self.coins[agent] += int(rewards[agent])
            infos[agent] = {"x": self.x[agent], "coin": self.coin, "coins": self.coins[agent]}
        going_on = {agent: False for agent in self.agents}
        return self.x.copy(), rewards, going_on, dict(going_on), infos

    def render(self):
        shapes = [{"type": "circle", "x": self.coin * 20 + 10, "y": 65, "r": 7, "color": "#d4af37"}]
        for agent, color, y in (("blue", "#0072b2", 90), ("orange", "#e69f00", 115)):
            x = self.x[agent] * 20 + 10
            shapes.append({"type": "circle", "x": x, "y": y, "r": 10, "color": color, "id": agent})
        return shapes
