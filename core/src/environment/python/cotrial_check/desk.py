"""What JavaScript calls, one environment after another: everything goes in and out as text."""

from __future__ import annotations

import gc
import json
import random
from collections.abc import Callable
from typing import Any

from cotrial_host import bridge
from cotrial_host.driven import PLAY, USUAL_FPS
from cotrial_host.errors import EnvironmentFault

from . import costs, episodes, pictures, returned, search, states
from .findings import Findings
from .parts import digest
from .recorder import RECORDER
from .source import Source
from .subject import Subject, playing, real_time

#: Seeds of the runs that are compared between interpreters.
TRACE_SEEDS = (21, 4_000_000_007)
#: Slow environments are examined for about this long, s; what comes last is left out then.
_LONGEST_S = 30.0
#: What is too slow to be played is examined for as long only.
_LONGEST_OF_SLOW_S = 3.0

_findings = Findings(Source("", ""))
_subject: Subject | None = None
_scrambled: list[Any] = []
_load = bridge.load


def scramble() -> None:
    """Makes the addresses of what comes next others than in a fresh interpreter, in no order."""
    chance = random.Random(9)
    for size in range(1, 500, 16):
        blocks: list[Any] = [bytes(size) for _ in range(600)]
        chance.shuffle(blocks)
        _scrambled.append(blocks[:300])
    objects: list[Any] = [[{}, set(), Findings(Source("", ""))] for _ in range(2000)]
    chance.shuffle(objects)
    _scrambled.append(objects[:1000])
    del objects
    gc.collect()


def prepare(source: str, name: str, beat: Callable[[str], Any]) -> None:
    """To be called before the environment is loaded. `beat` is told of every call into it."""
    global _findings, _subject
    _findings = Findings(Source(source, name))
    _subject = None
    RECORDER.watch(source, name, beat)
    bridge.load = _guarded_load


def _guarded_load(*arguments: Any) -> str:
    try:
        with RECORDER.running("load"):
            return _load(*arguments)
    except EnvironmentFault as fault:
        error = {"where": fault.where, "message": fault.message, "traceback": fault.traceback}
        return json.dumps({"error": error})


def load_failed(where: str, message: str, traceback: str) -> str:
    """The findings for an environment that does not load."""
    _findings.from_fault(EnvironmentFault(where, message, traceback))
    return json.dumps(_findings.plain())


def examine(
    fps: float | None, reason: str, effort: float, tell: Callable[[float], Any]
) -> str:
    """All that one interpreter can find. `tell` is given how much is done, 0 to 1."""
    global _subject
    assert bridge.host is not None
    RECORDER.phase = "check"
    episode = bridge.host.episode
    subject = _subject = Subject(episode, _findings, fps or PLAY.fps or USUAL_FPS, effort)
    answer: dict[str, Any] = {"costs": {}, "draws": []}

    def measure() -> None:
        answer["costs"] = costs.measure(subject)

    def draw() -> None:
        answer["draws"] = [data.hex() for data in pictures.render(subject)]

    stages: list[Callable[[], None]] = [
        subject.measure,
        lambda: episodes.repeated(subject),
        measure,
        lambda: states.own_methods(subject, reason),
        lambda: states.sync_test(subject, 31),
        lambda: states.outside(subject, reason),
        draw,
        lambda: states.reading(subject),
        lambda: returned.results(subject),
        lambda: episodes.second_episode(subject),
        lambda: episodes.seed_ignored(subject),
        lambda: states.size(subject),
        lambda: search.errors(subject),
        lambda: states.lower_tier(subject, reason),
    ]
    deadline = real_time() + _LONGEST_S
    for done, stage in enumerate(stages):
        tell(done / len(stages))
        if real_time() < deadline:
            _run(stage)
        if stage is measure and _findings.has_fault("slow_step"):
            deadline = real_time() + _LONGEST_OF_SLOW_S
    episodes.uses(subject)
    answer["frames"] = subject.frames
    answer["tier"] = subject.tier
    answer["differs"] = subject.differs
    return json.dumps(answer)


def _run(stage: Callable[[], None]) -> None:
    try:
        with playing():
            stage()
    except EnvironmentFault as error:
        if error.where == "host":
            raise
        _findings.from_fault(error)
    except KeyboardInterrupt as error:
        # In a method that nobody watches: what a state's own code does, get_state for example.
        _findings.from_fault(EnvironmentFault.from_exception("get_state", error))


def trace(frames: int) -> str:
    """Checksums of straight runs, frame by frame: for each seed [[state, results], ...]."""
    assert bridge.host is not None
    RECORDER.phase = "check"
    subject = _started(frames)
    runs = []
    for seed in TRACE_SEEDS:
        try:
            with playing():
                runs.append(_traced(subject, seed))
        except EnvironmentFault as error:
            runs.append([["error", error.message]])
    return json.dumps(runs)


def _started(frames: int) -> Subject:
    global _subject
    if _subject is None:
        assert bridge.host is not None
        _subject = Subject(bridge.host.episode, _findings, PLAY.fps)
    _subject.frames = frames
    return _subject


def _traced(subject: Subject, seed: int) -> list[list[str]]:
    kept = subject.tier in ("own_methods", "snapshot")
    seen: list[str] = []

    def look(_frame: int) -> None:
        seen.append("" if kept else digest(subject.parts()).hex())

    run = subject.run(seed, subject.plan(seed), each=look)
    return [
        [state.hex() + more, results.hex()] for (state, results), more in zip(run, seen)
    ]


def parts_at(run: int, frame: int) -> str:
    """The parts of the state after a frame of a traced run, by path."""
    assert _subject is not None
    seed = TRACE_SEEDS[run]
    with playing():
        return json.dumps(_subject.parts_at(seed, _subject.plan(seed), frame + 1))


def tell_difference(kind: str, paths_json: str, frame: int) -> None:
    """Two interpreters differ from a frame on, in these parts of the state."""
    assert _subject is not None
    episodes.tell_difference(_subject, kind, json.loads(paths_json), frame)


def tell_drawing(sentences_json: str) -> None:
    assert _subject is not None
    pictures.draw_entries(_subject, json.loads(sentences_json))


def findings() -> str:
    return json.dumps(_findings.plain())
