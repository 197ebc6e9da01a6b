"""`action_space` is an Enum itself, the same for every agent."""

from enum import Enum


class Actions(Enum):
    NOTHING = 0
    WORK = 1
    REST = 2


class OneEnum:
    possible_agents = ["a", "b"]
    action_space = Actions
    metadata = {"default_action": {"b": Actions.REST}}

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.work = 0
        return {}, {}

    def step(self, actions):
        self.work += sum(action is Actions.WORK for action in actions.values())
        done = {"a": False, "b": False}
        return {}, {"a": self.work, "b": actions["b"].value}, done, done, {}
