"""One environment in play: steps frames, keeps states and step results, writes rows."""

from __future__ import annotations

from hashlib import blake2b
from marshal import dumps
from typing import Any, NamedTuple

from .actions import Joint, JointActions, Words
from .driven import PLAY
from .errors import EnvironmentFault
from .generators import GlobalGenerators
from .graph import Graph
from .loading import Loaded
from .plain import NotPlain
from .results import StepResults, explain, is_constant, reset_shape_fault
from .row import make_row
from .states import States, outside_roots
from .transfer import NotSendable
from .unseeded import Unseeded
from .wire import read

#: Of a state for a partner: as in core/src/protocol/state-message.ts.
MAX_STATE_BYTES = 4 << 20
#: Bytes of a checksum: two states that differ agree by chance once in 2**64.
CHECKSUM_BYTES = 8


#: State f, all that the frames from f on depend on: the tier's own state, the global generators',
#: the agents in play, and the frame that ended the episode.
Saved = tuple[Any, Any, tuple[Any, ...], "int | None"]


class Stepped(NamedTuple):
    """Frame f: who was in play, what they did, what came of it."""

    live: tuple[Any, ...]
    joint: Joint
    results: StepResults


#: A frame as frames.py keeps it: all played, nobody ended; the joint action, rewards and infos as
#: the step returned them, which nobody else holds.
Referenced = tuple[Joint, dict[Any, Any], dict[Any, Any]]


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
        self.actions = JointActions(loaded.agents, loaded.spaces)
        self.known = frozenset(loaded.agents)
        self.step = loaded.env.step
        #: Whether there is `agents`, which most environments have from their first reset on.
        self.lists_agents = False
        self.generators = GlobalGenerators()
        self._loaded = loaded
        # From here every episode starts, so that none depends on the one before.
        self._origin = Graph([loaded.env, *outside_roots(loaded.module)])
        self._constructed = self._save_origin()
        made = self._origin.generators() if self._constructed is not None else []
        self._unseeded = Unseeded([generator.target for generator in made])
        #: Whether every episode starts from an environment made anew instead.
        self.starts_anew = self._constructed is None
        #: Whether the environment has a picture.
        self.draws = True
        #: Whether the state must be put back after drawing.
        self.render_changes = False
        #: The seed of this episode, and what was played in it, for those who go back by it.
        self.seed = 0
        self.played: dict[int, Words] | None = None
        self._states: States | None = None
        self.frame: int | None = None
        self.over_at: int | None = None
        self.live: tuple[Any, ...] = self.agents
        #: By frame. Dictionaries that stay, so that others may hold them.
        self.saved: dict[int, Saved] = {}
        self.steps: dict[int, Stepped | Referenced] = {}
        self._nobody = dict.fromkeys(self.agents, False)
        self.checksums: dict[int, bytes] = {}
        #: Whether all results so far were values that cannot change, with plain names of agents.
        self.constant_results = {str, int}.issuperset(map(type, self.agents))
        #: Whether a step was seen to draw from the global generators: they are kept every frame.
        self.draws_globally = False
        self._oldest = 0
        #: A state that is as it was when it was saved, whatever the later ones are.
        self._proven = 0

    def _save_origin(self) -> Any:
        try:
            return self._origin.save()
        except NotPlain:
            return None

    @property
    def states(self) -> States:
        """The tier in use, chosen by verify.py."""
        if self._states is None:
            raise EnvironmentFault("host", "no tier of states is chosen yet")
        return self._states

    @states.setter
    def states(self, states: States) -> None:
        self._states = states

    def reset(self, seed: int) -> None:
        self.saved.clear()
        self.steps.clear()
        self.checksums.clear()
        self._oldest = self._proven = 0
        if self.played is not None:
            self.played.clear()
        self.restart(seed)
        if self._states is not None:
            self._states.started()

    def restart(self, seed: int) -> None:
        """Goes to state 0 of the episode with this seed; what is saved stays."""
        self.frame = None
        self.seed = seed
        PLAY.begin()
        self.generators.seed(seed)
        if self.starts_anew:
            self.env = self._loaded.again().env
            self.step = self.env.step
        else:
            self._origin.load(self._constructed)
            self._unseeded.seed(seed)
        # Once more: making or restoring it may have drawn.
        self.generators.seed(seed)
        try:
            result = self.env.reset(seed=seed)
        except Exception as error:
            raise EnvironmentFault.from_exception("reset", error) from error
        if not isinstance(result, tuple) or len(result) != 2:
            raise reset_shape_fault(result)
        if tuple(self.env.possible_agents) != self.agents:
            raise EnvironmentFault(
                "reset",
                f"reset changed possible_agents to {list(self.env.possible_agents)!r}; "
                "they stay the same from load on: list those in play in agents",
            )
        self.over_at = None
        self.lists_agents = hasattr(self.env, "agents")
        self.live = self._listed("reset") if self.lists_agents else self.agents
        if not self.live:
            raise EnvironmentFault("reset", "agents is empty after reset; list the agents in play")
        self.frame = 0

    def advance(self, frame: int, words: Words) -> bool:
        """Steps `frame` with these actions; whether the episode is over now."""
        if frame != self.frame:
            raise self._not_due(frame)
        joint = self.actions.decode(words)
        return self.take(frame, joint, self._step(joint))

    def _step(self, joint: Joint) -> Any:
        if self.live == self.agents:
            # A copy, since it is the environment's to change.
            chosen = joint.chosen.copy()
        else:
            chosen = {agent: joint.chosen[agent] for agent in self.live}
        try:
            return self.step(chosen)
        except Exception as error:
            raise EnvironmentFault.from_exception("step", error) from error

    def take(self, frame: int, joint: Joint, result: Any) -> bool:
        """Keeps what the step of `frame` returned; whether the episode is over now."""
        live = self.live
        over = self._follow(frame, result)
        _, rewards, terminated, truncated, infos = result
        if self.constant_results:
            self.constant_results = is_constant(rewards, infos)
        results = StepResults.copied(rewards, terminated, truncated, infos, self._nobody)
        self.steps[frame] = Stepped(live, joint, results)
        # A state of this number, if there is one, had another past.
        self.saved.pop(frame + 1, None)
        if self.played is not None:
            self.played[frame] = joint.words
        if self.checksums:
            self.checksums.pop(frame, None)
        if self._states is not None and self._states.stepped is not None:
            self._states.stepped()
        self.frame = frame + 1
        return over

    def _follow(self, frame: int, result: Any) -> bool:
        """Who is in play after a step; whether the episode is over now."""
        try:
            _, _, terminated, truncated, _ = result
            ended = any(terminated.values()) or any(truncated.values())
        except Exception as error:
            raise explain(result, self.known) from error
        if self.lists_agents:
            self.live = self._listed("step")
        if ended or not self.live:
            return self._ended(frame, terminated, truncated)
        return False

    def replay(self, frames: int) -> None:
        """Goes to state `frames` by playing the episode again from its start."""
        if self.played is None:
            raise EnvironmentFault("host", "what was played is not kept")
        self.restart(self.seed)
        for frame in range(frames):
            self.frame = frame
            self._follow(frame, self._step(self.actions.decode(self.played[frame])))
        self.frame = frames

    def _ended(self, frame: int, terminated: Any, truncated: Any) -> bool:
        """Whether the episode is over, after a step on which an agent ended."""
        finished = {a for ends in (terminated, truncated) for a, done in ends.items() if done}
        if not self.lists_agents:
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
        if live == self.agents:
            return self.agents
        if not self.known.issuperset(live):
            strangers = [agent for agent in live if agent not in self.known]
            raise EnvironmentFault(
                where, f"agents lists {strangers!r}, which possible_agents does not"
            )
        return live

    def save(self, frame: int) -> None:
        if frame != self.frame:
            raise self._not_due(frame)
        self.saved[frame] = self.capture()

    def load(self, frame: int) -> None:
        saved = self._saved(frame)
        self.frame = None
        self.reinstate(saved)
        self.frame = frame
        # Later ones may be saved again.
        self._proven = frame

    def _saved(self, frame: int) -> Saved:
        """State `frame`, which is known to be as it was."""
        saved = self.saved.get(frame)
        if saved is None:
            raise EnvironmentFault("host", f"state {frame} was not saved")
        if self.states.proves(saved[0]):
            return saved
        self._step_again(frame - 1)
        return self.saved[frame]

    def capture(self) -> Saved:
        return self.states.save(), self.generators.save(), self.live, self.over_at

    def reinstate(self, saved: Saved) -> None:
        PLAY.begin()
        state, generators, self.live, self.over_at = saved
        self.states.load(state)
        self.generators.restore(generators)

    def dump(self, frame: int) -> bytes:
        """Saved state `frame`, for a partner."""
        saved = self._saved(frame)
        due, now = self.frame, self.capture()
        self.reinstate(saved)
        try:
            parts = (self.states.pack(saved[0]), self.generators.pack())
        except NotSendable as error:
            raise EnvironmentFault("state", f"the state cannot be sent: {error}") from error
        finally:
            self.reinstate(now)
            self.frame = due
        live = [self.agents.index(agent) for agent in saved[2]]
        digest = self.state_digest(saved, b"")
        data = dumps((self.states.tier, live, saved[3], digest, *parts), 2)
        if len(data) > MAX_STATE_BYTES:
            raise EnvironmentFault("state", f"the state is too large to be sent: {len(data)} bytes")
        return data

    def restore(self, frame: int, data: bytes) -> None:
        """Takes a partner's state as state `frame`, or leaves everything as it was and fails."""
        before = self.capture()
        try:
            tier, live, over_at, digest, state, generators = read(data)
            if tier != self.states.tier:
                raise NotSendable(f"it is of the tier {tier}, this one of {self.states.tier}")
            agents = tuple([self.agents[seat] for seat in live])
            if over_at is not None and type(over_at) is not int:
                raise NotSendable("its end is no frame")
            self.states.unpack(state)
            self.generators.unpack(generators)
            self.live = self.agents if agents == self.agents else agents
            self.over_at = over_at
            saved = self.capture()
            if self.state_digest(saved, b"") != digest:
                raise NotSendable("it is not the same once it is restored")
        except Exception as error:  # whatever the bytes were, they must not stop the game
            self.reinstate(before)
            told = str(error) or type(error).__name__
            raise EnvironmentFault("state", f"the state that was sent is not taken: {told}") from None
        PLAY.begin()
        for kept in (self.saved, self.steps, self.checksums):
            for later in [f for f in kept if f >= frame]:
                del kept[later]
        self.saved[frame] = saved
        self.frame = self._proven = frame

    def state_digest(self, saved: Saved, results: bytes) -> bytes:
        """Checksum of a captured state and of the results of the step that led to it."""
        digest = blake2b(self.states.canonical(saved[0]), digest_size=CHECKSUM_BYTES)
        digest.update(GlobalGenerators.canonical(saved[1]))
        digest.update(results)
        return digest.digest()

    def checksum(self, frame: int) -> bytes:
        """Of state `frame + 1` and the results of `frame`; kept for the row."""
        saved = self._saved(frame + 1)
        # What was returned is looked at when its row is written, which every frame has.
        value = self.state_digest(saved, self._stepped(frame).results.bytes())
        self.checksums[frame] = value
        self._proven = max(self._proven, frame + 1)
        return value

    def results_of(self, frame: int) -> bytes:
        """Checked; equal for equal results."""
        results = self._stepped(frame).results
        results.check(self.known)
        return results.bytes()

    def _stepped(self, frame: int) -> Stepped:
        kept = self.steps.get(frame)
        if kept is None:
            raise EnvironmentFault("host", f"frame {frame} was not stepped")
        if isinstance(kept, Stepped):
            return kept
        joint, rewards, infos = kept
        if not is_constant(rewards, infos):
            self._step_again(frame)
            return self._stepped(frame)
        results = StepResults.ordinary(rewards, self._nobody, infos)
        stepped = self.steps[frame] = Stepped(self.agents, joint, results)
        return stepped

    def _step_again(self, frame: int) -> None:
        """What may have changed since it was kept; from here on everything is copied."""
        self.constant_results = False
        proves = self.states.proves
        proven = [f for f, saved in self.saved.items() if f <= frame and proves(saved[0])]
        if not proven:
            raise EnvironmentFault("host", f"the state before frame {frame} was not saved")
        start = max(proven)
        due, checksums = self.frame, self.checksums.copy()
        now = self.capture() if due is not None else None
        self.reinstate(self.saved[start])
        self.frame = start
        for again in range(start, frame + 1):
            kept = self.steps[again]
            joint = kept.joint if isinstance(kept, Stepped) else kept[0]
            was_saved = again + 1 in self.saved
            self.advance(again, joint.words)
            if was_saved:
                self.save(again + 1)
        if now is not None:
            self.reinstate(now)
        self.frame = due
        self.checksums.update(checksums)

    def row(self, frame: int, metas: list[int]) -> bytes:
        live, joint, results = self._stepped(frame)
        results.check(self.known)
        checksum = self.checksums.get(frame)
        return make_row(frame, self.agents, live, joint.recorded, results, metas, checksum)

    def prune(self, frame: int) -> None:
        """Forgets states and results below `frame`, but for what may have to be stepped again."""
        if self.states.save_unproven != self.states.save:
            frame = min(frame, self._proven)
        for old in range(self._oldest, frame):
            self.saved.pop(old, None)
            self.steps.pop(old, None)
            self.checksums.pop(old, None)
        self._oldest = max(self._oldest, frame)

    def adopt(self, frame: int, saved: Saved) -> None:
        """Takes a captured state as state `frame`, current and saved."""
        self.saved[frame] = saved
        self.frame = self._proven = frame

    def _not_due(self, frame: int) -> EnvironmentFault:
        return EnvironmentFault("host", f"frame {frame} asked for, {self.frame} is due")
