"""A file as PettingZoo's: env(), raw_env and parallel_env, and a main part that is not run."""


def env(**options):
    raise RuntimeError("parallel_env is there")


class raw_env:
    def reset(self, seed=None, options=None): ...

    def step(self, action): ...


class parallel_env:
    metadata = {"name": "walk_v0", "render_modes": ["human"], "render_fps": 15}

    def __init__(self, length=10, render_mode=None):
        self.length = length
        self.possible_agents = [f"player_{i}" for i in range(2)]

    def observation_space(self, agent):
        return None

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = self.possible_agents[:]
        self.x = dict.fromkeys(self.agents, 0)
        return {agent: 0 for agent in self.agents}, {agent: {} for agent in self.agents}

    def step(self, actions):
        for agent in self.agents:
            self.x[agent] += actions[agent]
        over = {agent: self.x[agent] >= self.length for agent in self.agents}
        rewards = {agent: actions[agent] for agent in self.agents}
        infos = {agent: {"x": self.x[agent]} for agent in self.agents}
        self.agents = [agent for agent in self.agents if not over[agent]]
        return dict(self.x), rewards, over, dict.fromkeys(over, False), infos

    def render(self):
        return None


if __name__ == "__main__":
    raise RuntimeError("not run")
