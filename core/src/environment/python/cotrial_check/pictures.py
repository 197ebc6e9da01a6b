"""Does `render` leave the game alone, and can its entries be drawn?"""

from __future__ import annotations

from cotrial_host.draw import Draw
from cotrial_host.driven import PLAY

from .episodes import SEED, first_difference
from .parts import differences
from .recorder import RECORDER
from .subject import MOST_FRAMES, Played, Subject, first_path, shown

#: Draw lists that are looked at entry by entry.
_LISTS = 40


def render(subject: Subject) -> list[bytes]:
    """Compares a run that is drawn with one that is not; some whole draw lists, marshalled."""
    if not subject.episode.draws or not callable(getattr(subject.episode.env, "render", None)):
        return []
    lists: list[bytes] = []
    named: set[str] = set()
    plan = subject.plan(SEED)
    every = max(1, min(MOST_FRAMES, subject.frames) * len(subject.agents) // _LISTS)

    def draw(frame: int) -> None:
        for player in range(len(subject.agents)):
            # A new one each time: it sends what persists only once.
            drawing = Draw(subject.agents)
            data = _drawn(subject, drawing, player)
            named.update(drawing._named)
            if (frame * len(subject.agents) + player) % every == 0:
                lists.append(data)

    plain = subject.run(SEED, plan)
    drawn = subject.run(SEED, plan, each=draw)
    frame = first_difference(plain, drawn)
    if frame is not None:
        covered = subject.episode.render_changes and _results(plain) == _results(drawn)
        _tell(subject, plan, frame, covered)
    for text in sorted(named):
        subject.findings.note(
            "draw_entry",
            subject.source.where(method="render"),
            f"{text.removeprefix('render: ')}.",
            _DRAWABLE,
        )
    return lists


def _results(run: list[Played]) -> list[bytes]:
    return [results for _, results in run]


_DRAWABLE = "docs/drawing.md lists the fields of each type."


def _drawn(subject: Subject, drawing: Draw, player: int) -> bytes:
    """As the host does it."""
    episode = subject.episode
    before = episode.generators.save()
    PLAY.rendering = True
    try:
        with RECORDER.running("render"):
            return drawing.list_for(player, episode.env)
    finally:
        PLAY.rendering = False
        episode.generators.restore(before)


def _tell(
    subject: Subject, plan: list[tuple[int, ...]], frame: int, covered: bool
) -> None:
    """Names what drawing changed, by the first frame on which it matters.

    `covered` is what the host noticed at load and puts back, as far as the rules ask nothing of it.
    """
    changed: list[str] = []

    def look(_frame: int) -> None:
        if changed:
            return
        before = subject.parts()
        for player in range(len(subject.agents)):
            _drawn(subject, Draw(subject.agents), player)
        changed.extend(differences(before, subject.parts()))

    subject.run(SEED, plan[: frame + 1], each=look)
    what = shown(changed) if changed else "something outside the object"
    line = subject.source.line_of_change_in("render", first_path(changed))
    place = subject.source.where(line=line, path=first_path(changed), method="render")
    if covered:
        subject.findings.note(
            "render_mutates",
            place,
            f"render changes {what}, which the rules do not use. The host puts the state back "
            "after each picture, which costs a save and a load.",
            "Let render only read, or ignore this where a library does it.",
        )
        return
    subject.findings.fault(
        "render_mutates",
        place,
        f"render changes {what}. Every browser draws on other frames, so players' games would "
        "part.",
        "Change it in step; let render only read.",
    )


def draw_entries(subject: Subject, sentences: list[str]) -> None:
    """What the page says of the draw lists."""
    for sentence in sentences:
        subject.findings.note(
            "draw_entry", subject.source.where(method="render"), sentence, _DRAWABLE
        )
