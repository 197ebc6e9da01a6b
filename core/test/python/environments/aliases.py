"""One list under several names and in a closure; results that are changed after they are given."""


class Aliases:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.board = [seed % 3, 1, 2]
        self.rows = [self.board, self.board]
        board = self.board
        self.read = lambda: sum(board)
        self.add = self.board.append
        self.rewards = {"a": 0.0, "b": 0.0}
        self.infos = {"a": {"sum": 0, "list": self.board}, "b": {"sum": 0}}
        self.done = {"a": False, "b": False}
        return {}, self.infos

    def step(self, actions):
        self.rows[0][0] += actions["a"]
        self.rows.reverse()
        self.add(actions["b"])
        del self.board[1]
        self.rewards["a"] = self.read() + 0.5
        for info in self.infos.values():
            info["sum"] = self.read()
        return {}, self.rewards, self.done, self.done, self.infos
