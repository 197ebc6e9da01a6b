"""States of random generators, in microseconds.

`random.Random.getstate()` builds 625 integers (31 µs in Pyodide); copying the same 2.5 kB from
where the object keeps them takes 0.2 µs. CPython does not promise that place, so it is tried on a
fresh generator first, and `getstate` is used where it does not hold.
"""

from __future__ import annotations

import random
import struct
import sys
from collections.abc import Callable
from marshal import dumps, loads
from typing import Any

from .plain import numpy_loaded, tagged
from .transfer import pack, unpack

#: An index and 624 words of 32 bits.
_WORDS = 625
_BYTES = 4 * _WORDS
#: The index, which every draw moves, and some words: after exactly 624 draws the index is where it
#: was, but each word is the same by chance once in 2**32.
_HEAD_BYTES = 20
#: Of the gauss_next of global generators from which nothing was drawn.
_NOTHING_DRAWN = dumps(None, 2)


class Generator:
    """One generator: `save` gives bytes or another constant value, `restore` takes it back."""

    __slots__ = ("target", "save", "restore")

    def __init__(
        self, target: Any, save: Callable[[], Any], restore: Callable[[Any], None]
    ) -> None:
        self.target = target
        self.save = save
        self.restore = restore


def _view(generator: random.Random) -> memoryview:
    """The memory in which a Mersenne Twister object keeps its index and words."""
    import ctypes

    kind = ctypes.c_char * _BYTES
    return memoryview(kind.from_address(id(generator) + object.__basicsize__)).cast("B")


def _view_holds() -> bool:
    """Whether the memory is where `_view` looks, tried with two generators of different age."""
    try:
        import _random

        if _random.Random.__basicsize__ < object.__basicsize__ + _BYTES:
            return False
        for seed, draws in ((1, 0), (2, 700)):
            twin = random.Random(seed)
            for _ in range(draws):
                twin.random()
            words = twin.getstate()[1]
            expected = b"".join(w.to_bytes(4, sys.byteorder) for w in (words[-1], *words[:-1]))
            view = _view(twin)
            if view.tobytes() != expected:
                return False
            other = random.Random(seed + 10)
            _view(other)[:] = expected
            if other.getstate()[1] != words:
                return False
        return True
    except Exception:
        return False


VIEW_HOLDS = _view_holds()


def python_generator(target: random.Random) -> Generator:
    """For a random.Random, without its `gauss_next`, which is an ordinary attribute."""
    if VIEW_HOLDS:
        view = _view(target)

        def restore_view(state: bytes) -> None:
            view[:] = state

        return Generator(target, view.tobytes, restore_view)

    def save() -> bytes:
        return dumps(target.getstate(), 2)

    def restore(state: bytes) -> None:
        target.setstate(loads(state))

    return Generator(target, save, restore)


def words_of(target: random.Random) -> bytes:
    """The state as a partner may have it."""
    return struct.pack(f"<{_WORDS}I", *random.Random.getstate(target)[1])


def take_words(target: random.Random, words: bytes) -> None:
    """Takes what `words_of` gave; ValueError or struct.error for anything else."""
    random.Random.setstate(target, (3, struct.unpack(f"<{_WORDS}I", words), None))


def numpy_generator(target: Any) -> Generator:
    """For a numpy.random Generator, RandomState or bit generator."""
    if hasattr(target, "get_state"):

        def restore_legacy(state: dict[str, Any]) -> None:
            target.set_state(state)

        return Generator(target, lambda: target.get_state(legacy=False), restore_legacy)
    bits = getattr(target, "bit_generator", target)

    def restore(state: dict[str, Any]) -> None:
        bits.state = state

    return Generator(target, lambda: bits.state, restore)


def is_numpy_generator(value: Any) -> bool:
    kind = type(value)
    return kind.__module__.startswith("numpy.random") and (
        hasattr(value, "bit_generator") or hasattr(value, "get_state") or hasattr(value, "state")
    )


def is_python_generator(value: Any) -> bool:
    """SystemRandom has no state: it is the machine's entropy."""
    return isinstance(value, random.Random) and not isinstance(value, random.SystemRandom)


def canonical(state: Any) -> bytes:
    """Bytes of a saved state for the checksum."""
    return state if type(state) is bytes else dumps(tagged(state), 2)


class GlobalGenerators:
    """The generators behind `random.random()` and, where NumPy is loaded, `numpy.random.rand()`.

    Environments use them whatever seed they take, so they are seeded from the episode's seed
    before each reset and kept with every state.
    """

    def __init__(self) -> None:
        self._inst: random.Random = random._inst  # type: ignore[attr-defined]
        self._python = python_generator(self._inst)
        self._numpy: Any = None
        if numpy_loaded():
            import numpy.random  # the part that NumPy itself loads at its first use

            self._numpy = numpy_generator(numpy.random.mtrand._rand)
        self._seeded: Any = None
        self._head = _view(self._inst)[:_HEAD_BYTES].tobytes if VIEW_HOLDS else self._python.save
        self._seeded_head: Any = None

    def seed(self, seed: int) -> None:
        self._inst.seed(seed)
        self._seeded = self._python.save()
        self._seeded_head = self._head()
        if self._numpy is not None:
            self._numpy.target.seed(seed)

    def untouched(self) -> bool:
        """Whether nothing was drawn since they were seeded, as in most environments."""
        return (
            self._head() == self._seeded_head
            and self._inst.gauss_next is None
            and self._numpy is None
        )

    def save(self) -> tuple[Any, ...] | None:
        """None where they are untouched."""
        unused = self._head() == self._seeded_head
        gauss = self._inst.gauss_next
        if self._numpy is None:
            if unused and gauss is None:
                return None
            return (None if unused else self._python.save(), gauss)
        return (None if unused else self._python.save(), gauss, self._numpy.save())

    def restore(self, state: tuple[Any, ...] | None) -> None:
        if state is None:
            if self.untouched():
                return
            state = (None, None)
        self._python.restore(self._seeded if state[0] is None else state[0])
        self._inst.gauss_next = state[1]
        if self._numpy is not None and len(state) > 2:
            self._numpy.restore(state[2])

    def pack(self) -> Any:
        """The current state as plain values, for a partner."""
        numpy_state = None if self._numpy is None else pack(self._numpy.save())
        return (words_of(self._inst), self._inst.gauss_next, numpy_state)

    def unpack(self, packed: Any) -> None:
        """Takes what `pack` gave, and raises whatever for anything else."""
        words, gauss, numpy_state = packed
        take_words(self._inst, words)
        if gauss is not None and type(gauss) is not float:
            raise TypeError("gauss_next must be a number")
        self._inst.gauss_next = gauss
        if self._numpy is not None:
            self._numpy.restore(unpack(numpy_state))

    @staticmethod
    def canonical(state: tuple[Any, ...] | None) -> bytes:
        if state is None:
            return _NOTHING_DRAWN
        first = b"" if state[0] is None else canonical(state[0])
        return b"".join([first, dumps(state[1], 2), *map(canonical, state[2:])])
