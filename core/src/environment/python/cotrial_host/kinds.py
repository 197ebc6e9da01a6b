"""What kind of thing a value in an environment's state is, and how it is taken and put back.

- atom: a plain value that cannot change (numbers, text, tuples of such): kept by value.
- special: cannot change either, or is kept by reference, but has no plain form of its own
  (enum members, named tuples, functions, classes): a tagged tuple stands for it in checksums.
- everything else is a node of the graph: it can change, or leads to what can.
"""

from __future__ import annotations

import array
import datetime
import decimal
import enum
import fractions
import functools
import linecache
import sys
import types
import weakref
from collections import OrderedDict, deque
from collections.abc import Callable, Iterable
from marshal import dumps
from operator import attrgetter
from typing import Any

from .loading import MODULE_NAME
from .plain import ATOMS, qualified_name

_BY_NAME = (
    type,
    types.ModuleType,
    types.BuiltinFunctionType,
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.GetSetDescriptorType,
    types.MemberDescriptorType,
    property,
    staticmethod,
    classmethod,
)
_BY_TEXT = (
    range,
    slice,
    fractions.Fraction,
    decimal.Decimal,
    datetime.date,
    datetime.time,
    datetime.timedelta,
    datetime.tzinfo,
    type(Ellipsis),
    type(NotImplemented),
)
#: Objects of these packages hold the machine, not the game.
_MACHINERY = frozenset(("logging", "threading", "_thread", "io", "_io", "weakref", "abc", "typing"))
#: Flag of classes that Python code made.
HEAP_TYPE = 1 << 9


class Missing:
    """Stands for an attribute in `__slots__` that is not set."""


MISSING = Missing()


def is_atom(value: Any) -> bool:
    """Exactly what `marshal` writes and `hash` takes: nothing in it can change.

    Saves test whole tuples of values in this way at once, so walks must use the same test.
    """
    if type(value) in ATOMS:
        return True
    try:
        dumps(value, 2)
        hash(value)
    except Exception:
        return False
    return True


def special(value: Any) -> Any:
    """The tagged plain form of a special value, or None for what is none."""
    kind = type(value)
    if kind in ATOMS:
        return ("atom", value)
    if isinstance(value, enum.Enum):
        return ("enum", qualified_name(kind), value.name or repr(value.value))
    if isinstance(value, (tuple, frozenset)):
        items = [special(item) for item in value]
        if None in items:
            return None
        if isinstance(value, frozenset):
            items = sorted(dumps(item, 2) for item in items)
        return (qualified_name(kind), tuple(items))
    if isinstance(value, (str, int, float)) and not getattr(value, "__dict__", None):
        base = next(b for b in (str, int, float) if isinstance(value, b))
        return (qualified_name(kind), base.__str__(value) if base is str else base(value))
    if isinstance(value, _BY_NAME) or kind in (types.FunctionType, functools._lru_cache_wrapper):
        if kind is types.FunctionType and value.__closure__:
            return None
        return ("ref", getattr(value, "__qualname__", None) or getattr(value, "__name__", "") or "")
    if isinstance(value, _BY_TEXT):
        return (qualified_name(kind), repr(value))
    if value is MISSING:
        return ("missing",)
    if is_opaque(value):
        return ("opaque", qualified_name(kind))
    return None


def is_opaque(value: Any) -> bool:
    """Kept by reference without looking into it: iterators, files, locks and the like."""
    kind = type(value)
    if kind.__module__.partition(".")[0] in _MACHINERY:
        return True
    return not (
        kind.__flags__ & HEAP_TYPE
        or isinstance(value, (list, dict, set, tuple, deque, bytearray, array.array))
        or isinstance(value, (types.FunctionType, types.MethodType, types.CellType))
        or kind.__module__.partition(".")[0] == "numpy"
    )


# How a node's parts are taken, and put back in place. A take gives a tuple of the same order.

Take = Callable[[Any], "tuple[Any, ...]"]
Restore = Callable[[Any, Any, "tuple[Any, ...]"], None]


def take_values(container: dict[Any, Any]) -> tuple[Any, ...]:
    return tuple(dict.values(container))


def put_dict(container: dict[Any, Any], keys: Iterable[Any], values: tuple[Any, ...]) -> None:
    """Objects keep their attributes fastest in dictionaries that are never cleared."""
    if tuple(container) != keys:
        dict.clear(container)
    dict.update(container, zip(keys, values))


def put_ordered(container: Any, keys: Iterable[Any], values: tuple[Any, ...]) -> None:
    OrderedDict.clear(container)
    for key, value in zip(keys, values):
        OrderedDict.__setitem__(container, key, value)


def take_list(container: list[Any]) -> tuple[Any, ...]:
    return tuple(list.__iter__(container))


def put_list(container: list[Any], _keys: Any, values: tuple[Any, ...]) -> None:
    list.__setitem__(container, slice(None), values)


def put_deque(container: deque[Any], _keys: Any, values: tuple[Any, ...]) -> None:
    container.clear()
    container.extend(values)


def put_nothing(_container: Any, _keys: Any, _values: tuple[Any, ...]) -> None:
    """For what cannot change itself and only leads to other nodes."""


def take_cell(cell: types.CellType) -> tuple[Any, ...]:
    try:
        return (cell.cell_contents,)
    except ValueError:
        return (MISSING,)


def put_cell(cell: types.CellType, _keys: Any, values: tuple[Any, ...]) -> None:
    if values[0] is not MISSING:
        cell.cell_contents = values[0]


def take_function(function: types.FunctionType) -> tuple[Any, ...]:
    return function.__closure__ or ()


def take_method(method: types.MethodType) -> tuple[Any, ...]:
    return (method.__self__, method.__func__)


def take_partial(partial: functools.partial[Any]) -> tuple[Any, ...]:
    return (partial.func, partial.args, partial.keywords)


def take_objects(array: Any) -> tuple[Any, ...]:
    """Entries of a NumPy array of objects."""
    return tuple(array.flat)


def put_objects(array: Any, _keys: Any, values: tuple[Any, ...]) -> None:
    for index, value in enumerate(values):
        array.flat[index] = value


#: Bounded, since an environment that is made anew brings new classes.
@functools.lru_cache(maxsize=512)
def slots_of(kind: type) -> tuple[str, ...]:
    """Names of all attributes that a class keeps in slots."""
    names: dict[str, None] = {}
    for base in kind.__mro__:
        if "__slots__" in base.__dict__:
            for name, member in base.__dict__.items():
                if isinstance(member, types.MemberDescriptorType):
                    names[name] = None
    return tuple(names)


def slot_taker(value: Any, names: tuple[str, ...]) -> Take:
    if len(names) > 1:
        take = attrgetter(*names)
        try:
            take(value)
            return take
        except AttributeError:
            pass
    return lambda owner: tuple([getattr(owner, name, MISSING) for name in names])


def put_slots(owner: Any, names: Iterable[str], values: tuple[Any, ...]) -> None:
    for name, value in zip(names, values):
        if value is not MISSING:
            object.__setattr__(owner, name, value)
        elif getattr(owner, name, MISSING) is not MISSING:
            object.__delattr__(owner, name)


#: By module: whether its source has what gives an object another class or other attributes.
_swapping: weakref.WeakKeyDictionary[types.ModuleType, bool] = weakref.WeakKeyDictionary()


def may_swap_attributes(kind: type) -> bool:
    """Whether an object's `__dict__` or `__class__` itself may be replaced, as hardly any code does.

    Told by the words in the sources of its class and of the environment; a source that cannot be
    read may do anything.
    """
    bases = [base for base in kind.__mro__ if base.__flags__ & HEAP_TYPE]
    return any(map(_swaps, (MODULE_NAME, *[base.__module__ for base in bases])))


def _swaps(name: str) -> bool:
    module = sys.modules.get(name)
    if module is None:
        return name != MODULE_NAME
    swaps = _swapping.get(module)
    if swaps is None:
        source = "".join(linecache.getlines(getattr(module, "__file__", None) or ""))
        swaps = not source or "__dict__" in source or "__class__" in source
        _swapping[module] = swaps
    return swaps


def class_data(kind: type) -> tuple[str, ...]:
    """Names of a class's own attributes that are neither methods nor Python's."""
    return tuple(
        name
        for name, value in kind.__dict__.items()
        if not (name.startswith("__") and name.endswith("__"))
        and not isinstance(value, (types.FunctionType, *_BY_NAME))
        and not hasattr(value, "__get__")
    )


def put_class(owner: type, names: Iterable[str], values: tuple[Any, ...]) -> None:
    for name, value in zip(names, values):
        if getattr(owner, name, MISSING) is not value:
            setattr(owner, name, value)
