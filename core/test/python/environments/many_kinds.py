"""Every kind of container and value that the standard library offers for state."""

from array import array
from collections import Counter, OrderedDict, defaultdict, deque, namedtuple
from dataclasses import dataclass, field
from enum import Enum
from fractions import Fraction

Place = namedtuple("Place", "x y")


class Facing(Enum):
    NORTH = "n"
    EAST = "e"
    SOUTH = "s"
    WEST = "w"


@dataclass
class Player:
    place: Place
    facing: Facing = Facing.NORTH
    bag: list = field(default_factory=list)


@dataclass(frozen=True)
class Item:
    kind: str
    size: int


class Slotted:
    __slots__ = ("one", "two", "later")

    def __init__(self):
        self.one = 1
        self.two = [2]


class Attributes(dict):
    def __init__(self):
        super().__init__(x=1)
        self.extra = 5


class ManyKinds:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 7

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.players = {agent: Player(Place(seed % 4, 0)) for agent in self.agents}
        self.trail = deque(maxlen=3)
        self.counts = defaultdict(int)
        self.votes = Counter()
        self.ordered = OrderedDict(a=1, b=2)
        self.slotted = Slotted()
        self.attributes = Attributes()
        self.bytes = bytearray(b"abc")
        self.numbers = array("d", [1.0, 2.0])
        self.items = {Item("cup", 1), Item("pan", 2)}
        self.share = Fraction(1, 3)
        self.loop = [1]
        self.loop.append(self.loop)
        self.time = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        for agent, player in self.players.items():
            action = actions[agent]
            player.place = Place(player.place.x + action, self.time)
            player.facing = list(Facing)[action % 4]
            if action > 3:
                player.bag.append(Item("cup", action))
            elif player.bag:
                player.bag.pop(0)
            self.trail.append((agent, action))
            self.counts[action] += 1
            self.votes[player.facing.value] += 1
        self.ordered.move_to_end("a" if actions["a"] % 2 else "b")
        self.ordered[f"k{actions['b']}"] = self.time
        if actions["a"] == 0:
            self.slotted.later = self.time
        elif hasattr(self.slotted, "later"):
            del self.slotted.later
        self.slotted.two.append(actions["a"])
        del self.slotted.two[:-3]
        self.attributes.extra += 1
        self.attributes[f"y{actions['a']}"] = self.time
        self.bytes[self.time % 3] = actions["b"]
        self.numbers[0] += actions["a"] / 8
        self.numbers.append(0.5)
        del self.numbers[4:]
        self.items.add(Item("pan", actions["a"]))
        self.share += Fraction(actions["a"], 7)
        self.loop[0] += 1
        seen = (
            list(self.ordered),
            list(self.votes.items()),
            list(self.trail),
            sorted((item.kind, item.size) for item in self.items),
            sorted(vars(self.attributes).items()),
            list(self.attributes),
            self.slotted.two,
            hasattr(self.slotted, "later"),
            self.bytes.hex(),
            self.numbers.tolist(),
            str(self.share),
            self.loop[1] is self.loop,
            [len(player.bag) for player in self.players.values()],
        )
        done = {"a": False, "b": False}
        return {}, {"a": self.time, "b": 0}, done, done, {"a": {"seen": repr(seen)}}
