"""How the states of an environment are kept, in tiers; the best that passes verification is used.

1. `own_methods`: the environment's `get_state` and `set_state`.
2. `snapshot`: everything that the object reaches, restored in place (graph.py).
3. `replay`: nothing is kept; the episode is played again from its seed.
4. `lockstep`: there is no way back, so no frame may be played before all its actions are known.
"""

from __future__ import annotations

import pickle
import sys
from collections import OrderedDict, deque
from collections.abc import Callable
from marshal import dumps, loads
from random import Random
from types import ModuleType
from typing import Any, NamedTuple, Protocol

from . import kinds
from .describe import describe, restore
from .driven import PLAY
from .errors import EnvironmentFault
from .graph import Graph
from .plain import ATOMS, NotPlain, numpy_loaded, tagged
from .transfer import NotSendable, pack, unpack
from .walk import Walk


class States(Protocol):
    """One tier. A saved state is opaque, never changes, and can be loaded any number of times."""

    tier: str

    #: Keeps the current state.
    save: Callable[[], Any]
    #: The same for states of which few are gone back to: `proves` tells whether one is as it was.
    save_unproven: Callable[[], Any]

    def proves(self, saved: Any) -> bool:
        """Whether nothing in this state can have changed since it was saved."""

    def load(self, saved: Any) -> None: ...

    def canonical(self, saved: Any) -> bytes:
        """Bytes that are equal for equal states."""

    #: Called after every change of the state, if there is anything to do.
    stepped: Callable[[], None] | None

    def started(self) -> None:
        """Called after every reset."""

    def pack(self, saved: Any) -> Any:
        """The current state, saved as `saved`, as plain values for a partner. Raises NotSendable."""

    def unpack(self, packed: Any) -> None:
        """Takes what a partner's `pack` gave, and raises whatever for anything else."""


class Copied(NamedTuple):
    """A state that bytes alone do not tell: its checksum's bytes, its pickle, its generators."""

    data: bytes
    pickled: bytes | None
    generators: list[Any] | None


class OwnMethods:
    """The environment's own methods.

    What `get_state` returns is copied at once, since it may be the state itself; plain values in
    C, others by pickle. Generators that the object holds are kept beside it, in case that the
    environment leaves them out.

    A tuple of numbers, texts and such tuples need not be copied, and to look whether it is one can
    wait: what is one has always been one, with the same values.
    """

    tier = "own_methods"

    def __init__(self, env: Any) -> None:
        self._env = env
        self._get = env.get_state
        self._set = env.set_state
        self._generators: list[Any] = []
        self._plain = False
        self.stepped = None
        self.save = self.save_unproven = self._save_any

    @staticmethod
    def offered_by(env: Any) -> bool:
        return callable(getattr(env, "get_state", None)) and callable(
            getattr(env, "set_state", None)
        )

    def started(self) -> None:
        self._generators = Graph([self._env]).generators()
        # marshal takes arrays and buffers for bytes: only what is known to be plain goes there.
        state = self._state()
        self._plain = not numpy_loaded() and exactly_plain(state)
        simple = self._plain and not self._generators
        self.save = self.save_unproven = self._simple_saver() if simple else self._save_any
        if simple and type(state) is tuple and kinds.is_atom(state):
            self.save_unproven = self._unproven_saver()

    def _state(self) -> Any:
        try:
            return self._get()
        except Exception as error:
            raise EnvironmentFault.from_exception("get_state", error) from error
        finally:
            # States are saved on other frames in each browser: a draw in it, as copying one of
            # NumPy's generators is, must not move those of the frame.
            PLAY.begin()

    def _simple_saver(self) -> Callable[[], Any]:
        """`save` for a state of plain values and no generators: its bytes."""
        get = self._get
        save_any = self._save_any

        def save() -> Any:
            try:
                data = dumps(get(), 2)
            except Exception:  # whatever it was, it is told the other way
                return save_any()
            PLAY.moment = None
            return data

        return save

    def _unproven_saver(self) -> Callable[[], Any]:
        """`save_unproven` for tuples: themselves."""
        get = self._get
        save = self.save

        def save_unproven() -> Any:
            try:
                state = get()
            except Exception:
                return save()
            PLAY.moment = None
            # Another type would be taken for something else.
            return state if type(state) is tuple else save()

        return save_unproven

    def proves(self, saved: Any) -> bool:
        return type(saved) is not tuple or kinds.is_atom(saved)

    def _save_any(self) -> Copied:
        value = self._state()
        generators = [g.save() for g in self._generators] if self._generators else None
        if self._plain:
            try:
                return Copied(dumps(value, 2), None, generators)
            except ValueError:
                pass
        try:
            return Copied(dumps(tagged(value), 2), pickle.dumps(value, 5), generators)
        except (NotPlain, ValueError, pickle.PicklingError, TypeError, AttributeError) as error:
            raise EnvironmentFault(
                "get_state", f"what get_state returns cannot be kept: {error}"
            ) from error

    def load(self, saved: Any) -> None:
        generators = None
        if type(saved) is tuple:
            value = saved
        elif type(saved) is bytes:
            value = loads(saved)
        else:
            data, pickled, generators = saved
            value = loads(data) if pickled is None else pickle.loads(pickled)
        try:
            self._set(value)
        except Exception as error:
            raise EnvironmentFault.from_exception("set_state", error) from error
        if generators is not None:
            for generator, state in zip(self._generators, generators):
                generator.restore(state)

    def pack(self, saved: Any) -> Any:
        return (pack(self._state()), [describe([g.target]) for g in self._generators])

    def unpack(self, packed: Any) -> None:
        value, generators = packed
        if len(generators) != len(self._generators):
            raise NotSendable("there are other generators")
        self._set(unpack(value, self._state()))
        for generator, described in zip(self._generators, generators):
            restore(described, [generator.target], {})

    def canonical(self, saved: Any) -> bytes:
        if type(saved) is bytes:
            return saved
        if type(saved) is tuple:
            return dumps(saved, 2)
        data, _, generators = saved
        if not generators:
            return data
        parts = [g if isinstance(g, bytes) else dumps(tagged(g), 2) for g in generators]
        return b"".join([data, *parts])


def exactly_plain(value: Any) -> bool:
    """Whether `marshal` gives this value back as it is."""
    kind = type(value)
    if kind in ATOMS:
        return True
    if kind in (list, tuple):
        return all(map(exactly_plain, value))
    if kind is dict:
        return all(map(exactly_plain, value)) and all(map(exactly_plain, value.values()))
    return False


class Snapshot:
    """Everything that the object reaches; with `outside`, the module's and classes' state too."""

    tier = "snapshot"

    def __init__(self, env: Any, outside: list[Any] | None = None) -> None:
        self._roots = [env, *(outside or [])]
        self._graph = Graph(self._roots, sets_apart=True)
        self.load = self._graph.load
        self.stepped = self._graph.stepped
        self.canonical = self._graph.canonical
        self.started = self._graph.restarted

    def save(self) -> Any:
        try:
            return self._graph.save()
        except NotPlain as error:
            raise EnvironmentFault("state", str(error)) from error

    save_unproven = save

    def proves(self, saved: Any) -> bool:
        return True

    def pack(self, saved: Any) -> Any:
        return describe(self._roots, Graph.orders(saved))

    def unpack(self, packed: Any) -> None:
        self._graph.rewritten(restore(packed, self._roots, self._classes()))

    def _classes(self) -> dict[tuple[str, str], type]:
        """Classes of which a partner may have objects made: containers and the environment's."""
        classes: set[type] = {list, dict, set, deque, bytearray, OrderedDict, Random}
        for kind in {type(node) for node in Walk(self._roots).plan.nodes}:
            module = sys.modules.get(kind.__module__)
            if kind.__flags__ & kinds.HEAP_TYPE and module is not None:
                classes.add(kind)
                classes.update(v for v in vars(module).values() if isinstance(v, type))
        return {(kind.__module__, kind.__qualname__): kind for kind in classes}


class Replay:
    """States are numbers of frames: the episode is played again from its start.

    Exact where the environment does the same whenever it is played alike, and slow.
    """

    tier = "replay"
    stepped = None

    def __init__(self, frame: Callable[[], int | None], replay: Callable[[int], None]) -> None:
        self.save = self.save_unproven = frame
        self.load = replay

    def proves(self, saved: Any) -> bool:
        return True

    def started(self) -> None:
        pass

    def canonical(self, saved: Any) -> bytes:
        """Nothing is known of the state: checksums tell of generators and results only."""
        return b""

    def pack(self, saved: Any) -> Any:
        raise NotSendable("this environment is played again from its seed: no state is kept")

    def unpack(self, packed: Any) -> None:
        self.pack(None)


class Lockstep:
    """No state can be gone back to."""

    tier = "lockstep"
    stepped = None

    def save(self) -> None:
        return None

    save_unproven = save

    def proves(self, saved: Any) -> bool:
        return True

    def load(self, saved: Any) -> None:
        raise EnvironmentFault(
            "state", "this environment cannot go back to an earlier state; it needs lockstep"
        )

    def started(self) -> None:
        pass

    def canonical(self, saved: Any) -> bytes:
        return b""

    def pack(self, saved: Any) -> Any:
        raise NotSendable("this environment's state cannot be kept")

    def unpack(self, packed: Any) -> None:
        self.pack(None)


def outside_roots(module: ModuleType) -> list[Any]:
    """Where state can lie outside the object: the module's names and its classes' attributes."""
    classes = [
        value
        for value in vars(module).values()
        if isinstance(value, type) and value.__module__ == module.__name__
    ]
    return [vars(module), *classes]
