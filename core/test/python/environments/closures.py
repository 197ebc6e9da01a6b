"""State in a closure's variable, behind a bound method and a partial."""

from functools import partial


def counter():
    count = 0

    def add(amount):
        nonlocal count
        count += amount
        return count

    return add


class Log:
    def __init__(self):
        self.lines = []

    def write(self, prefix, text):
        self.lines.append(prefix + text)
        return len(self.lines)


class Closures:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.add = counter()
        self.write = partial(Log().write, "> ")
        return {}, {}

    def step(self, actions):
        total = self.add(actions["a"])
        lines = self.write(str(actions["b"])) if actions["b"] else 0
        done = {"a": False, "b": False}
        return {}, {"a": total, "b": lines}, done, done, {}
