"""Rule 11: equal parts are one object or several, depending on the way that was taken; sets."""


class SharedEquals:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.state = {"names": ["n0", "n0"], "pairs": [(1, 2), (1, 2)], "seen": [0]}
        self.time = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        name = f"n{actions['a']}"
        other = name if self.time % 2 else f"n{actions['a']}"
        self.state["names"] = [name, other]
        pair = (self.time, actions["a"])
        self.state["pairs"] = [pair, pair if actions["a"] > 1 else (self.time, actions["a"])]
        self.state["seen"] = sorted({*self.state["seen"], actions["a"]})
        done = {"a": False}
        return {}, {"a": self.time}, done, done, {"a": {"names": list(self.state["names"])}}

    def get_state(self):
        return (self.state, self.time, set(self.state["names"]))

    def set_state(self, state):
        self.state, self.time, _ = state
