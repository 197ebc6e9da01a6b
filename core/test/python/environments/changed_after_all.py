"""Much that stays as it is long enough to be set apart, then changes, one way of writing a time."""

import copy
import functools
from collections import OrderedDict, deque

RULES = {f"rule_{i}": i for i in range(40)}


class Tile:
    kind_of_all = 0

    def __init__(self, kind):
        self.kind = kind
        self.open = False


class Door(Tile):
    pass


class Slotted:
    __slots__ = ("one", "two")

    def __init__(self):
        self.one, self.two = 1, 2


def _replaced(env):
    env.tiles[1].__dict__ = {"kind": "swapped", "open": env.time}


def _other_class(env):
    env.tiles[2].__class__ = Tile if type(env.tiles[2]) is Door else Door


def _copied(env):
    env.tiles[3].__dict__.update(copy.copy(env.tiles[4]).__dict__, open=env.time)


def _global(env):
    global RULES
    RULES = {**RULES, "rule_1": env.time}


def _executed(env):
    exec(f"RULES['rule_2'] = {env.time}", globals())


def _closure(env):
    env.count()


WAYS = [
    lambda env: setattr(env.tiles[0], "open", env.time),
    lambda env: env.tiles[0].__dict__.pop("extra", None) or setattr(env.tiles[0], "extra", 1),
    lambda env: hasattr(env.tiles[5], "open") and delattr(env.tiles[5], "open"),
    lambda env: setattr(env.tiles[5], "open", env.time),
    lambda env: object.__setattr__(env.tiles[6], "kind", env.time),
    lambda env: vars(env.tiles[7]).update(kind=env.time),
    _replaced,
    _other_class,
    _copied,
    _global,
    _executed,
    _closure,
    lambda env: env.table.__setitem__("key_0", env.time),
    lambda env: env.table.update(key_1=env.time),
    lambda env: env.table.setdefault(f"new_{env.time}", 1),
    lambda env: env.table.pop(f"key_{env.time % 30}", None),
    lambda env: env.table and env.table.popitem(),
    lambda env: env.table.__ior__({"key_2": env.time}),
    lambda env: (env.small.clear(), env.small.update(dict.fromkeys(range(env.time % 5 + 20), 1))),
    lambda env: dict.__init__(env.small, again=env.time),
    lambda env: env.nested["list"].append(env.time),
    lambda env: env.nested["er"].__setitem__("x", env.time),
    lambda env: env.ordered.move_to_end("a" if env.time % 2 else "b"),
    lambda env: env.line.rotate(1),
    lambda env: env.line.append(env.time),
    lambda env: env.bytes.__setitem__(0, env.time % 256),
    lambda env: env.members.add(env.time),
    lambda env: setattr(env.slotted, "two", env.time),
    lambda env: setattr(Tile, "kind_of_all", env.time),
    lambda env: env.rows[3].__setitem__(3, env.time),
    lambda env: env.rows.__setitem__(2, [env.time] * 6),
    lambda env: setattr(env, "table", {**env.table, "key_3": env.time}),
    lambda env: env.partial.keywords.update(a=env.time),
]


class ChangedAfterAll:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        global RULES
        RULES = {f"rule_{i}": i for i in range(40)}
        Tile.kind_of_all = 0
        self.agents = list(self.possible_agents)
        self.time = 0
        self.first = seed % len(WAYS)
        self.tiles = [Door("door") if i % 3 == 2 else Tile("floor") for i in range(30)]
        self.table = {f"key_{i}": i for i in range(30)}
        self.nested = {"list": [1, 2], "er": {"x": 0}, **dict.fromkeys(range(24))}
        self.small = dict.fromkeys(range(20), 1)
        self.ordered = OrderedDict(a=1, b=2, c=3)
        self.line = deque(range(10), maxlen=12)
        self.bytes = bytearray(range(30))
        self.members = {1, 2, 3}
        self.slotted = Slotted()
        self.rows = [[0] * 6 for _ in range(6)]
        self.partial = functools.partial(dict, a=1)
        counted = 0

        def count():
            nonlocal counted
            counted += 1
            return counted

        def counted_so_far():
            return counted

        self.count, self.counted = count, counted_so_far
        return {}, {}

    def step(self, actions):
        self.time += 1
        # Nothing else is written to for 30 frames; then one way after another, again and again.
        if self.time > 30:
            way = (self.first + self.time * 5 + actions["a"] * actions["b"]) % len(WAYS)
            WAYS[way](self)
        infos = {
            "tiles": repr([(type(t).__name__, sorted(t.__dict__.items())) for t in self.tiles]),
            "table": repr([*self.table.items(), *self.small.items(), *self.nested.items()]),
            "others": repr([[*self.ordered.items()], self.line, self.bytes, sorted(self.members), self.rows]),
            "more": repr([self.slotted.two, Tile.kind_of_all, self.partial(), self.counted()]),
            "rules": repr([*RULES.items()]),
        }
        done = {"a": False, "b": False}
        return {}, {"a": self.time, "b": 0}, done, done, {"a": infos, "b": {}}
