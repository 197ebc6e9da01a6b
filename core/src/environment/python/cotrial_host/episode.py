"""One environment in play: steps frames, keeps states and step results, writes rows."""

from __future__ import annotations

from collections.abc import Callable
from hashlib import blake2b
from typing import Any

from .errors import EnvironmentFault
from .generators import GlobalGenerators
from .graph import Graph
from .loading import Loaded
from .plain import NotPlain
from .results import StepResults, explain, reset_shape_fault
from .row import make_row
from .states import States, outside_roots

#: Bytes of a checksum: two states that differ agree by chance once in 2**64.
CHECKSUM_BYTES = 8


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
        self.generators = GlobalGenerators()
        # From here every episode starts, so that none depends on the one before.
        self._origin = Graph([loaded.env, *outside_roots(loaded.module)])
        self._constructed = self._save_origin()
        self._states: States | None = None
        self._stepped: Callable[[], None] = _nothing
        self.frame: int | None = None
        self.over_at: int | None = None
        self.live: tuple[Any, ...] = self.agents
        self._saved: dict[int, tuple[Any, ...]] = {}
        self._steps: dict[int, tuple[Any, ...]] = {}
        self._checksums: dict[int, bytes] = {}
        self._oldest = 0

    def _save_origin(self) -> Any:
        try:
            return self._origin.save()
        except NotPlain as error:
            raise EnvironmentFault("state", str(error)) from error

    @property
    def states(self) -> States:
        """The tier in use, chosen by verify.py."""
        if self._states is None:
            raise EnvironmentFault("host", "no tier of states is chosen yet")
        return self._states

    @states.setter
    def states(self, states: States) -> None:
        self._states = states
        self._save_state = states.save
        self._stepped = states.stepped

    def reset(self, seed: int) -> None:
        self.frame = None
        self._origin.load(self._constructed)
        self.generators.seed(seed)
        try:
            result = self.env.reset(seed=seed)
        except Exception as error:
            raise EnvironmentFault.from_exception("reset", error) from error
        if not isinstance(result, tuple) or len(result) != 2:
            raise reset_shape_fault(result)
        self._saved.clear()
        self._steps.clear()
        self._checksums.clear()
        self._oldest = 0
        self.over_at = None
        self.live = self._listed("reset") if self._lists_agents else self.agents
        if not self.live:
            raise EnvironmentFault("reset", "agents is empty after reset; list the agents in play")
        if self._states is not None:
            self._states.started()
        self.frame = 0

    def advance(self, frame: int, chosen: dict[Any, Any], recorded: tuple[Any, ...]) -> bool:
        """Steps `frame`; whether the episode is over now.

        `chosen` are the live agents' actions, the environment's to keep or change; `recorded` are
        all seats' actions as plain values.
        """
        if frame != self.frame:
            raise self._not_due(frame)
        self.frame = None
        live = self.live
        try:
            result = self._step(chosen)
        except Exception as error:
            raise EnvironmentFault.from_exception("step", error) from error
        try:
            _, rewards, terminated, truncated, infos = result
            ended = any(terminated.values()) or any(truncated.values())
        except Exception as error:
            raise explain(result, self._known) from error
        results = StepResults(rewards, terminated, truncated, infos)
        self._steps[frame] = (live, recorded, results)
        if self._lists_agents:
            listed = tuple(self.env.agents)
            self.live = live if listed == live else self._listed("step")
        if self._checksums:
            self._checksums.pop(frame, None)
        self._stepped()
        self.frame = frame + 1
        if ended or not self.live:
            return self._ended(frame, terminated, truncated)
        return False

    def _ended(self, frame: int, terminated: Any, truncated: Any) -> bool:
        """Whether the episode is over, after a step on which an agent ended."""
        finished = {a for ends in (terminated, truncated) for a, done in ends.items() if done}
        if not self._lists_agents:
            self.live = tuple([agent for agent in self.live if agent not in finished])
        if finished.issuperset(self.live):
            self.over_at = frame
            return True
        return False

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
        if frame != self.frame:
            raise self._not_due(frame)
        self._saved[frame] = (self._save_state(), self.generators.save(), self.live, self.over_at)

    def load(self, frame: int) -> None:
        saved = self._saved.get(frame)
        if saved is None:
            raise EnvironmentFault("host", f"state {frame} was not saved")
        self.frame = None
        self.reinstate(saved)
        self.frame = frame

    def capture(self) -> tuple[Any, ...]:
        return (self._save_state(), self.generators.save(), self.live, self.over_at)

    def reinstate(self, saved: tuple[Any, ...]) -> None:
        self.states.load(saved[0])
        self.generators.restore(saved[1])
        self.live = saved[2]
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
        step[2].check(self._known)
        value = self.state_digest(saved, step[2].bytes())
        self._checksums[frame] = value
        return value

    def results_of(self, frame: int) -> bytes:
        """Checked; equal for equal results."""
        results: StepResults = self._steps[frame][2]
        results.check(self._known)
        return results.bytes()

    def row(self, frame: int, metas: list[int]) -> bytes:
        step = self._steps.get(frame)
        if step is None:
            raise EnvironmentFault("host", f"frame {frame} was not stepped")
        live, recorded, results = step
        results.check(self._known)
        return make_row(
            frame, self.agents, live, recorded, results.values(), metas, self._checksums.get(frame)
        )

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

    def _not_due(self, frame: int) -> EnvironmentFault:
        return EnvironmentFault("host", f"frame {frame} asked for, {self.frame} is due")


def _nothing() -> None:
    """Before a tier is chosen nobody has to know of a step."""
