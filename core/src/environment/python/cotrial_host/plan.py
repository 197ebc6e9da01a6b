"""The nodes of one structure, and how all of them are read and written at once."""

from __future__ import annotations

from itertools import compress
from marshal import dumps
from operator import attrgetter, is_
from typing import Any, NamedTuple

from . import kinds
from .apart import Apart
from .held import held, marked
from .watch import TOUCHED


class Replan(Exception):
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
        #: What each of them holds.
        self.linked: list[tuple[Any, ...]] = []
        #: As `held` takes them, and what it says of them.
        self.links_marked: list[Any] = []
        self.links_held = b""
        self.mixed: list[Mixed] = []
        #: Objects of code that may give them another class or another dictionary of attributes,
        #: which no watching tells; their classes and dictionaries.
        self.owners: list[Any] = []
        self.owner_kinds: list[type] = []
        self.owned: list[dict[str, Any]] = []
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
            raise Replan
        attrs = self.attrs
        if tuple(map(tuple, attrs)) != self.attr_keys:
            raise Replan
        if self.owners and not self._owners_hold():
            raise Replan
        if self.links and not self._links_hold():
            raise Replan
        mixed = []
        leaves: list[Any] = [
            tuple(map(tuple, self.lists)),
            tuple(map(tuple, map(dict.items, self.dicts))),
            tuple(map(tuple, map(dict.values, attrs))),
        ]
        for container, take, keys, length, atoms, nodes, specials, children, _ in self.mixed:
            values = take(container)
            if len(values) != length or (keys is not None and tuple(container) != keys):
                raise Replan
            if nodes is not None and not all(map(is_, compress(values, nodes), children)):
                raise Replan
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
            [tuple(node) for node in self.sets],
        )

    def know_links(self) -> None:
        """After a walk, in which the links were found."""
        self.links_marked = marked(self.links)
        self.links_held = held(marked(map(list, self.linked)))

    def _links_hold(self) -> bool:
        return held(self.links_marked) == self.links_held

    def _owners_hold(self) -> bool:
        return list(map(type, self.owners)) == self.owner_kinds and all(
            map(is_, map(_attributes_of, self.owners), self.owned)
        )

    def put(self, snapshot: tuple[Any, ...]) -> None:
        """Writes a snapshot of this plan back into its nodes."""
        _, leaves, mixed, raws, sets = snapshot
        if self.owners and not self._owners_hold():
            for owner, kind, attributes in zip(self.owners, self.owner_kinds, self.owned):
                if type(owner) is not kind:
                    object.__setattr__(owner, "__class__", kind)
                if owner.__dict__ is not attributes:
                    object.__setattr__(owner, "__dict__", attributes)
        for node, values in zip(self.lists, leaves[0]):
            node[:] = values
        for node, items in zip(self.dicts, leaves[1]):
            node.clear()
            node.update(items)
        if self.links and not self._links_hold():
            for node, values in zip(self.links, self.linked):
                node[:] = values
        for node, keys, values in zip(self.attrs, self.attr_keys, leaves[2]):
            kinds.put_dict(node, keys, values)
        for (node, _, keys, *_, put), values in zip(self.mixed, mixed):
            put(node, keys, values)
        for raw, state in zip(self.raws, raws):
            raw.restore(state)
        for node, order in zip(self.sets, sets):
            refill(node, order)


_attributes_of = attrgetter("__dict__")


def refill(node: set[Any], order: tuple[Any, ...]) -> None:
    """Gives a set these elements: its order, now and later, follows from theirs alone.

    A set that is filled from a dictionary makes room for all of it first, so that nothing depends
    on how it grew. `pop` remembers where it looked last; taking 0, which lies in the first place,
    sets it back.
    """
    set.clear(node)
    set.add(node, 0)
    set.pop(node)
    set.clear(node)
    set.update(node, dict.fromkeys(order))


def _special(value: Any) -> Any:
    form = kinds.special(value)
    if form is None or form[0] == "atom" or kinds.is_atom(value):
        raise Replan
    return form
