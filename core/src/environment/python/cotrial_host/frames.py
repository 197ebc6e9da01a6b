"""The requests that fill every tick, ADVANCE and SAVE, with nothing done that can wait.

A rollback steps and saves up to a dozen frames at once, and most of them are stepped again before
they count. So what a step returned is kept by reference where nobody else holds it, and is looked
at when its row is due; everything out of the ordinary is the episode's to do.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import getrefcount
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
    save_state = episode.states.save
    save_generators = episode.generators.save
    stepped = episode.states.stepped
    played = episode.played
    everybody = episode.agents
    agents = list(everybody)
    lists_agents = episode.lists_agents
    nobody = dict.fromkeys(everybody, False)

    # Without a `try`, which would make CPython count references for every use of a variable.
    def run(words: Words, at: int) -> int:
        length = len(words)
        frame = episode.frame
        while at < length and words[at + 1] == frame and words[at] == ADVANCE:
            end = at + words_of_advance
            joint = known(words[at + 2 : end])
            if joint is None:
                break
            # A copy, since it is the environment's to change.
            rewards, infos, other = _play(step, joint[0].copy(), nobody)
            if rewards is None or (lists_agents and [*env.agents] != agents):
                if other is None:
                    other = (None, rewards, nobody, nobody, infos)
                if episode.take(frame, joint, other):
                    over(frame)
                return end
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


def _play(step: Callable[[Any], Any], actions: Any, nobody: dict[Any, bool]) -> tuple[Any, ...]:
    """Steps: (rewards, infos, None) when nobody ended and nobody else holds them.

    Otherwise (None, None, whatever the step returned).
    """
    result = step(actions)
    if type(result) is not tuple or len(result) != 5:
        return None, None, result
    _, rewards, terminated, truncated, infos = result
    if (
        terminated == nobody
        and truncated == nobody
        and type(rewards) is dict
        and type(infos) is dict
    ):
        result = None
        if getrefcount(rewards) <= _OURS and getrefcount(infos) <= _OURS:
            for info in infos.values():
                if getrefcount(info) > _INFO_OURS:
                    break
            else:
                return rewards, infos, None
        result = (None, rewards, terminated, truncated, infos)
    return None, None, result


def _own_counts() -> tuple[int, int]:
    """What `getrefcount` says in `_play`, interpreter by interpreter, when nobody else holds them."""
    for ours in range(1, 9):
        for of_info in range(1, 9):
            globals().update(_OURS=ours, _INFO_OURS=of_info)
            if _play(lambda _: (None, {}, {}, {}, {0: {}}), None, {})[2] is None:
                return ours, of_info
    return 0, 0


_OURS, _INFO_OURS = _own_counts()
