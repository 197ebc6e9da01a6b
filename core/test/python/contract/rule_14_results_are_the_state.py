"""Rule 14: what is returned is the state, goes on changing, and has no form in JSON."""

from collections import ChainMap, defaultdict, deque


class ResultsAreState:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.rewards = {"a": 0, "b": 0}
        self.done = dict.fromkeys(self.agents, False)
        self.infos = {agent: defaultdict(list) for agent in self.agents}
        self.trail = deque(maxlen=3)
        return self.infos, self.infos

    def step(self, actions):
        self.trail.append(actions["b"])
        self.rewards["a"] += actions["a"]
        info = self.infos["a"]
        info["moves"].append(actions["a"])
        del info["moves"][:-4]
        info["trail"] = self.trail
        info["complex"] = complex(1, actions["a"])
        info["chain"] = ChainMap({"x": actions["b"]}, {"y": 2})
        info["range"] = range(3)
        info["missing"] += [0]
        return self.infos, self.rewards, self.done, self.done, self.infos
