"""Rule 15: a picture that remembers in a set what it has drawn."""


class Drawn:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        self.cells = {seed % 7}
        self.drawn = set()
        return {}, {}

    def step(self, actions):
        self.cells.add((max(self.cells) + sum(actions.values())) % 101)
        ends = dict.fromkeys(actions, False)
        return {}, dict.fromkeys(actions, len(self.cells)), ends, ends, {}

    def render(self):
        self.drawn |= self.cells
        return [{"type": "circle", "x": cell, "y": 1, "r": 1} for cell in sorted(self.drawn)]
