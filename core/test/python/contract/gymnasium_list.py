"""Gymnasium's interface, a list of actions; ends and rewards in lists, one info for all."""


class OneOf:
    def __init__(self, n):
        self.n = n


class Several:
    def __init__(self, players=3):
        self.players = players
        self.action_space = [OneOf(2 + i) for i in range(players)]

    def reset(self, seed=None, options=None):
        self.sums = [0] * self.players
        return self.sums, {}

    def step(self, actions):
        if len(actions) != self.players:
            raise ValueError("an action for each, whoever has ended")
        self.sums = [total + action for total, action in zip(self.sums, actions)]
        over = [total >= 12 for total in self.sums]
        return self.sums, [float(a) for a in actions], over, False, {"all": sum(self.sums)}
