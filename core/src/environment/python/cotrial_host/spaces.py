"""Action spaces: what the wire carries, and what `step` is given."""

from __future__ import annotations

import enum
import math
import types
from collections.abc import Callable, Mapping
from struct import Struct
from typing import Any

from .errors import EnvironmentFault
from .plain import numpy_loaded

#: An action in the row.
Recorded = int | list[int] | list[float]
#: Integers below this go as one byte; the wire has one byte for nearly every game.
BYTE_VALUES = 256
#: Bytes of an input on the wire are counted in one byte.
MAX_ACTION_BYTES = 255


class Space:
    """How one agent's action is described, decoded from little-endian bytes and recorded.

    `decode(data)` gives what `step` gets; bytes that name no action of the space, which only an
    altered page sends, mean the default action, alike on all peers. `record(value)` gives the
    plain form for the row. `constant` says that decoded values cannot be changed by a step, so
    that they may be shared.
    """

    def __init__(
        self,
        description: dict[str, Any],
        size: int,
        default: Any,
        encode: Callable[[Any], bytes],
        read: Callable[[bytes], Any],
        constant: bool,
        record: Callable[[Any], Recorded] | None = None,
    ) -> None:
        self.description = description
        self.size = size
        self.constant = constant
        self._read = read
        self.encode = encode
        self.default = default
        self.default_bytes = encode(default)
        self.record = record or _record

    def decode(self, data: bytes) -> Any:
        value = self._read(data)
        return self._read(self.default_bytes) if value is None else value


def _record(value: Any) -> Recorded:
    return value if type(value) is int else _flat(value)


def make_space(agent: Any, given: Any, default: Any) -> Space:
    """The space for what `action_space(agent)` returned; `default` is None for the usual one."""
    if isinstance(given, (types.FunctionType, types.MethodType)):
        given = given()
    if isinstance(given, bool) or given is None:
        raise _unknown(agent, given)
    if isinstance(given, type):
        if issubclass(given, enum.Enum):
            return _members(agent, given, default)
        if not any([hasattr(given, name) for name in ("n", "nvec", "low")]):
            given = given()
    if isinstance(given, int) or hasattr(given, "__index__"):
        return _discrete(agent, int(given), 0, default)
    if hasattr(given, "nvec"):
        return _multi_discrete(agent, given, default)
    if hasattr(given, "low") and hasattr(given, "high"):
        return _box(agent, given, default)
    n = getattr(given, "n", None)
    if n is not None:
        if _is_multi_binary(given):
            return _multi_binary(agent, given, default)
        return _discrete(agent, int(n), int(getattr(given, "start", 0)), default)
    raise _unknown(agent, given)


def waiting_space(agent: Any, given: Any) -> Space | None:
    """The space of one who waits for a turn: Discrete with one more action, the default.

    None for other spaces, which have no place for it.
    """
    if isinstance(given, type) and issubclass(given, enum.Enum):
        return None
    space = make_space(agent, given, None)
    if space.description["kind"] != "discrete":
        return None
    n, start = space.description["n"], space.description["start"]
    return _discrete(agent, n + 1, start, start + n)


def _is_multi_binary(given: Any) -> bool:
    kind = given if isinstance(given, type) else type(given)
    return any([base.__name__ == "MultiBinary" for base in kind.__mro__])


def _unknown(agent: Any, given: Any) -> EnvironmentFault:
    return EnvironmentFault(
        "action_space",
        f"action_space({agent!r}) returned {given!r}; return an integer n for actions 0 to n - 1, "
        "or a Discrete, MultiDiscrete, MultiBinary or Box space",
    )


def _bad_default(agent: Any, default: Any, why: str) -> EnvironmentFault:
    return EnvironmentFault(
        "action_space", f"the default action {default!r} of agent {agent!r} is {why}"
    )


def _discrete(agent: Any, n: int, start: int, default: Any) -> Space:
    if n < 1:
        raise EnvironmentFault(
            "action_space", f"action_space({agent!r}) has {n} actions; it needs at least one"
        )
    size = 1 if n <= BYTE_VALUES else 4
    if size == 4 and n > 2**32:
        raise EnvironmentFault("action_space", f"action_space({agent!r}) has over 2**32 actions")
    value = start if default is None else int(default)
    if not start <= value < start + n:
        raise _bad_default(agent, default, f"outside {start} to {start + n - 1}")

    def encode(action: Any) -> bytes:
        return (int(action) - start).to_bytes(size, "little")

    def read(data: bytes) -> Any:
        index = int.from_bytes(data[:size], "little")
        return start + index if index < n else None

    description = {"kind": "discrete", "n": n, "start": start}
    return Space(description, size, value, encode, read, constant=True)


def _members(agent: Any, given: type[enum.Enum], default: Any) -> Space:
    """An Enum: its members are the actions, recorded by their values where these count up."""
    members = list(given)
    if not members:
        raise _unknown(agent, given)
    values = [member.value for member in members]
    first = values[0] if isinstance(values[0], int) else 0
    start = first if values == list(range(first, first + len(members))) else 0
    if default is not None and default not in members:
        try:
            default = given(default)
        except ValueError:
            raise _bad_default(agent, default, f"no member of {given.__name__}") from None
    numbers = _discrete(agent, len(members), start, None)

    def encode(action: Any) -> bytes:
        # The host's own choices are numbers; the environment's are members.
        return numbers.encode(record(action) if isinstance(action, given) else action)

    def read(data: bytes) -> Any:
        number = numbers.decode(data)
        return members[number - start]

    def record(action: Any) -> int:
        return start + members.index(action)

    chosen = members[0] if default is None else default
    return Space(
        numbers.description, numbers.size, chosen, encode, read, constant=True, record=record
    )


def _multi_discrete(agent: Any, given: Any, default: Any) -> Space:
    nvec = [int(n) for n in _flat(given.nvec)]
    given_start = getattr(given, "start", None)
    start = [0] * len(nvec) if given_start is None else [int(s) for s in _flat(given_start)]
    if not nvec or min(nvec) < 1 or len(start) != len(nvec):
        raise _unknown(agent, given)
    layout = Struct("<" + "".join("B" if n <= BYTE_VALUES else "I" for n in nvec))
    _check_size(agent, layout.size)
    wrap = _wrapper(given, "int64")
    values = start if default is None else [int(v) for v in _flat(default)]
    if len(values) != len(nvec) or not all(
        s <= v < s + n for v, s, n in zip(values, start, nvec)
    ):
        raise _bad_default(agent, default, f"outside the space {nvec}")

    def encode(action: Any) -> bytes:
        return layout.pack(*[int(v) - s for v, s in zip(_flat(action), start)])

    def read(data: bytes) -> Any:
        parts = layout.unpack_from(data)
        if not all(v < n for v, n in zip(parts, nvec)):
            return None
        return wrap([v + s for v, s in zip(parts, start)])

    description: dict[str, Any] = {"kind": "multi_discrete", "nvec": nvec}
    if any(start):
        description["start"] = start
    return Space(description, layout.size, values, encode, read, constant=False)


def _multi_binary(agent: Any, given: Any, default: Any) -> Space:
    n = math.prod(int(k) for k in _flat(given.n))
    layout = Struct(f"<{n}B")
    _check_size(agent, n)
    wrap = _wrapper(given, "int8")
    values = [0] * n if default is None else [int(v) for v in _flat(default)]
    if len(values) != n or any(v not in (0, 1) for v in values):
        raise _bad_default(agent, default, f"not {n} bits")

    def encode(action: Any) -> bytes:
        return layout.pack(*[int(v) for v in _flat(action)])

    def read(data: bytes) -> Any:
        bits = list(layout.unpack_from(data))
        return wrap(bits) if max(bits) < 2 else None

    return Space({"kind": "multi_binary", "n": n}, n, values, encode, read, constant=False)


def _box(agent: Any, given: Any, default: Any) -> Space:
    low_value, high_value = given.low, given.high
    shape = [int(k) for k in _flat(getattr(given, "shape", None) or _shape(low_value))]
    count = math.prod(shape)
    low = _bounds(low_value, count, -math.inf)
    high = _bounds(high_value, count, math.inf)
    integer = "int" in str(getattr(given, "dtype", "float32"))
    layout = Struct(f"<{count}f")
    _check_size(agent, layout.size)
    wrap = _wrapper(given, "float32")
    if default is None:
        values = [min(max(0.0, lo), hi) for lo, hi in zip(low, high)]
    else:
        values = [float(v) for v in _flat(default)]
    inside = all(lo <= v <= hi for v, lo, hi in zip(values, low, high))
    if len(values) != count or not inside:
        raise _bad_default(agent, default, "outside the box")

    def encode(action: Any) -> bytes:
        return layout.pack(*[float(v) for v in _flat(action)])

    def read(data: bytes) -> Any:
        parts = layout.unpack_from(data)
        if not all(math.isfinite(v) for v in parts):
            return None
        # A bound that is no 32-bit float may be passed by its rounding: the value is clamped.
        clamped = [min(max(v, lo), hi) for v, lo, hi in zip(parts, low, high)]
        return wrap([round(v) for v in clamped] if integer else clamped)

    description = {
        "kind": "box",
        "shape": shape,
        "low": low,
        "high": high,
        "integer": integer,
    }
    return Space(description, layout.size, values, encode, read, constant=False)


def _check_size(agent: Any, size: int) -> None:
    if not 1 <= size <= MAX_ACTION_BYTES:
        raise EnvironmentFault(
            "action_space",
            f"an action of agent {agent!r} takes {size} bytes; it may take 1 to {MAX_ACTION_BYTES}",
        )


def _wrapper(given: Any, usual_dtype: str) -> Callable[[list[Any]], Any]:
    """Gives a flat list the form that the environment expects: its space's array, or lists."""
    shape = tuple(int(k) for k in _flat(getattr(given, "shape", None) or ()))
    dtype = getattr(given, "dtype", None)
    if numpy_loaded() and dtype is not None:
        import numpy

        return lambda values: numpy.array(values, dtype=dtype or usual_dtype).reshape(shape)
    if len(shape) > 1:
        return lambda values: _nest(values, shape)
    return lambda values: values


def _nest(values: list[Any], shape: tuple[int, ...]) -> list[Any]:
    if len(shape) == 1:
        return list(values)
    step = len(values) // shape[0] if shape[0] else 0
    return [_nest(values[i * step : (i + 1) * step], shape[1:]) for i in range(shape[0])]


def _bounds(value: Any, count: int, otherwise: float) -> list[float]:
    flat = [float(v) for v in _flat(value)]
    if len(flat) == 1:
        flat *= count
    return [otherwise if math.isnan(v) else v for v in flat]


def _shape(value: Any) -> list[int]:
    return [len(value)] if isinstance(value, (list, tuple)) else [1]


def _flat(value: Any) -> list[Any]:
    """Numbers in row order, of a number, an array or nested sequences."""
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, Mapping):
        value = list(value.values())
    if not isinstance(value, (list, tuple)):
        return [value]
    flat: list[Any] = []
    for part in value:
        flat.extend(_flat(part))
    return flat
