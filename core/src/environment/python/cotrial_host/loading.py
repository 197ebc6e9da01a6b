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
from .spaces import Space, make_space

#: Name of the module that an environment's source becomes.
MODULE_NAME = "cotrial_environment"
#: Seats go as four bits, and a session holds at most as many.
MAX_AGENTS = 16


@dataclass(frozen=True)
class Loaded:
    """An environment, constructed but not reset."""

    env: Any
    module: types.ModuleType
    #: `possible_agents`, in seat order.
    agents: tuple[Any, ...]
    spaces: tuple[Space, ...]
    fps: float | None
    render_size: tuple[float, float] | None
    #: Makes the environment anew, from its source on.
    again: Callable[[], Loaded]


def load_environment(source: str, name: str, options: dict[str, Any]) -> Loaded:
    """Runs the source and finds its environment.

    Looked for in this order: `make_env(**options)`, an object named `env` (which takes no
    options), the last class in the file with `reset` and `step`.

    Raises EnvironmentFault that says what is missing.
    """
    module = run_source(source, name)
    env = _construct(module, options)
    agents = _agents(env)
    metadata = getattr(env, "metadata", None)
    metadata = metadata if isinstance(metadata, Mapping) else {}
    return Loaded(
        env=env,
        module=module,
        agents=agents,
        spaces=tuple(_space(env, agent, metadata) for agent in agents),
        fps=_fps(metadata),
        render_size=_render_size(metadata),
        again=lambda: load_environment(source, name, options),
    )


def run_source(source: str, name: str) -> types.ModuleType:
    """Runs the source as a module of its own, known to dataclasses, enums and tracebacks."""
    remember_source(source, name)
    module = types.ModuleType(MODULE_NAME)
    module.__file__ = name
    # As a module, not as the dictionary that exec would put there, it is never taken for state.
    module.__dict__["__builtins__"] = builtins
    sys.modules[MODULE_NAME] = module
    try:
        exec(compile(source, name, "exec", dont_inherit=True), module.__dict__)
    except ModuleNotFoundError as error:
        fault = EnvironmentFault.from_exception("load", error)
        fault.message += f"; name the package that has {error.name!r} in the trial's packages"
        raise fault from error
    except (Exception, SystemExit) as error:
        raise EnvironmentFault.from_exception("load", error) from error
    return module


def _construct(module: types.ModuleType, options: dict[str, Any]) -> Any:
    factory = getattr(module, "make_env", None)
    if factory is None and hasattr(module, "env"):
        if options:
            given = ", ".join(options)
            raise EnvironmentFault(
                "load",
                f"options ({given}) are given but the file has a ready `env`; "
                "write `def make_env(**options)` instead",
            )
        return _checked(module.env, "env")
    if factory is None:
        factory = _environment_class(module)
    try:
        env = factory(**options)
    except Exception as error:
        raise EnvironmentFault.from_exception("load", error) from error
    return _checked(env, getattr(factory, "__name__", "make_env"))


def _environment_class(module: types.ModuleType) -> type:
    classes = [
        value
        for value in vars(module).values()
        if inspect.isclass(value)
        and value.__module__ == MODULE_NAME
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
    names = [str(agent) for agent in agents]
    if len(set(names)) != len(names):
        raise EnvironmentFault("load", f"possible_agents names an agent twice: {names}")
    return agents


def _space(env: Any, agent: Any, metadata: Mapping[str, Any]) -> Space:
    default = metadata.get("default_action")
    if isinstance(default, Mapping):
        default = default.get(agent)
    spaces = getattr(env, "action_space", None)
    try:
        given = spaces(agent) if callable(spaces) else spaces
        if spaces is None:
            given = env.action_spaces[agent]
    except Exception as error:
        fault = EnvironmentFault.from_exception("action_space", error)
        fault.message = f"action_space({agent!r}) failed: {fault.message}"
        raise fault from error
    return make_space(agent, given, default)


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
