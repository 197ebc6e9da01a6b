"""Is a state kept and given back exactly? The sync test, own methods, what lies outside."""

from __future__ import annotations

import re
from typing import Any

from cotrial_host.errors import EnvironmentFault
from cotrial_host.states import OwnMethods

from .parts import differences
from .subject import Subject, first_path, real_time, shown

#: As deep as rollbacks usually get.
_DEEPEST = 12
#: Longest that the sync test takes, s.
_SYNC_S = 1.5
#: Frames before own methods are tried, and frames played twice from there.
_OWN_ROUNDS = ((0, 12), (9, 24), (40, 60))
#: A state that a peer sends to repair another fits one message of the protocol.
_MOST_BYTES = 4 * 1024 * 1024
_MANY_BYTES = 512 * 1024

_COVERED = "The host keeps a snapshot of the whole object instead, which costs more."
_COMPLETE = "Put it into what get_state returns and set_state takes, or leave both methods out."


def sync_test(subject: Subject, seed: int) -> None:
    """Goes back on every frame, up to twelve frames deep, after wrong inputs; then plays again."""
    if subject.tier == "lockstep" or subject.differs:
        return
    plan = subject.plan(seed)
    wrong = subject.plan(seed + 1)
    straight = subject.run(seed, plan)
    episode = subject.episode
    deadline = real_time() + _SYNC_S * max(subject.effort, 0.5)
    episode.reset(seed)
    episode.save(0)
    for frame in range(len(straight)):
        if real_time() > deadline:
            break
        depth = 1 + frame % _DEEPEST
        first = max(0, frame - depth + 1)
        for inputs in (wrong, plan):
            episode.load(first)
            _play_on(subject, first, frame, inputs)
        state = episode.state_digest(episode.saved[frame + 1], b"")
        if (state, episode.results_of(frame)) != straight[frame]:
            _tell_of_sync(subject, seed, plan, frame, subject.parts())
            return
        episode.prune(first)


def _play_on(subject: Subject, first: int, last: int, plan: list[Any]) -> None:
    episode = subject.episode
    for frame in range(first, last + 1):
        if episode.over_at is not None:
            return
        episode.advance(frame, plan[frame])
        episode.save(frame + 1)


def _tell_of_sync(
    subject: Subject, seed: int, plan: list[Any], frame: int, seen: dict[str, str]
) -> None:
    paths = differences(subject.parts_at(seed, plan, frame + 1), seen)
    place = subject.source.where(path=first_path(paths), method="step")
    if not paths and subject.tier == "own_methods":
        subject.findings.fault(
            "non_canonical_state",
            subject.source.where(method="get_state"),
            f"After going back, frame {frame} gives another get_state for an equal state "
            f"(seed {seed}); players' checksums would differ.",
            _CANONICAL,
        )
        return
    what = shown(paths) if paths else "what step returns"
    remedy = _COMPLETE if subject.tier == "own_methods" else _IN_ATTRIBUTES
    subject.findings.fault(
        "incomplete_state",
        place,
        f"Going back and playing the same actions again, frame {frame} is another one: {what} "
        f"differs (seed {seed}).",
        remedy,
    )


_CANONICAL = (
    "Return plain values in a fixed order: tuples of numbers and texts, sets sorted, no pickled "
    "bytes."
)
_IN_ATTRIBUTES = "Keep all state in attributes with plain values, or write get_state and set_state."


def own_methods(subject: Subject, reason: str) -> None:
    """Why get_state and set_state, which the environment has, are not used."""
    env = subject.episode.env
    if subject.tier == "own_methods" or not OwnMethods.offered_by(env):
        return
    episode = subject.episode
    before = episode.states
    episode.states = OwnMethods(env)
    try:
        for skipped, again in _OWN_ROUNDS:
            if _own_round(subject, skipped, again):
                return
    except EnvironmentFault as error:
        line = subject.source.line_of_traceback(error.traceback)
        subject.findings.note(
            "incomplete_state",
            subject.source.where(line=line, method=error.where),
            f"{error.where} fails: {error.message}. {_COVERED}",
            "Mend the method, or leave get_state and set_state out.",
        )
        return
    finally:
        episode.states = before
    subject.findings.note(
        "incomplete_state",
        subject.source.where(method="get_state"),
        f"get_state and set_state are not used: {reason}. {_COVERED}",
        _COMPLETE,
    )


def _own_round(subject: Subject, skipped: int, again: int) -> bool:
    """Plays on from a state twice; whether the second time was another one, which is told."""
    episode = subject.episode
    seed = 7
    plan = subject.plan(seed, skipped + again)
    episode.reset(seed)
    for frame in range(skipped):
        if episode.over_at is not None:
            return False
        subject.step(frame, plan[frame])
    if episode.over_at is not None:
        return False
    start, parts_then = episode.capture(), subject.parts()
    first = _onward(subject, plan[skipped:], skipped)
    episode.adopt(skipped, start)
    episode.reinstate(start)
    lost = differences(parts_then, subject.parts())
    second = _onward(subject, plan[skipped:], skipped)
    for frame, (one, other) in enumerate(zip(first, second), skipped):
        if one == other:
            continue
        changed = differences(one[2], other[2])
        if one[1] == other[1] and not changed:
            subject.findings.note(
                "non_canonical_state",
                subject.source.where(method="get_state"),
                f"get_state gives another value for an equal state (frame {frame} played again). "
                f"{_COVERED}",
                _CANONICAL,
            )
            return True
        paths = lost or changed
        what = f"{shown(paths)} is not restored" if lost else f"{shown(paths)} differs"
        subject.findings.note(
            "incomplete_state",
            subject.source.where(path=first_path(paths), method="get_state"),
            f"get_state and set_state miss something: {what if paths else 'the results differ'} "
            f"when frame {frame} is played again. {_COVERED}",
            _COMPLETE,
        )
        return True
    return False


def _onward(subject: Subject, plan: list[Any], frame: int) -> list[Any]:
    played = []
    for words in plan:
        if subject.episode.over_at is not None:
            break
        played.append((*subject.step(frame, words), subject.parts()))
        frame += 1
    return played


def outside(subject: Subject, reason: str) -> None:
    """State in the module or on its classes."""
    subject.episode.reset(3)
    before = subject.outside()
    subject.run(3, subject.plan(3))
    paths = differences(before, subject.outside())
    if not paths or subject.tier == "own_methods":
        return
    # The names that hold it, without the parts of what they hold.
    names = [re.sub(r"^(\w+\.\w+).*", r"\1", path) for path in paths]
    what = f"State outside the environment object changes in play: {shown(names)}."
    place = subject.source.where(path=names[0])
    remedy = "Make it an attribute of the environment, set in reset."
    if "module or its classes" in reason:
        message = f"{what} The host keeps it with every state, which costs time on each save."
        subject.findings.note("outside_state", place, message, remedy)
    elif subject.tier == "lockstep" or subject.findings.has("incomplete_state"):
        message = f"{what} Going back does not bring it back."
        subject.findings.fault("outside_state", place, message, remedy)


def lower_tier(subject: Subject, reason: str) -> None:
    """Replay and lockstep: what they cost, and why nothing better holds."""
    why, path = _shortened(reason)
    if subject.tier == "replay":
        subject.findings.note(
            "lower_tier",
            subject.source.where(path=path),
            f"States cannot be kept: {why}. The host goes back by playing the episode again "
            "from its start, which takes longer the later it is.",
            _IN_ATTRIBUTES,
        )
    elif subject.tier == "lockstep" and not subject.differs:
        subject.findings.fault(
            "lower_tier",
            subject.source.where(path=path),
            f"The environment cannot go back to an earlier state: {why}. Every player would "
            "feel the slowest connection, and players' states may part.",
            _IN_ATTRIBUTES,
        )


def reading(subject: Subject) -> None:
    """Does get_state change the game? Every browser calls it on other frames."""
    if subject.tier != "own_methods":
        return
    plan = subject.plan(8)
    read = [results for _, results in subject.run(8, plan)]
    parts_read = subject.parts()
    unread = [results for _, results in subject.run(8, plan, digests=False)]
    paths = differences(parts_read, subject.parts())
    if read == unread:
        return
    line = subject.source.line_of_change_in("get_state", first_path(paths))
    subject.findings.fault(
        "get_state_mutates",
        subject.source.where(line=line, path=first_path(paths), method="get_state"),
        f"get_state changes {shown(paths) or 'the game'}. Every browser calls it on other frames, "
        "so players' games would part.",
        "Change it in step; let get_state only read.",
    )


def _shortened(reason: str) -> tuple[str, str]:
    """The host's reason without its remedies, and the part of the state that it names."""
    why = re.sub(r"\. Keep all state.*", "", reason.rpartition("does not hold: ")[2])
    why = re.sub(r"\bself\b", "env", why)
    path = re.search(r"env[.\[][^ ]*", why)
    return why, path.group().rstrip(",") if path else ""


def size(subject: Subject) -> None:
    """Bytes of the state at the end of an episode."""
    if subject.tier not in ("own_methods", "snapshot"):
        return
    subject.run(4, subject.plan(4), digests=False)
    if subject.episode.frame is None:
        return
    bytes_now = len(subject.episode.states.canonical(subject.episode.capture()[0]))
    if bytes_now <= _MANY_BYTES:
        return
    method = "get_state" if subject.tier == "own_methods" else "__init__"
    place = subject.source.where(method=method)
    message = f"A state has {bytes_now / 1024:,.0f} KiB, and dozens are kept."
    remedy = "Keep constant tables in the module, and histories out of the state (infos keep them)."
    if bytes_now > _MOST_BYTES:
        subject.findings.fault(
            "large_state", place, f"{message} It is too large to be sent to another player.", remedy
        )
    else:
        subject.findings.note("large_state", place, f"{message} Saving it takes time.", remedy)
