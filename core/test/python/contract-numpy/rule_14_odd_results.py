"""Rule 14: the state itself is returned, with flat iterators, subclasses and no form in JSON."""

from collections import defaultdict

import numpy as np


class Odd:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.cells = np.arange(6.0)
        self.infos = {agent: defaultdict(list) for agent in self.agents}
        return self.cells, self.infos

    def step(self, actions):
        self.cells[actions["a"]] += 1
        self.infos["a"].update(
            flat=self.cells.flat,
            cells=self.cells,
            masked=np.ma.masked_array(self.cells, self.cells > 3),
            matrix=np.float64(self.cells.sum()),
            when=np.datetime64("2026-01-01"),
            half=np.float16(0.5),
            nothing=np.array(None, dtype=object),
        )
        rewards = defaultdict(float, a=self.cells[0], b=np.int16(actions["b"]))
        done = dict.fromkeys(self.agents, np.False_)
        return self.cells, rewards, done, done, self.infos
