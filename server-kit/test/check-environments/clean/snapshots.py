"""Objects, sets, queues and a seeded generator, kept by the host."""

import random
from collections import deque
from dataclasses import dataclass, field
from enum import Enum


class Mood(Enum):
    CALM = 0
    ANGRY = 1


@dataclass
class Fish:
    x: float
    y: float
    mood: Mood = Mood.CALM
    trail: deque = field(default_factory=lambda: deque(maxlen=5))


class Pond:
    possible_agents = ["a", "b"]
    metadata = {"render_fps": 30, "render_size": (100, 100)}

    def __init__(self, fish=5):
        self.n_fish = fish
        self.rng = random.Random()

    def action_space(self, agent):
        return 4

    def reset(self, seed=None, options=None):
        self.rng.seed(seed)
        self.agents = list(self.possible_agents)
        self.fish = [Fish(self.rng.uniform(0, 100), 50.0) for _ in range(self.n_fish)]
        self.taken = set()
        self.names = {"trout", "perch", "pike"}
        return self.observe(), {agent: {} for agent in self.agents}

    def observe(self):
        return {agent: [(fish.x, fish.y) for fish in self.fish] for agent in self.agents}

    def step(self, actions):
        for fish in self.fish:
            fish.trail.append((fish.x, fish.y))
            fish.x = (fish.x + self.rng.gauss(0, 1)) % 100
            fish.mood = Mood.ANGRY if sum(actions.values()) > 4 else Mood.CALM
        best = min(self.fish, key=lambda fish: fish.x)
        self.taken.add(self.fish.index(best))
        rewards = {agent: len(self.taken) / 10 for agent in self.agents}
        infos = {
            agent: {"mood": best.mood, "known": "trout" in self.names, "near": {"x": best.x}}
            for agent in self.agents
        }
        no = {agent: False for agent in self.agents}
        return self.observe(), rewards, no, dict(no), infos

    def render(self):
        return [
            {"type": "ellipse", "x": fish.x, "y": fish.y, "rx": 4, "ry": 2, "id": index}
            for index, fish in enumerate(self.fish)
        ]
