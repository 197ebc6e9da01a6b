"""What `render()` returned, as bytes for one player.

The page checks every entry and names what it cannot draw; here values only become plain, and what
has no plain form is left out and named once. The page keeps what persists (render/scene.ts), so
such an entry is sent when it is new or has changed, and taken back when it is no longer returned.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from marshal import dumps, loads
from typing import Any

from .errors import EnvironmentFault
from .pixels import pixels_of
from .plain import NotPlain, clean_text, numpy_loaded, plain

#: Faults named at most.
_MAX_NAMED = 50
#: What the page takes for an id. Others are sent on every list, for the page to name.
_IDS = (str, int, float)


def images_of(env: Any) -> list[str]:
    """Addresses of the pictures that `metadata["render_images"]` says will be drawn."""
    metadata = getattr(env, "metadata", None)
    images = metadata.get("render_images") if isinstance(metadata, Mapping) else None
    if not isinstance(images, (list, tuple)):
        return []
    return [clean_text(image) for image in images if isinstance(image, str)]


class Draw:
    """Renders an environment for one player or all."""

    def __init__(self, agents: tuple[Any, ...]) -> None:
        self._agents = agents
        self._named: set[str] = set()
        self._sent: dict[int, _Sent] = {}

    def forget(self) -> None:
        """The pages may be new: what persists is sent again."""
        self._sent.clear()

    def list_for(self, player: int, env: Any) -> bytes:
        """The marshalled draw list that brings `player`'s page up to date; empty for no picture."""
        shown = self._shown_to(player, env)
        if shown is None:
            shown = ()
        sent = self._sent.setdefault(player, _Sent())
        try:
            pixels = pixels_of(shown)
            if pixels is not None:
                return sent.update([pixels])
        except ValueError as error:
            self._name(f"render: the array is not drawn: {error}")
            return sent.update(())
        if not isinstance(shown, (list, tuple)):
            raise EnvironmentFault(
                "render",
                f"render returned a {type(shown).__name__}; return a list of dictionaries, "
                "an array of pixels, or a dictionary from agents to either",
            )
        if not numpy_loaded():
            try:
                return sent.update(shown)
            except ValueError:
                pass
        return sent.update([entry for entry in map(self._entry, shown) if entry is not None])

    def size_of(self, env: Any) -> tuple[int, int] | None:
        """Width and height of the arrays of pixels that `env` gives; None where it gives none."""
        try:
            pixels = pixels_of(self._shown_to(0, env))
        except (EnvironmentFault, ValueError):
            # It is said in play, where it counts.
            return None
        return None if pixels is None else (pixels["width"], pixels["height"])

    def _shown_to(self, player: int, env: Any) -> Any:
        render = getattr(env, "render", None)
        if render is None:
            return None
        try:
            shown = render()
        except NotImplementedError:  # as the base classes of Gymnasium and PettingZoo say it
            return None
        except Exception as error:
            raise EnvironmentFault.from_exception("render", error) from error
        return shown.get(self._agents[player]) if isinstance(shown, Mapping) else shown

    def _entry(self, entry: Any) -> Any:
        try:
            reduced = plain(entry)
            dumps(reduced, 2)
            return reduced
        except (NotPlain, ValueError, TypeError) as error:
            name = entry.get("type") if isinstance(entry, Mapping) else type(entry).__name__
            self._name(f"render: an entry ({name}) is not drawn: {error}")
            return None

    def _name(self, fault: str) -> None:
        """Says what is wrong, once; a text that counts frames must not fill the console."""
        text = clean_text(fault)
        if text not in self._named and len(self._named) < _MAX_NAMED:
            self._named.add(text)
            print(text, file=sys.stderr)


class _Sent:
    """What persists on one player's page."""

    __slots__ = ("_all", "_by_id")

    def __init__(self) -> None:
        #: A copy of the last list's persistent entries, to see at once that none has changed.
        self._all: list[Any] = []
        self._by_id: dict[Any, bytes] = {}

    def update(self, entries: Any) -> bytes:
        """The list that the page lacks. Raises ValueError for entries that are not plain."""
        persistent, others = [], []
        for entry in entries:
            (persistent if _persists(entry) else others).append(entry)
        # Comparing takes a third of the time that marshalling does; what is equal looks alike.
        if persistent == self._all:
            return dumps(others, 2)
        now: dict[Any, bytes] = {}
        changed = []
        for entry in persistent:
            name, data = entry["id"], dumps(entry, 2)
            if now.get(name, self._by_id.get(name)) != data:
                changed.append(entry)
            now[name] = data
        gone = [_removal(name) for name in self._by_id if name not in now]
        update = dumps([*gone, *changed, *others], 2)
        # A copy, made in C: the entries are the environment's to change.
        self._all, self._by_id = loads(dumps(persistent, 2)), now
        return update


def _persists(entry: Any) -> bool:
    """Entries with other ids are sent on every list, for the page to name."""
    return (
        type(entry) is dict and entry.get("persist") is True and isinstance(entry.get("id"), _IDS)
    )


def _removal(name: Any) -> dict[str, Any]:
    """An entry that takes the place of a persistent one and cannot be seen."""
    return {"type": "circle", "id": name, "x": 0, "y": 0, "r": 0, "alpha": 0}
