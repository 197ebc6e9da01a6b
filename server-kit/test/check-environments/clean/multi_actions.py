"""Several choices at once, and on and off switches; a wrapper around the game."""


class MultiDiscrete:
    nvec = [3, 5, 2]
    start = [-1, 10, 0]


class MultiBinary:
    n = 4


class Machine:
    possible_agents = ["dials", "switches"]

    def action_space(self, agent):
        return MultiDiscrete() if agent == "dials" else MultiBinary()

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.value = seed % 100
        self.log = []
        return {}, {}

    def step(self, actions):
        a, b, c = (int(v) - s for v, s in zip(actions["dials"], MultiDiscrete.start))
        self.value = (self.value * 3 + a + 3 * b + 15 * c + sum(map(int, actions["switches"]))) % 997
        self.log = [*self.log[-4:], self.value]
        no = {agent: False for agent in self.agents}
        infos = {"dials": {"value": self.value, "log": tuple(self.log)}, "switches": {}}
        return {}, {agent: self.value / 997 for agent in self.agents}, no, dict(no), infos


class Wrapper:
    def __init__(self, inner):
        self.inner = inner

    def __getattr__(self, name):
        return getattr(self.inner, name)

    def reset(self, seed=None, options=None):
        return self.inner.reset(seed=seed, options=options)

    def step(self, actions):
        return self.inner.step(actions)


def make_env():
    return Wrapper(Machine())
