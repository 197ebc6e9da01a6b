"""One frame of the canonical record, as every peer writes it byte for byte alike."""

from __future__ import annotations

import json
from marshal import dumps, loads
from typing import Any

from .plain import clean_text

#: Meta word: bit 0 focus, bits 1 to 5 input delay, bits 8 to 15 status.
_FOCUSED = 1
_DELAY_SHIFT = 1
_DELAY_MASK = 0x1F
_STATUS_SHIFT = 8
_PLAYING = 0
_FINISHED = 1
_KEPT = frozenset((type(None), bool, int, float))


def make_row(
    frame: int,
    agents: tuple[Any, ...],
    step: tuple[Any, ...],
    metas: list[int],
    checksum: bytes | None,
) -> bytes:
    """The row of `frame`: a tuple of lists in seat order, marshalled.

    `step` is (live agents before it, plain actions by seat, marshalled results).
    """
    live, actions, data = step
    rewards, terminated, truncated, infos = loads(data)
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
            [flatten(infos.get(agent)) for agent in agents],
            checksum,
        ),
        2,
    )


def _number(value: Any) -> int | float | None:
    return int(value) if isinstance(value, bool) else value


def _boolean(value: Any) -> bool | None:
    return None if value is None else bool(value)


def flatten(info: Any) -> dict[str, Any] | None:
    """Names joined by dots, in order, with values that fit one cell."""
    if info is None:
        return None
    flat: dict[str, Any] = {}
    _flatten_into(flat, "", info)
    return {key: flat[key] for key in sorted(flat)}


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
            flat[clean_text(name)] = _cell_text(value)


def _cell_text(value: Any) -> str:
    """Lists are JSON text; what JSON does not know is its Python text."""
    if type(value) is bytes:
        return value.hex()
    if isinstance(value, (set, frozenset)):
        value = sorted(value, key=lambda v: dumps(v, 2))
    try:
        return clean_text(json.dumps(value, separators=(",", ":")))
    except (TypeError, ValueError):
        return clean_text(str(value))
