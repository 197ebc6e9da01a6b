"""Asks for the time and for entropy: driven, and said."""

import os
import time
from datetime import datetime


class ReadsClocks:
    possible_agents = ["a"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = ["a"]
        self.begun = time.time()
        return {}, {}

    def step(self, actions):
        info = {
            "elapsed": round(1000 * (time.time() - self.begun)),
            "day": datetime.now().day,
            "roll": os.urandom(1)[0],
        }
        return {}, {"a": actions["a"]}, {"a": False}, {"a": False}, {"a": info}
