"""What a frame costs, measured so that a busy machine makes nothing up.

The same episode is played several times, and of each frame the fastest play counts: what else runs
on the machine slows some plays down, but seldom the same frame in all of them.
"""

from __future__ import annotations

from typing import Any

from .recorder import RECORDER
from .subject import Subject, real_time

_PLAYS = 4
_MOST_FRAMES = 200
#: Longest that one play takes, s.
_PLAY_S = 1.2
_NAMES = ("step", "save", "load", "checksum")
#: Fewer frames than this cannot be corrected in the time of one.
_ROLLBACK_FRAMES = 4


def measure(subject: Subject) -> dict[str, Any]:
    """Quantiles over frames in ms; findings where they are over the budget."""
    plan = subject.plan(5, _MOST_FRAMES)
    with RECORDER.aside():
        plays = [_play(subject, plan)]
        plan = plan[: len(plays[0])]
        plays += [_play(subject, plan) for _ in range(_PLAYS - 1)]
    fastest = [
        [1000 * min(times) for times in zip(*frame)] for frame in zip(*plays)
    ]
    columns = list(zip(*fastest)) if fastest else [(0.0,)] * len(_NAMES)
    costs: dict[str, Any] = {
        name: {"p50": _quantile(values, 0.5), "p99": _quantile(values, 0.99)}
        for name, values in zip(_NAMES, columns)
    }
    if subject.tier not in ("own_methods", "snapshot"):
        # Nothing is kept: what going back takes depends on how far the episode is.
        del costs["save"], costs["load"]
    costs["frame"] = round(subject.frame_ms, 3)
    _judge(subject, costs, columns)
    return costs


def _play(subject: Subject, plan: list[Any]) -> list[tuple[float, ...]]:
    episode = subject.episode
    episode.reset(5)
    times = []
    deadline = real_time() + _PLAY_S * subject.effort
    for frame, words in enumerate(plan):
        if episode.over_at is not None or (frame > 4 and real_time() > deadline):
            break
        RECORDER.beat("step")
        start = real_time()
        episode.advance(frame, words)
        stepped = real_time()
        saved = episode.capture()
        captured = real_time()
        episode.state_digest(saved, episode.results_of(frame))
        summed = real_time()
        if subject.tier in ("own_methods", "snapshot"):
            episode.reinstate(saved)
        loaded = real_time()
        episode.prune(frame)
        times.append((stepped - start, captured - stepped, loaded - summed, summed - captured))
    return times


def _judge(subject: Subject, costs: dict[str, Any], columns: list[Any]) -> None:
    frame_ms = subject.frame_ms
    kept = {name: costs[name]["p50"] for name in ("step", "save", "load") if name in costs}
    step, save, load = kept["step"], kept.get("save", 0.0), kept.get("load", 0.0)
    place = subject.source.where(method="step")
    budget = f"a frame at {subject.fps:g} Hz lasts {frame_ms:.1f} ms"
    if step + save > frame_ms:
        dear = "step" if step >= save else "saving the state"
        subject.findings.fault(
            "slow_step",
            place,
            f"Half of all frames take over {step + save:.1f} ms (step {step:.1f}, save {save:.1f}), "
            f"mostly for {dear}; {budget}. The rest of the check is cut short.",
            "Make step faster, the state smaller, or render_fps lower.",
        )
    elif _ROLLBACK_FRAMES * (step + save) + load > frame_ms:
        fit = max(0, int((frame_ms - load) / (step + save)))
        subject.findings.note(
            "slow_rollback",
            place,
            f"After a wrong guess only {fit} frames can be played again in the time of one (step "
            f"{step:.1f} ms, save {save:.1f} ms, load {load:.1f} ms); {budget}. The host skips "
            "frames then, and the picture stutters.",
            "Make step faster, the state smaller, or render_fps lower.",
        )
    slowest = max(range(len(columns[0])), key=columns[0].__getitem__) if columns[0] else 0
    if step + save <= frame_ms < costs["step"]["p99"]:
        subject.findings.note(
            "slow_step",
            place,
            f"Some steps take much longer than the others: frame {slowest} took "
            f"{columns[0][slowest]:.1f} ms; {budget}. The picture stutters there.",
            "Spread the work over several frames, or do it in __init__.",
        )


def _quantile(values: Any, share: float) -> float:
    ordered = sorted(values)
    return round(ordered[min(len(ordered) - 1, int(share * len(ordered)))], 4)
