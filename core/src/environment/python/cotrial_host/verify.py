"""Chooses the best tier of states that holds, and measures what it costs.

A tier holds when going back and playing on gives the same states and results as the first time.
A `pickle` or a `get_state` that merely works proves nothing.
"""

from __future__ import annotations

import random
from time import perf_counter
from types import ModuleType
from typing import Any

from .driven import PLAY
from .episode import Episode
from .errors import EnvironmentFault, in_source
from .paths import first_difference, iterators, paths
from .plain import ATOMS, NotPlain
from .states import Lockstep, OwnMethods, Replay, Snapshot, States, outside_roots
from .graph import Graph
from .loading import Loaded

#: Seeds with which the tiers are tried: two, since some resets depend on the one before.
_SEEDS = (1, 2_000_000_011)
#: Frames before the state that is gone back to, and frames played again from there.
_ROUNDS = ((0, 12), (7, 12), (25, 8))
#: A try is given up after so long. All participants must come to the same verdict, on whatever
#: machine, or their states would not compare: an environment that can be played at all is through
#: far earlier.
_BUDGET_S = 8.0
#: Measuring is given up earlier: its figures are each participant's own.
_MEASURING_S = 0.25
#: Iterators that a reason names.
_MOST_NAMED = 3
#: Frames whose costs are measured: enough for a median that a pause or two do not move.
_MEASURED = 50


class Verdict:
    """The tier in use, why not a better one, and median costs in ms."""

    def __init__(self, tier: str, reason: str, costs: dict[str, float]) -> None:
        self.tier = tier
        self.reason = reason
        self.costs = costs


def choose_tier(loaded: Loaded, episode: Episode) -> Verdict:
    """Sets `episode.states` to the best tier that holds.

    Raises EnvironmentFault for an environment that cannot be played.
    """
    reasons: list[str] = []
    for holds in (_own_methods_hold, _snapshot_holds, _replay_holds):
        if holds(loaded, episode, reasons):
            break
    else:
        episode.played = None
        episode.states = Lockstep()
    _try_render(loaded, episode)
    costs = _costs(episode)
    return Verdict(episode.states.tier, "; ".join(reasons), costs)


def _try_render(loaded: Loaded, episode: Episode) -> None:
    """Whether there is a picture, and whether drawing changes the state.

    A render that keeps what it has drawn for the next time does, and it is called on other frames
    in each browser: from then on the state is put back after it.
    """
    render = getattr(episode.env, "render", None)
    if not callable(render):
        return
    kept = episode.states.tier in ("own_methods", "snapshot")
    episode.reset(_SEEDS[0])
    render = episode.env.render
    before = episode.capture() if kept else None
    PLAY.rendering = True
    try:
        render()
    except NotImplementedError:
        episode.draws = False
    except Exception as error:
        if getattr(loaded.env, "render_mode", "") is not None or in_source(error, PLAY.file):
            raise EnvironmentFault.from_exception("render", error) from error
        episode.draws = False
        loaded.notes.append(
            {
                "kind": "no_picture",
                "where": "render",
                "message": f"render_mode is None and render fails ({type(error).__name__}), "
                "so nothing is drawn",
                "remedy": "Write a render that returns a draw list, or name a render_mode.",
            }
        )
    finally:
        PLAY.rendering = False
    if before is not None:
        states = episode.states
        if states.stepped is not None:
            states.stepped()
        after = episode.capture()
        # Global generators are put back whatever the environment does.
        episode.render_changes = states.canonical(before[0]) != states.canonical(after[0])


def _own_methods_hold(loaded: Loaded, episode: Episode, reasons: list[str]) -> bool:
    if episode.starts_anew:
        reasons.append("what the object holds cannot be read")
        return False
    if not OwnMethods.offered_by(loaded.env):
        reasons.append("the environment has no get_state and set_state")
        return False
    problem = _try(episode, OwnMethods(loaded.env))
    if problem is not None:
        reasons.append(f"get_state and set_state are not used: {problem}")
    return problem is None


def _snapshot_holds(loaded: Loaded, episode: Episode, reasons: list[str]) -> bool:
    if episode.starts_anew:
        return False
    elsewhere = _elsewhere(loaded.module)
    outside = Graph(outside_roots(loaded.module))
    before = _outside_state(outside)
    problem = _try(episode, Snapshot(loaded.env))
    if _outside_state(outside) != before:
        reasons.append("the module or its classes hold state, which is kept too")
        problem = _try(episode, Snapshot(loaded.env, outside_roots(loaded.module)))
    if problem is not None:
        held = iterators(episode.env)
        if held:
            are = "is an iterator" if len(held) == 1 else "are iterators"
            named = ", ".join(held[:_MOST_NAMED])
            problem = f"{named} {are}, which cannot be put back ({problem})"
        changed = first_difference(elsewhere, _elsewhere(loaded.module))
        if changed is not None:
            problem += f"; {changed} changes in play, which lies outside of the file"
        reasons.append(
            f"going back to an earlier state does not hold: {problem}. Keep all state in "
            "attributes with plain values, or write get_state and set_state"
        )
    return problem is None


def _elsewhere(module: ModuleType) -> dict[str, Any]:
    """Plain values, and sizes of collections, in the modules that the environment imports."""
    return {
        f"{name}.{key}": value if type(value) in ATOMS else len(value)
        for name, imported in vars(module).items()
        if isinstance(imported, ModuleType)
        for key, value in vars(imported).items()
        if type(value) in ATOMS or type(value) in (dict, list, set)
    }


def _outside_state(outside: Graph) -> bytes | None:
    try:
        return Graph.canonical(outside.save())
    except NotPlain:
        return None


def _replay_holds(loaded: Loaded, episode: Episode, reasons: list[str]) -> bool:
    episode.played = {}
    states = Replay(lambda: episode.frame, episode.replay)
    problem = None
    if not episode.starts_anew:
        problem = _try(episode, states)
        if problem is None:
            return True
    episode.starts_anew = True
    problem = _try(episode, states)
    if problem is not None:
        reasons.append(f"playing an episode again does not lead to the same state: {problem}")
    return problem is None


def _try(episode: Episode, states: States) -> str | None:
    """What fails with this tier, or None."""
    episode.states = states
    try:
        return _rounds(episode)
    except EnvironmentFault as fault:
        if fault.where not in ("get_state", "set_state", "state"):
            raise
        return f"{fault.where}: {fault.message}"


def _rounds(episode: Episode) -> str | None:
    deadline = perf_counter() + _BUDGET_S
    for seed in _SEEDS:
        for before, again in _ROUNDS:
            problem = _round(episode, seed, before, again, deadline)
            if problem is not None:
                return problem
            if perf_counter() > deadline:
                return None
    return None


def _round(
    episode: Episode, seed: int, before: int, again: int, deadline: float
) -> str | None:
    """Plays `before` frames, then `again` frames twice from the same state.

    Naming what differs needs a walk through the environment after every frame, which costs more
    than all the rest: a round that fails is played once more for that.
    """
    named = episode.states.tier == "replay"
    problem = _play_twice(episode, seed, before, again, deadline, named)
    if problem is None or named:
        return problem
    deadline = perf_counter() + _BUDGET_S
    return _play_twice(episode, seed, before, again, deadline, True) or problem


def _play_twice(
    episode: Episode, seed: int, before: int, again: int, deadline: float, named: bool
) -> str | None:
    def look() -> dict[str, Any]:
        return paths(episode.env) if named else {}

    chance = random.Random(seed)
    episode.reset(seed)
    for _ in range(before):
        if episode.over_at is not None or perf_counter() > deadline:
            break
        _play(episode, random_actions(episode, chance))
    if episode.over_at is not None:
        return None
    start_frame = episode.frame or 0
    start = episode.capture()
    at_start = look()
    plays = []
    first: list[tuple[bytes, bytes, Any]] = []
    for _ in range(again):
        if episode.over_at is not None:
            break
        plays.append(random_actions(episode, chance))
        first.append((*_play(episode, plays[-1]), look()))
    episode.adopt(start_frame, start)
    episode.reinstate(start)
    lost = first_difference(at_start, look())
    for actions, (digest, results, seen) in zip(plays, first):
        try:
            again_digest, again_results = _play(episode, actions)
        except EnvironmentFault as fault:
            # A state that loads without a word may break the step that follows.
            return f"frame {episode.frame} fails when it is played again ({fault.message})"
        same = (again_digest, again_results) == (digest, results)
        # Digests know nothing of a state that is not kept.
        if not same or (episode.states.tier == "replay" and look() != seen):
            frame = (episode.frame or 0) - 1
            if lost is not None:
                return f"{lost} is not restored, and frame {frame} played again differs"
            where = first_difference(seen, look())
            if where is None:
                where = "step's results" if results != again_results else "a hidden part of it"
            return f"{where} differs when frame {frame} is played again"
    return None


def random_actions(episode: Episode, chance: random.Random) -> list[bytes]:
    """An encoded action for every seat: mostly any, sometimes the default."""
    return [
        random_bytes(space, chance) if chance.random() < 0.8 else space.default_bytes
        for space in episode.spaces
    ]


def random_bytes(space: Any, chance: random.Random) -> bytes:
    """An encoded action, evenly over the space (for floats: over its bounds, or -1 to 1)."""
    d = space.description
    if d["kind"] == "discrete":
        return space.encode(d["start"] + chance.randrange(d["n"]))
    if d["kind"] == "multi_discrete":
        starts = d.get("start", [0] * len(d["nvec"]))
        return space.encode([s + chance.randrange(n) for s, n in zip(starts, d["nvec"])])
    if d["kind"] == "multi_binary":
        return space.encode([chance.randrange(2) for _ in range(d["n"])])
    values = []
    for low, high in zip(d["low"], d["high"]):
        values.append(chance.uniform(max(low, -1.0) if low < -1e30 else low, min(high, 1e30)))
    return space.encode([min(max(v, -1e30), 1e30) for v in values])


def _play(episode: Episode, actions: list[bytes]) -> tuple[bytes, bytes]:
    frame = episode.frame or 0
    episode.advance(frame, episode.actions.words(actions))
    results = episode.results_of(frame)
    return episode.state_digest(episode.capture(), results), results


def _costs(episode: Episode) -> dict[str, float]:
    """Medians in ms, measured after verification, so that code and caches are warm."""
    times: dict[str, list[float]] = {"step": [], "save": [], "load": [], "checksum": []}
    chance = random.Random(3)
    deadline = perf_counter() + _MEASURING_S
    episode.reset(_SEEDS[0])
    while len(times["step"]) < _MEASURED and perf_counter() < deadline:
        if episode.over_at is not None:
            episode.reset(_SEEDS[0])
        frame = episode.frame or 0
        actions = random_actions(episode, chance)
        t0 = perf_counter()
        episode.advance(frame, episode.actions.words(actions))
        t1 = perf_counter()
        saved = episode.capture()
        t2 = perf_counter()
        episode.state_digest(saved, episode.results_of(frame))
        t3 = perf_counter()
        if episode.states.tier != "lockstep":
            episode.reinstate(saved)
        t4 = perf_counter()
        for name, cost in zip(times, (t1 - t0, t2 - t1, t4 - t3, t3 - t2)):
            times[name].append(cost)
    return {name: 1000 * _median(values) for name, values in times.items()}


def _median(values: list[float]) -> float:
    return sorted(values)[len(values) // 2] if values else 0.0
