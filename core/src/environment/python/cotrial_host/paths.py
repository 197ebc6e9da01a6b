"""Names of the parts of a state, to say which one differs. Slow; for faults only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from . import kinds
from .generators import is_python_generator
from .plain import ATOMS
from .shapes import Shaped

#: Parts looked at: enough to find a fault, few enough to be quick.
_MAX_PARTS = 5_000


def paths(root: Any, name: str = "self") -> dict[str, Any]:
    """Every plain value that `root` reaches, by a path like `self.players[0].score`."""
    found: dict[str, Any] = {}
    for path, value in _walk(root, name):
        if len(found) >= _MAX_PARTS:
            break
        if type(value) in ATOMS:
            found[path] = value
            continue
        if is_python_generator(value):
            found[path] = value.getstate()
        form = kinds.special(value)
        if form is not None:
            found[path] = form
    return found


def iterators(root: Any) -> list[str]:
    """Paths of iterators of Python's own: how far they are can be neither read nor set."""
    return sorted(
        path
        for path, value in islice(_walk(root, "self"), _MAX_PARTS)
        if isinstance(value, Iterator) and type(value).__module__ in ("builtins", "itertools")
    )


def _walk(root: Any, name: str) -> Iterator[tuple[str, Any]]:
    seen: set[int] = set()
    # What the researcher wrote is `self`.
    stack: list[tuple[str, Any]] = [(name, root.env if isinstance(root, Shaped) else root)]
    while stack:
        path, value = stack.pop()
        if type(value) not in ATOMS:
            if id(value) in seen:
                continue
            seen.add(id(value))
            if kinds.special(value) is None:
                stack.extend(_parts(path, value))
        yield path, value


def _parts(path: str, value: Any) -> list[tuple[str, Any]]:
    parts: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        parts += [(f"{path}[{key!r}]", part) for key, part in value.items()]
    elif isinstance(value, (set, frozenset)):
        parts.append((path, repr(sorted(map(repr, value)))))
    elif isinstance(value, (list, tuple)) or type(value).__name__ == "deque":
        parts += [(f"{path}[{i}]", part) for i, part in enumerate(value)]
    elif getattr(getattr(value, "dtype", None), "hasobject", False):
        parts += [(f"{path}.flat[{i}]", part) for i, part in enumerate(value.flat)]
    elif hasattr(value, "tobytes"):
        parts.append((path, value.tobytes()))
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict):
        parts += [(f"{path}.{key}", part) for key, part in attributes.items()]
    for key in kinds.slots_of(type(value)):
        parts.append((f"{path}.{key}", getattr(value, key, kinds.MISSING)))
    return parts


def first_difference(one: dict[str, Any], other: dict[str, Any]) -> str | None:
    """The path of a part that differs, the shortest first."""
    different = [
        path
        for path in {**one, **other}
        if path not in one or path not in other or not _same(one[path], other[path])
    ]
    return min(different, key=lambda path: (len(path), path)) if different else None


def _same(one: Any, other: Any) -> bool:
    return type(one) is type(other) and (one == other or (one != one and other != other))
