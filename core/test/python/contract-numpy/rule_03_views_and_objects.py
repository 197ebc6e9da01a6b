"""Rule 3: views of one base, arrays of objects, a subclass with attributes."""

import numpy as np


class Named(np.ndarray):
    def __new__(cls, values, name):
        array = np.asarray(values, dtype=float).view(cls)
        array.name = name
        return array

    def __array_finalize__(self, other):
        self.name = getattr(other, "name", None)


class Views:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.world = np.zeros((4, 4))
        self.row = self.world[1]
        self.corner = self.world[2:, 2:]
        self.things = np.array([[1], {"x": 2}, None], dtype=object)
        self.named = Named([1, 2, 3], "first")
        self.shared = memoryview(self.world)
        return {}, {}

    def step(self, actions):
        self.row[actions["a"]] += 1 + actions["b"]
        self.corner[...] += self.row[0]
        self.things[0].append(actions["a"])
        del self.things[0][:-3]
        self.things[2] = actions["b"]
        self.named[actions["a"] % 3] += 1
        self.named.name = f"n{actions['b']}"
        assert self.row.base is self.world and self.corner.base is self.world
        assert self.shared[1, actions["a"]] == self.row[actions["a"]]
        seen = f"{self.named.name} {self.named.tolist()} {self.things.tolist()}"
        done = {"a": False, "b": False}
        return {}, {"a": self.world.sum(), "b": self.world[3, 3]}, done, done, {"a": {"seen": seen}}
