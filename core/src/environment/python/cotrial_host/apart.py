"""Sets apart what does not change in an episode, so that a save costs what the change costs.

A board, a background or a table of rules can be a hundred times as large as what a frame changes.
Dictionaries and attributes that stayed as they were for some saves are watched (watch.py) and
left out of further snapshots. When one is written to after all, the next save knows, and
everything is saved in full again; snapshots without it put back what it was when it was set apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from marshal import dumps
from typing import TYPE_CHECKING, Any

from . import kinds
from .watch import TOUCHED, WATCHER, Watcher

if TYPE_CHECKING:
    from .plan import Plan

#: Saves after which what has not changed is set apart: a second of play, or three rollbacks.
_SAVES = 24
#: Values that must be saved by it, to be worth the watching.
_LEAST_VALUES = 24


class Apart:
    """The nodes that a plan's snapshots leave out, as they were when they were set apart."""

    def __init__(self, era: int) -> None:
        #: The episode's: what changes is learned anew in each.
        self.era = era
        self.addresses: set[int] = set()
        #: Values in them.
        self.size = 0
        #: By address: the node, its keys, its values.
        self._nodes: dict[int, tuple[dict[Any, Any], tuple[Any, ...], tuple[Any, ...]]] = {}
        #: For each group of leaves in order: one that was left out, in a tuple, or None for one
        #: that is in the snapshots.
        self._layout: list[list[tuple[Any] | None]] = [[], [], [], []]
        self._segments: list[list[bytes | None]] | None = None

    def add(self, group: int, node: dict[Any, Any], leaf: Any) -> None:
        self.addresses.add(id(node))
        self._nodes[id(node)] = (node, tuple(node), tuple(dict.values(node)))
        self._layout[group].append((leaf,))
        self.size += len(node)

    def keep(self, group: int) -> None:
        """The next leaf of this group is in the snapshots."""
        self._layout[group].append(None)

    def watch(self, watcher: Watcher) -> None:
        for node, _, _ in self._nodes.values():
            watcher.watch(node)
        TOUCHED.clear()

    def unwatch(self, watcher: Watcher, address: int) -> None:
        watcher.unwatch(self._nodes[address][0])

    def put(self, everything: bool) -> None:
        """Puts back what was written to; of a plan that was not in use nobody knows."""
        addresses = self.addresses if everything else self.addresses & TOUCHED
        for address in addresses:
            node, keys, values = self._nodes[address]
            kinds.put_dict(node, keys, values)

    def with_leaves(self, leaves: tuple[Any, ...]) -> Iterator[bytes]:
        """The bytes of all leaves in the order of the whole plan, with these in their places."""
        if self._segments is None:
            self._segments = [_joined(group) for group in self._layout]
        groups = (*leaves[:3], leaves[3:])
        for segments, group in zip(self._segments, groups):
            kept = iter(group)
            for segment in segments:
                yield dumps(next(kept), 2) if segment is None else segment


def _joined(layout: list[Any]) -> list[bytes | None]:
    """Marshals what was left out, each run of it as one."""
    segments: list[bytes | None] = []
    run: list[bytes] = []
    for entry in layout:
        if entry is not None:
            run.append(dumps(entry[0], 2))
            continue
        if run:
            segments.append(b"".join(run))
            run = []
        segments.append(None)
    if run:
        segments.append(b"".join(run))
    return segments


class Splitter:
    """Decides what is set apart."""

    def __init__(self) -> None:
        self._plan: Plan | None = None
        self._first: tuple[Any, ...] = ()
        self._saves = 0
        #: Addresses of nodes that were set apart and changed nevertheless: no longer watched.
        self._changing: set[int] = set()
        self._era = 0
        #: What was last set apart. In a new episode some of it is there again.
        self._last: Apart | None = None

    def restarted(self) -> None:
        self._plan = None
        self._changing.clear()
        self._era += 1

    def holds(self, plan: Plan) -> bool:
        """Whether changes of all that this plan leaves out would be noticed."""
        if plan.apart is None:
            return True
        return plan.apart.era == self._era and self._changing.isdisjoint(plan.apart.addresses)

    def rest(self, plan: Plan, snapshot: tuple[Any, ...]) -> Plan:
        """The plan to go on with, after a snapshot of `plan`, which is whole."""
        if WATCHER is None:
            return plan
        leaves = snapshot[1]
        if plan is not self._plan:
            self._plan, self._first, self._saves = plan, leaves, 0
            if self._last is None:
                return plan
            # Most of it was seen in the episode before: no need to wait.
            rest = self._split(plan, leaves, leaves, self._last.addresses)
            enough = rest is not None and 4 * rest.apart.size >= 3 * self._last.size
        else:
            self._saves += 1
            if self._saves < _SAVES:
                return plan
            rest = self._split(plan, self._first, leaves, None)
            self._first, self._saves = leaves, 0
            enough = rest is not None
        if not enough:
            return plan
        rest.apart.watch(WATCHER)
        self._last = rest.apart
        return rest

    def lost(self, plan: Plan) -> None:
        """This plan does not hold any more."""
        if plan.apart is None or WATCHER is None:
            return
        for address in plan.apart.addresses & TOUCHED:
            plan.apart.unwatch(WATCHER, address)
            self._changing.add(address)

    def _can_wait(self, node: Any, only: set[int] | None, is_object: bool) -> bool:
        """Whether `node` may be set apart: changes would be noticed, and there were none."""
        return (
            type(node) is dict
            and id(node) not in self._changing
            and (only is None or id(node) in only)
            and WATCHER is not None
            and (WATCHER.sees_attributes or not is_object)
        )

    def _split(
        self,
        plan: Plan,
        first: tuple[Any, ...],
        last: tuple[Any, ...],
        only: set[int] | None,
    ) -> Plan | None:
        """The rest of `plan` without what was the same in both snapshots, or None if it is little.

        `only` are addresses of nodes that may be set apart, None for all.
        """
        apart = Apart(self._era)
        rest = type(plan)()
        rest.nodes, rest.lists, rest.sets, rest.raws = plan.nodes, plan.lists, plan.sets, plan.raws
        rest.links, rest.linked = plan.links, plan.linked
        rest.links_marked, rest.links_held = plan.links_marked, plan.links_held
        rest.signature = plan.signature
        rest.owners, rest.owner_kinds, rest.owned = plan.owners, plan.owner_kinds, plan.owned
        for _ in plan.lists:
            apart.keep(0)
        for i, node in enumerate(plan.dicts):
            if first[1][i] == last[1][i] and self._can_wait(node, only, is_object=False):
                apart.add(1, node, last[1][i])
            else:
                apart.keep(1)
                rest.dicts.append(node)
        keys = []
        for i, attributes in enumerate(plan.attrs):
            if first[2][i] == last[2][i] and self._can_wait(attributes, only, is_object=True):
                apart.add(2, attributes, last[2][i])
            else:
                apart.keep(2)
                rest.attrs.append(attributes)
                keys.append(plan.attr_keys[i])
        rest.attr_keys = tuple(keys)
        for mixed, before, leaf in zip(plan.mixed, first[3:], last[3:]):
            waits = mixed.take is kinds.take_values and before == leaf
            if waits and self._can_wait(mixed.node, only, is_object=True):
                apart.add(3, mixed.node, leaf)
            else:
                apart.keep(3)
                rest.mixed.append(mixed)
        rest.apart = apart
        return rest if apart.size >= _LEAST_VALUES else None
