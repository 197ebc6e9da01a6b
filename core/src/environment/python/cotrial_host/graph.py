"""Snapshots of everything that an environment object reaches, restored in place.

A walk over the object graph makes a `Plan`: every node (object, list, dictionary...) once, in an
order that depends on the state alone. While the structure stays, a save is a few calls in C over
all nodes at once: shallow copies of their values, one `marshal.dumps` and one `hash` that together
prove that all those values are plain and cannot change, and a comparison by identity of the nodes
that nodes lead to. When any of that fails the graph is walked again. Objects keep their identity:
restoring writes the values back into the same objects, so views, closures and caches stay true.

The marshalled values are the checksum's bytes as well. A plan that still holds is equal to what a
new walk would give, so the bytes depend on the state alone, not on when the last walk was, nor on
what was set apart since because it does not change (apart.py).
"""

from __future__ import annotations

import array
import functools
import types
from collections import OrderedDict, deque
from itertools import chain, compress, islice
from marshal import dumps
from operator import is_
from typing import Any, NamedTuple

from . import kinds
from .apart import Apart, Splitter
from .generators import (
    canonical,
    is_numpy_generator,
    is_python_generator,
    numpy_generator,
    python_generator,
)
from .plain import NotPlain, qualified_name, tagged
from .watch import TOUCHED


class _Replan(Exception):
    """The structure has changed since the last walk."""


class Mixed(NamedTuple):
    """A node that leads to others: how it is read, what it must be like, how it is put back."""

    node: Any
    take: kinds.Take
    #: A dictionary's keys; None where they cannot change.
    keys: tuple[Any, ...] | None
    length: int
    #: Which values are atoms, nodes, specials; None for all, none, none.
    atoms: tuple[bool, ...] | None
    nodes: tuple[bool, ...] | None
    specials: tuple[bool, ...] | None
    children: tuple[Any, ...]
    put: kinds.Restore


class Plan:
    """All nodes of a graph, grouped by how they are saved."""

    def __init__(self) -> None:
        #: Keeps every node alive, so that no address is used twice.
        self.nodes: list[Any] = []
        #: Lists, dictionaries and attribute dictionaries that hold atoms only.
        self.lists: list[list[Any]] = []
        self.dicts: list[dict[Any, Any]] = []
        self.attrs: list[dict[str, Any]] = []
        self.attr_keys: tuple[tuple[str, ...], ...] = ()
        #: Lists that hold nodes only: they are what they are for as long as the plan holds.
        self.links: list[list[Any]] = []
        self.link_lengths: list[int] = []
        self.linked: list[Any] = []
        self.mixed: list[Mixed] = []
        self.sets: list[set[Any]] = []
        #: Generators and buffers.
        self.raws: list[Any] = []
        #: What the structure is, for checksums.
        self.signature = b""
        #: What was set apart, if this is the rest (apart.py).
        self.apart: Apart | None = None

    def take(self) -> tuple[Any, ...]:
        """A snapshot. Raises whatever, when the structure is no longer this plan's."""
        if TOUCHED and self.apart is not None and not TOUCHED.isdisjoint(self.apart.addresses):
            raise _Replan
        attrs = self.attrs
        if tuple(map(tuple, attrs)) != self.attr_keys:
            raise _Replan
        links = self.links
        if list(map(len, links)) != self.link_lengths or not all(
            map(is_, chain.from_iterable(links), self.linked)
        ):
            raise _Replan
        mixed = []
        leaves: list[Any] = [
            tuple(map(tuple, self.lists)),
            tuple(map(tuple, map(dict.items, self.dicts))),
            tuple(map(tuple, map(dict.values, attrs))),
        ]
        for container, take, keys, length, atoms, nodes, specials, children, _ in self.mixed:
            values = take(container)
            if len(values) != length or (keys is not None and tuple(container) != keys):
                raise _Replan
            if nodes is not None and not all(map(is_, compress(values, nodes), children)):
                raise _Replan
            mixed.append(values)
            leaf = values if atoms is None else tuple(compress(values, atoms))
            if specials is not None:
                leaf = (leaf, tuple(map(_special, compress(values, specials))))
            leaves.append(leaf)
        frozen = tuple(leaves)
        dumps(frozen, 2)
        hash(frozen)
        return (
            self,
            frozen,
            mixed,
            [raw.save() for raw in self.raws],
            [set.copy(node) for node in self.sets],
        )

    def put(self, snapshot: tuple[Any, ...]) -> None:
        """Writes a snapshot of this plan back into its nodes."""
        _, leaves, mixed, raws, sets = snapshot
        for node, values in zip(self.lists, leaves[0]):
            node[:] = values
        for node, items in zip(self.dicts, leaves[1]):
            node.clear()
            node.update(items)
        linked = iter(self.linked)
        for node, length in zip(self.links, self.link_lengths):
            node[:] = islice(linked, length)
        for node, keys, values in zip(self.attrs, self.attr_keys, leaves[2]):
            kinds.put_dict(node, keys, values)
        for (node, _, keys, *_, put), values in zip(self.mixed, mixed):
            put(node, keys, values)
        for raw, state in zip(self.raws, raws):
            raw.restore(state)
        for node, copy in zip(self.sets, sets):
            _refill(node, copy)


def _refill(node: set[Any], copy: set[Any]) -> None:
    """Gives a set the order of its copy: into an empty set, CPython copies a copy's table.

    `pop` remembers where it looked last; taking 0, which lies in the first place, sets it back.
    """
    set.clear(node)
    set.add(node, 0)
    set.pop(node)
    set.clear(node)
    set.update(node, copy)


def _special(value: Any) -> Any:
    form = kinds.special(value)
    if form is None or form[0] == "atom" or kinds.is_atom(value):
        raise _Replan
    return form


class Graph:
    """Snapshots of what `roots` reach; with `sets_apart`, at the cost of what changes."""

    def __init__(self, roots: list[Any], sets_apart: bool = False) -> None:
        self.roots = roots
        self._plan: Plan | None = None
        self._normalised: tuple[Any, ...] | None = None
        self._splitter = Splitter() if sets_apart else None
        self.has_sets = False

    def save(self) -> tuple[Any, ...]:
        """Raises NotPlain when the graph cannot be read twice alike."""
        if self._normalised is not None:
            return self._normalised
        if self._plan is not None:
            try:
                snapshot = self._plan.take()
            except Exception:  # whatever it is, a walk finds out what is there now
                if self._splitter is not None:
                    self._splitter.lost(self._plan)
                self._plan = None
            else:
                if self._splitter is not None and self._plan.apart is None:
                    return self._go_on_with(self._plan, snapshot)
                return snapshot
        plan = Walk(self.roots).plan
        self.has_sets = self.has_sets or bool(plan.sets)
        try:
            snapshot = plan.take()
        except Exception as error:
            raise NotPlain(f"the state cannot be read ({type(error).__name__}: {error})") from error
        return self._go_on_with(plan, snapshot)

    def _go_on_with(self, plan: Plan, snapshot: tuple[Any, ...]) -> tuple[Any, ...]:
        """After a snapshot of the whole: from now on as little as possible."""
        self._plan = plan if self._splitter is None else self._splitter.rest(plan, snapshot)
        return snapshot if self._plan is plan else self._plan.take()

    def load(self, snapshot: tuple[Any, ...]) -> None:
        plan: Plan = snapshot[0]
        plan.put(snapshot)
        if plan.apart is not None:
            plan.apart.put(everything=plan is not self._plan)
        TOUCHED.clear()
        holds = self._splitter is None or self._splitter.holds(plan)
        self._plan = plan if holds else None
        self._normalised = None

    def restarted(self) -> None:
        """A new episode: what changes in it is learned anew."""
        self._plan = None
        if self._splitter is not None:
            self._splitter.restarted()
        TOUCHED.clear()
        self.stepped()

    def stepped(self) -> None:
        """To be called after every change of the state.

        A set's order depends on what was in it before. Restoring can only give it the order of a
        fresh copy, so where there are sets all get that order after every step, on every peer.
        """
        self._normalised = None
        if self.has_sets:
            snapshot = self.save()
            for node, copy in zip(snapshot[0].sets, snapshot[4]):
                _refill(node, copy)
            self._normalised = snapshot

    def generators(self) -> list[Any]:
        """Saved and restored along with an environment's own `get_state`."""
        return [r for r in Walk(self.roots).plan.raws if not isinstance(r, _Buffer)]

    @staticmethod
    def canonical(snapshot: tuple[Any, ...]) -> bytes:
        """Equal for equal states, whenever they were walked and whatever was set apart."""
        plan, leaves, _, raws, sets = snapshot
        parts = [plan.signature]
        if plan.apart is None:
            for group in (*leaves[:3], leaves[3:]):
                parts += [dumps(leaf, 2) for leaf in group]
        else:
            parts += plan.apart.with_leaves(leaves)
        parts += map(canonical, raws)
        for elements in sets:
            parts += sorted(map(_element, elements))
        return b"".join(parts)


def _element(value: Any) -> bytes:
    try:
        return dumps(value, 2)
    except ValueError:
        pass
    try:
        return dumps(tagged(value), 2)
    except (NotPlain, ValueError):
        return qualified_name(type(value)).encode()


class _Buffer:
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
        elif kind.__module__ == "numpy" and hasattr(node, "tobytes") and hasattr(node, "dtype"):
            self._array(name, node)
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
            self._raw(name, _Buffer(node))
        self._attributes(name, node)

    def _attributes(self, name: str, node: Any) -> None:
        attributes = getattr(node, "__dict__", None)
        if isinstance(attributes, dict):
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
            self._raw((name, str(node.dtype), tuple(node.shape)), _Buffer(node))

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
        key_forms = [_element(key) for key in keys] if keys is not None else put_keys
        places = [i for i, is_node in enumerate(nodes) if is_node]
        self._signature.append((name, key_forms, len(values), places, indices))
        if put is kinds.put_nothing:
            # It cannot change itself.
            self._signature.append([v if a else kinds.special(v) for v, a in zip(values, atoms)])
            return
        if type(node) is list and len(children) == len(values):
            self.plan.links.append(node)
            self.plan.link_lengths.append(len(values))
            self.plan.linked += values
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


def _named(put: kinds.Restore, names: tuple[str, ...]) -> kinds.Restore:
    return lambda owner, _keys, values: put(owner, names, values)


def _ordered_values(node: OrderedDict[Any, Any]) -> tuple[Any, ...]:
    return tuple(OrderedDict.values(node))


def _walkable(value: Any) -> bool:
    return not kinds.is_atom(value) and kinds.special(value) is None
