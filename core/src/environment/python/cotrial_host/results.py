"""What `step` returned: kept at once, written and checked when it is needed.

Most frames are stepped several times before they count, so a step only makes sure that its
results cannot change any more, and the agreed one is looked at closely.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from marshal import dumps, loads
from math import isfinite
from typing import Any

from .errors import EnvironmentFault
from .plain import ATOMS, NotPlain, is_finite, numpy_loaded, plain

_NAMES = ("rewards", "terminations", "truncations", "infos")


class StepResults:
    """One step's rewards, terminations, truncations and infos, by agent, which nobody changes."""

    __slots__ = ("rewards", "terminated", "truncated", "infos", "_checked", "_nobody_ended")

    def __init__(self, rewards: Any, terminated: Any, truncated: Any, infos: Any) -> None:
        """Of dictionaries that are known to stay as they are; `copied` makes them so."""
        self.rewards = rewards
        self.terminated = terminated
        self.truncated = truncated
        self.infos = infos
        self._checked = False
        self._nobody_ended = False

    @classmethod
    def ordinary(cls, rewards: Any, nobody: Any, infos: Any) -> StepResults:
        """Of a step on which nobody ended: `nobody` has False for every agent."""
        results = cls(rewards, nobody, nobody, infos)
        results._nobody_ended = True
        return results

    @classmethod
    def copied(
        cls, rewards: Any, terminated: Any, truncated: Any, infos: Any, nobody: Any
    ) -> StepResults:
        """Copied at once as plain values: environments go on changing what they return."""
        results = cls(*cls._copies(rewards, terminated, truncated, infos))
        results._nobody_ended = results.terminated == nobody and results.truncated == nobody
        return results

    @staticmethod
    def _copies(rewards: Any, terminated: Any, truncated: Any, infos: Any) -> tuple[Any, ...]:
        if not numpy_loaded():
            try:
                parts = loads(dumps((rewards, terminated, truncated, infos), 2))
                if set(map(type, parts)) == {dict} == set(map(type, parts[3].values())) | {dict}:
                    return parts
            except ValueError:
                pass
        for name, part in zip(_NAMES, (rewards, terminated, truncated)):
            if not isinstance(part, Mapping):
                raise _no_mapping(name, part)
        return (*map(_copied, (rewards, terminated, truncated)), _plain_infos(infos))

    def bytes(self) -> bytes:
        """Equal for equal results, however they are kept."""
        parts: tuple[Any, ...] = (self.rewards, self.infos)
        if not self._nobody_ended:
            parts = (*parts, self.terminated, self.truncated)
        try:
            return dumps(parts, 2)
        except ValueError:  # text that is no UTF-8
            return dumps(plain_or_name(parts), 2)

    def check(self, known: frozenset[Any]) -> None:
        """Raises EnvironmentFault for results that are no results."""
        if self._checked:
            return
        parts = (self.rewards, self.terminated, self.truncated, self.infos)
        try:
            good = (
                isfinite(sum(self.rewards.values()))
                and self.rewards.keys() <= known
                and self.infos.keys() <= known
                and (self._nobody_ended or self._are_ends(known))
            )
        except (TypeError, AttributeError, OverflowError):
            good = False
        if not good:
            raise explain((None, *parts), known)
        self._checked = True

    def _are_ends(self, known: frozenset[Any]) -> bool:
        """Whether terminations and truncations are what they must be."""
        return all([e.keys() <= known and _are_boolean(e) for e in (self.terminated, self.truncated)])


def is_constant(rewards: Any, infos: Any) -> bool:
    """Whether these are dictionaries of values that cannot change, whoever holds them.

    Names of other types, NumPy's integers for example, become plain ones in a copy.
    """
    if type(rewards) is not dict or type(infos) is not dict:
        return False
    # All in one list, since nearly always each of them is one of these.
    parts = [*rewards, *rewards.values(), *infos]
    for info in infos.values():
        if type(info) is not dict:
            return False
        parts += info
        parts += info.values()
    if ATOMS.issuperset(map(type, parts)):
        return True
    dicts = (rewards, infos, *infos.values())
    names = [name for part in dicts for name in part]
    values = [value for part in (rewards, *infos.values()) for value in part.values()]
    return ATOMS.issuperset(map(type, names)) and _are_constant(values)


def _are_boolean(ends: Mapping[Any, Any]) -> bool:
    """0 and 1 count as well; a list or a text that happens to be true does not."""
    return all([end is False or end is True or _is_boolean(end) for end in ends.values()])


def _is_boolean(end: Any) -> bool:
    return isinstance(end, (int, float)) and end in (0, 1)


def _are_constant(values: Iterable[Any]) -> bool:
    return ATOMS.issuperset(map(type, values)) or all(
        [type(v) in ATOMS or (type(v) is tuple and _are_constant(v)) for v in values]
    )


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


def _no_mapping(name: str, value: Any) -> EnvironmentFault:
    return EnvironmentFault(
        "step", f"step's {name} are {_shape(value)}; return a dictionary by agent"
    )


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
            return _no_mapping(name, mapping)
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
    for name, mapping in zip(("termination", "truncation"), result[2:4]):
        for agent, end in mapping.items():
            if not _is_boolean(end):
                return EnvironmentFault(
                    "step", f"the {name} of {agent!r} is {end!r}; return True or False"
                )
    for agent, info in result[4].items():
        if not isinstance(info, Mapping):
            return _no_info(agent, info)
    return EnvironmentFault("step", "the sum of the rewards is not finite; return smaller numbers")


def reset_shape_fault(result: Any) -> EnvironmentFault:
    return EnvironmentFault(
        "reset", f"reset returned {_shape(result)}; return (observations, infos)"
    )
