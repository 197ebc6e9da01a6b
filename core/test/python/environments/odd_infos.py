"""Infos whose keys come and go, nested, with lists and things that are no numbers."""

from enum import IntEnum


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Text(str):
    pass


class OddInfos:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.time = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        info = {"z": -0.0, "flag": self.time % 2 == 0, "big": 2**70 + self.time}
        if self.time % 3 == 0:
            info["nested"] = {"x": 1.5, "deep": {"list": [1, (2, 3)], 7: None}}
        if self.time % 4 == 0:
            info |= {"level": Level.HIGH, "text": Text("é"), "bytes": b"\x01", "none": None}
        if self.time % 5 == 0:
            info |= {"object": object(), "set": {3, 1, 2}, "lone": "\ud800", "nan": float("nan")}
        infos = {"a": info} if self.time % 2 else {"a": info, "b": {}}
        done = {"a": False, "b": False}
        rewards = {"a": True} if self.time % 6 == 0 else {"a": actions["a"], "b": Level.LOW}
        return {}, rewards, done, done, infos
