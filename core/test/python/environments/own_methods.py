"""get_state returns the state itself, not a copy."""


class OwnMethods:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 6

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.state = {"t": seed % 10, "list": [1, 2, 3], "pair": (1, 2.5)}
        return {}, {}

    def step(self, actions):
        self.state["t"] += actions["a"] + 2 * actions["b"]
        self.state["list"].append(self.state["t"])
        self.state["list"].pop(0)
        done = {"a": False, "b": False}
        return {}, {"a": sum(self.state["list"]), "b": 0.5}, done, done, {}

    def get_state(self):
        return self.state

    def set_state(self, state):
        self.state = state
