"""State in the module and on the class."""

MOVES = 0
SEEN = []


class Outside:
    possible_agents = ["a", "b"]
    best = 0
    cache = {}

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        return {}, {}

    def step(self, actions):
        global MOVES
        MOVES += actions["a"]
        SEEN.append(actions["b"])
        Outside.best = max(Outside.best, actions["a"] * actions["b"])
        self.cache[MOVES % 5] = len(SEEN)
        done = {"a": False, "b": False}
        infos = {"a": {"best": self.best, "cache": sorted(self.cache.items())}}
        return {}, {"a": MOVES, "b": len(SEEN)}, done, done, infos
