"""Every type of the draw list, and a cache that render fills outside the state."""

_SHADES = {}


def shade(level):
    if level not in _SHADES:
        _SHADES[level] = f"#{level:02x}{level:02x}{level:02x}"
    return _SHADES[level]


class Gallery:
    possible_agents = ["visitor"]
    metadata = {"render_fps": 30, "render_size": (400, 300)}

    def action_space(self, agent):
        return 2

    def reset(self, seed=None, options=None):
        self.agents = ["visitor"]
        self.time = 0
        return {}, {"visitor": {}}

    def step(self, actions):
        self.time += 1
        return {}, {"visitor": actions["visitor"]}, {"visitor": False}, {"visitor": False}, {}

    def get_state(self):
        return self.time

    def set_state(self, state):
        self.time = state

    def render(self):
        t = self.time
        return [
            {"type": "rect", "id": "wall", "x": 0, "y": 0, "w": 400, "h": 300, "persist": True},
            {"type": "circle", "id": "dot", "x": t % 400, "y": 20, "r": 5, "color": shade(t % 256)},
            {"type": "ellipse", "x": 50, "y": 50, "rx": 9, "ry": 4, "alpha": 0.5, "depth": 2},
            {"type": "line", "points": [[0, 0], [t % 400, 100]], "width": 2, "stroke": "red"},
            {"type": "polygon", "points": [[0, 0], [10, 0], [0, 10]], "angle": t},
            {"type": "arc", "x": 90, "y": 90, "r": 30, "start": 0, "end": 90, "width": 3},
            {"type": "text", "x": 200, "y": 150, "text": str(t), "align": "center", "size": 20},
        ]
