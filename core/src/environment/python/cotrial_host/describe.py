"""An object graph as plain values, and back into the same objects of another browser.

Nodes are numbered as they are met, from the roots on. The receiver walks along: the node that it
has in the same place, if it is of the same type, takes the values; where it has none, a new one is
made, without calling anything of the environment's.
"""

from __future__ import annotations

import array
import functools
import random
import types
from collections import OrderedDict, deque
from collections.abc import Callable
from marshal import dumps
from typing import Any, NamedTuple

from . import kinds
from .generators import is_numpy_generator, is_python_generator, take_words, words_of
from .plain import qualified_name
from .plan import refill
from .transfer import NotSendable, pack, unpack

#: Nodes that are taken from a partner at most.
_MAX_NODES = 200_000


class Part(NamedTuple):
    """Some of what a node holds: what kind of part, keys or names, values."""

    kind: str
    keys: tuple[Any, ...]
    values: tuple[Any, ...]


def is_node(value: Any) -> bool:
    """What has an identity of its own: it can change, or leads to what can."""
    return not kinds.is_atom(value) and kinds.special(value) is None


#: By a set's address: the order in which it was filled.
Orders = dict[int, tuple[Any, ...]]


def parts_of(node: Any, orders: Orders | None = None) -> list[Part]:
    """What a node holds, in an order that depends on its type only."""
    if isinstance(node, types.FunctionType):
        return [Part("held", (), node.__closure__ or ())]
    if isinstance(node, types.CellType):
        return [Part("cell", (), kinds.take_cell(node))]
    if isinstance(node, types.MethodType):
        return [Part("held", (), kinds.take_method(node))]
    if isinstance(node, functools.partial):
        return [Part("held", (), kinds.take_partial(node))]
    if isinstance(node, type):
        names = kinds.class_data(node)
        return [Part("class", names, tuple([getattr(node, name) for name in names]))]
    parts = []
    if isinstance(node, dict):
        parts.append(Part("dict", tuple(node), kinds.take_values(node)))
    elif isinstance(node, (list, deque)):
        parts.append(Part("list", (), tuple(node)))
    elif isinstance(node, tuple):
        parts.append(Part("held", (), tuple(node)))
    elif isinstance(node, frozenset):
        parts.append(Part("held", (), tuple(node)))
    elif isinstance(node, set):
        filled = (orders or {}).get(id(node), tuple(node))
        places = {id(value): place for place, value in enumerate(filled)}
        parts.append(Part("set", (), filled))
        parts.append(Part("order", (), tuple([places[id(value)] for value in node])))
    elif isinstance(node, (bytearray, array.array)):
        parts.append(Part("buffer", (), (bytes(node),)))
    elif is_python_generator(node):
        parts.append(Part("generator", (), (words_of(node),)))
    elif is_numpy_generator(node):
        bits = getattr(node, "bit_generator", node)
        state = node.get_state(legacy=False) if hasattr(node, "get_state") else bits.state
        parts.append(Part("numpy generator", (), (pack(state),)))
    elif hasattr(node, "tobytes") and hasattr(node, "dtype"):
        held = "objects" if node.dtype.hasobject else "array"
        parts.append(Part(held, (), tuple(node.flat) if held == "objects" else (pack(node),)))
    attributes = getattr(node, "__dict__", None)
    if isinstance(attributes, dict):
        parts.append(Part("attributes", tuple(attributes), tuple(attributes.values())))
    slots = kinds.slots_of(type(node))
    if slots:
        given = tuple([name for name in slots if hasattr(node, name)])
        parts.append(Part("slots", given, tuple([getattr(node, name) for name in given])))
    return parts


#: Parts whose values are plain already.
_RAW = ("buffer", "generator", "numpy generator", "array", "order", "memory")
#: Parts that are not written but must come out the same.
_SEEN = ("order", "memory")


def describe(roots: list[Any], orders: Orders | None = None) -> list[Any]:
    """The graph that `roots` reach. Raises NotSendable for what has no plain form."""
    numbers: dict[int, int] = {}
    nodes: list[Any] = []
    owners: dict[int, int] = {}

    def ref(value: Any) -> int | None:
        if not is_node(value):
            return None
        return numbered(value)

    def numbered(node: Any) -> int:
        number = numbers.get(id(node))
        if number is None:
            number = numbers[id(node)] = len(nodes)
            nodes.append(node)
        return number

    for root in roots:  # also classes, which are kept by reference elsewhere
        numbered(root)
    described = []
    for node in nodes:  # grows while it is walked
        parts = []
        for kind, keys, values in parts_of(node, orders):
            packed = list(values) if kind in _RAW else [pack(v, ref) for v in values]
            parts.append((kind, [pack(k, ref) for k in keys], packed))
        if parts and parts[0][0] == "array":
            parts.append(("memory", [], _memory(node, owners)))
        kind = type(node)
        described.append((kind.__module__, kind.__qualname__, parts))
    return described


def _memory(node: Any, owners: dict[int, int]) -> list[Any]:
    """Where a NumPy array lies: views of one array must be so for the partner, too."""
    owner = node
    while hasattr(owner.base, "__array_interface__"):
        owner = owner.base
    start = owner.__array_interface__["data"][0]
    group = owners.setdefault(id(owner), len(owners))
    return [group, node.__array_interface__["data"][0] - start, list(node.strides)]


def restore(
    described: list[Any], roots: list[Any], classes: dict[tuple[str, str], type]
) -> Orders:
    """Gives the graph of `roots` the values that were described; in which orders sets were filled.

    `classes` are those of which new objects may be made. Raises NotSendable, or whatever for a
    description that no `describe` gives. The graph is described alike afterwards.
    """
    if len(described) > _MAX_NODES:
        raise NotSendable("the state is too large")
    orders = Restoring(described, roots, classes).run()
    if dumps(describe(roots, orders), 2) != dumps(described, 2):
        raise NotSendable("it is not the same once it is restored")
    return orders


class Restoring:
    def __init__(
        self, described: list[Any], roots: list[Any], classes: dict[tuple[str, str], type]
    ) -> None:
        self._described = described
        self._roots = roots
        self._classes = classes
        self._nodes: list[Any] = [None] * len(described)
        self._known = [False] * len(described)
        self._taken: set[int] = set()
        self._orders: Orders = {}

    def run(self) -> Orders:
        roots = {id(root): root for root in self._roots}
        for number, root in enumerate(roots.values()):
            module, name, _ = self._described[number]
            kind = type(root)
            if (kind.__module__, kind.__qualname__) != (module, name):
                raise NotSendable("it begins with something else")
            self._nodes[number], self._known[number] = root, True
            self._taken.add(id(root))
        # A node is settled when the first one that leads to it is looked at, so before its turn.
        for number, (_, _, parts) in enumerate(self._described):
            self._look(number, parts)
        for late in (False, True):
            for number, (_, _, parts) in enumerate(self._described):
                self._write(self._nodes[number], parts, late)
        return self._orders

    def _look(self, number: int, parts: list[Any]) -> None:
        """Finds the nodes that this one leads to."""
        if not self._known[number]:
            raise NotSendable("a part of the state is reached by nothing")
        own = {part.kind: part for part in parts_of(self._nodes[number])}
        for kind, keys, values in parts:
            if kind in _RAW:
                continue
            mine = _Places(own.get(kind))
            names = [unpack(key, None, self._node) if _is_plain(key) else None for key in keys]
            for place, value in enumerate(values):
                self._look_at(value, mine.value(names[place] if keys else None, place))
            for key in keys:
                self._look_at(key, None)

    def _look_at(self, packed: Any, own: Any) -> None:
        if type(packed) is not tuple:
            return
        if packed[0] == "ref":
            if not self._known[packed[1]]:
                self._settle(packed[1], own)
        elif packed[0] == "tuple":
            owns = own if type(own) is tuple and len(own) == len(packed[1]) else ()
            for place, part in enumerate(packed[1]):
                self._look_at(part, owns[place] if owns else None)

    def _settle(self, number: int, own: Any) -> None:
        module, name, parts = self._described[number]
        kind = type(own)
        fits = (kind.__module__, kind.__qualname__) == (module, name) and id(own) not in self._taken
        if fits and is_node(own) and _same_size(own, parts):
            node = own
        else:
            node = self._new(module, name, parts)
        self._nodes[number] = node
        self._known[number] = True
        self._taken.add(id(node))

    def _new(self, module: str, name: str, parts: list[Any]) -> Any:
        arrays = [values[0] for kind, _, values in parts if kind == "array"]
        if arrays:
            return unpack(arrays[0])
        kind = self._classes.get((module, name))
        if kind is None:
            raise NotSendable(f"an object of the class {module}.{name} cannot be made anew")
        if kind is array.array:
            raise NotSendable("an array.array cannot be made anew")
        if issubclass(kind, tuple):
            raise NotSendable(f"a {name} that leads to what changes cannot be made anew")
        for base in (OrderedDict, dict, list, set, deque, bytearray, random.Random):
            if issubclass(kind, base):
                return base.__new__(kind)
        return object.__new__(kind)

    def _node(self, number: int) -> Any:
        if not self._known[number]:
            raise NotSendable("a part of the state is used before it is there")
        return self._nodes[number]

    def _write(self, node: Any, parts: list[Any], late: bool) -> None:
        """What is looked up by hashes comes late: an object's hash may follow from its parts."""
        own = {part.kind: part for part in parts_of(node)}
        for kind, keys, values in parts:
            if kind in _SEEN or late != (kind == "set" or not all(map(_is_plain, keys))):
                continue
            mine = _Places(own.get(kind))
            names = tuple([unpack(key, None, self._node) for key in keys])
            if kind in _RAW:
                _WRITERS[kind](node, names, tuple(values))
                continue
            given = []
            for place, value in enumerate(values):
                here = mine.value(names[place] if names else None, place)
                given.append(unpack(value, here, self._node))
            if kind == "held":
                if any(a is not b and is_node(a) for a, b in zip(mine.values, given)):
                    raise NotSendable(f"a {qualified_name(type(node))} leads elsewhere")
            else:
                _WRITERS[kind](node, names, tuple(given))
            if kind == "set":
                self._orders[id(node)] = tuple(given)


def _is_plain(packed: Any) -> bool:
    return type(packed) is not tuple or packed[0] != "ref"


class _Places:
    """The receiver's own values, by their places in a part."""

    def __init__(self, part: Part | None) -> None:
        self.values = part.values if part is not None else ()
        self._by_name = dict(zip(part.keys, part.values)) if part is not None else {}

    def value(self, name: Any, place: int) -> Any:
        if self._by_name:
            return self._by_name.get(name)
        return self.values[place] if place < len(self.values) else None


def _same_size(node: Any, parts: list[Any]) -> bool:
    """What cannot be given another size must have the right one already."""
    if isinstance(node, (tuple, types.FunctionType)):
        sizes = [len(values) for kind, _, values in parts if kind == "held"]
        return sizes == [len(parts_of(node)[0].values)]
    shapes = [values[0][1:3] for kind, _, values in parts if kind == "array"]
    return not shapes or shapes == [(node.dtype.str, tuple(node.shape))]


def _write_list(node: Any, _names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
    put = kinds.put_deque if isinstance(node, deque) else kinds.put_list
    put(node, None, values)


def _write_dict(node: Any, names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
    put = kinds.put_ordered if isinstance(node, OrderedDict) else kinds.put_dict
    put(node, names, values)


def _write_set(node: set[Any], _names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
    refill(node, values)


def _write_buffer(node: Any, _names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
    del node[:]
    if isinstance(node, bytearray):
        node += values[0]
    else:
        node.frombytes(values[0])


def _write_numpy_generator(node: Any, _names: Any, values: tuple[Any, ...]) -> None:
    state = unpack(values[0])
    if hasattr(node, "set_state"):
        node.set_state(state)
    else:
        getattr(node, "bit_generator", node).state = state


def _write_array(node: Any, _names: Any, values: tuple[Any, ...]) -> None:
    node[...] = unpack(values[0])


def _write_objects(node: Any, names: Any, values: tuple[Any, ...]) -> None:
    if len(values) != node.size:
        raise NotSendable("an array of objects has another size")
    kinds.put_objects(node, names, values)


def _write_attributes(node: Any, names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
    if not all(type(name) is str for name in names):
        raise NotSendable("an attribute has no name")
    kinds.put_dict(node.__dict__, names, values)


def _write_slots(node: Any, names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
    given = dict(zip(names, values))
    slots = kinds.slots_of(type(node))
    if not given.keys() <= set(slots):
        raise NotSendable("an attribute has no place")
    kinds.put_slots(node, slots, tuple([given.get(name, kinds.MISSING) for name in slots]))


def _write_class(node: type, names: tuple[Any, ...], values: tuple[Any, ...]) -> None:
    if not set(names) <= set(kinds.class_data(node)):
        raise NotSendable("an attribute of a class is not there")
    kinds.put_class(node, names, values)


def _write_cell(node: types.CellType, names: Any, values: tuple[Any, ...]) -> None:
    kinds.put_cell(node, names, values)


_WRITERS: dict[str, Callable[[Any, tuple[Any, ...], tuple[Any, ...]], None]] = {
    "list": _write_list,
    "dict": _write_dict,
    "set": _write_set,
    "buffer": _write_buffer,
    "generator": lambda node, _, values: take_words(node, values[0]),
    "numpy generator": _write_numpy_generator,
    "array": _write_array,
    "objects": _write_objects,
    "attributes": _write_attributes,
    "slots": _write_slots,
    "class": _write_class,
    "cell": _write_cell,
}
