"""What `step` and `reset` return: the state itself, values without a plain form or not finite."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

from cotrial_host.graph import Walk
from cotrial_host.plain import NotPlain
from cotrial_host.results import plain_or_name

from .episodes import SEED
from .parts import parts
from .recorder import RECORDER
from .subject import Subject

_NAMES = ("observations", "rewards", "terminations", "truncations", "infos")
#: Frames on which what is returned is compared with the state, by their number.
_LOOKED_AT = frozenset((0, 1, 2, 5, 11, 30, 80))
_DEEPEST = 6


def results(subject: Subject) -> None:
    """Plays a run and looks at what `step` really returned."""
    looks: list[_Look] = []
    odd: dict[tuple[str, str], str] = {}
    frame = -1

    def see(result: Any) -> None:
        nonlocal frame
        frame += 1
        if not isinstance(result, (tuple, list)) or len(result) != 5:
            return
        _odd_infos(result[4], odd)
        if frame in _LOOKED_AT:
            looks.extend(_shared(subject, result))

    RECORDER.on_result = see
    try:
        subject.run(SEED, subject.plan(SEED), digests=False)
    finally:
        RECORDER.on_result = None
    _tell_of_sharing(subject, looks)
    for (kind, path), what in odd.items():
        _tell_of_info(subject, kind, path, what)


class _Look:
    """Something returned that the environment holds, too."""

    def __init__(self, path: str, state_path: str, value: Any) -> None:
        self.path = path
        self.state_path = state_path
        self.value = value
        self.then = parts({"": value})

    def changed(self) -> bool:
        return parts({"": self.value}) != self.then


def _shared(subject: Subject, result: Any) -> list[_Look]:
    try:
        held = {id(node) for node in Walk([subject.env()]).plan.nodes}
    except (NotPlain, RecursionError):
        return []
    looks = []
    for name, part in zip(_NAMES, result):
        for path, value in _containers(name, part, 0):
            if id(value) in held:
                looks.append(_Look(path, _path_of(subject, value), value))
                break
    return looks


def _containers(path: str, value: Any, depth: int) -> Iterator[tuple[str, Any]]:
    """What can be written into, the outermost first."""
    if depth > _DEEPEST:
        return
    if isinstance(value, Mapping):
        yield path, value
        for key, part in value.items():
            yield from _containers(f"{path}[{key!r}]", part, depth + 1)
    elif isinstance(value, (list, tuple)):
        if isinstance(value, list):
            yield path, value
        for index, part in enumerate(value[:50]):
            yield from _containers(f"{path}[{index}]", part, depth + 1)
    elif isinstance(value, (set, bytearray)) or hasattr(value, "setflags"):
        yield path, value


def _path_of(subject: Subject, value: Any) -> str:
    env = subject.env()
    for name, held in (getattr(env, "__dict__", None) or {}).items():
        if held is value:
            return f"env.{name}"
        if isinstance(held, Mapping) and any(part is value for part in held.values()):
            return f"env.{name}[...]"
        if isinstance(held, (list, tuple)) and any(part is value for part in held):
            return f"env.{name}[...]"
    return "env"


def _tell_of_sharing(subject: Subject, looks: list[_Look]) -> None:
    told: set[str] = set()
    for look in looks:
        if look.state_path in told or not look.changed():
            continue
        told.add(look.state_path)
        subject.findings.note(
            "aliasing",
            subject.source.where(
                line=subject.source.line_of_return("step"), path=look.state_path, method="step"
            ),
            f"step returns the state itself: {look.path} is {look.state_path}, which goes on "
            "changing. The host copies what it keeps at once, before anybody can write into it.",
            "Return a copy.",
        )


def _odd_infos(infos: Any, odd: dict[tuple[str, str], str]) -> None:
    if not isinstance(infos, Mapping) or len(odd) > 20:
        return
    for agent, info in infos.items():
        if isinstance(info, Mapping):
            for key, value in info.items():
                _odd_value(f"infos[{agent!r}][{key!r}]", value, odd, 0)


def _odd_value(path: str, value: Any, odd: dict[tuple[str, str], str], depth: int) -> None:
    if isinstance(value, float):
        if not math.isfinite(value):
            odd.setdefault(("not_finite", path), repr(float(value)))
        return
    if value is None or isinstance(value, (bool, int, str, bytes)) or depth > _DEEPEST:
        return
    form = plain_or_name(value)
    if isinstance(form, str) and form == f"<{type(value).__name__}>":
        odd.setdefault(("info_not_plain", path), type(value).__name__)
    elif isinstance(value, Mapping):
        for key, part in value.items():
            _odd_value(f"{path}[{key!r}]", part, odd, depth + 1)
    elif isinstance(form, list) and not _finite(form):
        odd.setdefault(("not_finite", path), "not finite in a part")
    elif isinstance(form, float):
        _odd_value(path, form, odd, depth + 1)


def _finite(form: Any) -> bool:
    if isinstance(form, list):
        return all(map(_finite, form))
    return not isinstance(form, float) or math.isfinite(form)


def _tell_of_info(subject: Subject, kind: str, path: str, what: str) -> None:
    key = path.rpartition("[")[2].strip("]'\"")
    place = subject.source.where(
        line=subject.source.line_of_text(key), path=path, method="step"
    )
    if kind == "not_finite":
        subject.findings.fault(
            kind,
            place,
            f"{path} is {what}. Tables and JSON have no such number, and its bytes can differ "
            "between machines.",
            "Leave the key out where there is no value: the cell is empty then.",
        )
    else:
        subject.findings.note(
            kind,
            place,
            f"{path} is of type {what}, which has no plain form. The data get the type's name.",
            "Put numbers, texts, or lists and dictionaries of them into infos.",
        )
