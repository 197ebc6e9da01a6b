"""Everything is made anew on every frame, and objects come and go."""


class Ball:
    def __init__(self, x, speed):
        self.x = x
        self.speed = speed


class Rebuilt:
    possible_agents = ["a", "b"]

    def action_space(self, agent):
        return 5

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.time = 0
        self.balls = [Ball(0.0, 0.5)]
        self.grid = [[0] * 4 for _ in range(3)]
        return {}, {}

    def step(self, actions):
        self.time += 1
        self.balls = [Ball(ball.x + ball.speed, ball.speed * 0.75) for ball in self.balls][-4:]
        if actions["a"]:
            self.balls.append(Ball(float(actions["a"]), 1.0))
        self.grid = [row[1:] + [actions["b"]] for row in self.grid[1:] + self.grid[:1]]
        setattr(self, f"mark_{actions['a']}", actions["b"])
        if hasattr(self, "mark_0") and actions["a"] == 3:
            del self.mark_0
        done = {"a": False, "b": False}
        order = ",".join(vars(self))
        rewards = {"a": sum(ball.x for ball in self.balls), "b": sum(map(sum, self.grid))}
        return {}, rewards, done, done, {"a": {"order": order}}
