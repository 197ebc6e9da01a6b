"""The smallest of PettingZoo's own base class, through its conversions and wrappers."""

import functools

from gymnasium.spaces import Discrete
from pettingzoo import ParallelEnv
from pettingzoo.utils import aec_to_parallel, parallel_to_aec
from pettingzoo.utils.wrappers import BaseParallelWrapper


class Walk(ParallelEnv):
    metadata = {"name": "walk_v0", "render_modes": ["human"]}

    def __init__(self, render_mode=None):
        self.possible_agents = ["player_0", "player_1"]
        self.render_mode = render_mode

    @functools.lru_cache(maxsize=None)
    def observation_space(self, agent):
        return Discrete(100)

    @functools.lru_cache(maxsize=None)
    def action_space(self, agent):
        return Discrete(4)

    def reset(self, seed=None, options=None):
        self.agents = self.possible_agents[:]
        self.x = dict.fromkeys(self.agents, 0)
        return dict(self.x), {agent: {} for agent in self.agents}

    def step(self, actions):
        for agent, action in actions.items():
            self.x[agent] += action
        over = {agent: self.x[agent] > 60 for agent in self.agents}
        rewards = {agent: float(action) for agent, action in actions.items()}
        infos = {agent: {"x": self.x[agent]} for agent in self.agents}
        truncated = dict.fromkeys(self.agents, False)
        self.agents = [agent for agent in self.agents if not over[agent]]
        return dict(self.x), rewards, over, truncated, infos


def make_env():
    return BaseParallelWrapper(aec_to_parallel(parallel_to_aec(Walk())))
