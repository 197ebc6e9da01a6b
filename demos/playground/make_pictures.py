"""Draws the pictures of the playground's front page: `python3 demos/playground/make_pictures.py`.

Each picture is a draw list of the game itself, after some scripted play, written as SVG.
"""

from __future__ import annotations

import math
import random
import sys
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape, quoteattr

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "games"))

import commons  # noqa: E402
import dilemma  # noqa: E402
import kitchen  # noqa: E402
import volley  # noqa: E402

ANCHORS = {"left": "start", "center": "middle", "right": "end"}


def to_svg(shapes: list[dict[str, Any]], size: tuple[int, int]) -> str:
    """The draw list as one SVG document, drawn in order of depth."""
    width, height = size
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" '
        'font-family="system-ui, -apple-system, Segoe UI, Roboto, sans-serif">'
    ]
    lines += [element(shape) for shape in sorted(shapes, key=lambda s: s.get("depth", 0))]
    return "\n".join([*lines, "</svg>", ""])


def element(shape: dict[str, Any]) -> str:
    kind = shape["type"]
    style: dict[str, Any] = {"fill": shape.get("color", "none")}
    if "stroke" in shape:
        style.update({"stroke": shape["stroke"], "stroke-width": shape.get("stroke_width", 1)})
    if "alpha" in shape:
        style["opacity"] = shape["alpha"]
    x, y = shape.get("x", 0), shape.get("y", 0)
    if kind == "rect":
        style.update({"x": x, "y": y, "width": shape["w"], "height": shape["h"]})
        style["rx"] = shape.get("radius", 0)
        middle = (x + shape["w"] / 2, y + shape["h"] / 2)
        return tag("rect", style, shape, middle)
    if kind == "circle":
        return tag("circle", {**style, "cx": x, "cy": y, "r": shape["r"]}, shape, (x, y))
    if kind == "ellipse":
        box = {"cx": x, "cy": y, "rx": shape["rx"], "ry": shape["ry"]}
        return tag("ellipse", {**style, **box}, shape, (x, y))
    if kind == "polygon":
        return tag("polygon", {**style, "points": points(shape)}, shape, (x, y))
    if kind == "line":
        line = {"fill": "none", "stroke": shape["color"], "stroke-width": shape["width"]}
        line["stroke-linecap"] = "round"
        return tag("polyline", {**style, **line, "points": points(shape)}, shape, (x, y))
    if kind == "arc":
        return arc(shape, style)
    if kind == "text":
        place = {"x": x, "y": y, "font-size": shape["size"], "dominant-baseline": "central"}
        place["text-anchor"] = ANCHORS[shape.get("align", "center")]
        place["font-weight"] = shape.get("weight", "normal")
        return tag("text", {**style, **place}, shape, (x, y), escape(shape["text"]))
    raise ValueError(f"no picture of {kind}")


def arc(shape: dict[str, Any], style: dict[str, Any]) -> str:
    """An arc with a width, as a path; a whole turn is a circle."""
    x, y, r = shape["x"], shape["y"], shape["r"]
    line = {"fill": "none", "stroke": shape["color"], "stroke-width": shape["width"]}
    line["stroke-linecap"] = "round"
    if shape["end"] - shape["start"] >= 360:
        return tag("circle", {**style, **line, "cx": x, "cy": y, "r": r}, shape, (x, y))
    ends = [
        f"{number(x + r * math.cos(math.radians(a)))} {number(y + r * math.sin(math.radians(a)))}"
        for a in (shape["start"], shape["end"])
    ]
    large = int(shape["end"] - shape["start"] > 180)
    path = f"M {ends[0]} A {number(r)} {number(r)} 0 {large} 1 {ends[1]}"
    return tag("path", {**style, **line, "d": path}, shape, (x, y))


def points(shape: dict[str, Any]) -> str:
    return " ".join(f"{number(x)},{number(y)}" for x, y in shape["points"])


def number(value: Any) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


def tag(
    name: str,
    attributes: dict[str, Any],
    shape: dict[str, Any],
    middle: tuple[float, float],
    content: str = "",
) -> str:
    if shape.get("angle"):
        turn = f"rotate({number(shape['angle'])} {number(middle[0])} {number(middle[1])})"
        attributes = {**attributes, "transform": turn}
    written = " ".join(f"{key}={quoteattr(number(value))}" for key, value in attributes.items())
    return f"<{name} {written}>{content}</{name}>" if content else f"<{name} {written}/>"


#: A busy moment of the kitchen, a letter an action: s u d l r, and i for interact.
KITCHEN_ACTIONS = (
    "uli" "rui" "lli" "rui" "lli" "rui" "dllldi" + 40 * "s" + "ru",
    "uri" "lllui" "rrrri" "lllui" "rrrri" "lldd" + 40 * "s",
)


def play_kitchen() -> kitchen.Kitchen:
    env = kitchen.make_env()
    env.reset(seed=1)
    length = max(map(len, KITCHEN_ACTIONS))
    for letters in zip(*(actions.ljust(length, "s") for actions in KITCHEN_ACTIONS)):
        chosen = ["sudlri".index(letter) for letter in letters]
        env.step(dict(zip(env.possible_agents, chosen)))
    return env


def play_volley() -> volley.Volley:
    env = volley.make_env()
    observations, _ = env.reset(seed=3)
    for _ in range(328):
        actions = {agent: chase(observations[agent], seat) for seat, agent in enumerate(env.agents)}
        observations, *_ = env.step(actions)
    return env


def chase(seen: tuple[float, ...], seat: int) -> int:
    """Stands a little behind the ball, as seen from the net, and jumps when it comes down."""
    x = seen[3 * seat]
    ball_x, ball_y = seen[6:8]
    side = 2 * seat - 1
    mine = ball_x * side > 0
    way = (ball_x if mine else side * 200) + side * 14 - x
    jump = 3 if mine and ball_y < 170 and abs(way) < 40 else 0
    return jump + (1 if way < -6 else 2 if way > 6 else 0)


def play_commons() -> commons.Commons:
    """Four who walk about, and leave a bush with few others around it."""
    env = commons.make_env(players=4)
    _, infos = env.reset(seed=4)
    chance = random.Random(4)
    for _ in range(150):
        actions = {}
        for agent in env.agents:
            info = infos[agent]
            take = info["on_bush"] and info["bushes_around"] >= 3
            actions[agent] = 5 if take else chance.randrange(1, 5)
        infos = env.step(actions)[-1]
    return env


def play_dilemma() -> dilemma.Dilemma:
    """Five rounds, the last of them shown."""
    env = dilemma.make_env()
    env.reset(seed=1)
    length = env.metadata["render_fps"] * 7
    for choices in ((1, 1), (1, 2), (2, 2), (1, 1), (1, 2)):
        for frame in range(length):
            env.step(dict(zip(env.agents, choices if frame == 0 else (0, 0))))
    for _ in range(length - 10):
        env.step(dict.fromkeys(env.agents, 1))
    return env


if __name__ == "__main__":
    for env in (play_kitchen(), play_volley(), play_commons(), play_dilemma()):
        picture = to_svg(env.render()["player_0"], env.metadata["render_size"])
        path = HERE / "pictures" / f"{env.metadata['name']}.svg"
        path.parent.mkdir(exist_ok=True)
        path.write_text(picture, encoding="utf-8")
        print(path)
