"""Reduces any value to plain ones (None, bool, int, float, str, bytes, list, tuple, dict).

Plain values are what `marshal` version 2 writes without references: equal values give equal
bytes, in C. Everything else becomes a tagged tuple that says what it was.
"""

from __future__ import annotations

import enum
import math
import sys
from collections import deque
from collections.abc import Mapping
from marshal import dumps
from typing import Any

#: Values that are kept by value and cannot change.
ATOMS = frozenset((type(None), bool, int, float, complex, str, bytes))

#: Deepest nesting that is reduced: deeper values are almost surely endless.
MAX_DEPTH = 100


class NotPlain(Exception):
    """A value has no plain form that is the same on every machine."""


def numpy_loaded() -> bool:
    """Whether the environment brought NumPy. Nothing here imports it."""
    return "numpy" in sys.modules


def qualified_name(kind: type) -> str:
    return f"{kind.__module__}.{kind.__qualname__}"


def scalar(value: Any) -> Any:
    """The plain value of a NumPy scalar or a subclass of int, float, str or bool; else `value`."""
    kind = type(value)
    if kind in ATOMS:
        return value
    if isinstance(value, enum.Enum):
        return scalar(value.value)
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    if kind.__module__ == "numpy" and hasattr(value, "item") and getattr(value, "ndim", 1) == 0:
        return value.item()
    return value


def plain(value: Any, depth: int = 0) -> Any:
    """`value` as plain values, for what leaves Python: arrays become lists, sets sorted lists."""
    value = scalar(value)
    if type(value) in ATOMS:
        return value
    if depth > MAX_DEPTH:
        raise NotPlain("it is nested without end")
    if isinstance(value, Mapping):
        return {plain(k, depth + 1): plain(v, depth + 1) for k, v in value.items()}
    if isinstance(value, (list, tuple, deque)):
        return [plain(v, depth + 1) for v in value]
    if isinstance(value, (set, frozenset)):
        return sorted((plain(v, depth + 1) for v in value), key=lambda v: dumps(v, 2))
    if hasattr(value, "tolist"):
        return plain(value.tolist(), depth + 1)
    raise NotPlain(f"a {type(value).__name__} has no plain form")


def tagged(value: Any, depth: int = 0) -> Any:
    """`value` as plain values that keep its type: for checksums.

    Raises NotPlain for what cannot be told apart reliably, an object with an address for example.
    """
    kind = type(value)
    if kind in ATOMS:
        return value
    if depth > MAX_DEPTH:
        raise NotPlain("it is nested without end")
    if kind is list:
        return [tagged(v, depth + 1) for v in value]
    if kind is dict:
        return {tagged(k, depth + 1): tagged(v, depth + 1) for k, v in value.items()}
    if isinstance(value, enum.Enum):
        return ("enum", qualified_name(kind), value.name or repr(value.value))
    name = qualified_name(kind)
    if isinstance(value, tuple):
        items = tuple(tagged(v, depth + 1) for v in value)
        return items if kind is tuple else (name, items)
    if isinstance(value, (set, frozenset)):
        return (name, sorted((dumps(tagged(v, depth + 1), 2) for v in value)))
    if isinstance(value, (list, deque)):
        return (name, [tagged(v, depth + 1) for v in value])
    if isinstance(value, Mapping):
        return (name, [(tagged(k, depth + 1), tagged(v, depth + 1)) for k, v in value.items()])
    if isinstance(value, (bytearray, memoryview)):
        return (name, bytes(value))
    if hasattr(value, "dtype") and hasattr(value, "tobytes"):
        if value.dtype.hasobject:
            return (name, tagged(value.tolist(), depth + 1))
        return (name, str(value.dtype), tuple(value.shape), value.tobytes())
    if isinstance(value, (str, int, float)):
        return (name, scalar(value))
    attributes = getattr(value, "__dict__", None)
    if isinstance(attributes, dict) and not isinstance(value, type):
        return (name, [(k, tagged(v, depth + 1)) for k, v in sorted(attributes.items())])
    raise NotPlain(f"a {kind.__name__} has no plain form")


def is_finite(value: Any) -> bool:
    return not isinstance(value, float) or math.isfinite(value)


def clean_text(text: str) -> str:
    """`text` without lone surrogates, which are no UTF-8."""
    if text.isascii():
        return text
    return text.encode("utf-8", "replace").decode("utf-8")
