"""Runs compared with each other: the same one twice, one after another, with other seeds."""

from __future__ import annotations

from typing import Any

from .parts import differences
from .recorder import RECORDER
from .subject import Subject, first_path, shown

#: Modules that lead out of Python, to what no host drives.
_BROWSER = ("js", "pyodide_js", "pyodide")
SEED, OTHER_SEED = 11, 2_000_000_033


class _Stays:
    """In the place of what the host puts right before every reset: leaves all as it is."""

    def load(self, saved: Any) -> None:
        pass

    def seed(self, seed: int) -> None:
        pass


def repeated(subject: Subject) -> None:
    """The same seed and actions, twice in one interpreter."""
    plan = subject.plan(SEED)
    first = subject.run(SEED, plan)
    second = subject.run(SEED, plan)
    frame = first_difference(first, second)
    if frame is None:
        return
    one = subject.parts_at(SEED, plan, frame + 1)
    two = subject.parts_at(SEED, plan, frame + 1)
    # Why, other interpreters tell.
    subject.differs = (frame, differences(one, two))


def tell_difference(subject: Subject, kind: str, paths: list[str], frame: int) -> None:
    """What two fresh interpreters do not agree on."""
    source = subject.source
    what = shown(paths) if paths else "what step returns"
    if kind == "hidden_randomness":
        addresses = source.line_of_call("id", "hash")
        if addresses is not None and source.line_of_import(*_BROWSER) is None:
            kind = "address"  # which two interpreters that are alike seldom share
    if kind == "hidden_randomness":
        line = source.line_of_import(*_BROWSER)
        subject.findings.fault(
            kind,
            source.where(line=line, path=first_path(paths), method="step"),
            f"The same seed and actions lead elsewhere in another interpreter: {what} differs at "
            f"frame {frame}. Players' games would part.",
            "Take chance only from random.Random(seed), from `random`, or from a generator seeded "
            "in reset; ask no browser and no machine.",
        )
        return
    if kind == "outside_state":
        subject.findings.fault(
            kind,
            source.where(line=source.line_of_call("open"), path=first_path(paths), method="step"),
            f"Something outlives the episode that neither the object nor the file's module holds, "
            f"and {what} differs at frame {frame} when the same is played again.",
            "Keep all state in attributes of the environment, not in files or in other modules.",
        )
        return
    if kind == "address":
        line = source.line_of_call("id", "hash")
        subject.findings.fault(
            kind,
            source.where(line=line, path=first_path(paths), method="step"),
            f"The game depends on the addresses of objects in memory, which differ between "
            f"browsers: {what} differs at frame {frame}.",
            "Give objects numbers or names of their own to sort, compare, hash and print them by: "
            "no id(), no sets or dictionary keys of plain objects, no default repr.",
        )
        return
    subject.findings.note(
        kind,
        source.where(path=first_path(paths), method="step"),
        f"The order of sets or hashes of texts matters: with another hash seed {what} differs at "
        f"frame {frame}. The host gives every browser the same hash seed.",
        "Sort a set before going over it.",
    )


def first_difference(one: list[Any], other: list[Any]) -> int | None:
    """The first frame that differs, also when one run is shorter."""
    for frame, (a, b) in enumerate(zip(one, other)):
        if a != b:
            return frame
    return None if len(one) == len(other) else min(len(one), len(other)) - 1


def second_episode(subject: Subject) -> None:
    """An episode after another one, without the host's fresh start in between."""
    episode = subject.episode
    if episode.starts_anew or subject.differs:
        return
    plan = subject.plan(SEED)
    fresh = [results for _, results in subject.run(SEED, plan, digests=False)]
    parts_fresh = _parts_after_reset(subject)
    origin = episode._origin
    episode._origin = _Stays()  # type: ignore[assignment]
    try:
        subject.run(OTHER_SEED, subject.plan(OTHER_SEED), digests=False)
        parts_later = _parts_after_reset(subject)
        later = [results for _, results in subject.run(SEED, plan, digests=False)]
    finally:
        episode._origin = origin
        episode.reset(SEED)
    frame = first_difference(fresh, later)
    if frame is None:
        return
    paths = differences(parts_fresh, parts_later)
    what = f"{shown(paths)} is left over" if paths else "something outside the object is left over"
    subject.findings.note(
        "second_episode",
        subject.source.where(path=first_path(paths), method="reset"),
        f"reset does not reset everything: {what} from the episode before, and frame {frame} is "
        "another one. The host puts the object back as it was made before every reset.",
        "Set it in reset.",
    )


def _parts_after_reset(subject: Subject) -> dict[str, str]:
    subject.episode.reset(SEED)
    return subject.parts()


def seed_ignored(subject: Subject) -> None:
    """Chance that is the same in every episode."""
    if subject.differs:
        return
    plan = subject.plan(SEED)
    runs = []
    # The host seeds generators that construction made without a seed; here it does not.
    given = subject.episode._unseeded
    subject.episode._unseeded = _Stays()  # type: ignore[assignment]
    try:
        for seed in (SEED, OTHER_SEED):
            RECORDER.seeds.clear()
            subject.episode.reset(seed)
            at_reset = subject.parts()
            results = subject.run(seed, plan, digests=False)
            runs.append((results, subject.parts(), list(RECORDER.seeds), at_reset))
    finally:
        subject.episode._unseeded = given
    (results, parts, seeds, at_reset), (other_results, other_parts, other_seeds, _) = runs
    if results != other_results or seeds != other_seeds:
        return
    if any(parts.get(path) != repr(SEED) for path in differences(parts, other_parts)):
        return
    drawn = [
        path
        for path, text in parts.items()
        if text.startswith("<generator") and at_reset.get(path) != text
    ]
    unseeded = [u for u in RECORDER.uses.values() if u.kind == "unseeded_generator"]
    if not drawn and not seeds:
        return
    path = first_path(drawn)
    line = unseeded[0].line if unseeded else seeds[0][0] if seeds else None
    remedy = "Seed it in reset: self.rng = random.Random(seed)."
    if unseeded:
        subject.findings.note(
            "unseeded_generator",
            subject.source.where(line=line, path=path),
            "This generator is made without a seed, and reset does not seed it. The host seeds it "
            "from the episode's seed.",
            remedy,
        )
        return
    subject.findings.note(
        "seed_ignored",
        subject.source.where(line=line, path=path, method="reset"),
        "Every episode has the same chance events, whatever its seed, since reset does not use "
        "its seed. All players get the same ones, but so do all matches.",
        remedy,
    )


def uses(subject: Subject) -> None:
    """Clocks and entropy that the environment asked for in all that was played."""
    for use in RECORDER.uses.values():
        when = ", ".join(sorted(use.phases - {"check"})) or "play"
        place = subject.source.where(line=use.line)
        if use.kind == "clock":
            subject.findings.note(
                "clock",
                place,
                f"{use.name} is asked in {when}. The host lets time go by frames, the same for "
                "all players.",
                "Count frames instead; a frame lasts 1 / render_fps seconds.",
            )
        elif use.kind == "undriven_clock":
            stops = "stops the game" if use.name == "time.sleep" else "differs between machines"
            subject.findings.fault(
                "clock",
                place,
                f"{use.name} is called in {when} and {stops}.",
                "Count frames instead; a frame lasts 1 / render_fps seconds.",
            )
        elif use.kind == "entropy":
            subject.findings.note(
                "entropy",
                place,
                f"{use.name} is asked in {when}. The host draws it from the episode's seed, the "
                "same for all players.",
                "Take chance from random.Random(seed), made in reset.",
            )
        elif use.phases != {"load"}:
            subject.findings.note(
                "unseeded_generator",
                place,
                f"{use.name} in {when}. The host seeds it from the episode's seed and the frame.",
                "Seed it: random.Random(seed), numpy.random.default_rng(seed).",
            )

