"""Environments of the other two shapes, as parallel ones: one step a frame, all agents at once.

Gymnasium environments have one action space, without agents: one player, or a list or dictionary
of actions with one entry for each. Turn-based (AEC) environments say whose turn it is. They are
known by their shape, since neither library need be here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .errors import EnvironmentFault

#: What the environment offers itself, and the host asks for.
_PASSED_ON = frozenset(("render", "get_state", "set_state", "metadata", "render_mode"))
#: RLlib's name for all agents together.
_ALL = "__all__"


class Shaped:
    """An environment in the shape of a parallel one. `env` is the environment itself."""

    def __init__(self, env: Any) -> None:
        self.env = env

    def __getattr__(self, name: str) -> Any:
        if name in _PASSED_ON and "env" in self.__dict__:
            return getattr(self.env, name)
        raise AttributeError(name)


def as_parallel(env: Any) -> Any:
    """The environment itself where it is parallel already."""
    if callable(getattr(env, "last", None)):
        return Turns(env)
    if getattr(env, "possible_agents", None) is None and _is_space(env):
        return Gymnasium(env)
    return env


def _is_space(env: Any) -> bool:
    """Whether `action_space` is a space, or several, not a method that gives one."""
    space = getattr(env, "action_space", None)
    if space is None:
        return False
    # Enums and classes of spaces can be called, too.
    return isinstance(space, type) or not callable(space)


class Gymnasium(Shaped):
    """One player (`player_0`), or one for each entry of a Tuple, list, Dict or dictionary."""

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        space = env.action_space
        parts = getattr(space, "spaces", space)
        self._by_name = isinstance(parts, Mapping)
        self.one = not self._by_name and not isinstance(parts, (list, tuple))
        names = list(parts) if self._by_name else [f"player_{i}" for i in range(_count(parts))]
        self.possible_agents = names
        self.action_spaces = (
            dict(parts) if self._by_name else dict(zip(names, [parts] if self.one else parts))
        )
        #: What an agent plays that has ended while others go on; the loader's default actions.
        self.idle: dict[Any, Any] = {}

    def reset(self, seed: int) -> Any:
        return self.env.reset(seed=seed)

    def step(self, actions: dict[Any, Any]) -> Any:
        result = self.env.step(self._joined(actions))
        if not isinstance(result, (tuple, list)) or len(result) != 5:
            return result
        observations, reward, terminated, truncated, info = result
        return (
            observations,
            self._each(reward),
            self._each(terminated),
            self._each(truncated),
            self._infos(info),
        )

    def _joined(self, actions: dict[Any, Any]) -> Any:
        if self.one:
            return actions[self.possible_agents[0]]
        if self._by_name:
            return actions
        return [actions.get(agent, self.idle.get(agent)) for agent in self.possible_agents]

    def _each(self, value: Any) -> Any:
        """One value for every agent, out of a list, a dictionary or what all share."""
        agents = self.possible_agents
        if self.one:
            return {agents[0]: value}
        if isinstance(value, Mapping):
            if _ALL not in value:
                return dict(value)
            return {agent: value.get(agent, False) or value[_ALL] for agent in agents}
        if hasattr(value, "tolist"):
            value = value.tolist()
        if not isinstance(value, (list, tuple)):
            return dict.fromkeys(agents, value)
        if len(value) != len(agents):
            raise EnvironmentFault(
                "step",
                f"step gave {len(value)} values for {len(agents)} players; "
                "give one for each of them, or one for all",
            )
        return dict(zip(agents, value))

    def _infos(self, info: Any) -> Any:
        agents = self.possible_agents
        if self.one:
            return {agents[0]: info}
        if isinstance(info, (list, tuple)) and len(info) == len(agents):
            return dict(zip(agents, info))
        if isinstance(info, Mapping) and any([agent in info for agent in agents]):
            return {agent: part for agent, part in info.items() if agent in agents}
        return dict.fromkeys(agents, info)


def _count(parts: Any) -> int:
    return len(parts) if isinstance(parts, (list, tuple)) else 1


class Turns(Shaped):
    """Turn-based: on a frame only the action of `agent_selection` counts.

    An agent with an action that means waiting lets frames pass until it has chosen. Agents that
    have ended are stepped with None at once, as PettingZoo asks.
    """

    def __init__(self, env: Any) -> None:
        super().__init__(env)
        #: By agent the action that is none; the loader's.
        self.waiting: dict[Any, Any] = {}

    @property
    def possible_agents(self) -> Any:
        return self.env.possible_agents

    @property
    def agents(self) -> Any:
        return self.env.agents

    def action_space(self, agent: Any) -> Any:
        space = self.env.action_space
        return space(agent) if callable(space) else space

    @property
    def action_spaces(self) -> Any:
        return self.env.action_spaces

    def reset(self, seed: int) -> Any:
        self.env.reset(seed=seed)
        return {}, {}

    def step(self, actions: dict[Any, Any]) -> Any:
        env = self.env
        selected = env.agent_selection
        if selected not in actions:
            raise EnvironmentFault(
                "step", f"agent_selection is {selected!r}, which is not among the agents in play"
            )
        action = actions[selected]
        if selected in self.waiting and action == self.waiting[selected]:
            _, terminated, truncated, infos = self._outcome()
            rewards: dict[Any, Any] = dict.fromkeys(actions, 0)
        else:
            env.step(action)
            rewards, terminated, truncated, infos = self._outcome()
            self._retire(actions, rewards, terminated, truncated, infos)
        for agent in actions:
            info = infos.get(agent, {})
            infos[agent] = {"turn": agent == selected, **info} if _is_info(info) else info
        return {}, rewards, terminated, truncated, infos

    def _retire(self, live: Any, *outcome: dict[Any, Any]) -> None:
        """Steps those who have ended out of the game, one after the other."""
        env = self.env
        _, terminated, truncated, _ = outcome
        for _ in live:
            if all([terminated.get(agent) or truncated.get(agent) for agent in live]):
                return
            selected = env.agent_selection
            if not (terminated.get(selected) or truncated.get(selected)):
                return
            env.step(None)
            for known, now in zip(outcome, self._outcome()):
                for agent, value in now.items():
                    known.setdefault(agent, value)

    def _outcome(self) -> tuple[dict[Any, Any], ...]:
        """Rewards of the last step, terminations, truncations and infos."""
        env = self.env
        parts = [getattr(env, name, None) for name in _OUTCOME]
        if None not in parts:
            return tuple(map(dict, parts))
        # `last()` tells of the agent whose turn it is now, and of all its rewards since the last.
        return tuple([{env.agent_selection: value} for value in env.last()[1:5]])


_OUTCOME = ("rewards", "terminations", "truncations", "infos")


def _is_info(value: Any) -> bool:
    return isinstance(value, Mapping)
