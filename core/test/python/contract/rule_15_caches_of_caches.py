"""Rule 15: a cache that stays fills another one that goes: what is there depends on the way."""

from functools import cached_property, lru_cache


class CachesOfCaches:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 6

    @cached_property
    def table(self):
        return [n * n % 11 for n in range(50)]

    @lru_cache(maxsize=None)
    def cost(self, action):
        return self.table[action]

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.total = 0
        return {}, {}

    def step(self, actions):
        self.total += self.cost(actions["a"])
        return {}, {"a": self.total}, {"a": False}, {"a": False}, {}
