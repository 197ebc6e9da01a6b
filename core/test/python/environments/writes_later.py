"""Writes into its actions, and a frame later into an info, all infos, or the rewards."""


class WritesLater:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = ["a", "b"]
        self.frame = 0
        self.later = None
        return {}, {}

    def step(self, actions):
        self.frame += 1
        if self.later is not None:
            target, key, value = self.later
            target[key] = value
        rewards = {"a": 0.0, "b": float(actions["b"])}
        infos = {"a": {"frame": self.frame}, "b": {"frame": self.frame}}
        self.later = (
            None,
            (infos["b"], "frame", -1),
            (infos, "a", {"frame": -2}),
            (rewards, "a", -3.0),
        )[actions["a"]]
        actions["b"] = 3
        ends = {"a": False, "b": False}
        return {}, rewards, ends, dict(ends), infos

    def get_state(self):
        return (self.frame,)

    def set_state(self, state):
        (self.frame,) = state
        self.later = None


def make_env():
    return WritesLater()
