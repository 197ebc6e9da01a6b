"""Action spaces as a class, an Enum, a function, an integer and an object that counts."""

from enum import Enum, IntEnum


class Move(Enum):
    LEFT = "left"
    RIGHT = "right"
    STAY = "stay"


class Level(IntEnum):
    LOW = 1
    HIGH = 2


class Three:
    n = 3


class Made:
    def __init__(self):
        self.n = 4


class Number:
    def __index__(self):
        return 6


class AnyName:
    possible_agents = ["enum", "levels", "class", "made", "function", "integer", "number"]

    def action_space(self, agent):
        return {
            "enum": Move,
            "levels": Level,
            "class": Three,
            "made": Made,
            "function": lambda: 5,
            "integer": 2,
            "number": Number(),
        }[agent]

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.seen = []
        return {}, {}

    def step(self, actions):
        if not isinstance(actions["enum"], Move) or not isinstance(actions["levels"], Level):
            raise TypeError("an Enum's actions are its members")
        self.seen = [actions["enum"], actions["levels"], actions["made"], actions["function"]]
        done = dict.fromkeys(self.agents, False)
        infos = {"enum": {"move": actions["enum"].value, "level": actions["levels"] + 10}}
        return {}, {"enum": self.seen[2], "levels": self.seen[3]}, done, done, infos
