"""Volley: a ball game for two, seen from the side, with a net in the middle.

Each player keeps to its own half, runs, jumps, and heads the ball over the net. When the ball
touches the ground the rally ends, and the next ball is served after one second. The first serve
falls on the side that the seed says, each later one on the side that lost the rally; how far from
the net it falls is drawn from the seed too.

Each frame (30 a second) every player takes one of six actions: 0 stay, 1 left, 2 right, 3 jump,
4 jump left, 5 jump right. In the air only the direction matters.

Scoring `competitive` (default): a player earns 1 when the ball touches the other half's ground
and loses 1 when it touches its own. Scoring `cooperative`: both earn 1 each time the ball flies
over the net after a touch on the side it comes from, and nothing else counts.

Lengths are in units of the court, 800 wide and 450 high; times in seconds. x counts from the net
to the right (player_0 plays at negative x), y from the ground up. Only + - * / and square roots
are used, which IEEE 754 defines to the last bit; with x counted from the net, both halves are
exact mirror images of each other.

Observations, the same for both agents: a tuple of floats, for each player (x, y, vertical
velocity), for the ball (x, y, horizontal velocity, vertical velocity), and the seconds until it
is served.

Infos, for every agent. Counts run from the start of the episode. Keys that begin with `ball_`
(but `ball_distance`) or `rally` are equal for both agents.

| key | type | meaning |
|---|---|---|
| `x` | float | place of the player's middle, from the net |
| `y` | float | height of the player's feet above the ground |
| `on_ground` | bool | whether the player stands on the ground |
| `touched` | bool | whether the player touched the ball on this frame |
| `touches` | int | count of touches |
| `jumps` | int | count of jumps |
| `distance_run` | float | way along the ground and in the air, in court units |
| `points` | int | count of rallies that this player won |
| `opponent_points` | int | count of rallies that this player lost |
| `ball_distance` | float | from the player's middle to the ball's |
| `ball_x` | float | from the net |
| `ball_y` | float | above the ground |
| `ball_vx` | float | units a second, to the right |
| `ball_vy` | float | units a second, up |
| `ball_in_play` | bool | false while the ball waits to be served |
| `rally` | int | number of this rally, from 1 |
| `rally_length` | int | count of times the ball flew over the net in this rally |
| `rally_touches` | int | count of both players' touches in this rally |
| `rally_longest` | int | largest `rally_length` of this episode so far |
"""

from __future__ import annotations

import random
from math import sqrt
from typing import Any

FPS = 30
#: Two steps of physics a frame: at top speed the ball moves less than its radius in one.
SUBSTEPS = 2
DT = 1 / (FPS * SUBSTEPS)

HALF_WIDTH = 400.0
CEILING = 430.0
NET_HEIGHT = 120.0
NET_RADIUS = 5.0

PLAYER_RADIUS = 38.0
RUN_SPEED = 320.0
#: A jump lifts the feet by JUMP_SPEED² / (2 PLAYER_GRAVITY) = 93 units, for 0.68 s.
JUMP_SPEED = 550.0
PLAYER_GRAVITY = 1620.0

BALL_RADIUS = 18.0
BALL_GRAVITY = 620.0
#: A head sends the ball off at least this fast: it rises 210 units, high enough over the net.
MIN_BOUNCE = 510.0
MAX_BALL_SPEED = 820.0
WALL_BOUNCE = 0.85
SERVE_HEIGHT = 330.0
SERVE_FRAMES = 30

#: For each action: direction, and whether it jumps.
MOVES = ((0, False), (-1, False), (1, False), (0, True), (-1, True), (1, True))


class Player:
    """One player. `x`, `y` are the middle between its feet; the counts are in the table above."""

    __slots__ = ("side", "x", "y", "vx", "vy", "touched", "touches", "jumps", "run", "points")

    def __init__(self, side: int) -> None:
        #: -1 left of the net, 1 right of it.
        self.side = side
        self.x = side * HALF_WIDTH / 2
        self.y = 0.0
        self.vx = 0.0
        self.vy = 0.0
        self.touched = False
        self.touches = 0
        self.jumps = 0
        self.run = 0.0
        self.points = 0

    def values(self) -> tuple[Any, ...]:
        return (
            self.x,
            self.y,
            self.vx,
            self.vy,
            self.touched,
            self.touches,
            self.jumps,
            self.run,
            self.points,
        )

    def take(self, values: tuple[Any, ...]) -> None:
        (
            self.x,
            self.y,
            self.vx,
            self.vy,
            self.touched,
            self.touches,
            self.jumps,
            self.run,
            self.points,
        ) = values


class Volley:
    """The environment: PettingZoo's parallel methods on plain Python values.

    `scoring` is `competitive` or `cooperative`.
    """

    metadata = {"name": "volley", "render_fps": FPS, "render_size": (800, 450)}
    possible_agents = ["player_0", "player_1"]

    def __init__(self, scoring: str = "competitive") -> None:
        if scoring not in ("competitive", "cooperative"):
            raise ValueError(f"scoring is competitive or cooperative, not {scoring!r}")
        self._cooperative = scoring == "cooperative"
        self._background = _background()
        self._seed = 0
        self._start_episode()

    def action_space(self, agent: str) -> int:
        """Number of actions: Discrete(6)."""
        return 6

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, tuple[float, ...]], dict[str, dict[str, Any]]]:
        """Starts an episode. Without a seed, the next one is drawn from the last one."""
        self._seed = random.Random(self._seed).getrandbits(31) if seed is None else int(seed)
        self._start_episode()
        return self._observations(), self._infos()

    def step(self, actions: dict[str, int]) -> tuple[
        dict[str, tuple[float, ...]],
        dict[str, float],
        dict[str, bool],
        dict[str, bool],
        dict[str, dict[str, Any]],
    ]:
        """Plays one frame. A game has no last rally: the caller decides when an episode ends."""
        left, right = self._players
        _steer(left, actions["player_0"])
        _steer(right, actions["player_1"])
        self._rewards = (0.0, 0.0)
        if self._serve_in > 0:
            self._serve_in -= 1
        for _ in range(SUBSTEPS):
            _move(left)
            _move(right)
            if self._serve_in == 0:
                self._move_ball()
        return (
            self._observations(),
            {"player_0": self._rewards[0], "player_1": self._rewards[1]},
            {"player_0": False, "player_1": False},
            {"player_0": False, "player_1": False},
            self._infos(),
        )

    def get_state(self) -> tuple[Any, ...]:
        """Everything that changes, as plain values: what `set_state` of any copy goes on from."""
        left, right = self._players
        return (
            self._seed,
            self._rally,
            self._serve_in,
            self._last_touch,
            self._bx,
            self._by,
            self._bvx,
            self._bvy,
            self._rally_length,
            self._rally_touches,
            self._rally_longest,
            left.values(),
            right.values(),
        )

    def set_state(self, state: tuple[Any, ...]) -> None:
        """Goes back to a state that `get_state` gave."""
        (
            self._seed,
            self._rally,
            self._serve_in,
            self._last_touch,
            self._bx,
            self._by,
            self._bvx,
            self._bvy,
            self._rally_length,
            self._rally_touches,
            self._rally_longest,
            left,
            right,
        ) = state
        self._players[0].take(left)
        self._players[1].take(right)

    def _start_episode(self) -> None:
        self.agents = list(self.possible_agents)
        self._players = (Player(-1), Player(1))
        self._rally = 0
        self._rally_longest = 0
        self._serve(-1 if random.Random(self._seed).random() < 0.5 else 1)

    def _serve(self, side: int) -> None:
        """Hangs the ball over a half, until the next rally starts.

        Its generator is made from the seed and the rally's number: a saved state then needs two
        integers, not a generator's 625.
        """
        self._rally += 1
        place = random.Random(self._seed * 1_000_003 + self._rally).random()
        self._bx = side * (120.0 + 160.0 * place)
        self._by = SERVE_HEIGHT
        self._bvx = 0.0
        self._bvy = 0.0
        self._serve_in = SERVE_FRAMES
        self._rally_length = 0
        self._rally_touches = 0
        # Side of the player who touched the ball last, 0 while nobody has.
        self._last_touch = 0

    def _move_ball(self) -> None:
        before = self._bx
        self._bvy -= BALL_GRAVITY * DT
        self._bx += self._bvx * DT
        self._by += self._bvy * DT
        self._bounce_off_walls()
        self._bounce_off_net()
        left, right = self._players
        # The player on the ball's side comes first, so that neither seat has an advantage.
        for player in (left, right) if self._bx < 0 else (right, left):
            self._bounce_off_player(player)
        if before * self._bx < 0 and self._last_touch * self._bx < 0:
            self._fly_over_net()
        if self._by <= BALL_RADIUS:
            self._end_rally(-1 if self._bx < 0 else 1)

    def _bounce_off_walls(self) -> None:
        edge = HALF_WIDTH - BALL_RADIUS
        if self._bx < -edge:
            self._bx = -edge
            self._bvx = abs(self._bvx) * WALL_BOUNCE
        elif self._bx > edge:
            self._bx = edge
            self._bvx = -abs(self._bvx) * WALL_BOUNCE
        if self._by > CEILING - BALL_RADIUS:
            self._by = CEILING - BALL_RADIUS
            self._bvy = -abs(self._bvy) * WALL_BOUNCE

    def _bounce_off_net(self) -> None:
        """The net is a thick line with a round top; the ball bounces off its nearest point."""
        reach = BALL_RADIUS + NET_RADIUS
        away_x = self._bx
        away_y = self._by - NET_HEIGHT if self._by > NET_HEIGHT else 0.0
        distance = sqrt(away_x * away_x + away_y * away_y)
        if distance >= reach or distance == 0:
            return
        nx, ny = away_x / distance, away_y / distance
        self._bx += nx * (reach - distance)
        self._by += ny * (reach - distance)
        speed = self._bvx * nx + self._bvy * ny
        if speed < 0:
            self._bvx -= (1 + WALL_BOUNCE) * speed * nx
            self._bvy -= (1 + WALL_BOUNCE) * speed * ny
        # A ball that dances on top of the net rolls off, on the side where it already is.
        if away_y > 0 and -60 < self._bvx < 60:
            self._bvx = 60.0 if away_x > 0 else -60.0

    def _bounce_off_player(self, player: Player) -> None:
        """A circle against a circle that cannot be pushed."""
        reach = BALL_RADIUS + PLAYER_RADIUS
        away_x = self._bx - player.x
        away_y = self._by - player.y - PLAYER_RADIUS
        distance = sqrt(away_x * away_x + away_y * away_y)
        if distance >= reach or distance == 0:
            return
        nx, ny = away_x / distance, away_y / distance
        self._bx = player.x + nx * reach
        self._by = player.y + PLAYER_RADIUS + ny * reach
        speed = (self._bvx - player.vx) * nx + (self._bvy - player.vy) * ny
        if speed >= 0:
            return
        # What the ball has along the line between the middles is turned round; the rest stays.
        along = self._bvx * nx + self._bvy * ny
        after = max(along - 2 * speed, MIN_BOUNCE)
        self._bvx += (after - along) * nx
        self._bvy += (after - along) * ny
        speed = sqrt(self._bvx * self._bvx + self._bvy * self._bvy)
        if speed > MAX_BALL_SPEED:
            self._bvx *= MAX_BALL_SPEED / speed
            self._bvy *= MAX_BALL_SPEED / speed
        if not player.touched:
            player.touched = True
            player.touches += 1
            self._rally_touches += 1
        self._last_touch = player.side

    def _fly_over_net(self) -> None:
        self._last_touch = 0
        self._rally_length += 1
        self._rally_longest = max(self._rally_longest, self._rally_length)
        if self._cooperative:
            self._rewards = (self._rewards[0] + 1.0, self._rewards[1] + 1.0)

    def _end_rally(self, lost: int) -> None:
        """The ball touched the ground of the half `lost`."""
        left, right = self._players
        winner = right if lost < 0 else left
        winner.points += 1
        if not self._cooperative:
            self._rewards = (float(lost), float(-lost))
        self._serve(lost)

    def _observations(self) -> dict[str, tuple[float, ...]]:
        left, right = self._players
        seen = (
            *(left.x, left.y, left.vy, right.x, right.y, right.vy),
            *(self._bx, self._by, self._bvx, self._bvy, self._serve_in / FPS),
        )
        return {"player_0": seen, "player_1": seen}

    def _infos(self) -> dict[str, dict[str, Any]]:
        left, right = self._players
        shared = {
            "ball_x": self._bx,
            "ball_y": self._by,
            "ball_vx": self._bvx,
            "ball_vy": self._bvy,
            "ball_in_play": self._serve_in == 0,
            "rally": self._rally,
            "rally_length": self._rally_length,
            "rally_touches": self._rally_touches,
            "rally_longest": self._rally_longest,
        }
        return {
            "player_0": self._player_infos(left, right, shared),
            "player_1": self._player_infos(right, left, shared),
        }

    def _player_infos(
        self, player: Player, opponent: Player, shared: dict[str, Any]
    ) -> dict[str, Any]:
        away_x = self._bx - player.x
        away_y = self._by - player.y - PLAYER_RADIUS
        return {
            "x": player.x,
            "y": player.y,
            "on_ground": player.y == 0,
            "touched": player.touched,
            "touches": player.touches,
            "jumps": player.jumps,
            "distance_run": player.run,
            "points": player.points,
            "opponent_points": opponent.points,
            "ball_distance": sqrt(away_x * away_x + away_y * away_y),
            **shared,
        }

    def render(self) -> dict[str, list[dict[str, Any]]]:
        """Draws the court for each agent: shapes, the persistent background among them.

        Both see the same, but for the marks that say who they are.
        """
        shapes = list(self._background)
        for seat, player in enumerate(self._players):
            shapes += _player_shapes(seat, player, self._bx, self._by)
        shapes += self._ball_shapes() + self._score_shapes()
        return {
            agent: shapes + self._own_shapes(seat)
            for seat, agent in enumerate(self.possible_agents)
        }

    def _own_shapes(self, seat: int) -> list[dict[str, Any]]:
        """Marks the player of the one who looks, and names both halves."""
        own = self._players[seat]
        x, y = _place(own.x, own.y + PLAYER_RADIUS)
        ring = {"stroke": INK, "stroke_width": 3}
        other = "partner" if self._cooperative else "opponent"
        return [
            _circle("own", x, y, PLAYER_RADIUS + 1.5, COLORS[seat], 7, **ring),
            _text("own_half", 200 + 400 * seat, 427, "you", 18, TEXT_COLORS[seat]),
            _text("other_half", 600 - 400 * seat, 427, other, 18, TEXT_COLORS[1 - seat]),
        ]

    def _ball_shapes(self) -> list[dict[str, Any]]:
        x, y = _place(self._bx, self._by)
        shapes = [
            _shadow("ball_shadow", x, 18 - self._by / 40),
            _circle("ball", x, y, BALL_RADIUS, "#FFFDF5", 12, stroke=INK, stroke_width=2.5),
            _circle("ball_spot", x - 5, y - 5, 5, "#F2D9A0", 13),
        ]
        if self._serve_in > 0:
            ring = BALL_RADIUS + 4 + self._serve_in * 0.6
            more = {"stroke": INK, "stroke_width": 2, "alpha": 0.35}
            shapes.append(_circle("serve", x, y, ring, "transparent", 11, **more))
        return shapes

    def _score_shapes(self) -> list[dict[str, Any]]:
        left, right = self._players
        if self._cooperative:
            text = f"over the net {self._rally_length}  ·  best {self._rally_longest}"
            return [_text("rally", 400, 36, text, 24, INK)]
        return [
            _text("points_0", 360, 36, str(left.points), 34, TEXT_COLORS[0]),
            _text("points_1", 440, 36, str(right.points), 34, TEXT_COLORS[1]),
        ]


def make_env(**options: Any) -> Volley:
    """The environment with the given options (see Volley)."""
    return Volley(**options)


def _steer(player: Player, action: int) -> None:
    direction, jumps = MOVES[action]
    player.touched = False
    player.vx = direction * RUN_SPEED
    if jumps and player.y == 0:
        player.vy = JUMP_SPEED
        player.jumps += 1


def _move(player: Player) -> None:
    nearest = NET_RADIUS + PLAYER_RADIUS
    farthest = HALF_WIDTH - PLAYER_RADIUS
    away = (player.x + player.vx * DT) * player.side
    x = min(max(away, nearest), farthest) * player.side
    player.run += abs(x - player.x)
    player.x = x
    if player.y > 0 or player.vy > 0:
        player.vy -= PLAYER_GRAVITY * DT
        player.y += player.vy * DT
        if player.y <= 0:
            player.y = 0.0
            player.vy = 0.0


# From here on: the picture. Sizes are in the units of render_size, y counts down.

GROUND = 400
INK = "#33383F"
#: Blue and orange of the Okabe-Ito palette, told apart with every kind of colour vision.
COLORS = ("#0072B2", "#E69F00")
#: For text on a pale ground, and for text on the colours themselves.
TEXT_COLORS = ("#005F95", "#8F5F00")
LABEL_COLORS = ("#FFFFFF", "#33383F")


def _place(x: float, y: float) -> tuple[float, float]:
    return x + HALF_WIDTH, GROUND - y


def _circle(
    name: str, x: float, y: float, r: float, color: str, depth: int, **more: Any
) -> dict[str, Any]:
    return {
        **{"type": "circle", "id": name, "depth": depth, "color": color},
        **{"x": x, "y": y, "r": r},
        **more,
    }


def _text(name: str, x: float, y: float, text: str, size: int, color: str) -> dict[str, Any]:
    return {
        **{"type": "text", "id": name, "depth": 20, "color": color, "x": x, "y": y},
        **{"text": text, "size": size, "align": "center", "weight": "bold"},
    }


def _shadow(name: str, x: float, width: float) -> dict[str, Any]:
    return {
        **{"type": "ellipse", "id": name, "depth": 4, "color": "#000000", "alpha": 0.14},
        **{"x": x, "y": GROUND + 3, "rx": width, "ry": 5},
    }


def _player_shapes(seat: int, player: Player, ball_x: float, ball_y: float) -> list[dict[str, Any]]:
    x, feet = _place(player.x, player.y)
    y = feet - PLAYER_RADIUS
    name = f"player_{seat}"
    body = _circle(name, x, y, PLAYER_RADIUS, COLORS[seat], 8, stroke="#FFFFFF", stroke_width=2)
    shapes = [_shadow(f"{name}_shadow", x, 36 - player.y / 8), body]
    to_x = ball_x - player.x
    to_y = ball_y - player.y - PLAYER_RADIUS
    distance = sqrt(to_x * to_x + to_y * to_y) or 1.0
    for side in (-1, 1):
        eye_x, eye_y = x + 13 * side, y - 10
        look_x, look_y = eye_x + 4 * to_x / distance, eye_y - 4 * to_y / distance
        shapes.append(_circle(f"{name}_eye_{side}", eye_x, eye_y, 9, "#FFFFFF", 9))
        shapes.append(_circle(f"{name}_pupil_{side}", look_x, look_y, 4.5, INK, 10))
    shapes.append(_text(f"{name}_label", x, y + 17, str(seat), 20, LABEL_COLORS[seat]))
    return shapes


def _background() -> list[dict[str, Any]]:
    """What never changes: sky, hills, sand, net."""
    shapes: list[dict[str, Any]] = [
        {"type": "rect", "color": "#DCEBF2", "x": 0, "y": 0, "w": 800, "h": 450},
        {"type": "circle", "color": "#FBF3D9", "x": 120, "y": 84, "r": 40},
        {"type": "ellipse", "color": "#C5DBD8", "x": 170, "y": 400, "rx": 320, "ry": 120},
        {"type": "ellipse", "color": "#B7D2CC", "x": 640, "y": 400, "rx": 300, "ry": 90},
        {"type": "rect", "color": "#EADBBB", "x": 0, "y": GROUND, "w": 800, "h": 50},
        {"type": "rect", "color": "#D8C49B", "x": 0, "y": GROUND, "w": 800, "h": 3},
    ]
    top = GROUND - NET_HEIGHT
    for x in (396, 400, 404):
        points = [[x, top + 4], [x, GROUND]]
        shapes.append({"type": "line", "color": "#FFFFFF", "points": points, "width": 1})
    for y in range(int(top) + 12, GROUND, 12):
        points = [[395, y], [405, y]]
        shapes.append({"type": "line", "color": "#FFFFFF", "points": points, "width": 1})
    post = {"color": "#5B6570", "x": 395, "y": top - NET_RADIUS, "w": 10, "radius": NET_RADIUS}
    shapes.insert(6, {"type": "rect", **post, "h": NET_HEIGHT + NET_RADIUS})
    for number, shape in enumerate(shapes):
        shape.update({"id": f"background_{number}", "depth": 0, "persist": True})
    return shapes
