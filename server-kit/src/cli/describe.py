"""What a playground's pages want to know of an environment, beyond how to play it.

Runs in the interpreter into which the adapter and the environment have been loaded.
"""

from __future__ import annotations

import inspect
import json
from typing import Any

from cotrial_host.loading import load_environment

#: Games for more are for no playground: nobody watches so many windows.
MOST_PLAYERS = 8

FACTORIES = ("make_env", "parallel_env", "env")

KINDS = {bool: "truth", int: "number", float: "number", str: "text"}


def describe(source: str, name: str, options_json: str) -> str:
    """JSON with `doc`, `options` (name to kind) and `players` (the numbers that work)."""
    options = json.loads(options_json)
    loaded = load_environment(source, name, options)
    factory = _factory(loaded.module)
    parameters = _parameters(factory)
    if _takes_any(factory):
        parameters = {**_parameters(type(loaded.env)), **parameters}
    counts = [len(loaded.agents)]
    if "players" in parameters:
        counts = [n for n in range(1, MOST_PLAYERS + 1) if _takes(source, name, options, n)]
    doc = loaded.module.__doc__ or inspect.getdoc(factory) or ""
    kinds = {n: _kind(p) for n, p in parameters.items() if n != "players"}
    return json.dumps({"doc": inspect.cleandoc(doc), "options": kinds, "players": counts})


def _factory(module: Any) -> Any:
    """What gets the options, or None for a ready `env`."""
    for name in FACTORIES:
        found = getattr(module, name, None)
        if callable(found):
            return found
    if hasattr(module, "env"):
        return None
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and value.__module__ == module.__name__
        and callable(getattr(value, "reset", None))
        and callable(getattr(value, "step", None))
    ]
    return classes[-1] if classes else None


def _parameters(factory: Any) -> dict[str, inspect.Parameter]:
    try:
        parameters = inspect.signature(factory).parameters
    except (TypeError, ValueError):
        return {}
    named = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return {n: p for n, p in parameters.items() if p.kind in named}


def _takes_any(factory: Any) -> bool:
    """`make_env(**options)` hands them on: what it makes knows their names."""
    try:
        parameters = inspect.signature(factory).parameters.values()
    except (TypeError, ValueError):
        return False
    return any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)


def _kind(parameter: inspect.Parameter) -> str:
    """By the default value, else by the annotation."""
    if parameter.default is not inspect.Parameter.empty and parameter.default is not None:
        return KINDS.get(type(parameter.default), "json")
    annotation = str(getattr(parameter.annotation, "__name__", parameter.annotation))
    for kind, word in KINDS.items():
        if annotation.split(" ")[0] == kind.__name__:
            return word
    return "json"


def _takes(source: str, name: str, options: dict[str, Any], players: int) -> bool:
    try:
        loaded = load_environment(source, name, {**options, "players": players})
    except Exception:
        return False
    return len(loaded.agents) == players
