"""Tells which objects lists hold, thousands at once, without a call for each.

A tuple keeps the addresses of its entries one after another, where they can be read as bytes
(0.02 µs an entry in Pyodide, where a call of `is_` for each takes 0.1). CPython does not promise
that place, so it is tried first; `id` is asked where it does not hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import chain
from struct import calcsize, pack
from typing import Any

_POINTER = calcsize("P")

#: Lists, with a mark after each: where one ends is then told by what they hold.
Marked = list[Any]
#: Equal for lists that hold the very same objects in the same order. As long as whoever compares
#: keeps those objects alive, no other one has the address of one of them.
Held = Callable[[Marked], bytes]

_MARK = (object(),)


def marked(lists: Iterable[list[Any]]) -> Marked:
    return [*chain.from_iterable([(each, _MARK) for each in lists])]


def _asked(lists: Marked) -> bytes:
    # In the order in which the collector goes over them.
    entries = [*chain.from_iterable(map(reversed, lists))]
    return pack(f"{len(entries)}P", *map(id, entries))


def _reader() -> Held:
    from ctypes import c_char
    from gc import get_referents

    place = tuple.__basicsize__

    def read(lists: Marked) -> bytes:
        entries = tuple(get_referents(*lists))
        memory = c_char * (_POINTER * len(entries))
        return memory.from_address(id(entries) + place).raw

    return read


def _tried() -> Held:
    """The fast way if it says what the other does, of lists of many lengths."""
    try:
        read = _reader()
        nodes: list[Any] = [[] for _ in range(40)]
        lists = marked([nodes[length : 2 * length] for length in range(40)])
        if all([read(given) == _asked(given) for given in (lists, lists[:2], lists[2:4], [])]):
            return read
    except Exception:
        pass
    return _asked


held = _tried()
