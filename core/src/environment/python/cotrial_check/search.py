"""A bounded search for actions that lead to an error."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from typing import Any

from cotrial_host.errors import EnvironmentFault
from cotrial_host.verify import random_bytes

from .subject import Subject, real_time

#: Longest that the search takes, s.
_SEARCH_S = 2.5
#: Most values of one action that are each held for a while.
_MOST_HELD = 12
#: What stands for a bound that is infinite.
_FAR = 1000.0

#: A way of playing: the next encoded action of every seat.
Policy = Callable[[int], "list[bytes]"]


def errors(subject: Subject, first_seed: int = 101) -> None:
    """Plays edge actions and random ones until time or seeds run out; tells of the first error."""
    deadline = real_time() + _SEARCH_S * subject.effort
    seed = first_seed
    for name, make in _policies(subject):
        policy = make(seed)
        if not _one(subject, seed, name, policy, deadline):
            return
        seed += 1
        if real_time() > deadline:
            return


def _one(subject: Subject, seed: int, name: str, policy: Policy, deadline: float) -> bool:
    """Plays one episode; whether it went well."""
    episode = subject.episode
    frame = 0
    actions: list[bytes] = []
    try:
        episode.reset(seed)
        for frame in range(subject.frames):
            if episode.over_at is not None or (frame > 20 and real_time() > deadline):
                return True
            actions = policy(frame)
            episode.advance(frame, episode.actions.words(actions))
            episode.results_of(frame)
            episode.prune(frame)
    except EnvironmentFault as error:
        played = ", ".join(
            f"{agent}: {space.record(space.decode(data))}"
            for agent, space, data in zip(subject.agents, episode.spaces, actions)
        )
        subject.findings.from_fault(
            error, f" with {name} (seed {seed}, frame {frame}, actions {{{played}}})"
        )
        return False
    return True


def _policies(subject: Subject) -> Iterator[tuple[str, Callable[[int], Policy]]]:
    spaces = subject.episode.spaces
    edges = [_edges(space) for space in spaces]
    for at in range(max(map(len, edges))):
        held = [options[at % len(options)] for options in edges]
        yield "an action held", lambda _seed, held=held: lambda _frame: held
    for seat, options in enumerate(edges):
        for option in options:
            others = [space.default_bytes for space in spaces]
            others[seat] = option
            yield "one player's action held", lambda _seed, held=others: lambda _frame: held
    while True:
        yield "random actions", lambda seed: _random(spaces, seed)
        yield "random actions, held", lambda seed: _holding(spaces, seed)
        yield "edge actions at random", lambda seed: _edgy(edges, seed)


def _random(spaces: Any, seed: int) -> Policy:
    chance = random.Random(seed)
    return lambda _frame: [random_bytes(space, chance) for space in spaces]


def _holding(spaces: Any, seed: int) -> Policy:
    chance = random.Random(seed)
    held = [space.default_bytes for space in spaces]

    def policy(_frame: int) -> list[bytes]:
        for seat, space in enumerate(spaces):
            if chance.random() < 0.08:
                held[seat] = random_bytes(space, chance)
        return list(held)

    return policy


def _edgy(edges: list[list[bytes]], seed: int) -> Policy:
    chance = random.Random(seed)
    return lambda _frame: [chance.choice(options) for options in edges]


def _edges(space: Any) -> list[bytes]:
    """Every action of few; else the extreme ones."""
    d = space.description
    if d["kind"] == "discrete":
        n, start = d["n"], d["start"]
        some = range(n) if n <= _MOST_HELD else (0, 1, n // 2, n - 2, n - 1)
        values: list[Any] = [start + value for value in some]
    elif d["kind"] == "multi_discrete":
        starts = d.get("start", [0] * len(d["nvec"]))
        values = [starts, [s + n - 1 for s, n in zip(starts, d["nvec"])]]
    elif d["kind"] == "multi_binary":
        values = [[bit] * d["n"] for bit in (0, 1)]
    else:
        low = [max(bound, -_FAR) if bound > -1e30 else -_FAR for bound in d["low"]]
        high = [min(bound, _FAR) if bound < 1e30 else _FAR for bound in d["high"]]
        values = [low, high, [(a + b) / 2 for a, b in zip(low, high)]]
        if all(a <= 0 <= b for a, b in zip(low, high)):
            values.append([0.0 for _ in low])
    return [space.default_bytes, *map(space.encode, values)]

