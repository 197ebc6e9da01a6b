"""From a source text to an environment object with agents and action spaces."""

from __future__ import annotations

import builtins
import inspect
import sys
import types
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .errors import EnvironmentFault, remember_source
from .shapes import Gymnasium, Turns, as_parallel
from .spaces import Space, make_space, waiting_space

#: Name of the module that an environment's source becomes.
MODULE_NAME = "cotrial_environment"
#: Seats go as four bits, and a session holds at most as many.
MAX_AGENTS = 16


@dataclass(frozen=True)
class Loaded:
    """An environment, constructed but not reset."""

    #: With the parallel interface, whatever its own shape is (shapes.py).
    env: Any
    module: types.ModuleType
    #: `possible_agents`, in seat order.
    agents: tuple[Any, ...]
    spaces: tuple[Space, ...]
    fps: float | None
    render_size: tuple[float, float] | None
    #: Whether clocks and entropy are refused, where they are driven otherwise.
    strict: bool
    #: Weaknesses that the host covers: kind, where, message, remedy.
    notes: list[dict[str, str]]
    #: Makes the environment anew, from its source on.
    again: Callable[[], Loaded]


def load_environment(source: str, name: str, options: dict[str, Any]) -> Loaded:
    """Runs the source and finds its environment.

    Looked for in this order: the functions or classes `make_env`, `parallel_env` and `env`, which
    take the options; an object named `env`, which takes none; the last class in the file with
    `reset` and `step`.

    Raises EnvironmentFault that says what is missing.
    """
    module = run_source(source, name)
    env = as_parallel(_construct(module, options))
    agents = _agents(env)
    metadata = getattr(env, "metadata", None)
    metadata = metadata if isinstance(metadata, Mapping) else {}
    return Loaded(
        env=env,
        module=module,
        agents=agents,
        spaces=_spaces(env, agents, metadata),
        fps=_fps(metadata),
        render_size=_render_size(metadata),
        strict=bool(metadata.get("strict", False)),
        notes=_notes(env),
        again=lambda: load_environment(source, name, options),
    )


def run_source(source: str, name: str) -> types.ModuleType:
    """Runs the source as a module of its own, known to dataclasses, enums and tracebacks."""
    remember_source(source, name)
    module = types.ModuleType(MODULE_NAME)
    # Alike wherever a partner has the file from: a module's globals can be part of the state.
    module.__file__ = f"{MODULE_NAME}.py"
    # As a module, not as the dictionary that exec would put there, it is never taken for state.
    module.__dict__["__builtins__"] = builtins
    sys.modules[MODULE_NAME] = module
    try:
        exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    except (Exception, SystemExit) as error:
        fault = EnvironmentFault.from_exception("load", error)
        if isinstance(error, ImportError) and "relative import" in str(error):
            fault.message += "; an environment is one file: put what it imports into it"
        raise fault from error
    return module


#: What makes an environment, the first that there is. PettingZoo's files have the last two.
_FACTORIES = ("make_env", "parallel_env", "env")


def _construct(module: types.ModuleType, options: dict[str, Any]) -> Any:
    name, factory = next(
        ((n, found) for n in _FACTORIES if callable(found := getattr(module, n, None))),
        ("", None),
    )
    ready = getattr(module, "env", None)
    if factory is None and ready is not None and not isinstance(ready, types.ModuleType):
        if options:
            given = ", ".join(options)
            raise EnvironmentFault(
                "load",
                f"options ({given}) are given but the file has a ready `env`; "
                "write `def make_env(**options)` instead",
            )
        return _checked(ready, "env")
    if factory is None:
        factory = _environment_class(module)
        name = factory.__name__
    try:
        env = factory(**options)
    except Exception as error:
        fault = EnvironmentFault.from_exception("load", error)
        fault.message = f"{name} failed: {fault.message}"
        raise fault from error
    return _checked(env, name)


def _environment_class(module: types.ModuleType) -> type:
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and value.__module__ == MODULE_NAME
        and not inspect.isabstract(value)
        and callable(getattr(value, "reset", None))
        and callable(getattr(value, "step", None))
    ]
    if not classes:
        raise EnvironmentFault(
            "load",
            "no environment found: define make_env(**options), an object named env, "
            "or a class with reset and step",
        )
    return classes[-1]


def _checked(env: Any, origin: str) -> Any:
    for method in ("reset", "step"):
        if not callable(getattr(env, method, None)):
            raise EnvironmentFault("load", f"what {origin} gives has no method {method}")
    try:
        inspect.signature(env.reset).bind(seed=0)
    except TypeError:
        raise EnvironmentFault(
            "load", "reset does not take a seed; write def reset(self, seed=None, options=None)"
        ) from None
    except ValueError:
        pass  # its parameters cannot be known
    return env


def _agents(env: Any) -> tuple[Any, ...]:
    given = getattr(env, "possible_agents", None)
    if given is None:
        raise EnvironmentFault(
            "load", "the environment has no possible_agents; set it to a list of agent ids"
        )
    agents = tuple(given)
    if not 1 <= len(agents) <= MAX_AGENTS:
        raise EnvironmentFault(
            "load", f"possible_agents has {len(agents)} entries; it may have 1 to {MAX_AGENTS}"
        )
    for agent in agents:
        if not isinstance(agent, (str, int)) and not hasattr(agent, "__index__"):
            raise EnvironmentFault(
                "load",
                f"possible_agents has {agent!r}, a {type(agent).__name__}; "
                "name agents by strings or integers",
            )
    names = [str(agent) for agent in agents]
    if len(set(names)) != len(names):
        raise EnvironmentFault("load", f"possible_agents names an agent twice: {names}")
    return agents


def _spaces(
    env: Any, agents: tuple[Any, ...], metadata: Mapping[str, Any]
) -> tuple[Space, ...]:
    defaults = metadata.get("default_action")
    spaces = []
    for agent in agents:
        default = defaults.get(agent) if isinstance(defaults, Mapping) else defaults
        given = _given(env, agent)
        if isinstance(env, Turns) and default is None:
            space = waiting_space(agent, given)
            if space is not None:
                env.waiting[agent] = space.default
                spaces.append(space)
                continue
        space = make_space(agent, given, default)
        if isinstance(env, Gymnasium):
            env.idle[agent] = space.decode(space.default_bytes)
        spaces.append(space)
    return tuple(spaces)


def _given(env: Any, agent: Any) -> Any:
    """What the environment says is this agent's action space."""
    spaces = getattr(env, "action_space", None)
    try:
        if spaces is None:
            return env.action_spaces[agent]
        if isinstance(spaces, Mapping):
            return spaces[agent]
        # A class is a space, an Enum for example, though it can be called.
        if isinstance(spaces, type) or not callable(spaces):
            return spaces
        return spaces(agent)
    except Exception as error:
        fault = EnvironmentFault.from_exception("action_space", error)
        fault.message = f"action_space({agent!r}) failed: {fault.message}"
        raise fault from error


def _notes(env: Any) -> list[dict[str, str]]:
    pair = ("get_state", "set_state")
    there = [name for name in pair if callable(getattr(env, name, None))]
    if len(there) != 1:
        return []
    (missing,) = [name for name in pair if name not in there]
    return [
        {
            "kind": "state_methods",
            "where": there[0],
            "message": f"there is {there[0]} but no {missing}, so neither is used",
            "remedy": f"Write {missing} as well, or leave both to the host.",
        }
    ]


def _fps(metadata: Mapping[str, Any]) -> float | None:
    fps = metadata.get("render_fps")
    return float(fps) if isinstance(fps, (int, float)) and 0 < fps <= 240 else None


def _render_size(metadata: Mapping[str, Any]) -> tuple[float, float] | None:
    size = metadata.get("render_size")
    if size is None:
        return None
    try:
        width, height = (float(length) for length in size)
        if 0 < width < float("inf") and 0 < height < float("inf"):
            return (width, height)
    except (TypeError, ValueError):
        pass
    raise EnvironmentFault(
        "load", f'metadata["render_size"] is {size!r}; it must be (width, height)'
    )
