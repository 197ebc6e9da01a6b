"""Drawing libraries at the top, in the base class and in reset, that no browser has here."""

import cv2
import matplotlib.pyplot as plt
import pygame
from PIL import Image
from pygame import gfxdraw


class Sprite(pygame.sprite.Sprite):
    size = 5

    def __init__(self):
        super().__init__()
        self.x = 0


class Absent:
    possible_agents = ["a"]
    window: pygame.Surface | None = None

    def action_space(self, agent):
        return 3

    def reset(self, seed=None, options=None):
        pygame.init()
        self.screen = pygame.display.set_mode((640, 480))
        self.font = pygame.font.SysFont("Arial", 12)
        self.clock = pygame.time.Clock()
        self.agents = ["a"]
        self.sprite = Sprite()
        return {}, {}

    def step(self, actions):
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                raise SystemExit
        self.clock.tick(30)
        self.sprite.x += actions["a"]
        if isinstance(self.sprite, pygame.Surface):
            raise TypeError
        return {}, {"a": self.sprite.x}, {"a": False}, {"a": False}, {}

    def render(self):
        self.screen.fill((255, 255, 255))
        pygame.draw.circle(self.screen, (0, 0, 0), (self.sprite.x, 5), 3)
        pygame.display.flip()
