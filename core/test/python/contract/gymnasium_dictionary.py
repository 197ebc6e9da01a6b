"""Gymnasium's interface with dictionaries, and RLlib's name for all agents together."""


class OneOf:
    n = 4


class Dictionary:
    spaces = {"red": OneOf(), "blue": OneOf()}


class ByName:
    action_space = Dictionary()

    def reset(self, seed=None, options=None):
        self.sums = {"red": 0, "blue": 0}
        return {}, {}

    def step(self, actions):
        for name, action in actions.items():
            self.sums[name] += action
        over = {"__all__": sum(self.sums.values()) > 90}
        infos = {name: {"sum": total} for name, total in self.sums.items()}
        return {}, dict(actions), over, {"__all__": False}, infos
