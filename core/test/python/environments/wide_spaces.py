"""Spaces with gymnasium's attributes, but no gymnasium."""


class Discrete:
    n, start = 5, -2


class MultiDiscrete:
    nvec = [3, 1000, 2]


class MultiBinary:
    n = 4


class Box:
    low, high, shape, dtype = -1.0, 1.0, (2, 2), "float32"


class WideSpaces:
    possible_agents = ["one", "many", "bits", "box"]
    metadata = {"default_action": {"one": 1}}

    def action_space(self, agent):
        return {"one": Discrete, "many": MultiDiscrete, "bits": MultiBinary, "box": Box}[agent]()

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.memory = []
        return {}, {}

    def step(self, actions):
        self.memory = [actions["one"], list(actions["many"]), actions["bits"]]
        actions["many"].append("changed")
        actions["box"][0][0] = "changed"
        done = {agent: False for agent in self.agents}
        return {}, {"one": actions["one"]}, done, done, {"one": {"all": [self.memory[1]]}}
