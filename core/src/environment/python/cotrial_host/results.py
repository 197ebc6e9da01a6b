"""What `step` returned: kept at once, written and checked when it is needed.

Most frames are stepped several times before they count, so a step only makes sure that its
results cannot change any more, and the agreed one is looked at closely.
"""

from __future__ import annotations

from collections.abc import Mapping
from marshal import dumps, loads
from math import isfinite
from typing import Any

from .errors import EnvironmentFault
from .plain import NotPlain, is_finite, numpy_loaded, plain

_NAMES = ("rewards", "terminations", "truncations", "infos")


class StepResults:
    """One step's rewards, terminations, truncations and infos, copied at once as bytes.

    Environments go on changing the dictionaries that they return. The names of infos stay as they
    are, which saves half of the time: they cannot change.
    """

    __slots__ = ("_names", "_data", "_checked")

    def __init__(self, rewards: Any, terminated: Any, truncated: Any, infos: Any) -> None:
        self._checked = False
        if not numpy_loaded():
            try:
                each = infos.values()
                self._names = (tuple(infos), tuple(map(tuple, each)))
                self._data = dumps(
                    (rewards, terminated, truncated, tuple(map(tuple, map(dict.values, each)))), 2
                )
                return
            except (ValueError, TypeError, AttributeError):
                pass
        reduced = _plain_infos(infos)
        self._names = (tuple(reduced), tuple(map(tuple, reduced.values())))
        values = tuple([tuple(info.values()) for info in reduced.values()])
        self._data = dumps((*map(_copied, (rewards, terminated, truncated)), values), 2)

    def bytes(self) -> bytes:
        """Equal for equal results."""
        try:
            return dumps(self._names, 2) + self._data
        except ValueError:
            return dumps(plain_or_name(self._names), 2) + self._data

    def values(self) -> tuple[Any, Any, Any, Any]:
        """Rewards, terminations, truncations, and by agent the names and values of its infos."""
        rewards, terminated, truncated, values = loads(self._data)
        agents, names = self._names
        return rewards, terminated, truncated, dict(zip(agents, zip(names, values)))

    def check(self, known: frozenset[Any]) -> None:
        """Raises EnvironmentFault for results that are no results."""
        if self._checked:
            return
        values = self.values()
        try:
            good = isfinite(sum(values[0].values())) and all(
                [part.keys() <= known for part in values]
            )
        except (TypeError, AttributeError, OverflowError):
            good = False
        if not good:
            infos = {agent: dict(zip(*pair)) for agent, pair in values[3].items()}
            raise explain((None, *values[:3], infos), known)
        self._checked = True


def _bytes_of(parts: tuple[Any, Any, Any, Any]) -> bytes:
    if not numpy_loaded():
        try:
            return dumps(parts, 2)
        except ValueError:
            pass
    return dumps((*map(_copied, parts[:3]), _plain_infos(parts[3])), 2)


def _copied(part: Any) -> Any:
    try:
        return plain(dict(part))
    except (NotPlain, TypeError, ValueError) as error:
        raise EnvironmentFault("step", f"a step result cannot be kept: {error}") from error


def _plain_infos(infos: Any) -> dict[Any, Any]:
    """Infos as plain values; what has no plain form becomes its type's name."""
    if not isinstance(infos, Mapping):
        raise EnvironmentFault("step", f"step's infos are {_shape(infos)}; return a dictionary")
    result = {}
    for agent, info in infos.items():
        if not isinstance(info, Mapping):
            raise _no_info(agent, info)
        result[plain(agent)] = {plain_or_name(k): plain_or_name(v) for k, v in info.items()}
    return result


def plain_or_name(value: Any) -> Any:
    """The plain form. An object's own text has its address in it, which differs between peers."""
    try:
        value = plain(value)
        dumps(value, 2)
        return value
    except (NotPlain, ValueError, TypeError):
        return f"<{type(value).__name__}>"


def _no_info(agent: Any, info: Any) -> EnvironmentFault:
    return EnvironmentFault(
        "step", f"the info of {agent!r} is {_shape(info)}; return a dictionary"
    )


def _shape(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a value of type {type(value).__name__}"


def explain(result: Any, known: frozenset[Any]) -> EnvironmentFault:
    """The fault for a step result that is not as it must be."""
    if not isinstance(result, (tuple, list)) or len(result) != 5:
        return EnvironmentFault(
            "step",
            f"step returned {_shape(result)}; return "
            "(observations, rewards, terminations, truncations, infos)",
        )
    for name, mapping in zip(_NAMES, result[1:]):
        if not isinstance(mapping, Mapping):
            return EnvironmentFault(
                "step", f"step's {name} are {_shape(mapping)}; return a dictionary by agent"
            )
        for agent in mapping:
            if agent not in known:
                return EnvironmentFault(
                    "step", f"step's {name} have {agent!r}, which possible_agents does not list"
                )
    for agent, reward in result[1].items():
        if not isinstance(reward, (int, float)):
            return EnvironmentFault(
                "step", f"the reward of {agent!r} is {reward!r}; return a number"
            )
        if not is_finite(reward):
            return EnvironmentFault(
                "step", f"the reward of {agent!r} is {reward!r}; return a finite number"
            )
    for agent, info in result[4].items():
        if not isinstance(info, Mapping):
            return _no_info(agent, info)
    return EnvironmentFault("step", "the sum of the rewards is not finite; return smaller numbers")


def reset_shape_fault(result: Any) -> EnvironmentFault:
    return EnvironmentFault(
        "reset", f"reset returned {_shape(result)}; return (observations, infos)"
    )
