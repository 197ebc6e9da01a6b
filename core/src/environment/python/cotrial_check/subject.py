"""The environment under examination: plays episodes with planned actions, by the host's code."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from cotrial_host import driven
from cotrial_host.actions import Words
from cotrial_host.driven import PLAY
from cotrial_host.episode import Episode
from cotrial_host.states import outside_roots
from cotrial_host.verify import random_bytes

from .findings import Findings
from .parts import parts

#: Most frames of one run: a minute at 10 Hz.
MOST_FRAMES = 600
#: Fewest, however slow the environment is.
_FEWEST_FRAMES = 8
#: About how long one run takes, s.
_RUN_S = 0.25
#: How often a seat keeps its action: held keys reach further than nervous ones.
_HOLDING = 0.7

real_time: Callable[[], float] = driven._real["perf_counter"]

#: One frame of a run: what the host's checksum is taken of, the state after it, and its results.
Played = tuple[bytes, bytes]


class Subject:
    """An episode that the host has loaded and verified."""

    def __init__(
        self, episode: Episode, findings: Findings, fps: float, effort: float = 1.0
    ) -> None:
        self.episode = episode
        self.findings = findings
        self.source = findings.source
        self.fps = fps
        self.tier = episode.states.tier
        self.agents = episode.agents
        #: How long all takes, as a share of what it takes usually.
        self.effort = effort
        #: The first frame, and paths of the state, that differed in a second run; None if none did.
        self.differs: tuple[int, list[str]] | None = None
        #: Frames of a run; `measure` finds how many.
        self.frames = MOST_FRAMES

    @property
    def frame_ms(self) -> float:
        return 1000 / self.fps

    def env(self) -> Any:
        """The researcher's own object: what the host put around it is looked through."""
        env = self.episode.env
        for _ in range(4):
            if not type(env).__module__.startswith("cotrial_host"):
                break
            inner = [
                value
                for value in vars(env).values()
                if callable(getattr(value, "step", None)) and hasattr(value, "reset")
            ]
            if not inner:
                break
            env = inner[0]
        return env

    def parts(self) -> dict[str, str]:
        return parts({"env": self.env()})

    def outside(self) -> dict[str, str]:
        """State of the module and of its classes."""
        module_names, *classes = outside_roots(self.episode._loaded.module)
        roots: dict[str, Any] = {}
        for name, value in module_names.items():
            if not name.startswith("__") and not isinstance(value, type) and name != "env":
                roots[f"module.{name}"] = value
        for kind in classes:
            for name, value in vars(kind).items():
                if not name.startswith("__") and not hasattr(value, "__get__"):
                    roots[f"{kind.__name__}.{name}"] = value
        return parts(roots)

    def plan(self, seed: int, frames: int | None = None) -> list[Words]:
        """Joint actions of an episode: random ones, held for a while, and the default now and then."""
        chance = random.Random(seed)
        spaces = self.episode.spaces
        held = [space.default_bytes for space in spaces]
        plan = []
        for _ in range(self.frames if frames is None else frames):
            for seat, space in enumerate(spaces):
                if chance.random() > _HOLDING:
                    default = chance.random() < 0.2
                    held[seat] = space.default_bytes if default else random_bytes(space, chance)
            plan.append(self.episode.actions.words(held))
        return plan

    def run(
        self,
        seed: int,
        plan: list[Words],
        each: Callable[[int], None] | None = None,
        digests: bool = True,
    ) -> list[Played]:
        """Plays until the plan or the episode ends. Raises EnvironmentFault."""
        episode = self.episode
        episode.reset(seed)
        played = []
        for frame, words in enumerate(plan):
            if episode.over_at is not None:
                break
            played.append(self.step(frame, words, digests))
            episode.prune(frame)
            if each is not None:
                each(frame)
        return played

    def step(self, frame: int, words: Words, digests: bool = True) -> Played:
        episode = self.episode
        episode.advance(frame, words)
        results = episode.results_of(frame)
        state = episode.state_digest(episode.capture(), b"") if digests else b""
        return state, results

    def measure(self) -> None:
        """Finds how many frames a run may have."""
        costs = []
        # The fastest counts: the machine may be busy with something else.
        for _ in range(3):
            start = real_time()
            count = len(self.run(1, self.plan(1, _FEWEST_FRAMES)))
            costs.append((real_time() - start) / max(1, count))
        cost = min(costs)
        most, seconds = MOST_FRAMES * self.effort, _RUN_S * self.effort
        self.frames = int(min(most, max(_FEWEST_FRAMES, seconds / max(cost, 1e-6))))

    def parts_at(self, seed: int, plan: list[Words], frames: int) -> dict[str, str]:
        """The state's parts after that many frames of a straight run."""
        self.run(seed, plan[:frames])
        return self.parts()


@contextmanager
def playing() -> Iterator[None]:
    """The environment runs: clocks and entropy are driven."""
    PLAY.active = True
    try:
        yield
    finally:
        PLAY.active = False


def shown(paths: list[str], most: int = 3) -> str:
    """Paths for a sentence."""
    names = list(dict.fromkeys(path.partition(".<")[0] for path in paths))
    more = f" and {len(names) - most} more" if len(names) > most else ""
    return ", ".join(names[:most]) + more


def first_path(paths: list[str]) -> str:
    return paths[0].partition(".<")[0] if paths else ""
