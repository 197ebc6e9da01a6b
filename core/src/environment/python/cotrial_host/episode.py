"""One environment in play: steps frames, keeps states and step results, writes rows."""

from __future__ import annotations

from collections.abc import Mapping
from hashlib import blake2b
from marshal import dumps
from math import isfinite
from typing import Any

from .errors import EnvironmentFault
from .generators import GlobalGenerators
from .graph import Graph
from .loading import Loaded
from .plain import NotPlain, is_finite, numpy_loaded, plain
from .row import make_row
from .states import States, outside_roots

#: Bytes of a checksum: two states that differ agree by chance once in 2**64.
CHECKSUM_BYTES = 8
_MAPPINGS = ("rewards", "terminations", "truncations", "infos")


class Episode:
    """The environment's side of an episode.

    State f is the state before frame f. `frame` is the frame to be stepped next, or None after an
    error, when only a reset or a load can go on. `over_at` is the frame that ended the episode,
    or None.
    """

    def __init__(self, loaded: Loaded) -> None:
        self.env = loaded.env
        self.agents = loaded.agents
        self.spaces = loaded.spaces
        self._known = frozenset(loaded.agents)
        self._step = loaded.env.step
        self._lists_agents = hasattr(loaded.env, "agents")
        self._globals = GlobalGenerators()
        # From here every episode starts, so that none depends on the one before.
        self._origin = Graph([loaded.env, *outside_roots(loaded.module)])
        self._constructed = self._save_origin()
        self.states: States | None = None
        self.frame: int | None = None
        self.over_at: int | None = None
        self._live: tuple[Any, ...] = self.agents
        self._saved: dict[int, tuple[Any, ...]] = {}
        self._steps: dict[int, tuple[Any, ...]] = {}
        self._checksums: dict[int, bytes] = {}
        self._oldest = 0

    def _save_origin(self) -> Any:
        try:
            return self._origin.save()
        except NotPlain as error:
            raise EnvironmentFault("state", str(error)) from error

    def reset(self, seed: int) -> None:
        self.frame = None
        self._origin.load(self._constructed)
        self._globals.seed(seed)
        try:
            result = self.env.reset(seed=seed)
        except Exception as error:
            raise EnvironmentFault.from_exception("reset", error) from error
        if not isinstance(result, tuple) or len(result) != 2:
            raise EnvironmentFault(
                "reset", f"reset returned {_shape(result)}; return (observations, infos)"
            )
        self._saved.clear()
        self._steps.clear()
        self._checksums.clear()
        self._oldest = 0
        self.over_at = None
        self._live = self._listed("reset") if self._lists_agents else self.agents
        if not self._live:
            raise EnvironmentFault("reset", "agents is empty after reset; list the agents in play")
        if self.states is not None:
            self.states.started()
        self.frame = 0

    def advance(self, frame: int, actions: tuple[Any, ...], recorded: tuple[Any, ...]) -> bool:
        """Steps `frame` with an action for every seat; whether the episode is over now.

        `recorded` are the same actions as plain values that no step can change.
        """
        self._expect(frame)
        self.frame = None
        live = self._live
        if live == self.agents:
            chosen = dict(zip(live, actions))
        else:
            by_agent = dict(zip(self.agents, actions))
            chosen = {agent: by_agent[agent] for agent in live}
        try:
            result = self._step(chosen)
        except Exception as error:
            raise EnvironmentFault.from_exception("step", error) from error
        data, ended, finished = self._results(result)
        if self._lists_agents:
            self._live = self._listed("step")
        elif ended:
            self._live = tuple([agent for agent in live if agent not in finished])
        self._steps[frame] = (live, recorded, data)
        if self._checksums:
            self._checksums.pop(frame, None)
        self.states.stepped()
        self.frame = frame + 1
        if not self._live or (ended and finished.issuperset(self._live)):
            self.over_at = frame
            return True
        return False

    def _results(self, result: Any) -> tuple[bytes, bool, set[Any]]:
        """Checks and copies what `step` returned: bytes, whether any agent ended, and who."""
        try:
            _, rewards, terminated, truncated, infos = result
            known = self._known
            if not (
                rewards.keys() <= known
                and terminated.keys() <= known
                and truncated.keys() <= known
                and infos.keys() <= known
                and isfinite(sum(rewards.values()))
                and all([isinstance(info, Mapping) for info in infos.values()])
            ):
                raise _explain(result, known)
            ended = any(terminated.values()) or any(truncated.values())
            finished = set()
            if ended:
                finished = {a for d in (terminated, truncated) for a, done in d.items() if done}
        except EnvironmentFault:
            raise
        except Exception as error:
            raise _explain(result, self._known) from error
        if not numpy_loaded():
            try:
                return dumps((rewards, terminated, truncated, infos), 2), ended, finished
            except ValueError:
                pass
        try:
            parts = (plain(dict(rewards)), plain(dict(terminated)), plain(dict(truncated)))
            return dumps((*parts, _plain_infos(infos)), 2), ended, finished
        except (NotPlain, ValueError) as error:
            raise EnvironmentFault("step", f"a step result cannot be kept: {error}") from error

    def _listed(self, where: str) -> tuple[Any, ...]:
        try:
            live = tuple(self.env.agents)
        except Exception as error:
            raise EnvironmentFault.from_exception(where, error) from error
        if live != self.agents and not self._known.issuperset(live):
            strangers = [agent for agent in live if agent not in self._known]
            raise EnvironmentFault(
                where, f"agents lists {strangers!r}, which possible_agents does not"
            )
        return live

    def save(self, frame: int) -> None:
        self._expect(frame)
        self._saved[frame] = self.capture()

    def load(self, frame: int) -> None:
        saved = self._saved.get(frame)
        if saved is None:
            raise EnvironmentFault("host", f"state {frame} was not saved")
        self.frame = None
        self.reinstate(saved)
        self.frame = frame

    def capture(self) -> tuple[Any, ...]:
        return (self.states.save(), self._globals.save(), self._live, self.over_at)

    def reinstate(self, saved: tuple[Any, ...]) -> None:
        self.states.load(saved[0])
        self._globals.restore(saved[1])
        self._live = saved[2]
        self.over_at = saved[3]

    def state_digest(self, saved: tuple[Any, ...], results: bytes) -> bytes:
        """Checksum of a captured state and of the results of the step that led to it."""
        digest = blake2b(self.states.canonical(saved[0]), digest_size=CHECKSUM_BYTES)
        digest.update(GlobalGenerators.canonical(saved[1]))
        digest.update(results)
        return digest.digest()

    def checksum(self, frame: int) -> bytes:
        """Of state `frame + 1` and the results of `frame`; kept for the row."""
        saved, step = self._saved.get(frame + 1), self._steps.get(frame)
        if saved is None or step is None:
            raise EnvironmentFault("host", f"frame {frame} has no state or results to check")
        value = self.state_digest(saved, step[2])
        self._checksums[frame] = value
        return value

    def results_of(self, frame: int) -> bytes:
        return self._steps[frame][2]

    def row(self, frame: int, metas: list[int]) -> bytes:
        step = self._steps.get(frame)
        if step is None:
            raise EnvironmentFault("host", f"frame {frame} was not stepped")
        return make_row(frame, self.agents, step, metas, self._checksums.get(frame))

    def prune(self, frame: int) -> None:
        """Forgets states and results below `frame`."""
        for old in range(self._oldest, frame):
            self._saved.pop(old, None)
            self._steps.pop(old, None)
            self._checksums.pop(old, None)
        self._oldest = max(self._oldest, frame)

    def adopt(self, frame: int, saved: tuple[Any, ...]) -> None:
        """Takes a captured state as state `frame`, current and saved."""
        self._saved[frame] = saved
        self.frame = frame

    def saved(self, frame: int) -> tuple[Any, ...]:
        saved = self._saved.get(frame)
        if saved is None:
            raise EnvironmentFault("host", f"state {frame} was not saved")
        return saved

    def _expect(self, frame: int) -> None:
        if frame != self.frame:
            raise EnvironmentFault("host", f"frame {frame} asked for, {self.frame} is due")


def _plain_infos(infos: Any) -> dict[Any, Any]:
    """Infos as plain values; what has no plain form becomes its text."""
    result = {}
    for agent, info in infos.items():
        result[plain(agent)] = {_key(key): _plain_or_text(v) for key, v in info.items()}
    return result


def _key(key: Any) -> Any:
    try:
        return plain(key)
    except NotPlain:
        return str(key)


def _plain_or_text(value: Any) -> Any:
    try:
        value = plain(value)
        dumps(value, 2)
        return value
    except (NotPlain, ValueError, TypeError):
        # An object's default text has its address, which differs between machines.
        return f"<{type(value).__name__}>"


def _shape(value: Any) -> str:
    if isinstance(value, (tuple, list)):
        return f"a {type(value).__name__} of {len(value)}"
    return f"a {type(value).__name__}"


def _explain(result: Any, known: frozenset[Any]) -> EnvironmentFault:
    """The fault for a step result that is not as it must be."""
    if not isinstance(result, (tuple, list)) or len(result) != 5:
        return EnvironmentFault(
            "step",
            f"step returned {_shape(result)}; return "
            "(observations, rewards, terminations, truncations, infos)",
        )
    for name, mapping in zip(_MAPPINGS, result[1:]):
        if not hasattr(mapping, "keys"):
            return EnvironmentFault(
                "step", f"step's {name} are {_shape(mapping)}; return a dictionary by agent"
            )
        for agent in mapping:
            if agent not in known:
                return EnvironmentFault(
                    "step", f"step's {name} have {agent!r}, which possible_agents does not list"
                )
    for agent, reward in result[1].items():
        value = plain(reward) if not isinstance(reward, (int, float)) else reward
        if not isinstance(value, (int, float)):
            return EnvironmentFault(
                "step", f"the reward of {agent!r} is {reward!r}; return a number"
            )
        if not is_finite(value):
            return EnvironmentFault(
                "step", f"the reward of {agent!r} is {reward!r}; return a finite number"
            )
    for agent, info in result[4].items():
        if not isinstance(info, Mapping):
            return EnvironmentFault(
                "step", f"the info of {agent!r} is {_shape(info)}; return a dictionary"
            )
    return EnvironmentFault("step", "the sum of the rewards is not finite")
