"""The requests that fill every tick, ADVANCE and SAVE, with nothing done that can wait.

A rollback steps and saves up to a dozen frames at once, and most of them are stepped again before
they count. So what a step returned is kept by reference where nobody else holds it, and is looked
at when its row is due; a state whose values cannot change is kept as it is, and proves that it is
such a one when somebody goes back to it. Everything out of the ordinary is the episode's to do.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import getrefcount
from types import SimpleNamespace
from typing import Any

from .actions import Words
from .episode import Episode
from .errors import EnvironmentFault

ADVANCE, SAVE = 3, 4


def frame_runner(episode: Episode, over: Callable[[int], None]) -> Callable[[Words, int], int]:
    """A function that runs the ADVANCE and SAVE requests of a list from a place on.

    It returns the place of the first request that it leaves to others: any other request, and a
    frame that is not due, that follows the last one, or whose actions must be decoded. `over` is
    told of the frame that ends the episode.
    """
    env = episode.env
    step = episode.step
    known = episode.actions.known
    words_of_advance = 2 + episode.actions.length
    saved, steps, checksums = episode.saved, episode.steps, episode.checksums
    save_state = episode.states.save_unproven
    save_generators = episode.generators.save
    stepped = episode.states.stepped
    played = episode.played
    everybody = episode.agents
    agents = list(everybody)
    lists_agents = episode.lists_agents
    nobody = dict.fromkeys(everybody, False)
    ours, info_ours = _OURS, _INFO_OURS

    # In one function, since each call of another would cost a tenth of what a frame costs here, and
    # without a `try`, which would make CPython count references for every use of a variable.
    def run(words: Words, at: int) -> int:
        length = len(words)
        frame = episode.frame
        while at < length and words[at + 1] == frame and words[at] == ADVANCE:
            end = at + words_of_advance
            joint = known(words[at + 2 : end])
            if joint is None:
                break
            # A copy, since it is the environment's to change.
            result = step(joint[0].copy())
            if type(result) is tuple and len(result) == 5:
                _, rewards, terminated, truncated, infos = result
                if (
                    terminated == nobody
                    and truncated == nobody
                    and type(rewards) is dict
                    and type(infos) is dict
                    and not (lists_agents and [*env.agents] != agents)
                ):
                    result = None
                    held = getrefcount(rewards) > ours or getrefcount(infos) > ours
                    for info in infos.values():
                        if getrefcount(info) > info_ours:
                            held = True
                    if not held:
                        steps[frame] = (joint, rewards, infos)
                        if played is not None:
                            played[frame] = joint[2]
                        if stepped is not None:
                            stepped()
                        if checksums:
                            checksums.pop(frame, None)
                        frame += 1
                        episode.frame = frame
                        at = end
                        if at < length and words[at] == SAVE and words[at + 1] == frame:
                            saved[frame] = (save_state(), save_generators(), everybody, None)
                            at += 2
                        continue
                    result = (None, rewards, terminated, truncated, infos)
            if episode.take(frame, joint, result):
                over(frame)
            return end
        return at

    def run_or_fail(words: Words, at: int) -> int:
        if (
            episode.over_at is not None
            or episode.live != everybody
            or not episode.constant_results
        ):
            return at
        try:
            return run(words, at)
        except EnvironmentFault:
            raise
        except Exception as error:
            raise EnvironmentFault.from_exception("step", error) from error

    return run_or_fail


def _own_counts() -> tuple[int, int]:
    """What `getrefcount` says in `run`, interpreter by interpreter, of what nobody else holds."""
    for ours in range(1, 9):
        for of_info in range(1, 9):
            globals().update(_OURS=ours, _INFO_OURS=of_info)
            steps: dict[int, Any] = {}
            tried: Any = SimpleNamespace(
                agents=(),
                live=(),
                env=None,
                lists_agents=False,
                actions=SimpleNamespace(length=0, known=lambda _: ({}, (), ())),
                step=lambda _: (None, {}, {}, {}, {0: {}}),
                take=lambda *_: False,
                states=SimpleNamespace(save_unproven=None, stepped=None),
                generators=SimpleNamespace(save=None),
                **{"frame": 0, "over_at": None, "played": None, "constant_results": True},
                **{"saved": {}, "steps": steps, "checksums": {}},
            )
            frame_runner(tried, lambda _: None)((ADVANCE, 0), 0)
            if steps:
                return ours, of_info
    return 0, 0


_OURS = _INFO_OURS = 0
_OURS, _INFO_OURS = _own_counts()
