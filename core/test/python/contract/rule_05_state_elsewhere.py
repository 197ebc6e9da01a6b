"""Rule 5: state on a class, in a class-level cache and in the module."""

from collections import defaultdict

SCORES = defaultdict(list)


class Registry:
    made = 0
    by_name = {}

    def __init__(self, name):
        Registry.made += 1
        self.by_name[name] = self
        self.uses = 0


class StateElsewhere:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        return {}, {}

    def step(self, actions):
        name = f"n{actions['a']}"
        if name not in Registry.by_name or actions["b"] == 3:
            Registry(name)
        Registry.by_name[name].uses += 1
        SCORES[name].append(actions["b"])
        used = sorted((n, r.uses) for n, r in Registry.by_name.items())
        done = {"a": False, "b": False}
        rewards = {"a": Registry.made, "b": sum(map(len, SCORES.values()))}
        return {}, rewards, done, done, {"a": {"used": used}}
