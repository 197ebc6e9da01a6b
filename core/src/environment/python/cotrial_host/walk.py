"""One walk over the object graph, from which a plan is made."""

from __future__ import annotations

import array
import functools
import sys
import types
from collections import OrderedDict, deque
from marshal import dumps
from typing import Any

from . import kinds
from .generators import (
    is_numpy_generator,
    is_python_generator,
    numpy_generator,
    python_generator,
)
from .plain import NotPlain, qualified_name, tagged
from .plan import Mixed, Plan


class Buffer:
    """bytearray, array.array or a NumPy array of numbers: its bytes, put back in place."""

    __slots__ = ("node",)

    def __init__(self, node: Any) -> None:
        self.node = node

    def save(self) -> Any:
        node = self.node
        if isinstance(node, bytearray):
            return bytes(node)
        if isinstance(node, array.array):
            return node.tobytes()
        return node.copy()

    def restore(self, state: Any) -> None:
        node = self.node
        if isinstance(node, bytearray):
            node[:] = state
        elif isinstance(node, array.array):
            del node[:]
            node.frombytes(state)
        else:
            node[...] = state


class Walk:
    """One walk over the graph: fills a plan."""

    def __init__(self, roots: list[Any]) -> None:
        self.plan = Plan()
        self._index: dict[int, int] = {}
        self._signature: list[Any] = []
        self._attr_keys: list[tuple[str, ...]] = []
        for root in roots:
            self._child(root)
        for node in self.plan.nodes:  # grows while it is walked
            self._visit(node)
        self.plan.attr_keys = tuple(self._attr_keys)
        self.plan.know_links()
        self.plan.signature = dumps(self._signature, 2)

    def _child(self, node: Any) -> int:
        index = self._index.get(id(node))
        if index is None:
            index = self._index[id(node)] = len(self.plan.nodes)
            self.plan.nodes.append(node)
        return index

    def _visit(self, node: Any) -> None:
        kind = type(node)
        name = qualified_name(kind)
        if kind is list:
            if kinds.is_atom(tuple(node)):
                self.plan.lists.append(node)
                self._signature.append("list")
            else:
                self._mixed(name, node, tuple, None, kinds.put_list)
        elif kind is dict:
            if kinds.is_atom(tuple(node.items())):
                self.plan.dicts.append(node)
                self._signature.append("dict")
            else:
                self._mixed(name, node, kinds.take_values, tuple(node), kinds.put_dict)
        elif isinstance(node, (set, frozenset)):
            self._set(name, node)
        elif isinstance(node, type):
            names = kinds.class_data(node)
            take = kinds.slot_taker(node, names)
            self._mixed(name, node, take, None, kinds.put_class, put_keys=names)
        elif isinstance(node, types.FunctionType):
            self._mixed(node.__qualname__, node, kinds.take_function, None, kinds.put_nothing)
        elif isinstance(node, types.CellType):
            self._mixed("cell", node, kinds.take_cell, None, kinds.put_cell)
        elif isinstance(node, types.MethodType):
            self._mixed("method", node, kinds.take_method, None, kinds.put_nothing)
        elif isinstance(node, functools.partial):
            self._mixed("partial", node, kinds.take_partial, None, kinds.put_nothing)
        elif is_python_generator(node):
            self._raw(name, python_generator(node))
            self._attributes(name, node)
        elif is_numpy_generator(node):
            self._raw(name, numpy_generator(node))
        elif _is_array(kind):
            self._array(name, node)
            self._attributes(name, node)
        else:
            self._object(name, node)

    def _object(self, name: str, node: Any) -> None:
        """An instance: what it holds as a container, then its attributes and slots."""
        self._signature.append(name)
        if isinstance(node, OrderedDict):
            self._mixed(name, node, _ordered_values, tuple(node), kinds.put_ordered)
        elif isinstance(node, dict):
            self._mixed(name, node, kinds.take_values, tuple(dict.keys(node)), kinds.put_dict)
        elif isinstance(node, list):
            self._mixed(name, node, kinds.take_list, None, kinds.put_list)
        elif isinstance(node, tuple):
            self._mixed(name, node, tuple, None, kinds.put_nothing)
        elif isinstance(node, deque):
            self._mixed(name, node, tuple, None, kinds.put_deque)
        elif isinstance(node, (bytearray, array.array)):
            self._raw(name, Buffer(node))
        self._attributes(name, node)

    def _attributes(self, name: str, node: Any) -> None:
        attributes = getattr(node, "__dict__", None)
        if isinstance(attributes, dict):
            if kinds.may_swap_attributes(type(node)):
                self.plan.owners.append(node)
                self.plan.owner_kinds.append(type(node))
                self.plan.owned.append(attributes)
            self._attribute_dict(name, attributes)
        slots = kinds.slots_of(type(node))
        if slots:
            take = kinds.slot_taker(node, slots)
            self._mixed(name, node, take, None, kinds.put_slots, put_keys=slots)

    def _attribute_dict(self, name: str, attributes: dict[str, Any]) -> None:
        if id(attributes) in self._index:
            return
        keys = tuple(attributes)
        if kinds.is_atom(tuple(attributes.values())):
            self.plan.attrs.append(attributes)
            self._attr_keys.append(keys)
            self._signature.append((name, keys))
        else:
            self._mixed(name, attributes, kinds.take_values, keys, kinds.put_dict)

    def _set(self, name: str, node: Any) -> None:
        self._signature.append(name)
        if isinstance(node, set):
            self.plan.sets.append(node)
        by_identity = [e for e in node if type(e).__hash__ is object.__hash__]
        self._signature.append(sorted(self._child(e) for e in by_identity if _walkable(e)))

    def _array(self, name: str, node: Any) -> None:
        if node.dtype.hasobject:
            self._mixed(name, node, kinds.take_objects, None, kinds.put_objects)
        else:
            # Its own class would have its say: masked arrays copy what is not masked only.
            buffer = Buffer(node.view(sys.modules["numpy"].ndarray))
            self._raw((name, str(node.dtype), tuple(node.shape)), buffer)

    def _raw(self, name: Any, raw: Any) -> None:
        self._signature.append(name)
        self.plan.raws.append(raw)

    def _mixed(
        self,
        name: str,
        node: Any,
        take: kinds.Take,
        keys: tuple[Any, ...] | None,
        put: kinds.Restore,
        put_keys: tuple[str, ...] | None = None,
    ) -> None:
        values = take(node)
        atoms, nodes, specials = [], [], []
        children, indices = [], []
        for value in values:
            atom = kinds.is_atom(value)
            form = None if atom else kinds.special(value)
            is_node = not atom and form is None
            atoms.append(atom)
            nodes.append(is_node)
            specials.append(form is not None)
            if is_node:
                children.append(value)
                indices.append(self._child(value))
        key_forms = [element(key) for key in keys] if keys is not None else put_keys
        places = [i for i, is_node in enumerate(nodes) if is_node]
        self._signature.append((name, key_forms, len(values), places, indices))
        if put is kinds.put_nothing:
            # It cannot change itself.
            self._signature.append([v if a else kinds.special(v) for v, a in zip(values, atoms)])
            return
        if type(node) is list and len(children) == len(values):
            self.plan.links.append(node)
            self.plan.linked.append(values)
            return
        self.plan.mixed.append(
            Mixed(
                node,
                take,
                # Slots have fixed names: nothing to compare.
                keys,
                len(values),
                None if all(atoms) else tuple(atoms),
                tuple(nodes) if children else None,
                tuple(specials) if any(specials) else None,
                tuple(children),
                put if put_keys is None else _named(put, put_keys),
            )
        )


@functools.lru_cache(maxsize=512)
def _is_array(kind: type) -> bool:
    """NumPy's arrays and subclasses of them."""
    return any([b.__module__ == "numpy" and b.__name__ == "ndarray" for b in kind.__mro__])


def _named(put: kinds.Restore, names: tuple[str, ...]) -> kinds.Restore:
    return lambda owner, _keys, values: put(owner, names, values)


def _ordered_values(node: OrderedDict[Any, Any]) -> tuple[Any, ...]:
    return tuple(OrderedDict.values(node))


def _walkable(value: Any) -> bool:
    return not kinds.is_atom(value) and kinds.special(value) is None


def element(value: Any) -> bytes:
    try:
        return dumps(value, 2)
    except ValueError:
        pass
    try:
        return dumps(tagged(value), 2)
    except (NotPlain, ValueError):
        return qualified_name(type(value)).encode()
