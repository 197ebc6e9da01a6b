"""Rule 5: state in another module, which nobody looks after: a lower tier, and it is named."""

import json


class OutOfReach:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        json.moves = 0
        return {}, {}

    def step(self, actions):
        json.moves += 1 + actions["a"]
        return {}, {"a": json.moves}, {"a": False}, {"a": False}, {}
