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

from marshal import dumps
from typing import Any

from .apart import Splitter
from .generators import canonical
from .plain import NotPlain
from .plan import Plan, refill
from .walk import Buffer, Walk, element
from .watch import TOUCHED


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

    def rewritten(self, orders: dict[int, tuple[Any, ...]]) -> None:
        """The graph was written to by others; its sets were refilled in these orders, by address."""
        self._plan = self._normalised = None
        TOUCHED.clear()
        plan, leaves, mixed, raws, sets = self.save()
        sets = [orders.get(id(node), order) for node, order in zip(plan.sets, sets)]
        self._normalised = (plan, leaves, mixed, raws, sets)

    def restarted(self) -> None:
        """A new episode: what changes in it is learned anew."""
        if self._splitter is not None:
            self._splitter.restarted()
        self._plan = None
        TOUCHED.clear()
        self.stepped()

    def stepped(self) -> None:
        """To be called after every change of the state.

        A set's order depends on what was in it before. Restoring can only fill it anew, so where
        there are sets all are filled anew after every step, on every peer.
        """
        self._normalised = None
        if self.has_sets:
            snapshot = self.save()
            for node, order in zip(snapshot[0].sets, snapshot[4]):
                refill(node, order)
            self._normalised = snapshot

    @staticmethod
    def orders(snapshot: tuple[Any, ...]) -> dict[int, tuple[Any, ...]]:
        """By a set's address: the order in which it was filled."""
        return {id(node): order for node, order in zip(snapshot[0].sets, snapshot[4])}

    def generators(self) -> list[Any]:
        """Saved and restored along with an environment's own `get_state`."""
        return [r for r in Walk(self.roots).plan.raws if not isinstance(r, Buffer)]

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
            parts += sorted(map(element, elements))
        return b"".join(parts)
