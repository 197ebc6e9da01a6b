"""A ready object named `env`; ends that are 0 and 1; rewards that are booleans."""


class Ready:
    def __init__(self, goal):
        self.goal = goal
        self.possible_agents = ("a", "b")

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = self.possible_agents
        self.sum = 0
        return {}, {}

    def step(self, actions):
        self.sum += sum(actions.values())
        over = int(self.sum >= self.goal)
        return {}, {"a": bool(over)}, {"a": over, "b": over}, {"a": 0, "b": 0}, {}


env = Ready(25)
