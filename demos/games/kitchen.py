"""Kitchen: two chefs cook onion soup together on a grid.

A pot takes three onions, cooks them for `cook_time` seconds, and gives one soup to a chef who
brings a plate. Both chefs earn 1 for every soup that either of them delivers. Counters hold one
item each, so that chefs can hand things over.

The paradigm is joint action under a common goal, after the video game Overcooked: who does what is
nowhere said, so partners must settle on roles, routes and hand-overs while they play. Carroll,
Shah, Ho, Griffiths, Seshia, Abbeel & Dragan (2019), On the utility of learning about humans for
human-AI coordination, NeurIPS 32; Wu, Wang, Evans, Tenenbaum, Parkes & Kleiman-Weiner (2021), Too
many cooks: Bayesian inference for coordinating multi-agent collaboration, Topics in Cognitive
Science 13, 414-432. Layouts are of our own making, and soups, unlike in Carroll et al., are always
of three onions and cook by themselves.

Each frame (10 a second) every chef takes one of six actions: 0 stay, 1 up, 2 down, 3 left,
4 right, 5 interact. A direction turns the chef and moves it one tile if that tile is free;
interact acts on the tile that the chef faces. Chefs are treated alike: when both want the same
tile, or each other's, neither moves; when both interact with the same tile, a seeded coin decides
who comes first.

Layouts: `open` (room for both), `divided` (onions and plates on the left, pots and serving hatch
on the right: everything must be handed over) and `ring` (one tile wide: chefs block each other).

Observations, the same for both agents: a tuple of integers, for each chef (tile x, tile y,
facing, carried item), for each of the two pots (onions, frames left to cook), then the item on
every tile, row by row. Items: 0 nothing, 1 onion, 2 plate, 3 soup. Facing: the action's number.

Infos, for every agent. Counts run from the start of the episode. Keys that begin with `pot` or
`team` are equal for both agents.

| key | type | meaning |
|---|---|---|
| `x` | int | tile from the left, from 0 |
| `y` | int | tile from the top, from 0 |
| `facing` | str | up, down, left or right |
| `carrying` | str | nothing, onion, plate or soup |
| `event` | str | what the action did on this frame (see EVENTS), empty for a plain move or stay |
| `partner_distance` | int | tiles to the partner, along rows and columns |
| `tiles_walked` | int | count of moves |
| `idle_frames` | int | count of frames with the action stay |
| `collisions` | int | count of moves that the partner blocked |
| `vain_interactions` | int | count of interactions without any effect |
| `onions_taken` | int | count of onions taken from a crate, less those returned |
| `onions_potted` | int | count of onions put into a pot |
| `plates_taken` | int | count of plates taken from the stack, less those returned |
| `soups_plated` | int | count of soups taken out of a pot |
| `items_received` | int | count of items picked up from a counter where the partner had put them |
| `soups_delivered` | int | count of soups that this chef delivered |
| `team_deliveries` | int | count of soups that both chefs delivered |
| `pot_1_onions` | int | onions in the first pot (left to right, then top to bottom), 0 to 3 |
| `pot_1_state` | str | empty, filling, cooking or ready |
| `pot_2_onions` | int | onions in the second pot |
| `pot_2_state` | str | empty, filling, cooking or ready |
"""

from __future__ import annotations

import random
from typing import Any

STAY, UP, DOWN, LEFT, RIGHT, INTERACT = range(6)
NOTHING, ONION, PLATE, SOUP = range(4)
FACINGS = ("", "up", "down", "left", "right")
ITEMS = ("nothing", "onion", "plate", "soup")

#: Values of the info `event`.
EVENTS = (
    "",
    "collision",
    "take_onion",
    "return_onion",
    "pot_onion",
    "take_plate",
    "return_plate",
    "plate_soup",
    "deliver",
    "put_down",
    "pick_up",
    "vain_interaction",
)

#: `#` counter, `O` onions, `D` plates, `P` pot, `S` serving hatch, `0` and `1` where chefs start.
#: The border is solid, so no move or look ever leaves the grid. Every layout has two pots.
LAYOUTS = {
    "open": ("##P###P##", "O       O", "# 0 # 1 #", "D       S", "#########"),
    "divided": ("######P##", "O   #   P", "# 0 # 1 #", "D   #   S", "#########"),
    "ring": ("##P#P####", "O       S", "# ##### #", "D 0   1 #", "#########"),
}
WIDTH = 9
STEPS = (0, -WIDTH, WIDTH, -1, 1)
POT_SIZE = 3
FPS = 10


class Chef:
    """One chef. `tile` is y * WIDTH + x; the counts are described in the module's table."""

    __slots__ = (
        "tile",
        "facing",
        "carrying",
        "event",
        "tiles_walked",
        "idle_frames",
        "collisions",
        "vain_interactions",
        "onions_taken",
        "onions_potted",
        "plates_taken",
        "soups_plated",
        "items_received",
        "soups_delivered",
    )

    def __init__(self, tile: int) -> None:
        for name in Chef.__slots__:
            setattr(self, name, 0)
        self.tile = tile
        self.facing = DOWN
        self.event = ""

    def values(self) -> tuple[Any, ...]:
        """Everything about this chef."""
        return (
            self.tile,
            self.facing,
            self.carrying,
            self.event,
            self.tiles_walked,
            self.idle_frames,
            self.collisions,
            self.vain_interactions,
            self.onions_taken,
            self.onions_potted,
            self.plates_taken,
            self.soups_plated,
            self.items_received,
            self.soups_delivered,
        )

    def take(self, values: tuple[Any, ...]) -> None:
        """Goes back to what `values` gave."""
        (
            self.tile,
            self.facing,
            self.carrying,
            self.event,
            self.tiles_walked,
            self.idle_frames,
            self.collisions,
            self.vain_interactions,
            self.onions_taken,
            self.onions_potted,
            self.plates_taken,
            self.soups_plated,
            self.items_received,
            self.soups_delivered,
        ) = values


class Kitchen:
    """The environment: PettingZoo's parallel methods on plain Python values.

    `layout` is a key of LAYOUTS. `cook_time` is in seconds, rounded to whole frames.
    """

    metadata = {"name": "kitchen", "render_fps": FPS, "render_size": (720, 460)}
    possible_agents = ["player_0", "player_1"]

    def __init__(self, layout: str = "open", cook_time: float = 6.0) -> None:
        if layout not in LAYOUTS:
            raise ValueError(f"layout is one of {', '.join(LAYOUTS)}, not {layout!r}")
        if not 0 < cook_time <= 600:
            raise ValueError(f"cook_time is more than 0 and at most 600 seconds, not {cook_time}")
        tiles = "".join(LAYOUTS[layout])
        self._tiles = tiles
        self._free = [tile in " 01" for tile in tiles]
        self._starts = (tiles.index("0"), tiles.index("1"))
        self._pot_tiles = tuple(i for i, tile in enumerate(tiles) if tile == "P")
        self._cook_frames = max(1, round(cook_time * FPS))
        self._background = _background(tiles)
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
        """Plays one frame. The kitchen never closes: the caller decides when an episode ends."""
        chefs = self._chefs
        chosen = [actions[agent] for agent in self.possible_agents]
        delivered_before = chefs[0].soups_delivered + chefs[1].soups_delivered
        for pot in (0, 1):
            if self._cooking[pot] > 0:
                self._cooking[pot] -= 1
        self._walk(chosen)
        for seat in self._order_of_interactions(chosen):
            self._interact(seat)
        delivered = chefs[0].soups_delivered + chefs[1].soups_delivered - delivered_before
        reward = float(delivered)
        return (
            self._observations(),
            {"player_0": reward, "player_1": reward},
            {"player_0": False, "player_1": False},
            {"player_0": False, "player_1": False},
            self._infos(),
        )

    def get_state(self) -> tuple[Any, ...]:
        """Everything that changes, as plain values: what `set_state` of any copy goes on from."""
        first, second = self._chefs
        return (
            self._seed,
            self._contests,
            first.values(),
            second.values(),
            tuple(self._onions),
            tuple(self._cooking),
            tuple(self._counters.items()) if self._counters else (),
        )

    def set_state(self, state: tuple[Any, ...]) -> None:
        """Goes back to a state that `get_state` gave."""
        self._seed, self._contests, first, second, onions, cooking, counters = state
        self._chefs[0].take(first)
        self._chefs[1].take(second)
        self._onions = list(onions)
        self._cooking = list(cooking)
        self._counters = dict(counters)

    def _start_episode(self) -> None:
        self.agents = list(self.possible_agents)
        self._chefs = (Chef(self._starts[0]), Chef(self._starts[1]))
        self._contests = 0
        self._onions = [0, 0]
        self._cooking = [0, 0]
        # For each occupied counter tile: the item, and the seat of the chef who put it there.
        self._counters: dict[int, tuple[int, int]] = {}

    def _walk(self, chosen: list[int]) -> None:
        """Turns and moves both chefs at once; neither seat comes first."""
        wanted = []
        for chef, action in zip(self._chefs, chosen):
            chef.event = ""
            target = chef.tile
            if UP <= action <= RIGHT:
                chef.facing = action
                ahead = chef.tile + STEPS[action]
                if self._free[ahead]:
                    target = ahead
            elif action == STAY:
                chef.idle_frames += 1
            wanted.append(target)
        first, second = self._chefs
        starts = (first.tile, second.tile)
        swap = wanted[0] == starts[1] and wanted[1] == starts[0]
        for seat, chef in enumerate(self._chefs):
            if wanted[seat] == starts[seat]:
                continue
            if swap or wanted[0] == wanted[1]:
                chef.collisions += 1
                chef.event = "collision"
            else:
                chef.tile = wanted[seat]
                chef.tiles_walked += 1

    def _order_of_interactions(self, chosen: list[int]) -> tuple[int, ...]:
        """Seats that interact, in order.

        Only a contest for one tile needs chance, so its generator is made from the seed and the
        number of contests so far: a saved state then needs two integers, not a generator's 625.
        """
        if chosen[0] != INTERACT:
            return (1,) if chosen[1] == INTERACT else ()
        if chosen[1] != INTERACT:
            return (0,)
        first, second = self._chefs
        if first.tile + STEPS[first.facing] != second.tile + STEPS[second.facing]:
            return (0, 1)
        self._contests += 1
        coin = random.Random(self._seed * 1_000_003 + self._contests).random()
        return (0, 1) if coin < 0.5 else (1, 0)

    def _interact(self, seat: int) -> None:
        chef = self._chefs[seat]
        tile = chef.tile + STEPS[chef.facing]
        chef.event = _RULES[self._tiles[tile]](self, seat, chef, tile)
        if chef.event == "vain_interaction":
            chef.vain_interactions += 1

    def _at_floor(self, seat: int, chef: Chef, tile: int) -> str:
        return "vain_interaction"

    def _at_onions(self, seat: int, chef: Chef, tile: int) -> str:
        if chef.carrying == NOTHING:
            chef.carrying = ONION
            chef.onions_taken += 1
            return "take_onion"
        if chef.carrying == ONION:
            chef.carrying = NOTHING
            chef.onions_taken -= 1
            return "return_onion"
        return "vain_interaction"

    def _at_plates(self, seat: int, chef: Chef, tile: int) -> str:
        if chef.carrying == NOTHING:
            chef.carrying = PLATE
            chef.plates_taken += 1
            return "take_plate"
        if chef.carrying == PLATE:
            chef.carrying = NOTHING
            chef.plates_taken -= 1
            return "return_plate"
        return "vain_interaction"

    def _at_pot(self, seat: int, chef: Chef, tile: int) -> str:
        pot = self._pot_tiles.index(tile)
        if chef.carrying == ONION and self._onions[pot] < POT_SIZE:
            chef.carrying = NOTHING
            chef.onions_potted += 1
            self._onions[pot] += 1
            if self._onions[pot] == POT_SIZE:
                self._cooking[pot] = self._cook_frames
            return "pot_onion"
        if chef.carrying == PLATE and self._pot_state(pot) == "ready":
            chef.carrying = SOUP
            chef.soups_plated += 1
            self._onions[pot] = 0
            return "plate_soup"
        return "vain_interaction"

    def _at_hatch(self, seat: int, chef: Chef, tile: int) -> str:
        if chef.carrying != SOUP:
            return "vain_interaction"
        chef.carrying = NOTHING
        chef.soups_delivered += 1
        return "deliver"

    def _at_counter(self, seat: int, chef: Chef, tile: int) -> str:
        if chef.carrying != NOTHING and tile not in self._counters:
            self._counters[tile] = (chef.carrying, seat)
            chef.carrying = NOTHING
            return "put_down"
        if chef.carrying == NOTHING and tile in self._counters:
            chef.carrying, put_by = self._counters.pop(tile)
            if put_by != seat:
                chef.items_received += 1
            return "pick_up"
        return "vain_interaction"

    def _pot_state(self, pot: int) -> str:
        onions = self._onions[pot]
        if onions < POT_SIZE:
            return "filling" if onions else "empty"
        return "cooking" if self._cooking[pot] else "ready"

    def _observations(self) -> dict[str, tuple[int, ...]]:
        first, second = self._chefs
        items = [NOTHING] * len(self._tiles)
        for tile, (item, _) in self._counters.items():
            items[tile] = item
        seen = (
            *(first.tile % WIDTH, first.tile // WIDTH, first.facing, first.carrying),
            *(second.tile % WIDTH, second.tile // WIDTH, second.facing, second.carrying),
            *(self._onions[0], self._cooking[0], self._onions[1], self._cooking[1]),
            *items,
        )
        return {"player_0": seen, "player_1": seen}

    def _infos(self) -> dict[str, dict[str, Any]]:
        first, second = self._chefs
        columns = abs(first.tile % WIDTH - second.tile % WIDTH)
        rows = abs(first.tile // WIDTH - second.tile // WIDTH)
        shared = {
            "partner_distance": columns + rows,
            "team_deliveries": first.soups_delivered + second.soups_delivered,
            "pot_1_onions": self._onions[0],
            "pot_1_state": self._pot_state(0),
            "pot_2_onions": self._onions[1],
            "pot_2_state": self._pot_state(1),
        }
        return {"player_0": _chef_infos(first, shared), "player_1": _chef_infos(second, shared)}

    def render(self) -> dict[str, list[dict[str, Any]]]:
        """Draws the kitchen for each agent: shapes, the persistent background among them.

        Both see the same, but for the marks that say who they are.
        """
        shapes = list(self._background)
        for tile, (item, _) in self._counters.items():
            x, y = _centre(tile)
            shapes += _item_shapes(f"item_{tile}", item, x, y, 20)
        for pot, tile in enumerate(self._pot_tiles):
            shapes += self._pot_shapes(pot, tile)
        for seat, chef in enumerate(self._chefs):
            shapes += _chef_shapes(seat, chef)
        shapes.append(self._score_shape())
        return {
            agent: shapes + _own_shapes(seat, self._chefs[seat])
            for seat, agent in enumerate(self.possible_agents)
        }

    def _pot_shapes(self, pot: int, tile: int) -> list[dict[str, Any]]:
        x, y = _centre(tile)
        name = f"pot_{pot}"
        state = self._pot_state(pot)
        if state in ("cooking", "ready"):
            soup = SOUP_COLOR if state == "ready" else BROTH_COLOR
            shapes = [_circle(f"{name}_soup", x, y, 21, soup, 3)]
        else:
            shapes = [
                shape
                for i in range(self._onions[pot])
                for shape in _item_shapes(
                    f"{name}_onion_{i}", ONION, x + (-9, 9, 0)[i], y + (5, 5, -8)[i], 9
                )
            ]
        if state == "cooking":
            done = 1 - self._cooking[pot] / self._cook_frames
            shapes += [
                _rect(f"{name}_bar", x - 28, y + 28, 56, 8, "#FFFFFF", 6, radius=4),
                _rect(f"{name}_done", x - 28, y + 28, max(8, 56 * done), 8, GREEN, 7, radius=4),
            ]
        elif state == "ready":
            shapes.append(_rect(f"{name}_done", x - 28, y + 28, 56, 8, GREEN, 7, radius=4))
        return shapes

    def _score_shape(self) -> dict[str, Any]:
        soups = self._chefs[0].soups_delivered + self._chefs[1].soups_delivered
        return _text("soups", 20, 31, f"Soups served: {soups}", 22, INK, 21, align="left")


_RULES = {
    " ": Kitchen._at_floor,
    "0": Kitchen._at_floor,
    "1": Kitchen._at_floor,
    "#": Kitchen._at_counter,
    "O": Kitchen._at_onions,
    "D": Kitchen._at_plates,
    "P": Kitchen._at_pot,
    "S": Kitchen._at_hatch,
}

def make_env(**options: Any) -> Kitchen:
    """The environment with the given options (see Kitchen)."""
    return Kitchen(**options)


def _chef_infos(chef: Chef, shared: dict[str, Any]) -> dict[str, Any]:
    return {
        "x": chef.tile % WIDTH,
        "y": chef.tile // WIDTH,
        "facing": FACINGS[chef.facing],
        "carrying": ITEMS[chef.carrying],
        "event": chef.event,
        "tiles_walked": chef.tiles_walked,
        "idle_frames": chef.idle_frames,
        "collisions": chef.collisions,
        "vain_interactions": chef.vain_interactions,
        "onions_taken": chef.onions_taken,
        "onions_potted": chef.onions_potted,
        "plates_taken": chef.plates_taken,
        "soups_plated": chef.soups_plated,
        "items_received": chef.items_received,
        "soups_delivered": chef.soups_delivered,
        **shared,
    }


# From here on: the picture. Sizes are in the units of render_size.

TILE = 80
TOP = 60
INK = "#33383F"
GREEN = "#009E73"
SOUP_COLOR = "#B5651D"
BROTH_COLOR = "#DCC3DF"
#: Blue and orange of the Okabe-Ito palette, told apart with every kind of colour vision.
CHEF_COLORS = ("#0072B2", "#E69F00")
LABEL_COLORS = ("#005F95", "#8F5F00")


def _centre(tile: int) -> tuple[int, int]:
    return tile % WIDTH * TILE + TILE // 2, tile // WIDTH * TILE + TILE // 2 + TOP


def _circle(
    name: str, x: float, y: float, r: float, color: str, depth: int, **more: Any
) -> dict[str, Any]:
    return {
        **{"type": "circle", "id": name, "depth": depth, "color": color},
        **{"x": x, "y": y, "r": r},
        **more,
    }


def _rect(
    name: str, x: float, y: float, w: float, h: float, color: str, depth: int, **more: Any
) -> dict[str, Any]:
    return {
        **{"type": "rect", "id": name, "depth": depth, "color": color},
        **{"x": x, "y": y, "w": w, "h": h},
        **more,
    }


def _text(
    name: str, x: float, y: float, text: str, size: int, color: str, depth: int, **more: Any
) -> dict[str, Any]:
    return {
        **{"type": "text", "id": name, "depth": depth, "color": color},
        **{"x": x, "y": y, "text": text, "size": size, "align": "center"},
        **more,
    }


def _item_shapes(name: str, item: int, x: float, y: float, size: float) -> list[dict[str, Any]]:
    """An item of radius `size` around (x, y)."""
    if item == ONION:
        r = size * 0.8
        foot = y - r * 0.7
        return [
            {
                **{"type": "polygon", "id": f"{name}_sprout", "depth": 11, "color": "#6A994E"},
                "points": [[x - r * 0.35, foot], [x, y - r * 1.6], [x + r * 0.35, foot]],
            },
            _circle(name, x, y, r, "#BE93C4", 12, stroke="#7D5285", stroke_width=2),
        ]
    plate = _circle(name, x, y, size, "#FFFFFF", 11, stroke="#8D99A6", stroke_width=2)
    inner = size * 0.65
    if item == SOUP:
        return [plate, _circle(f"{name}_soup", x, y, inner, SOUP_COLOR, 12)]
    return [
        plate,
        _circle(f"{name}_rim", x, y, inner, "#F4F6F8", 12, stroke="#C9D1D9", stroke_width=2),
    ]


def _chef_shapes(seat: int, chef: Chef) -> list[dict[str, Any]]:
    x, y = _centre(chef.tile)
    # Unit vectors: where the chef looks, and to the side of that.
    ahead_x, ahead_y = ((0, 0), (0, -1), (0, 1), (-1, 0), (1, 0))[chef.facing]
    color = CHEF_COLORS[seat]
    name = f"chef_{seat}"
    shapes = [
        {
            **{"type": "ellipse", "id": f"{name}_shadow", "depth": 4, "color": "#000000"},
            **{"x": x, "y": y + 24, "rx": 26, "ry": 9, "alpha": 0.15},
        },
        _circle(name, x, y, 28, color, 8, stroke="#FFFFFF", stroke_width=2),
    ]
    for side in (-1, 1):
        eye_x = x + 19 * ahead_x + 9 * side * ahead_y
        eye_y = y + 19 * ahead_y + 9 * side * ahead_x
        shapes.append(_circle(f"{name}_eye_{side}", eye_x, eye_y, 4.5, "#FFFFFF", 9))
        shapes.append(
            _circle(f"{name}_pupil_{side}", eye_x + ahead_x, eye_y + ahead_y, 2.5, INK, 9)
        )
    hat_x, hat_y = x - 6 * ahead_x, y - 6 * ahead_y
    shapes.append(_circle(f"{name}_hat", hat_x, hat_y, 15, "#FFFFFF", 10))
    shapes.append(
        _text(f"{name}_label", hat_x, hat_y, str(seat), 18, LABEL_COLORS[seat], 11, weight="bold")
    )
    if chef.carrying != NOTHING:
        held_x, held_y = x + 30 * ahead_x, y + 30 * ahead_y
        shapes += _item_shapes(f"{name}_item", chef.carrying, held_x, held_y, 16)
    return shapes


def _own_shapes(seat: int, chef: Chef) -> list[dict[str, Any]]:
    """Marks the chef of the one who looks, and says so at the top."""
    x, y = _centre(chef.tile)
    ring = {"stroke": INK, "stroke_width": 3}
    shapes = [_circle("own", x, y, 30, CHEF_COLORS[seat], 7, **ring)]
    for other, left in ((seat, 522), (1 - seat, 612)):
        label = "you" if other == seat else "partner"
        shapes.append(_circle(f"legend_{label}", left, 30, 14, CHEF_COLORS[other], 21))
        shapes.append(_circle(f"legend_{label}_hat", left, 30, 9, "#FFFFFF", 22))
        number = _text(f"legend_{label}_number", left, 30.5, str(other), 14, INK, 23, weight="bold")
        shapes.append(number)
        name = _text(f"legend_{label}_name", left + 22, 31, label, 18, INK, 21, align="left")
        shapes.append(name)
    return shapes


def _background(tiles: str) -> list[dict[str, Any]]:
    """What never changes: board, counters, floor, and what stands on the counters."""
    height = len(tiles) // WIDTH
    shapes = [
        _rect("board", 0, 0, WIDTH * TILE, TOP, "#FBF9F5", 20),
        _rect("counters", 0, TOP, WIDTH * TILE, height * TILE, "#B79F7F", 0),
    ]
    for tile, kind in enumerate(tiles):
        x, y = _centre(tile)
        left, top = x - TILE // 2, y - TILE // 2
        if kind in " 01":
            color = ("#F3EEE4", "#ECE5D8")[(tile % WIDTH + tile // WIDTH) % 2]
            # One unit more than a tile, so that no seam shows where the picture is scaled.
            shapes.append(_rect(f"floor_{tile}", left, top, TILE + 1, TILE + 1, color, 1))
        else:
            top_color = "#7FB8A4" if kind == "S" else "#D8C4A4"
            more = {"radius": 8}
            shapes.append(_rect(f"top_{tile}", left + 3, top + 3, 74, 74, top_color, 1, **more))
        shapes += _fixture_shapes(kind, tile, x, y)
    for shape in shapes:
        shape["persist"] = True
    return shapes


def _fixture_shapes(kind: str, tile: int, x: int, y: int) -> list[dict[str, Any]]:
    name = f"fixture_{tile}"
    if kind == "O":
        shapes = [_rect(name, x - 30, y - 30, 60, 60, "#8C6A43", 2, radius=6)]
        for i, (dx, dy) in enumerate(((-13, -8), (13, -8), (-13, 16), (13, 16))):
            shapes += _item_shapes(f"{name}_{i}", ONION, x + dx, y + dy, 14)
        return shapes
    if kind == "D":
        return [
            shape
            for i in range(3)
            for shape in _item_shapes(f"{name}_{i}", PLATE, x, y + 6 - 6 * i, 24)
        ]
    if kind == "P":
        return [
            _rect(name, x - 34, y - 34, 68, 68, "#4A5058", 2, radius=8),
            _rect(f"{name}_handles", x - 34, y - 5, 68, 10, "#8D99A6", 2, radius=5),
            _circle(f"{name}_pot", x, y, 26, "#2B2F36", 2, stroke="#8D99A6", stroke_width=4),
        ]
    if kind == "S":
        return [
            _text(f"{name}_name", x, y + 24, "serve", 17, "#1F4A3D", 2, weight="bold"),
            _circle(name, x, y - 8, 20, "#E6F3EE", 2, stroke="#1F4A3D", stroke_width=2),
            _circle(f"{name}_soup", x, y - 8, 12, "#7FB8A4", 2),
        ]
    return []
