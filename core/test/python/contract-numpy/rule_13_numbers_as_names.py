"""Rule 13: NumPy's integers as agents, an array of agents, and spaces from gymnasium."""

import gymnasium
import numpy as np


class Numbers:
    possible_agents = np.arange(3)

    def action_space(self, agent):
        spaces = gymnasium.spaces
        return [
            spaces.Discrete(5, start=2),
            spaces.MultiDiscrete([3, 4], start=[1, -1]),
            spaces.Box(-1, 1, (2, 2), np.float32),
        ][agent]

    def reset(self, seed=None, options=None):
        self.agents = np.arange(3)
        self.time = 0
        return {}, {}

    def step(self, actions):
        assert list(actions) == list(self.agents)
        assert all(self.action_space(agent).contains(actions[agent]) for agent in actions)
        self.time += 1
        over = {agent: np.bool_(self.time > 20 + 5 * agent) for agent in self.agents}
        rewards = {agent: np.float32(actions[agent]).sum() for agent in self.agents}
        infos = {agent: {"agent": agent} for agent in self.agents}
        self.agents = np.array([agent for agent in self.agents if not over[agent]])
        return {}, rewards, over, dict.fromkeys(over, np.False_), infos
