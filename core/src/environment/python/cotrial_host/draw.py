"""What `render()` returned, as bytes for one player.

The page checks every entry and names what it cannot draw; here values only become plain, and what
has no plain form is left out and named once.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from marshal import dumps
from typing import Any

from .errors import EnvironmentFault
from .plain import NotPlain, clean_text, numpy_loaded, plain


class Draw:
    """Renders an environment for one player or all."""

    def __init__(self, env: Any, agents: tuple[Any, ...]) -> None:
        self._render = getattr(env, "render", None)
        self._agents = agents
        self._named: set[str] = set()

    def list_for(self, player: int) -> bytes:
        """The marshalled draw list as `player` sees it; empty where nothing is drawn."""
        if self._render is None:
            return dumps([], 2)
        try:
            shown = self._render()
        except Exception as error:
            raise EnvironmentFault.from_exception("render", error) from error
        if isinstance(shown, Mapping):
            shown = shown.get(self._agents[player])
        if shown is None:
            return dumps([], 2)
        if not isinstance(shown, (list, tuple)):
            raise EnvironmentFault(
                "render",
                f"render returned a {type(shown).__name__}; return a list of dictionaries, "
                "or a dictionary from agents to such lists",
            )
        if not numpy_loaded():
            try:
                return dumps(shown, 2)
            except ValueError:
                pass
        return dumps([entry for entry in map(self._entry, shown) if entry is not None], 2)

    def _entry(self, entry: Any) -> Any:
        try:
            reduced = plain(entry)
            dumps(reduced, 2)
            return reduced
        except (NotPlain, ValueError, TypeError) as error:
            name = entry.get("type") if isinstance(entry, Mapping) else type(entry).__name__
            text = clean_text(f"render: an entry ({name}) is not drawn: {error}")
            if text not in self._named:
                self._named.add(text)
                print(text, file=sys.stderr)
            return None
