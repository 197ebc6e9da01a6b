"""One frame of the canonical record, as every peer writes it byte for byte alike."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import lru_cache
from marshal import dumps
from operator import itemgetter
from typing import Any

from .plain import clean_text
from .results import StepResults, plain_or_name

#: Meta word: bit 0 focus, bits 1 to 5 input delay, bits 8 to 15 status.
_FOCUSED = 1
_DELAY_SHIFT = 1
_DELAY_MASK = 0x1F
_STATUS_SHIFT = 8
_PLAYING = 0
_FINISHED = 1
_KEPT = frozenset((type(None), bool, int, float))
_SIMPLE = _KEPT | {str}


def make_row(
    frame: int,
    agents: tuple[Any, ...],
    live: tuple[Any, ...],
    actions: tuple[Any, ...],
    results: StepResults,
    metas: list[int],
    checksum: bytes | None,
) -> bytes:
    """The row of `frame`: a tuple of lists in seat order, marshalled.

    `live` are the agents in play before the step, `actions` those of all seats as plain values.
    """
    rewards, terminated, truncated = results.rewards, results.terminated, results.truncated
    recorded: list[Any] = []
    statuses = []
    for agent, action, meta in zip(agents, actions, metas):
        status = (meta >> _STATUS_SHIFT) & 0xFF
        if agent in live:
            recorded.append(action)
        else:
            recorded.append(None)
            if status == _PLAYING:
                status = _FINISHED
        statuses.append(status)
    return dumps(
        (
            frame,
            recorded,
            [_number(rewards.get(agent)) for agent in agents],
            [_boolean(terminated.get(agent)) for agent in agents],
            [_boolean(truncated.get(agent)) for agent in agents],
            [bool(meta & _FOCUSED) for meta in metas],
            [(meta >> _DELAY_SHIFT) & _DELAY_MASK for meta in metas],
            statuses,
            [flatten(results.infos.get(agent)) for agent in agents],
            checksum,
        ),
        2,
    )


def _number(value: Any) -> int | float | None:
    return int(value) if isinstance(value, bool) else value


def _boolean(value: Any) -> bool | None:
    return None if value is None else bool(value)


def flatten(info: dict[Any, Any] | None) -> dict[str, Any] | None:
    """An info with names joined by dots, in order, one cell each."""
    if info is None:
        return None
    names, values = tuple(info), tuple(info.values())
    kinds = set(map(type, values))
    order = _order(names) if kinds <= _SIMPLE else None
    # Nearly every info is flat, with the same names as on the last frame.
    if order is not None and (str not in kinds or _is_ascii(values)):
        ordered, pick = order
        return dict(zip(ordered, pick(values)))
    flat: dict[str, Any] = {}
    _flatten_into(flat, "", info)
    return {key: flat[key] for key in sorted(flat)}


def _is_ascii(values: tuple[Any, ...]) -> bool:
    return "".join([value for value in values if type(value) is str]).isascii()


@lru_cache(maxsize=64)
def _order(names: tuple[Any, ...]) -> tuple[list[str], Callable[..., Any]] | None:
    """The names in the order of columns, and what picks the values so; None for odd names."""
    if len(names) < 2 or not all(type(name) is str and name.isascii() for name in names):
        return None
    places = sorted(range(len(names)), key=names.__getitem__)
    return [names[place] for place in places], itemgetter(*places)


def _flatten_into(flat: dict[str, Any], prefix: str, info: dict[Any, Any]) -> None:
    for key, value in info.items():
        name = prefix + (key if type(key) is str else str(key))
        if type(value) in _KEPT:
            flat[clean_text(name)] = value
        elif type(value) is str:
            flat[clean_text(name)] = clean_text(value)
        elif type(value) is dict:
            _flatten_into(flat, f"{name}.", value)
        else:
            _flatten_other(flat, name, plain_or_name(value))


def _flatten_other(flat: dict[str, Any], name: str, value: Any) -> None:
    if type(value) in _KEPT:
        flat[clean_text(name)] = value
    elif type(value) is dict:
        _flatten_into(flat, f"{name}.", value)
    else:
        flat[clean_text(name)] = clean_text(value) if type(value) is str else _cell_text(value)


def _cell_text(value: Any) -> str:
    """Lists are JSON text; what JSON does not know is its Python text."""
    if type(value) is bytes:
        return value.hex()
    try:
        return clean_text(json.dumps(value, separators=(",", ":")))
    except (TypeError, ValueError):
        return clean_text(str(value))
