"""Commons: two to eight players forage on a field of berry bushes that grows back from itself.

Whoever harvests takes one bush off the field and earns 1. An empty tile grows a new bush by
chance, the likelier the more bushes stand on the eight tiles around it; far from all bushes
nothing grows. So a dense field feeds everybody for as long as the game lasts, a field that is
picked thin recovers slowly, and one that is bare stays bare: what is best for each player now is
bad for all of them later.

The paradigm is the spatial, real-time commons dilemma: Janssen, Holahan, Lee & Ostrom (2010),
Lab experiments for the study of social-ecological systems, Science 328, 613-617; with learning
agents Perolat, Leibo, Zambaldi, Beattie, Tuyls & Graepel (2017), A multi-agent reinforcement
learning model of common-pool resource appropriation, NeurIPS 30. The question behind it is older:
Ostrom (1990), Governing the Commons.

Each frame (10 a second) every player takes one of six actions: 0 stay, 1 up, 2 down, 3 left,
4 right, 5 harvest. A held direction moves one tile every second frame. Players may stand on the
same tile. Harvest takes the bush on the player's own tile; when several reach for the same bush
on the same frame, chance decides.

Once a second, each tile on its own frame of it, an empty tile grows a bush with the probability
`regrowth` * (bushes on the eight tiles around it) / 8.

Observations, the same for all agents: a tuple of integers, for each player (tile x, tile y), then
1 or 0 for every tile, row by row: whether a bush stands there.

Infos, for every agent. Counts run from the start of the episode. Keys that begin with `field` or
`group` are equal for all agents.

| key | type | meaning |
|---|---|---|
| `x` | int | tile from the left, from 0 |
| `y` | int | tile from the top, from 0 |
| `event` | str | harvest, vain_harvest (no bush there), beaten (another player got it), or empty |
| `on_bush` | bool | whether a bush stands on the player's tile after this frame |
| `bushes_around` | int | bushes on the eight tiles around the player, 0 to 8 |
| `nearest_player` | int | steps to the nearest other player, along rows and columns |
| `harvested` | int | count of bushes that this player harvested |
| `vain_harvests` | int | count of harvests without a bush |
| `tiles_walked` | int | count of moves |
| `group_harvested` | int | count of bushes that all players harvested |
| `field_left` | int | bushes on the field after this frame |
| `field_share` | float | the same as a share of all tiles, 0 to 1 |
| `field_regrown` | int | count of bushes that grew back |
"""

from __future__ import annotations

import random
from math import cos, pi, sin
from typing import Any

STAY, UP, DOWN, LEFT, RIGHT, HARVEST = range(6)
FPS = 10
#: Frames from one move to the next while a direction is held: five tiles a second.
MOVE_FRAMES = 2

#: Columns and rows of the field by number of players: from 56 tiles a player down to 37, so that
#: larger groups meet more often and still see the whole field at a glance.
FIELDS = {2: (14, 8), 3: (16, 9), 4: (18, 10), 5: (20, 11), 6: (21, 12), 7: (22, 13), 8: (23, 13)}

#: Values of the info `event`.
EVENTS = ("", "harvest", "vain_harvest", "beaten")


class Forager:
    """One player. `tile` is its place on the padded field (see Commons)."""

    __slots__ = ("tile", "event", "resting", "harvested", "vain_harvests", "tiles_walked")

    def __init__(self, tile: int) -> None:
        self.tile = tile
        self.event = ""
        #: Frames until the next move.
        self.resting = 0
        self.harvested = 0
        self.vain_harvests = 0
        self.tiles_walked = 0

    def values(self) -> tuple[Any, ...]:
        return (
            self.tile,
            self.event,
            self.resting,
            self.harvested,
            self.vain_harvests,
            self.tiles_walked,
        )

    def take(self, values: tuple[Any, ...]) -> None:
        (
            self.tile,
            self.event,
            self.resting,
            self.harvested,
            self.vain_harvests,
            self.tiles_walked,
        ) = values


class Commons:
    """The environment: PettingZoo's parallel methods on plain Python values.

    `players` is 2 to 8. `regrowth` is the chance, each second, that an empty tile between eight
    bushes grows one. `initial` is the share of tiles with a bush at the start.
    """

    def __init__(self, players: int = 2, regrowth: float = 0.04, initial: float = 0.5) -> None:
        if players not in FIELDS:
            raise ValueError(f"players is 2 to 8, not {players!r}")
        if not 0 <= regrowth <= 1:
            raise ValueError(f"regrowth is a probability, 0 to 1, not {regrowth!r}")
        if not 0 < initial <= 1:
            raise ValueError(f"initial is a share, above 0 to 1, not {initial!r}")
        columns, rows = FIELDS[int(players)]
        self.possible_agents = [f"player_{seat}" for seat in range(int(players))]
        self.metadata = {
            "name": "commons",
            "render_fps": FPS,
            "render_size": (columns * TILE, rows * TILE + TOP),
        }
        self._columns, self._rows = columns, rows
        # One tile of border all around, so that every tile has eight neighbours.
        self._stride = stride = columns + 2
        self._steps = (0, -stride, stride, -1, 1)
        self._around = tuple(dy * stride + dx for dy in (-1, 0, 1) for dx in (-1, 0, 1) if dy or dx)
        self._tiles = [y * stride + x for y in range(1, rows + 1) for x in range(1, columns + 1)]
        self._inside = frozenset(self._tiles)
        #: Tiles that may grow a bush on each of a second's frames.
        self._turns = [self._tiles[turn::FPS] for turn in range(FPS)]
        self._regrowth = regrowth / 8
        self._initial = initial
        self._starts = self._places()
        self._picture = FieldPicture(columns, rows, self._tiles, stride)
        self._seed = 0
        self._start_episode()

    def action_space(self, agent: str) -> int:
        """Number of actions: Discrete(6)."""
        return 6

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, tuple[int, ...]], dict[str, dict[str, Any]]]:
        """Starts an episode. Without a seed, the next one is drawn from the last one."""
        self._seed = random.Random(self._seed).getrandbits(31) if seed is None else int(seed)
        self._start_episode()
        return self._observations(), self._infos()

    def step(self, actions: dict[str, int]) -> tuple[
        dict[str, tuple[int, ...]],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Plays one frame. The field never closes: the caller decides when an episode ends."""
        agents = self.possible_agents
        rewards = dict.fromkeys(agents, 0.0)
        self._frame += 1
        reaching: dict[int, list[int]] = {}
        for seat, forager in enumerate(self._foragers):
            action = actions[agents[seat]]
            forager.event = ""
            if forager.resting:
                forager.resting -= 1
            if action == HARVEST:
                reaching.setdefault(forager.tile, []).append(seat)
            elif action != STAY and not forager.resting:
                self._walk(forager, action)
        for tile, seats in reaching.items():
            winner = self._harvest(tile, seats)
            if winner is not None:
                rewards[agents[winner]] = 1.0
        self._grow()
        return (
            self._observations(),
            rewards,
            dict.fromkeys(agents, False),
            dict.fromkeys(agents, False),
            self._infos(),
        )

    def get_state(self) -> tuple[Any, ...]:
        """Everything that changes, as plain values: what `set_state` of any copy goes on from."""
        return (
            self._seed,
            self._frame,
            self._left,
            self._regrown,
            bytes(self._bushes),
            tuple([forager.values() for forager in self._foragers]),
        )

    def set_state(self, state: tuple[Any, ...]) -> None:
        """Goes back to a state that `get_state` gave."""
        self._seed, self._frame, self._left, self._regrown, bushes, foragers = state
        self._bushes = bytearray(bushes)
        for forager, values in zip(self._foragers, foragers):
            forager.take(values)

    def _start_episode(self) -> None:
        self.agents = list(self.possible_agents)
        self._frame = 0
        self._regrown = 0
        #: 1 where a bush stands, else 0, the border included.
        self._bushes = bytearray(self._stride * (self._rows + 2))
        chance = random.Random(self._seed)
        self._left = max(1, round(self._initial * len(self._tiles)))
        for tile in chance.sample(self._tiles, self._left):
            self._bushes[tile] = 1
        starts = chance.sample(self._starts, len(self._starts))
        self._foragers = [Forager(tile) for tile in starts]

    def _places(self) -> list[int]:
        """Where players start: on an ellipse about the middle, as far apart as it goes."""
        places = []
        for seat in range(len(self.possible_agents)):
            turn = 2 * pi * seat / len(self.possible_agents) + pi
            # In units of whole tiles, so that the last bits of cos and sin do not matter.
            x = round((self._columns - 1) / 2 * (1 + 0.7 * cos(turn)) + 1.001)
            y = round((self._rows - 1) / 2 * (1 + 0.7 * sin(turn)) + 1.001)
            places.append(y * self._stride + x)
        return places

    def _walk(self, forager: Forager, action: int) -> None:
        ahead = forager.tile + self._steps[action]
        if ahead in self._inside:
            forager.tile = ahead
            forager.tiles_walked += 1
            forager.resting = MOVE_FRAMES

    def _harvest(self, tile: int, seats: list[int]) -> int | None:
        """The seat that got the bush on `tile`, or None where there is none."""
        foragers = self._foragers
        if not self._bushes[tile]:
            for seat in seats:
                foragers[seat].event = "vain_harvest"
                foragers[seat].vain_harvests += 1
            return None
        winner = seats[0]
        if len(seats) > 1:
            winner = self._chance(tile).choice(seats)
            for seat in seats:
                foragers[seat].event = "beaten"
        foragers[winner].event = "harvest"
        foragers[winner].harvested += 1
        self._bushes[tile] = 0
        self._left -= 1
        return winner

    def _grow(self) -> None:
        bushes = self._bushes
        if not self._left:
            return
        draw = self._chance(0).random
        a, b, c, d, e, f, g, h = self._around
        grown = []
        for tile in self._turns[self._frame % FPS]:
            if bushes[tile]:
                continue
            around = bushes[tile + a] + bushes[tile + b] + bushes[tile + c] + bushes[tile + d]
            around += bushes[tile + e] + bushes[tile + f] + bushes[tile + g] + bushes[tile + h]
            if around and draw() < self._regrowth * around:
                grown.append(tile)
        # At once, so that no tile profits from coming later in the row.
        for tile in grown:
            bushes[tile] = 1
        self._left += len(grown)
        self._regrown += len(grown)

    def _chance(self, about: int) -> random.Random:
        """Chance of this frame, about one tile (0: about growth).

        Made from the seed and the frame's number: a saved state then needs two integers, not a
        generator's 625.
        """
        return random.Random((self._seed * 1_000_003 + self._frame) * 1_009 + about)

    def _observations(self) -> dict[str, tuple[int, ...]]:
        stride, bushes = self._stride, self._bushes
        seen: list[int] = []
        for forager in self._foragers:
            seen += (forager.tile % stride - 1, forager.tile // stride - 1)
        for start in range(stride + 1, stride * (self._rows + 1), stride):
            seen += bushes[start : start + self._columns]
        return dict.fromkeys(self.possible_agents, tuple(seen))

    def _infos(self) -> dict[str, dict[str, Any]]:
        stride, bushes = self._stride, self._bushes
        places = [(f.tile % stride - 1, f.tile // stride - 1) for f in self._foragers]
        group = sum(forager.harvested for forager in self._foragers)
        share = self._left / len(self._tiles)
        infos = {}
        for seat, forager in enumerate(self._foragers):
            x, y = places[seat]
            tile = forager.tile
            infos[self.possible_agents[seat]] = {
                "x": x,
                "y": y,
                "event": forager.event,
                "on_bush": bushes[tile] == 1,
                "bushes_around": sum([bushes[tile + step] for step in self._around]),
                "nearest_player": min(
                    [
                        abs(x - other_x) + abs(y - other_y)
                        for other, (other_x, other_y) in enumerate(places)
                        if other != seat
                    ]
                ),
                "harvested": forager.harvested,
                "vain_harvests": forager.vain_harvests,
                "tiles_walked": forager.tiles_walked,
                "group_harvested": group,
                "field_left": self._left,
                "field_share": share,
                "field_regrown": self._regrown,
            }
        return infos

    def render(self) -> dict[str, list[dict[str, Any]]]:
        """Draws the field for each agent: the same for all, but for the marks of who they are."""
        places = _spread(self._foragers, self._stride)
        shapes = self._picture.field(self._bushes, self._around)
        shapes += self._picture.foragers(self._foragers, places)
        shapes += self._picture.left(self._left, len(self._tiles))
        return {
            agent: shapes + self._picture.own(seat, places)
            for seat, agent in enumerate(self.possible_agents)
        }


def make_env(**options: Any) -> Commons:
    """The environment with the given options (see Commons)."""
    return Commons(**options)


# From here on: the picture. Sizes are in the units of render_size.

TILE = 40
TOP = 60
#: Width of one player's place at the top.
CHIP = 74
INK = "#33383F"
GREEN = "#009E73"
#: One for each seat; the first six are of the Okabe-Ito palette. The number on each player tells
#: them apart where colours do not.
COLORS = (
    *("#0072B2", "#E69F00", "#CC79A7", "#56B4E9"),
    *("#D55E00", "#F0E442", "#7A5AA6", "#5B6570"),
)
#: For the number on each of them.
LABEL_COLORS = (
    *("#FFFFFF", "#33383F", "#33383F", "#33383F"),
    *("#FFFFFF", "#33383F", "#FFFFFF", "#FFFFFF"),
)
#: Ground without a bush; then with 1 to 8 bushes around: what grows back soon is greener.
GROUND = "#F3EEE4"
FERTILE = (
    *("#EEEDDC", "#E9EBD5", "#E4E9CD", "#DFE7C6"),
    *("#DAE5BE", "#D5E3B7", "#D0E1AF", "#CBDFA8"),
)


class FieldPicture:
    """The field's shapes, made once: each stands for a tile in one of its conditions."""

    def __init__(self, columns: int, rows: int, tiles: list[int], stride: int) -> None:
        self._width = columns * TILE
        width, height = columns * TILE, rows * TILE
        self._board = [
            _rect("board", 0, 0, width, TOP, "#FBF9F5", 20),
            _rect("ground", 0, TOP, width, height, GROUND, 0),
        ]
        self._tiles = []
        for tile in tiles:
            x, y = _centre(tile, stride)
            left, top = x - TILE / 2, y - TILE / 2
            ground = [
                # One unit more than a tile, so that no seam shows where the picture is scaled.
                _rect(f"ground_{tile}", left, top, TILE + 1, TILE + 1, color, 1)
                for color in FERTILE
            ]
            bush = [{**ground[0], "color": "#C3DB9C"}, *_bush(tile, x, y)]
            self._tiles.append((tile, bush, ground))
        for shape in self._board:
            shape["persist"] = True
        for _, bush, ground in self._tiles:
            for shape in (*bush, *ground):
                shape["persist"] = True

    def field(self, bushes: bytearray, steps: tuple[int, ...]) -> list[dict[str, Any]]:
        shapes = list(self._board)
        a, b, c, d, e, f, g, h = steps
        for tile, bush, ground in self._tiles:
            if bushes[tile]:
                shapes += bush
                continue
            around = bushes[tile + a] + bushes[tile + b] + bushes[tile + c] + bushes[tile + d]
            around += bushes[tile + e] + bushes[tile + f] + bushes[tile + g] + bushes[tile + h]
            if around:
                shapes.append(ground[around - 1])
        return shapes

    def foragers(
        self, foragers: list[Forager], places: list[tuple[float, float]]
    ) -> list[dict[str, Any]]:
        shapes = []
        for seat, (x, y) in enumerate(places):
            forager = foragers[seat]
            name = f"player_{seat}"
            shapes += [
                {
                    **{"type": "ellipse", "id": f"{name}_shadow", "depth": 4, "color": "#000000"},
                    **{"x": x, "y": y + 13, "rx": 14, "ry": 5, "alpha": 0.15},
                },
                _circle(name, x, y, 15, COLORS[seat], 8, stroke="#FFFFFF", stroke_width=2),
                _text(f"{name}_label", x, y + 0.5, str(seat), 17, LABEL_COLORS[seat], 9),
            ]
            if forager.event == "harvest":
                shapes.append(_text(f"{name}_gain", x + 20, y - 18, "+1", 16, "#1F4A3D", 12))
            # How much each has harvested, at the top.
            left = self._width - CHIP * (len(foragers) - seat) + 18
            shapes += [
                _circle(f"{name}_chip", left, 30, 13, COLORS[seat], 21),
                _text(f"{name}_chip_label", left, 30.5, str(seat), 15, LABEL_COLORS[seat], 22),
                {
                    **_text(f"{name}_count", left + 18, 31, str(forager.harvested), 18, INK, 21),
                    "align": "left",
                },
            ]
        return shapes

    def left(self, left: int, tiles: int) -> list[dict[str, Any]]:
        """A bar for what is left of the field."""
        share = left / tiles
        color = GREEN if share >= 0.25 else "#D55E00"
        width = 62 if self._width < 600 else 130
        return [
            _circle("field_bush", 22, 30, 11, "#6A994E", 21, stroke="#4F7A3A", stroke_width=2),
            _rect("field_bar", 42, 24, width, 12, "#E4DFD3", 21, radius=6),
            _rect("field_left", 42, 24, max(12, width * share), 12, color, 22, radius=6),
            {
                **_text("field_count", 50 + width, 31, str(left), 18, INK, 21),
                "align": "left",
            },
        ]

    def own(self, seat: int, places: list[tuple[float, float]]) -> list[dict[str, Any]]:
        """Marks the player of the one who looks, on the field and at the top."""
        x, y = places[seat]
        left = self._width - CHIP * (len(places) - seat) + 18
        ring = {"stroke": INK, "stroke_width": 3}
        return [
            _circle("own", x, y, 18, "#FFFFFF", 7, **ring),
            {
                **_rect("own_chip", left - 18, 12, 70, 36, "#FFFFFF", 20.5, radius=18),
                **{"stroke": INK, "stroke_width": 2},
            },
        ]


def _centre(tile: int, stride: int) -> tuple[float, float]:
    return (tile % stride - 0.5) * TILE, (tile // stride - 0.5) * TILE + TOP


def _spread(foragers: list[Forager], stride: int) -> list[tuple[float, float]]:
    """Where each is drawn: who shares a tile stands a little aside."""
    tiles = [forager.tile for forager in foragers]
    places = []
    for seat, tile in enumerate(tiles):
        x, y = _centre(tile, stride)
        together = tiles.count(tile)
        if together > 1:
            turn = 2 * pi * tiles[:seat].count(tile) / together + pi
            x, y = x + 9 * cos(turn), y + 9 * sin(turn)
        places.append((x, y))
    return places


def _bush(tile: int, x: float, y: float) -> list[dict[str, Any]]:
    return [
        _circle(f"bush_{tile}", x, y + 1, 13, "#6A994E", 2, stroke="#4F7A3A", stroke_width=2),
        *[
            _circle(f"berry_{tile}_{i}", x + dx, y + dy, 3.2, "#C8385A", 3)
            for i, (dx, dy) in enumerate(((-4, -2), (4, 4)))
        ],
    ]


def _circle(
    name: str, x: float, y: float, r: float, color: str, depth: float, **more: Any
) -> dict[str, Any]:
    return {
        **{"type": "circle", "id": name, "depth": depth, "color": color},
        **{"x": x, "y": y, "r": r},
        **more,
    }


def _rect(
    name: str, x: float, y: float, w: float, h: float, color: str, depth: float, **more: Any
) -> dict[str, Any]:
    return {
        **{"type": "rect", "id": name, "depth": depth, "color": color},
        **{"x": x, "y": y, "w": w, "h": h},
        **more,
    }


def _text(
    name: str, x: float, y: float, text: str, size: int, color: str, depth: float
) -> dict[str, Any]:
    return {
        **{"type": "text", "id": name, "depth": depth, "color": color, "x": x, "y": y},
        **{"text": text, "size": size, "align": "center", "weight": "bold"},
    }
