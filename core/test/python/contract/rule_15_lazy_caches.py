"""Rule 15: caches that fill on the way, in the object, by functools and in a file."""

import os
import tempfile
from functools import cached_property, lru_cache


class LazyCaches:
    possible_agents = ["a"]

    def __init__(self):
        self.folder = tempfile.gettempdir()
        self.pictures = {}

    def action_space(self, agent):
        return 6

    @cached_property
    def table(self):
        return [n * n % 11 for n in range(50)]

    @lru_cache(maxsize=None)
    def cost(self, action):
        return action * action % 11

    def stored(self, action):
        path = os.path.join(self.folder, f"cotrial-cache-{action}")
        if not os.path.exists(path):
            with open(path, "w") as file:
                file.write(str(3 * action))
        with open(path) as file:
            return int(file.read())

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.total = 0
        return {}, {}

    def step(self, actions):
        action = actions["a"]
        self.total += self.cost(action) + self.stored(action) + self.table[action]
        return {}, {"a": self.total}, {"a": False}, {"a": False}, {}

    def render(self):
        """Keeps what it has drawn, on whatever frames it is asked to."""
        name = self.total % 5
        if name not in self.pictures:
            self.pictures[name] = {"type": "circle", "x": name, "y": 1, "r": 1}
        return [self.pictures[name]]
