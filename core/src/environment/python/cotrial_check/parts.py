"""A state as its parts, each with a path like `env.players[0].score` and a text for its value.

Unlike cotrial_host.paths, the texts and paths are the same in every interpreter whatever the hash
seed and the addresses, and the order of dictionaries does not count: only what the state *is*.
"""

from __future__ import annotations

import functools
import types
from collections import deque
from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

from cotrial_host import kinds
from cotrial_host.generators import (
    is_numpy_generator,
    is_python_generator,
    numpy_generator,
)
from cotrial_host.plain import ATOMS, qualified_name

#: Parts looked at. Larger states are compared in their first parts only, the same ones each time.
_MOST_PARTS = 20_000
#: Longer texts are told by their hash.
_LONGEST_TEXT = 80


def parts(roots: Mapping[str, Any]) -> dict[str, str]:
    """Every plain value that the roots reach, by path. Shared objects count where found first."""
    found: dict[str, str] = {}
    seen: set[int] = set()
    #: Keeps what was made on the way alive, so that no address is used twice.
    alive: list[Any] = []
    queue = deque(roots.items())
    while queue and len(found) < _MOST_PARTS:
        path, value = queue.popleft()
        text = _text(value)
        if text is not None:
            found[path] = text
            continue
        if id(value) in seen:
            continue
        seen.add(id(value))
        alive.append(value)
        queue.extend(_children(path, value, found))
    return found


def digest(found: Mapping[str, str]) -> bytes:
    whole = blake2b(digest_size=8)
    for path in sorted(found):
        whole.update(f"{path}={found[path]}\n".encode("utf-8", "replace"))
    return whole.digest()


def differences(one: Mapping[str, str], other: Mapping[str, str]) -> list[str]:
    """Paths whose values differ, the shortest first."""
    different = [path for path in {**one, **other} if one.get(path) != other.get(path)]
    return sorted(different, key=lambda path: (len(path), path))


def _text(value: Any) -> str | None:
    """What stands for a value that leads to no others."""
    if type(value) in ATOMS:
        return _short(repr(value))
    if is_python_generator(value):
        state = repr((value.getstate(), getattr(value, "gauss_next", None)))
        return f"<generator {_hash(state.encode())}>"
    if is_numpy_generator(value):
        return f"<generator {_hash(repr(numpy_generator(value).save()).encode())}>"
    if _is_array(value):
        if value.dtype.hasobject:
            return None
        shape = getattr(value, "shape", ())
        return f"<array {value.dtype} {shape} {_hash(value.tobytes())}>"
    if isinstance(value, (set, frozenset)):
        return _short(f"{{{', '.join(sorted(map(_element, value)))}}}")
    if isinstance(value, (bytearray, memoryview)):
        return _short(repr(bytes(value)))
    if isinstance(value, (list, dict, tuple, deque, Mapping)):
        return None
    form = kinds.special(value)
    return None if form is None else _short(repr(form))


def _is_array(value: Any) -> bool:
    """NumPy's arrays and scalars. Gymnasium's spaces have a `dtype`, and stand-ins everything."""
    return hasattr(type(value), "dtype") and hasattr(type(value), "tobytes")


def _element(value: Any) -> str:
    return _text(value) or f"{qualified_name(type(value))} {digest(parts({'': value})).hex()}"


def _children(path: str, value: Any, found: dict[str, str]) -> Iterable[tuple[str, Any]]:
    children: list[tuple[str, Any]] = []
    if isinstance(value, Mapping):
        found[f"{path}.<keys>"] = str(len(value))
        children += [(f"{path}[{_key(key)}]", part) for key, part in value.items()]
    elif isinstance(value, (list, tuple, deque)):
        found[f"{path}.<length>"] = str(len(value))
        children += [(f"{path}[{i}]", part) for i, part in enumerate(value)]
    elif _is_array(value):
        children += [(f"{path}[{i}]", part) for i, part in enumerate(value.flat)]
    elif isinstance(value, types.MethodType):
        children.append((f"{path}.__self__", value.__self__))
    elif isinstance(value, functools.partial):
        children += [(f"{path}.args", value.args), (f"{path}.keywords", value.keywords)]
    elif isinstance(value, types.FunctionType):
        for name, cell in zip(value.__code__.co_freevars, value.__closure__ or ()):
            children.append((f"{path}.{name}", kinds.take_cell(cell)[0]))
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict):
        children += [(f"{path}.{key}", part) for key, part in attributes.items()]
    for key in kinds.slots_of(type(value)):
        children.append((f"{path}.{key}", getattr(value, key, kinds.MISSING)))
    return sorted(children, key=lambda child: child[0])


def _key(key: Any) -> str:
    return repr(key) if type(key) in ATOMS or _atomic_tuple(key) else _element(key)


def _atomic_tuple(key: Any) -> bool:
    return type(key) is tuple and all(type(part) in ATOMS for part in key)


def _short(text: str) -> str:
    if len(text) <= _LONGEST_TEXT:
        return text
    return f"{text[:_LONGEST_TEXT]}... {_hash(text.encode('utf-8', 'replace'))}"


def _hash(data: bytes) -> str:
    return blake2b(data, digest_size=6).hexdigest()
