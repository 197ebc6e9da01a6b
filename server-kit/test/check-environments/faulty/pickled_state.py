# finds: note non_canonical_state :28
import pickle


class Game:
    possible_agents = ["a", "b"]
    metadata = {"render_fps": 30, "render_size": (100, 100)}

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.agents = list(self.possible_agents)
        self.time = 0
        self.x = 0
        self.seen = []
        return {}, {}

    def step(self, actions):
        self.time += 1
        self.x += actions["a"] - actions["b"]
        rewards = {agent: 0.0 for agent in self.agents}
        infos = {agent: {"x": self.x} for agent in self.agents}
        no = {agent: False for agent in self.agents}
        self.seen = [*self.seen[-4:], "far" if self.x > 2 else "near"]
        return {}, rewards, no, dict(no), infos

    def get_state(self):
        return pickle.dumps((self.time, self.x, self.seen))

    def set_state(self, state):
        self.time, self.x, self.seen = pickle.loads(state)
