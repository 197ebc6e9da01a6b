"""Tells which dictionaries were written to, at no cost while nobody writes.

CPython calls a function of ours before a watched dictionary changes, also for attributes of
objects (PyDict_Watch, Python 3.12 and newer). It is a function of the interpreter's C interface,
reached by ctypes, so it is tried first; where it does not hold, nothing can be watched.
"""

from __future__ import annotations

import atexit
from collections.abc import Callable
from typing import Any

#: Addresses of watched dictionaries that were written to, until somebody takes them out.
TOUCHED: set[int] = set()
#: The dictionary is gone: nothing was written.
_DEALLOCATED = 5


def _on_event(event: int, address: int, _key: Any, _value: Any) -> int:
    if event != _DEALLOCATED:
        TOUCHED.add(address)
    return 0


class Watcher:
    """Watches dictionaries; `TOUCHED` has the addresses of those that were written to."""

    def __init__(self) -> None:
        import ctypes

        api = ctypes.pythonapi
        pointer = ctypes.c_void_p
        self._callback = ctypes.PYFUNCTYPE(ctypes.c_int, ctypes.c_int, pointer, pointer, pointer)(
            _on_event
        )
        # Called from C until the end, whatever becomes of this object.
        _CALLBACKS.append(self._callback)
        for function in (api.PyDict_Watch, api.PyDict_Unwatch):
            function.argtypes = [ctypes.c_int, ctypes.py_object]
        self._id = api.PyDict_AddWatcher(self._callback)
        self._watch = api.PyDict_Watch
        self._unwatch = api.PyDict_Unwatch
        self._clear = api.PyDict_ClearWatcher
        #: Whether writes to attributes of objects are told, too. Python 3.13 forgets them.
        self.sees_attributes = False
        atexit.register(self.stop)

    def watch(self, node: dict[Any, Any]) -> None:
        self._watch(self._id, node)

    def unwatch(self, node: dict[Any, Any]) -> None:
        self._unwatch(self._id, node)

    def stop(self) -> None:
        """Nothing is called any more."""
        atexit.unregister(self.stop)
        self._clear(self._id)

    def tells(self, node: dict[Any, Any], writes: list[Callable[[], Any]]) -> bool:
        """Whether each of these ways of writing to `node` is told, and nothing once it is over."""
        self.watch(node)
        told = []
        for write in writes:
            TOUCHED.clear()
            write()
            told.append(TOUCHED == {id(node)})
        self.unwatch(node)
        TOUCHED.clear()
        writes[0]()
        return all(told) and not TOUCHED


_CALLBACKS: list[Any] = []


def _tried_watcher() -> Watcher | None:
    try:
        watcher = Watcher()
    except Exception:
        return None
    plain: dict[Any, Any] = {}
    instance = _Instance()

    def set_item() -> None:
        plain["a"] = len(plain) + plain.get("a", 0)

    def set_attribute() -> None:
        instance.value += 1

    to_plain = [
        *[set_item] * 60,
        lambda: plain.update(b=1),
        lambda: plain.setdefault("c", 1),
        lambda: plain.pop("c"),
        plain.popitem,
        lambda: plain.__ior__({"d": 1}),
        lambda: plain.__delitem__("d"),
        plain.clear,
    ]
    to_attributes = [
        *[set_attribute] * 60,
        lambda: setattr(instance, "other", 1),
        lambda: delattr(instance, "other"),
        lambda: instance.__dict__.update(value=-1),
    ]
    holds = watcher.tells(plain, to_plain)
    watcher.sees_attributes = watcher.tells(instance.__dict__, to_attributes)
    TOUCHED.clear()
    if holds:
        return watcher
    watcher.stop()
    return None


class _Instance:
    def __init__(self) -> None:
        self.value = 0


WATCHER = _tried_watcher()
