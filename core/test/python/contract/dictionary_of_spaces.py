"""PettingZoo's older form: dictionaries of spaces; MultiDiscrete that starts elsewhere."""


class MultiDiscrete:
    nvec = [3, 300]
    start = [-1, 10]


class Bits:
    def __init__(self, n):
        self.n = n


class MultiBinary(Bits):
    pass


class Pair(MultiBinary):
    pass


class Integers:
    low, high, shape, dtype = [-1, -2], [9, 5], (2,), "int32"


class DictionaryOfSpaces:
    possible_agents = ["many", "bits", "whole"]
    action_spaces = {"many": MultiDiscrete(), "bits": Pair(2), "whole": Integers()}

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.latest = None
        return {}, {}

    def step(self, actions):
        first, second = actions["many"]
        if not (-1 <= first <= 1 and 10 <= second < 310 and len(actions["bits"]) == 2):
            raise ValueError(actions)
        if not all(type(part) is int for part in actions["whole"]):
            raise TypeError(actions["whole"])
        self.latest = actions["many"]
        done = dict.fromkeys(self.agents, False)
        return {}, {"many": first + second}, done, done, {"many": {"last": self.latest}}
