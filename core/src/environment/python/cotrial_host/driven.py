"""Clocks and entropy that are the same in every browser.

While an environment is loaded, reset, stepped or drawn, the functions below tell the time of the
frame and draw from the episode's seed, so that all players get the same and going back changes
nothing; at any other time they do what they always did. They are put in place before the
environment's source runs, since `from time import time` keeps what it finds.

Time within a frame goes on by a microsecond a call, so that a loop that waits comes to its end.

Who asks is noted while the environment is loaded, and refused where the researcher wants none of
it (`strict`).
"""

from __future__ import annotations

import datetime as datetime_module
import importlib
import os
import random
import sys
import time as time_module
from hashlib import blake2b
from typing import Any

from .errors import EnvironmentFault

#: 2026-01-01 00:00 UTC, when every episode begins.
_EPOCH_NS = 1_767_225_600 * 10**9
#: Frames a second of environments that name none.
USUAL_FPS = 30.0
_CALL_NS = 1_000


class Play:
    """Whether the environment runs, and where in the game it is."""

    def __init__(self) -> None:
        self.active = False
        #: Has `frame` and `seed`; None while it is loaded.
        self.episode: Any = None
        self.fps = USUAL_FPS
        #: Drawing happens on other frames in each browser: its draws must not move the game's.
        self.rendering = False
        #: Every call is refused, by name.
        self.strict = False
        #: Whether calls are noted in `told`: by name and place what told_of gives.
        self.watching = False
        self.told: dict[tuple[str, str], dict[str, str]] = {}
        #: The file of the environment, as tracebacks name it.
        self.file = ""
        #: Generators and numbers that construction got without a seed.
        self.unseeded: list[random.Random] = []
        self.given: set[int] = set()
        #: The frame whose calls are counted; None begins to count anew.
        self.moment: Any = None
        self._calls = 0

    def start(self, file: str) -> None:
        """An environment is loaded from this file."""
        self.active = self.watching = True
        self.strict = False
        self.file = file
        self.episode = None
        self.begin()
        for kept in (self.told, self.unseeded, self.given):
            kept.clear()

    def stop(self) -> None:
        """It is loaded."""
        self.active = self.watching = False
        self.unseeded.clear()
        self.given.clear()

    def refuse(self) -> None:
        """Clocks and entropy are refused from now on, and what was asked so far as well."""
        self.strict = True
        for (call, line), note in self.told.items():
            raise _refusal(note["where"], f"{call} is asked in {line}")

    def begin(self) -> None:
        """A frame may be played that was played before."""
        self.moment = None

    def _place(self) -> tuple[int | None, int]:
        """The frame, None before the first one, and how many calls it has seen, with this one."""
        frame = getattr(self.episode, "frame", None)
        if self.moment != (self.rendering, frame):
            self.moment = (self.rendering, frame)
            self._calls = 0
        self._calls += 1
        return frame, self._calls

    def nanoseconds(self, call: str) -> int:
        """Since the episode began. `call` names what was asked."""
        if self.watching or self.strict:
            self._tell(call)
        frame, calls = self._place()
        return round((frame or 0) * 1e9 / self.fps) + calls * _CALL_NS

    def entropy(self, size: int, call: str) -> bytes:
        if self.watching or self.strict:
            self._tell(call)
        frame, calls = self._place()
        seed = getattr(self.episode, "seed", 0)
        place = f"{seed} {self.rendering} {frame} {calls}".encode()
        blocks = [
            blake2b(place, salt=block.to_bytes(8, "little")).digest()
            for block in range((size + 63) // 64)
        ]
        data = b"".join(blocks)[:size]
        if self.episode is None:
            self.given.add(int.from_bytes(data, "big"))
        return data

    def _tell(self, call: str) -> None:
        place = _caller(self.file)
        if place is None:
            return
        method, line = place
        where = method if method in _METHODS else "load"
        asked = f"{call} is asked in {line}"
        if self.strict:
            raise _refusal(where, asked)
        clock = call.startswith(_CLOCK_NAMES)
        self.told[call, line] = {
            "kind": "clock" if clock else "entropy",
            "where": where,
            "message": f"{asked}; it tells the {'time of the frame' if clock else 'same to all'}",
            "remedy": "Count frames instead of asking a clock."
            if clock
            else "Draw from a generator that reset seeds with its seed.",
        }


def _refusal(where: str, asked: str) -> EnvironmentFault:
    return EnvironmentFault(
        where,
        f"{asked}, and strict environments have neither clocks nor entropy: count frames, "
        "and draw from a generator seeded in reset",
    )


_METHODS = frozenset(("reset", "step", "render", "get_state", "set_state"))
_CLOCK_NAMES = ("time.", "datetime.")
#: And that of cotrial_check, which looks on.
_OWN_FOLDERS = os.path.dirname(os.path.abspath(__file__)).removesuffix("host")


def _caller(file: str) -> tuple[str, str] | None:
    """The environment's method that runs, and the line in its file, or in a package, that asks.

    None for modules that are imported, logging and temporary files, which ask for their own ends.
    """
    frame: Any = sys._getframe(2)
    while _is_ours(frame):
        frame = frame.f_back
    method = line = nearest = ""
    while frame is not None and not _is_ours(frame):
        name = frame.f_globals.get("__name__", "")
        if name in ("logging", "tempfile") or name.startswith("importlib."):
            return None
        code = frame.f_code
        method = code.co_name
        here = f"line {frame.f_lineno} of {os.path.basename(code.co_filename)}"
        nearest = nearest or here
        if not line and code.co_filename == file:
            line = here
        frame = frame.f_back
    return method, line or nearest


def _is_ours(frame: Any) -> bool:
    return frame is not None and frame.f_code.co_filename.startswith(_OWN_FOLDERS)


PLAY = Play()

_CLOCKS = (
    *("time", "monotonic", "perf_counter", "process_time"),
    *("time_ns", "monotonic_ns", "perf_counter_ns", "process_time_ns"),
    *("localtime", "gmtime", "ctime", "strftime"),
)
_real: dict[str, Any] = {name: getattr(time_module, name) for name in _CLOCKS}
_real_urandom = os.urandom
_real_seed = random.Random.seed
_RealDate = datetime_module.date
_RealDatetime = datetime_module.datetime


def time() -> float:
    return _since_1970("time.time") / 1e9 if PLAY.active else _real["time"]()


def time_ns() -> int:
    return _since_1970("time.time_ns") if PLAY.active else _real["time_ns"]()


def _since_1970(call: str) -> int:
    return _EPOCH_NS + PLAY.nanoseconds(call)


def monotonic() -> float:
    return PLAY.nanoseconds("time.monotonic") / 1e9 if PLAY.active else _real["monotonic"]()


def monotonic_ns() -> int:
    return PLAY.nanoseconds("time.monotonic_ns") if PLAY.active else _real["monotonic_ns"]()


def perf_counter() -> float:
    return PLAY.nanoseconds("time.perf_counter") / 1e9 if PLAY.active else _real["perf_counter"]()


def perf_counter_ns() -> int:
    return PLAY.nanoseconds("time.perf_counter_ns") if PLAY.active else _real["perf_counter_ns"]()


def process_time() -> float:
    return PLAY.nanoseconds("time.process_time") / 1e9 if PLAY.active else _real["process_time"]()


def process_time_ns() -> int:
    return PLAY.nanoseconds("time.process_time_ns") if PLAY.active else _real["process_time_ns"]()


def gmtime(seconds: float | None = None) -> Any:
    return _real["gmtime"](_now("time.gmtime") if seconds is None else seconds)


def localtime(seconds: float | None = None) -> Any:
    """Participants may live in different time zones: in play all have UTC."""
    return gmtime(seconds) if PLAY.active else _real["localtime"](seconds)


def ctime(seconds: float | None = None) -> str:
    return time_module.asctime(localtime(seconds))


def strftime(form: str, *moment: Any) -> str:
    return _real["strftime"](form, *(moment or (localtime(),)))


def urandom(size: int) -> bytes:
    if not PLAY.active:
        return _real_urandom(size)
    if size < 0:
        raise ValueError("negative argument not allowed")
    return PLAY.entropy(size, "os.urandom")


def seed(self: random.Random, a: Any = None, version: int = 2) -> None:
    """Of random.Random. Without a seed it would ask the operating system, past os.urandom."""
    if a is None and PLAY.active:
        if PLAY.episode is None:
            PLAY.unseeded.append(self)
        a = int.from_bytes(PLAY.entropy(32, "a generator without a seed"), "little")
    _real_seed(self, a, version)


def _now(call: str) -> float:
    return _since_1970(call) / 1e9 if PLAY.active else _real["time"]()


class _AsReal(type):
    """Dates and times made elsewhere are instances, too."""

    def __instancecheck__(cls, value: Any) -> bool:
        if cls in (_Date, _Datetime):
            return isinstance(value, cls.__base__)
        return type.__instancecheck__(cls, value)

    def __subclasscheck__(cls, kind: type) -> bool:
        if cls in (_Date, _Datetime):
            return issubclass(kind, cls.__base__)
        return type.__subclasscheck__(cls, kind)


class _Date(_RealDate, metaclass=_AsReal):
    @classmethod
    def today(cls) -> Any:
        return cls.fromtimestamp(_now("datetime.today"))

    @classmethod
    def fromtimestamp(cls, timestamp: float) -> Any:
        moment = localtime(timestamp)
        return cls(moment.tm_year, moment.tm_mon, moment.tm_mday)


class _Datetime(_RealDatetime, metaclass=_AsReal):
    @classmethod
    def now(cls, tz: Any = None) -> Any:
        return cls.fromtimestamp(_now("datetime.now"), tz) if PLAY.active else super().now(tz)

    @classmethod
    def today(cls) -> Any:
        return cls.now()

    @classmethod
    def utcnow(cls) -> Any:
        now = _now("datetime.utcnow")
        return cls.fromtimestamp(now, datetime_module.timezone.utc).replace(tzinfo=None)

    @classmethod
    def fromtimestamp(cls, timestamp: float, tz: Any = None) -> Any:
        if tz is not None or not PLAY.active:
            return super().fromtimestamp(timestamp, tz)
        return super().fromtimestamp(timestamp, datetime_module.timezone.utc).replace(tzinfo=None)


def uuid1(node: Any = None, clock_seq: Any = None) -> Any:
    return _uuid(1, "uuid1", node, clock_seq)


def uuid6(node: Any = None, clock_seq: Any = None) -> Any:
    return _uuid(6, "uuid6", node, clock_seq)


def uuid7() -> Any:
    return _uuid(7, "uuid7")


def _uuid(version: int, name: str, *arguments: Any) -> Any:
    """Those that take the clock, the machine and what they gave last; uuid4 takes os.urandom."""
    if not PLAY.active:
        return _real[name](*arguments)
    return sys.modules["uuid"].UUID(bytes=PLAY.entropy(16, f"uuid.{name}"), version=version)


def install(source: str) -> None:
    """Puts everything in place for an environment of this source; may be called again."""
    for name in _CLOCKS:
        setattr(time_module, name, globals()[name])
    os.urandom = urandom
    random._urandom = urandom  # type: ignore[attr-defined]
    random.Random.seed = seed  # type: ignore[method-assign]
    random.seed = random._inst.seed  # type: ignore[attr-defined]
    for driven, name in ((_Date, "date"), (_Datetime, "datetime")):
        # As they are pickled.
        driven.__module__ = "datetime"
        driven.__name__ = driven.__qualname__ = name
        setattr(datetime_module, name, driven)
    if "uuid" in source or "uuid" in sys.modules:
        uuid_module = importlib.import_module("uuid")
        for name in ("uuid1", "uuid6", "uuid7"):
            given = getattr(uuid_module, name, None)  # the last two are new in Python 3.14
            if given is not None and given is not globals()[name]:
                _real[name] = given
                setattr(uuid_module, name, globals()[name])
