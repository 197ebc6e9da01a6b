"""Dilemma: two players choose between A and B at the same time, round after round.

A round has a window in which both choose, under a clock that both see; a choice can be changed
until the window closes. Then, after a short lock, both choices are shown with what they pay, and
the next round begins. Who has not chosen gets the default choice. Nobody sees the other's choice,
or whether there is one, before it is shown.

With the default payoffs this is the iterated prisoner's dilemma, with A for cooperation: Rapoport
& Chammah (1965), Prisoner's Dilemma: A Study in Conflict and Cooperation; Axelrod & Hamilton
(1981), The evolution of cooperation, Science 211, 1390-1396; in the laboratory Dal Bó & Fréchette
(2018), On the determinants of cooperation in infinitely repeated games, Journal of Economic
Literature 56, 60-114. Other payoffs make other games: temptation < reward and sucker < punishment
a stag hunt, punishment < sucker < reward < temptation chicken. With a short window it comes near
to play in continuous time: Friedman & Oprea (2012), A continuous dilemma, American Economic
Review 102, 337-363.

Each frame (10 a second) every player takes one of three actions: 0 nothing, 1 choose A,
2 choose B. Actions count while the window is open.

The lock lasts 0.5 s, longer than the engine predicts a partner's inputs: what is shown is what
both really chose, and is never taken back.

Observations: a tuple of numbers, for each agent its own (round, phase: 0 choose, 1 locked, 2 shown,
frames left in the phase, own choice: 0 none, 1 A, 2 B, partner's choice: 0 until it is shown, own
points, partner's points).

Infos, for every agent. `last_` is the last round that was shown, this one once it is.

| key | type | meaning |
|---|---|---|
| `round` | int | number of this round, from 1 |
| `phase` | str | choose, locked or shown |
| `seconds_left` | float | until the phase ends |
| `choice` | str | own choice in this round so far: A, B, or empty |
| `response_time` | float | seconds from the opening of the window to the choice; -1 without one |
| `changes` | int | count of times that the choice was changed in this round |
| `last_choice` | str | own choice: A, B, or empty before the first round is shown |
| `last_partner_choice` | str | the partner's choice |
| `last_by_default` | bool | whether the own choice was the default, since the player made none |
| `last_payoff` | float | what it paid |
| `points` | float | all payoffs so far |
| `partner_points` | float | the partner's |
| `times_a` | int | count of rounds shown in which the own choice was A |
"""

from __future__ import annotations

import random
from math import isfinite
from typing import Any

NOTHING, A, B = range(3)
CHOICES = ("", "A", "B")
CHOOSE, LOCKED, SHOWN = range(3)
PHASES = ("choose", "locked", "shown")
FPS = 10
#: The engine predicts 400 ms at most, or 8 frames where frames are shorter than 50 ms.
LOCK_FRAMES = 5
#: Rounds whose choices are kept for the strip under the picture.
STRIP = 12


class Dilemma:
    """The environment: PettingZoo's parallel methods on plain Python values.

    Payoffs: `reward` for each when both choose A, `punishment` when both choose B; when they
    differ, `temptation` for B and `sucker` for A. `choice_time` and `reveal_time` are in seconds,
    rounded to whole frames. `default_choice`, A or B, is played for who has not chosen.
    """

    metadata = {"name": "dilemma", "render_fps": FPS, "render_size": (720, 460)}
    possible_agents = ["player_0", "player_1"]

    def __init__(
        self,
        reward: float = 3.0,
        sucker: float = 0.0,
        temptation: float = 5.0,
        punishment: float = 1.0,
        choice_time: float = 4.0,
        reveal_time: float = 2.5,
        default_choice: str = "B",
    ) -> None:
        for name, value in (
            *(("reward", reward), ("sucker", sucker)),
            *(("temptation", temptation), ("punishment", punishment)),
        ):
            if not isfinite(value):
                raise ValueError(f"{name} is a finite number, not {value!r}")
        for name, value in (("choice_time", choice_time), ("reveal_time", reveal_time)):
            if not 0 < value <= 600:
                raise ValueError(f"{name} is more than 0 and at most 600 seconds, not {value!r}")
        if default_choice not in ("A", "B"):
            raise ValueError(f"default_choice is A or B, not {default_choice!r}")
        #: What the first of two choices pays.
        self._payoffs = {
            (A, A): float(reward),
            (A, B): float(sucker),
            (B, A): float(temptation),
            (B, B): float(punishment),
        }
        self._default = CHOICES.index(default_choice)
        self._lengths = (
            max(1, round(choice_time * FPS)),
            LOCK_FRAMES,
            max(1, round(reveal_time * FPS)),
        )
        self._background = _background(self._payoffs)
        self._seed = 0
        self._start_episode()

    def action_space(self, agent: str) -> int:
        """Number of actions: Discrete(3)."""
        return 3

    def reset(
        self, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[dict[str, tuple[float, ...]], dict[str, dict[str, Any]]]:
        """Starts an episode. The game has no chance in it: the seed changes nothing."""
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
        """Plays one frame. There is no last round: the caller decides when an episode ends."""
        if self._phase == CHOOSE:
            for seat, agent in enumerate(self.possible_agents):
                self._choose(seat, actions[agent])
        rewards = (0.0, 0.0)
        self._left -= 1
        if self._left == 0:
            rewards = self._next_phase()
        return (
            self._observations(),
            {"player_0": rewards[0], "player_1": rewards[1]},
            {"player_0": False, "player_1": False},
            {"player_0": False, "player_1": False},
            self._infos(),
        )

    def get_state(self) -> tuple[Any, ...]:
        """Everything that changes, as plain values: what `set_state` of any copy goes on from."""
        return (
            self._seed,
            self._round,
            self._phase,
            self._left,
            self._chosen,
            self._chosen_at,
            self._changes,
            self._by_default,
            self._points,
            self._times_a,
            self._history,
        )

    def set_state(self, state: tuple[Any, ...]) -> None:
        """Goes back to a state that `get_state` gave."""
        (
            self._seed,
            self._round,
            self._phase,
            self._left,
            self._chosen,
            self._chosen_at,
            self._changes,
            self._by_default,
            self._points,
            self._times_a,
            self._history,
        ) = state

    def _start_episode(self) -> None:
        self.agents = list(self.possible_agents)
        self._round = 0
        self._by_default = (False, False)
        self._points = (0.0, 0.0)
        self._times_a = (0, 0)
        #: Both choices of each of the last rounds that were shown.
        self._history: tuple[tuple[int, int], ...] = ()
        self._open_round()

    def _open_round(self) -> None:
        self._round += 1
        self._phase = CHOOSE
        self._left = self._lengths[CHOOSE]
        # Each for both seats, as all that changes: values that need no copy to be kept.
        self._chosen = (NOTHING, NOTHING)
        #: Frames from the opening of the window to the choice, or -1.
        self._chosen_at = (-1, -1)
        self._changes = (0, 0)

    def _choose(self, seat: int, action: int) -> None:
        before = self._chosen[seat]
        if action in (NOTHING, before):
            return
        if before != NOTHING:
            self._changes = _put(self._changes, seat, self._changes[seat] + 1)
        self._chosen = _put(self._chosen, seat, action)
        self._chosen_at = _put(self._chosen_at, seat, self._lengths[CHOOSE] - self._left)

    def _next_phase(self) -> tuple[float, float]:
        """What both are paid for it."""
        if self._phase == SHOWN:
            self._open_round()
            return 0.0, 0.0
        self._phase += 1
        self._left = self._lengths[self._phase]
        return self._pay() if self._phase == SHOWN else (0.0, 0.0)

    def _pay(self) -> tuple[float, float]:
        first, second = (choice or self._default for choice in self._chosen)
        self._by_default = (self._chosen[0] == NOTHING, self._chosen[1] == NOTHING)
        paid = (self._payoffs[first, second], self._payoffs[second, first])
        self._points = (self._points[0] + paid[0], self._points[1] + paid[1])
        self._times_a = (self._times_a[0] + (first == A), self._times_a[1] + (second == A))
        self._history = (*self._history, (first, second))[-STRIP:]
        return paid

    def _shown(self, seat: int) -> tuple[int, int]:
        """Own choice and the partner's of the round that is shown; (0, 0) while none is."""
        if self._phase != SHOWN:
            return NOTHING, NOTHING
        last = self._history[-1]
        return last[seat], last[1 - seat]

    def _observations(self) -> dict[str, tuple[float, ...]]:
        return {
            agent: (
                *(self._round, self._phase, self._left),
                *(self._shown(seat)[0] or self._chosen[seat], self._shown(seat)[1]),
                *(self._points[seat], self._points[1 - seat]),
            )
            for seat, agent in enumerate(self.possible_agents)
        }

    def _infos(self) -> dict[str, dict[str, Any]]:
        return {agent: self._infos_of(seat) for seat, agent in enumerate(self.possible_agents)}

    def _infos_of(self, seat: int) -> dict[str, Any]:
        last = self._history[-1] if self._history else (NOTHING, NOTHING)
        own, partner = last[seat], last[1 - seat]
        at = self._chosen_at[seat]
        return {
            "round": self._round,
            "phase": PHASES[self._phase],
            "seconds_left": self._left / FPS,
            "choice": CHOICES[self._chosen[seat]],
            "response_time": at / FPS if at >= 0 else -1.0,
            "changes": self._changes[seat],
            "last_choice": CHOICES[own],
            "last_partner_choice": CHOICES[partner],
            "last_by_default": self._by_default[seat],
            "last_payoff": self._payoffs[own, partner] if own else 0.0,
            "points": self._points[seat],
            "partner_points": self._points[1 - seat],
            "times_a": self._times_a[seat],
        }

    def render(self) -> dict[str, list[dict[str, Any]]]:
        """Draws the table for each agent, who sits on the left and sees the own choice only."""
        return {
            agent: self._background[seat] + self._shapes(seat)
            for seat, agent in enumerate(self.possible_agents)
        }

    def _shapes(self, seat: int) -> list[dict[str, Any]]:
        own, partner = self._shown(seat)
        own = own or self._chosen[seat]
        shapes = [
            _text("round", 24, 31, f"Round {self._round}", 20, INK, 21, align="left"),
            _text("own_points", 120, 110, _number(self._points[seat]), 30, INK, 3),
            _text("partner_points", 590, 110, _number(self._points[1 - seat]), 30, INK, 3),
            *self._clock_shapes(),
            *self._card_shapes(seat, own, partner),
        ]
        for row in (A, B):
            if own in (NOTHING, row):
                continue
            # What the own choice has ruled out.
            for column in (A, B):
                x, y = _cell(row, column)
                name = f"ruled_out_{column}"
                shapes.append(_rect(name, x, y, CELL_W, CELL_H, GROUND, 6, radius=10, alpha=0.7))
        if partner:
            x, y = _cell(own, partner)
            more = {"radius": 10, "stroke": INK, "stroke_width": 3}
            shapes.append(_rect("outcome", x, y, CELL_W, CELL_H, "transparent", 8, **more))
        return shapes + self._strip_shapes(seat)

    def _clock_shapes(self) -> list[dict[str, Any]]:
        """The hand of the clock goes round once while the window is open."""
        share = self._left / self._lengths[self._phase]
        if self._phase == CHOOSE:
            seconds = -(-self._left // FPS)
            color = "#D55E00" if self._left <= FPS else GREEN
            return [
                {
                    **{"type": "arc", "id": "clock", "depth": 4, "color": color, "width": 9},
                    **{"x": CLOCK_X, "y": 116, "r": 34, "start": -90, "end": -90 + 360 * share},
                },
                _text("clock_text", CLOCK_X, 117, str(seconds), 26, INK, 4),
                _text("prompt", CLOCK_X, 170, "choose", 17, SOFT, 4),
            ]
        if self._phase == LOCKED:
            return [_text("clock_text", CLOCK_X, 110, "…", 28, INK, 4)]
        return [
            {
                **{"type": "line", "id": "tick", "depth": 4, "color": GREEN, "width": 6},
                "points": [[CLOCK_X - 13, 117], [CLOCK_X - 3, 127], [CLOCK_X + 14, 106]],
            },
            _text("prompt", CLOCK_X, 170, "shown", 17, SOFT, 4),
        ]

    def _card_shapes(self, seat: int, own: int, partner: int) -> list[dict[str, Any]]:
        shapes = []
        for choice in (A, B):
            x = _card(choice)
            if own == choice:
                more = {"radius": 14, "stroke": INK, "stroke_width": 3}
                shapes.append(_rect("own_choice", x - 48, 150, 96, 130, COLORS[seat], 3, **more))
                shapes.append(
                    _text("own_letter", x, 210, CHOICES[choice], 52, LABEL_COLORS[seat], 5)
                )
        x = 590
        if not partner:
            shapes.append(_text("partner_letter", x, 215, "?", 52, SOFT, 5))
        else:
            more = {"radius": 14, "stroke": INK, "stroke_width": 3}
            color, label = COLORS[1 - seat], LABEL_COLORS[1 - seat]
            shapes.append(_rect("partner_choice", x - 50, 150, 100, 130, color, 3, **more))
            shapes.append(_text("partner_letter", x, 215, CHOICES[partner], 52, label, 5))
            for name, at, paid in (
                ("own", 120, self._payoffs[own, partner]),
                ("partner", 590, self._payoffs[partner, own]),
            ):
                gain = f"+{_number(paid)}" if paid >= 0 else _number(paid)
                shapes.append(_text(f"{name}_gain", at + 62, 110, gain, 20, "#1F6B52", 4))
        return shapes

    def _strip_shapes(self, seat: int) -> list[dict[str, Any]]:
        """The last rounds, the own choice above the partner's."""
        shapes = []
        for i, choices in enumerate(self._history):
            number = len(self._history) - i
            for row, who in enumerate((seat, 1 - seat)):
                x, y = 700 - 44 * number, 386 + 34 * row
                name = f"past_{number}_{row}"
                letter, color = CHOICES[choices[who]], COLORS[who]
                # A is filled and B is not: a run of either is seen at a glance.
                fill, ink = (color, LABEL_COLORS[who]) if choices[who] == A else (PAPER, INK)
                more = {"radius": 8, "stroke": color, "stroke_width": 2}
                shapes.append(_rect(name, x, y, 30, 28, fill, 3, **more))
                shapes.append(_text(f"{name}_letter", x + 15, y + 14.5, letter, 16, ink, 4))
        return shapes


def _put(both: tuple[int, int], seat: int, value: int) -> tuple[int, int]:
    return (both[0], value) if seat else (value, both[1])


def make_env(**options: Any) -> Dilemma:
    """The environment with the given options (see Dilemma)."""
    return Dilemma(**options)


# From here on: the picture. Sizes are in the units of render_size.

INK = "#33383F"
SOFT = "#6B7280"
PAPER = "#FFFFFF"
GROUND = "#F3EEE4"
GREEN = "#009E73"
#: Blue and orange of the Okabe-Ito palette, told apart with every kind of colour vision.
COLORS = ("#0072B2", "#E69F00")
LABEL_COLORS = ("#FFFFFF", "#33383F")
#: For text on a pale ground.
TEXT_COLORS = ("#005F95", "#8F5F00")
CELL_W, CELL_H = 106, 62
#: Middle of the clock, and of the table of payoffs under it.
CLOCK_X = 378


def _card(choice: int) -> int:
    """Middle of the card of one of the own choices."""
    return 66 + 108 * (choice - A)


def _cell(own: int, partner: int) -> tuple[int, int]:
    """Upper left corner of a cell of the table of payoffs: own choices are its rows."""
    return 268 + 114 * (partner - A), 212 + 70 * (own - A)


def _number(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")


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
        **{"type": "text", "id": name, "depth": depth, "color": color, "x": x, "y": y},
        **{"text": text, "size": size, "align": "center", "weight": "bold"},
        **more,
    }


def _background(payoffs: dict[tuple[int, int], float]) -> tuple[list[dict[str, Any]], ...]:
    """What never changes, for each seat: the table, names, and the payoffs."""
    pictures = []
    for seat in (0, 1):
        own_color, partner_color = TEXT_COLORS[seat], TEXT_COLORS[1 - seat]
        shapes = [
            _rect("ground", 0, 0, 720, 460, GROUND, 0),
            _rect("board", 0, 0, 720, 60, "#FBF9F5", 1),
            _rect("strip", 0, 376, 720, 84, "#FBF9F5", 1),
            _text("strip_own", 24, 400, "you", 15, own_color, 2, align="left"),
            _text("strip_partner", 24, 434, "partner", 15, partner_color, 2, align="left"),
            _text("key_own", CLOCK_X - 6, 361, "your points", 14, own_color, 2, align="right"),
            {
                **_text("key_partner", CLOCK_X + 6, 361, "partner’s", 14, partner_color, 2),
                "align": "left",
            },
            _text("own_name", 120, 80, "your points", 16, own_color, 2),
            _text("partner_name", 590, 80, "partner’s points", 16, partner_color, 2),
        ]
        ring = {"type": "arc", "depth": 2, "color": "#E0D9CA", "x": CLOCK_X, "y": 116, "r": 34}
        shapes.append({**ring, "id": "clock_ring", "start": 0, "end": 360, "width": 9})
        for choice in (A, B):
            x = _card(choice)
            more = {"radius": 14, "stroke": "#CFC6B4", "stroke_width": 2}
            shapes.append(_rect(f"card_{choice}", x - 48, 150, 96, 130, PAPER, 2, **more))
            shapes.append(_text(f"letter_{choice}", x, 210, CHOICES[choice], 52, own_color, 2))
            tip = -9 if choice == A else 9
            arrow = {"type": "polygon", "id": f"arrow_{choice}", "depth": 2, "color": "#A9A08D"}
            shapes.append({**arrow, "points": [[x + tip, 262], [x - tip, 253], [x - tip, 271]]})
        more = {"radius": 14, "stroke": "#CFC6B4", "stroke_width": 2}
        shapes.append(_rect("partner_card", 540, 150, 100, 130, "#FBF9F5", 2, **more))
        for own in (A, B):
            x, y = _cell(own, A)
            shapes.append(
                _text(f"row_{own}", x - 18, y + CELL_H / 2 + 1, CHOICES[own], 20, own_color, 2)
            )
            x, y = _cell(A, own)
            column = _text(f"column_{own}", x + CELL_W / 2, y - 14, CHOICES[own], 20, INK, 2)
            shapes.append({**column, "color": partner_color})
            for partner in (A, B):
                x, y = _cell(own, partner)
                name = f"cell_{own}_{partner}"
                gets, other = payoffs[own, partner], payoffs[partner, own]
                shapes += [
                    _rect(name, x, y, CELL_W, CELL_H, PAPER, 2, radius=10),
                    _text(f"{name}_own", x + 32, y + 32, _number(gets), 24, own_color, 5),
                    _text(f"{name}_other", x + 74, y + 32, _number(other), 24, partner_color, 5),
                ]
        for shape in shapes:
            shape["persist"] = True
        pictures.append(shapes)
    return tuple(pictures)
