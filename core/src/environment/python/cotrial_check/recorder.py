"""Watches an environment while it runs: which clocks and entropy it asks, and whether it returns.

Everything driven comes down to two methods of `PLAY`; whoever in the stack belongs to the
environment's file asked for it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from cotrial_host import driven
from cotrial_host.driven import PLAY
from cotrial_host.episode import Episode
from cotrial_host.errors import EnvironmentFault

#: Clocks that no host drives, and what stops the game.
_UNDRIVEN = ("clock_gettime", "clock_gettime_ns", "thread_time", "thread_time_ns", "sleep")
#: Frames of the import machinery: what a module does when it is imported is not the game's.
_IMPORTING = "<frozen importlib"
#: As driven.py names it.
_UNSEEDED = "a generator without a seed"
#: What these words in a line mean, whatever was called in the end.
_GENERATORS = ("default_rng(", "RandomState(", "SeedSequence(", "PCG64(", "MT19937(", ".Random(")


class Use:
    """One line of the environment that asks a clock or for entropy."""

    def __init__(self, kind: str, name: str, line: int, phases: set[str]) -> None:
        #: `clock`, `undriven_clock`, `entropy` or `unseeded_generator`.
        self.kind = kind
        self.name = name
        self.line = line
        #: Of `load`, `reset`, `step`, `render`, and `check` for what ran unwatched.
        self.phases = phases


class Recorder:
    """Of one interpreter; `watch` begins with another environment."""

    def __init__(self) -> None:
        self.phase = "load"
        self.uses: dict[tuple[str, int], Use] = {}
        #: Given every step's raw result, before the host copies it.
        self.on_result: Callable[[Any], None] | None = None
        #: Explicit seeds that the environment's own lines gave to generators, since last cleared.
        self.seeds: list[tuple[int, Any]] = []
        self._file = ""
        self._lines: list[str] = []
        self.beat: Callable[[str], Any] = lambda _: None
        self._installed = False
        self._steps: tuple[Any, Any] = (Episode._step, Episode._step)

    def watch(self, source: str, name: str, beat: Callable[[str], Any]) -> None:
        """`beat` is called with the method's name before the environment runs."""
        self.phase = "load"
        self.uses = {}
        self.seeds = []
        self.on_result = None
        self._file = name
        self._lines = source.splitlines()
        self.beat = beat
        if not self._installed:
            self._installed = True
            self._install()

    @contextmanager
    def running(self, method: str) -> Iterator[None]:
        """What the environment does inside counts as that method's."""
        before = self.phase
        self.phase = method
        self.beat(method)
        try:
            yield
        except (KeyboardInterrupt, SystemExit) as error:
            raise EnvironmentFault.from_exception(method, error) from error
        finally:
            self.phase = before
            self.beat(before)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Steps are not watched inside, since that takes time, too."""
        plain, watched = self._steps
        Episode._step = plain
        try:
            yield
        finally:
            Episode._step = watched

    def _install(self) -> None:
        nanoseconds, entropy = PLAY.nanoseconds, PLAY.entropy

        def recorded_nanoseconds(call: str) -> int:
            self._note("clock", call)
            return nanoseconds(call)

        def recorded_entropy(size: int, call: str) -> bytes:
            self._note("entropy", call)
            return entropy(size, call)

        PLAY.nanoseconds = recorded_nanoseconds  # type: ignore[method-assign]
        PLAY.entropy = recorded_entropy  # type: ignore[method-assign]
        for name in _UNDRIVEN:
            if hasattr(time, name):
                setattr(time, name, self._undriven(name, getattr(time, name)))
        self._wrap_seed()
        self._wrap_episode()

    def _undriven(self, name: str, original: Callable[..., Any]) -> Callable[..., Any]:
        def recorded(*arguments: Any) -> Any:
            self._note("undriven_clock", f"time.{name}")
            return original(*arguments)

        return recorded

    def _wrap_seed(self) -> None:
        original = driven.seed

        def seed(generator: Any, a: Any = None, version: int = 2) -> None:
            if a is not None and PLAY.active and self.phase != "load":
                asking = self._asking()
                if asking is not None:
                    self.seeds.append((asking[0].f_lineno, a))
            original(generator, a, version)

        driven.seed = seed

    def _wrap_episode(self) -> None:
        step, restart = Episode._step, Episode.restart

        def watched_step(episode: Episode, joint: Any) -> Any:
            with self.running("step"):
                result = step(episode, joint)
            if self.on_result is not None:
                self.on_result(result)
            return result

        def watched_restart(episode: Episode, seed: int) -> None:
            with self.running("reset"):
                restart(episode, seed)

        self._steps = (step, watched_step)
        Episode._step = watched_step  # type: ignore[method-assign]
        Episode.restart = watched_restart  # type: ignore[method-assign]

    def _asking(self) -> tuple[FrameType, FrameType | None] | None:
        """The innermost frame of the environment's file, and the frame that it called."""
        called: FrameType | None = None
        frame: FrameType | None = sys._getframe(2)
        while frame is not None:
            file = frame.f_code.co_filename
            if file == self._file:
                return frame, called
            if file.startswith(_IMPORTING):
                return None
            called = frame
            frame = frame.f_back
        return None

    def _note(self, kind: str, name: str) -> None:
        asking = self._asking()
        if asking is None:
            return
        frame, called = asking
        line = frame.f_lineno
        use = self.uses.get((kind, line))
        if use is None:
            text = self._lines[line - 1] if line <= len(self._lines) else ""
            if kind == "entropy":
                kind_of_use, name = _entropy(name, called, text)
            else:
                kind_of_use = kind
            self.uses[(kind, line)] = use = Use(kind_of_use, name, line, set())
        use.phases.add(self.phase)


def _entropy(name: str, called: FrameType | None, text: str) -> tuple[str, str]:
    """How the environment's line calls it, which may be several calls away."""
    found = next((word for word in _GENERATORS if word in text), None)
    if found is not None:
        return "unseeded_generator", f"{found.strip('.(')} without a seed"
    if name == _UNSEEDED:
        return "unseeded_generator", "random.Random without a seed"
    module = called.f_globals.get("__name__", "") if called is not None else ""
    function = called.f_code.co_name if called is not None else ""
    if module == "random":
        return "entropy", f"random.SystemRandom.{function}"
    if module in ("uuid", "secrets"):
        return "entropy", f"{module}.{function}"
    return "entropy", name


RECORDER = Recorder()
