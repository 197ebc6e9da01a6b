"""The order of a set decides what happens, after many additions and removals."""


class SetOrder:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 9

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.cells = {(i * 7 % 5, i) for i in range(seed % 7 + 3)}
        self.names = {"x", "y"}
        self.time = 0
        return {}, {}

    def step(self, actions):
        self.time += 1
        for action in actions.values():
            self.cells.add((self.time % 11, action))
            self.names.add(f"n{action}{self.time % 3}")
        for cell in list(self.cells)[: actions["a"] % 4]:
            self.cells.remove(cell)
        if len(self.names) > 6:
            self.names.pop()
        order = ",".join(f"{x}.{y}" for x, y in self.cells) + "|" + ",".join(self.names)
        done = {"a": False, "b": False}
        return {}, {"a": len(self.cells), "b": 0}, done, done, {"a": {"order": order}}
