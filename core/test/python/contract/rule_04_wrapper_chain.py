"""Rule 4: state all along a chain of wrappers, held by others, behind cached methods."""

from functools import lru_cache


class Core:
    def __init__(self):
        self.players = {"a": [0, 0], "b": [0, 0]}

    @lru_cache(maxsize=None)
    def cost(self, x):
        return x * x % 7

    def move(self, agent, action):
        place = self.players[agent]
        place[action % 2] += 1 + self.cost(action)


class Counting:
    def __init__(self, env):
        self.env = env
        self.count = 0

    def move(self, agent, action):
        self.count += 1
        self.env.move(agent, action)


class WrapperChain:
    possible_agents = ["a", "b"]

    def __init__(self):
        self.env = Counting(Counting(Core()))
        # Who holds a part must go on holding the part that is played.
        self.watched = self.env.env.env.players["a"]

    def action_space(self, agent):
        return 6

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        return {}, {}

    def step(self, actions):
        for agent, action in actions.items():
            self.env.move(agent, action)
        core = self.env.env.env
        assert self.watched is core.players["a"]
        rewards = {"a": sum(self.watched), "b": self.env.count + 2 * self.env.env.count}
        done = {"a": False, "b": False}
        return {}, rewards, done, done, {}
