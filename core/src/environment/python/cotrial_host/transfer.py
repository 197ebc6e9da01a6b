"""Values as plain ones that a partner may send, and back: types are kept, nothing is executed.

Plain values that cannot change stay as they are; everything else is a tuple whose first part says
what it is. Functions, classes and modules are not sent: whoever receives has the same ones.
"""

from __future__ import annotations

import array
import datetime
import decimal
import enum
import fractions
import sys
from collections import OrderedDict, deque
from collections.abc import Callable
from marshal import dumps
from typing import Any

from . import kinds
from .plain import ATOMS, MAX_DEPTH, numpy_loaded, qualified_name
from .wire import MAX_DIGITS

#: For an integer, its length is what bounds the time to read it.
_LARGEST = 1 << (15 * MAX_DIGITS - 1)


class NotSendable(Exception):
    """A value cannot be sent, or what was sent cannot be taken; says which."""


#: The number of a node that is described elsewhere, or None for a value that is sent in place.
Ref = Callable[[Any], "int | None"]
#: The node of such a number.
Deref = Callable[[int], Any]


def pack(value: Any, ref: Ref = lambda _: None, depth: int = 0) -> Any:
    """`value` as plain values. Raises NotSendable."""
    kind = type(value)
    if kind is int and not -_LARGEST < value < _LARGEST:
        raise NotSendable("an integer is too long to be sent")
    if kind in ATOMS:
        return value
    number = ref(value)
    if number is not None:
        return ("ref", number)
    if depth > MAX_DEPTH:
        raise NotSendable("a value is nested without end")

    def all_of(values: Any) -> list[Any]:
        return [pack(v, ref, depth + 1) for v in values]

    if kind in (set, frozenset) and list(kind(list(value))) != list(value):
        raise NotSendable("the order of a set cannot be sent")
    if kind in (tuple, list, set, frozenset):
        return (kind.__name__, all_of(value))
    if kind in (dict, OrderedDict):
        return (kind.__name__, all_of(value), all_of(value.values()))
    if kind is deque:
        return ("deque", all_of(value), value.maxlen)
    if kind is bytearray:
        return ("bytearray", bytes(value))
    if kind is array.array:
        return ("array", value.typecode, value.tobytes())
    if kind is range:
        return ("range", value.start, value.stop, value.step)
    if isinstance(value, enum.Enum):
        return ("enum", kind.__module__, kind.__qualname__, value.name)
    if kind.__module__ == "numpy" and hasattr(value, "tobytes") and not value.dtype.hasobject:
        form = "scalar" if getattr(value, "ndim", 0) == 0 and kind.__name__ != "ndarray" else "ndarray"
        return (form, value.dtype.str, tuple(value.shape), value.tobytes())
    if kind in _MADE:
        return ("made", kind.__name__, all_of(_MADE[kind](value)))
    if isinstance(value, tuple) and hasattr(kind, "_fields"):
        return ("named", kind.__module__, kind.__qualname__, all_of(value))
    for base in (str, int, float):
        if isinstance(value, base) and not getattr(value, "__dict__", None):
            own = (kind.__module__, kind.__qualname__)
            return ("of", *own, pack(base.__str__(value) if base is str else base(value)))
    form = kinds.special(value)
    if form is not None:
        return ("same", dumps(form, 2))
    raise NotSendable(f"a {qualified_name(kind)} cannot be sent")


def unpack(packed: Any, own: Any = None, deref: Deref | None = None) -> Any:
    """The value. `own` is the receiver's in the same place, for what is not sent.

    Raises NotSendable for what cannot be taken, and whatever for what `pack` never gives.
    """
    if type(packed) in ATOMS:
        return packed
    kind, *parts = packed

    def all_of(values: list[Any]) -> list[Any]:
        return [unpack(v, None, deref) for v in values]

    if kind == "ref" and deref is not None:
        return deref(parts[0])
    if kind == "tuple" and type(own) is tuple and len(own) == len(parts[0]):
        return tuple([unpack(v, o, deref) for v, o in zip(parts[0], own)])
    if kind in _SEQUENCES:
        return _SEQUENCES[kind](all_of(parts[0]))
    if kind in _MAPPINGS:
        return _MAPPINGS[kind](zip(all_of(parts[0]), all_of(parts[1]), strict=True))
    if kind == "deque":
        return deque(all_of(parts[0]), parts[1])
    if kind == "bytearray":
        return bytearray(parts[0])
    if kind == "array":
        return array.array(parts[0], parts[1])
    if kind == "range":
        return range(*parts)
    if kind == "enum":
        return _member(*parts)
    if kind == "made":
        return _MAKERS[parts[0]](*all_of(parts[1]))
    if kind == "named":
        return _named(*parts[:2], tuple(all_of(parts[2])))
    if kind == "of":
        return _of(*parts)
    if kind in ("ndarray", "scalar"):
        return _numpy(kind, *parts)
    if kind == "same":
        form = kinds.special(own)
        if form is not None and dumps(form, 2) == parts[0]:
            return own
        raise NotSendable(f"a {qualified_name(type(own))} differs and cannot be sent")
    raise NotSendable(f"{kind!r} is unknown")


#: Values that cannot change, and what they are made of.
_MADE: dict[type, Callable[[Any], tuple[Any, ...]]] = {
    fractions.Fraction: lambda v: (v.numerator, v.denominator),
    decimal.Decimal: lambda v: (str(v),),
    slice: lambda v: (v.start, v.stop, v.step),
    datetime.timedelta: lambda v: (v.days, v.seconds, v.microseconds),
}
_MAKERS: dict[str, Callable[..., Any]] = {kind.__name__: kind for kind in _MADE}


_SEQUENCES: dict[str, Callable[[list[Any]], Any]] = {
    "tuple": tuple,
    "list": list,
    "set": set,
    "frozenset": frozenset,
}
_MAPPINGS: dict[str, Callable[[Any], Any]] = {"dict": dict, "OrderedDict": OrderedDict}


def _member(module: str, name: str, member: str) -> Any:
    kind = known_class(module, name)
    if not issubclass(kind, enum.Enum):
        raise NotSendable(f"{name} is no enumeration")
    return kind[member]


def _named(module: str, name: str, values: tuple[Any, ...]) -> Any:
    kind = known_class(module, name)
    if not issubclass(kind, tuple) or len(values) != len(getattr(kind, "_fields", ())):
        raise NotSendable(f"{name} is no named tuple of so many parts")
    return tuple.__new__(kind, values)


def _of(module: str, name: str, value: Any) -> Any:
    """An integer, number or text of a class of its own."""
    kind = known_class(module, name)
    if type(value) not in (str, int, float) or not issubclass(kind, type(value)):
        raise NotSendable(f"{name} is not of that kind")
    return type(value).__new__(kind, value)


def known_class(module: str, name: str) -> type:
    """A class of a module that is loaded, by its names; nothing is imported or called."""
    found: Any = sys.modules.get(module)
    for part in name.split("."):
        found = vars(found).get(part) if found is not None else None
    if not isinstance(found, type):
        raise NotSendable(f"the class {module}.{name} is not there")
    return found


def _numpy(kind: str, dtype: str, shape: tuple[int, ...], data: bytes) -> Any:
    if not numpy_loaded():
        raise NotSendable("NumPy is not loaded")
    import numpy

    given = numpy.dtype(dtype)
    if given.hasobject:
        raise NotSendable("an array of objects cannot be taken")
    values = numpy.frombuffer(data, given).reshape(shape).copy()
    return values[()] if kind == "scalar" else values
