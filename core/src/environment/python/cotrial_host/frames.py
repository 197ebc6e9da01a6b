"""PLAY and PASS requests: frames that are stepped one after another, and nothing else.

They fill every tick. A rollback steps and saves up to a dozen frames at once, and most of them are
stepped again before they count. So all that can wait does: what a step returned is kept by
reference where nobody else holds it, and is looked at when its row is due; a state whose values
cannot change is kept as it is, and proves that it is such a one when somebody goes back to it; the
global generators are looked at once for all frames. Everything out of the ordinary is the
episode's to do.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from sys import getrefcount
from types import SimpleNamespace
from typing import Any

from .actions import Joint
from .episode import Episode
from .errors import EnvironmentFault


def frame_runner(
    episode: Episode, over: Callable[[int], None]
) -> Callable[[int, Sequence[int], bool], None]:
    """A function that steps frames from one on, by the numbers of their joint actions, and saves
    the state after each or none of them.

    For the episode that is being played: a reset needs a new one. `over` is told of the frame that
    ends the episode; what is asked for after it is left out.
    """
    env = episode.env
    step = episode.step
    joints = episode.actions.numbered
    saved, steps, checksums = episode.saved, episode.steps, episode.checksums
    save_state = episode.states.save_unproven
    generators = episode.generators
    save_generators = generators.save
    stepped = episode.states.stepped
    played = episode.played
    everybody = episode.agents
    nobody = dict.fromkeys(everybody, False)
    goes_back = episode.states.tier != "lockstep"
    unlisted = not episode.lists_agents
    # Other kinds, arrays for example, may not even be comparable.
    kind = None if unlisted else type(env.agents)
    listed = list(everybody) if kind is list else everybody if kind is tuple else None
    ours, info_ours = _OURS, _INFO_OURS

    # In one function, since each call of another would cost a tenth of what a frame costs here, and
    # without a `try`, which would make CPython count references for every use of a variable.
    def run(frame: int, numbers: Sequence[int], saving: bool, drawing: bool) -> Any:
        """Stops at a step that is out of the ordinary: its joint action and what it returned."""
        for number in numbers:
            joint = joints[number]
            # A copy, since it is the environment's to change.
            result = step(joint[0].copy())
            if type(result) is tuple and len(result) == 5:
                _, rewards, terminated, truncated, infos = result
                if (
                    terminated == nobody
                    and truncated == nobody
                    and type(rewards) is type(infos) is dict
                    and (unlisted or type(env.agents) is kind and env.agents == listed)
                ):
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
                        frame += 1
                        episode.frame = frame
                        if saving:
                            state = save_state()
                            drawn = save_generators() if drawing else None
                            saved[frame] = (state, drawn, everybody, None)
                        else:
                            saved.pop(frame, None)
                        continue
            return joint, result
        return None

    def carefully(first: int, numbers: Sequence[int], saving: bool) -> None:
        for frame, number in enumerate(numbers, first):
            if episode.over_at is not None:
                return
            if episode.advance(frame, joints[number].words):
                over(frame)
            if saving:
                episode.save(frame + 1)

    def run_all(first: int, numbers: Sequence[int], saving: bool) -> None:
        ordinary = (
            episode.over_at is None
            and episode.live == everybody
            and episode.constant_results
            and episode.frame == first
        )
        if not ordinary:
            carefully(first, numbers, saving)
            return
        for stale in [frame for frame in checksums if frame >= first]:
            del checksums[stale]
        returns = goes_back and first in saved
        drawing = episode.draws_globally or not saving or not returns
        left = failed = None
        try:
            left = run(first, numbers, saving, drawing)
        except Exception as error:
            failed = error
        if failed is not None:
            if not returns:
                raise EnvironmentFault.from_exception("step", failed)
            # Again, one thing at a time: what fails is told of by who knows what it was.
            carefully(back_to(first), numbers, saving)
        elif not (drawing or generators.untouched()):
            # Somebody drew, and the generators of the frames so far were not kept.
            episode.draws_globally = True
            run_all(back_to(first), numbers, saving)
        elif left is not None:
            frame = episode.frame
            if episode.take(frame, *left):
                over(frame)
            if saving:
                episode.save(frame + 1)
            carefully(frame + 1, numbers[frame + 1 - first :], saving)

    def back_to(frame: int) -> int:
        episode.frame = None
        episode.load(frame)
        return frame

    return run_all


def _own_counts() -> tuple[int, int]:
    """What `getrefcount` says in `run`, interpreter by interpreter, of what nobody else holds."""
    for ours in range(1, 9):
        for of_info in range(1, 9):
            globals().update(_OURS=ours, _INFO_OURS=of_info)
            steps: dict[int, Any] = {}
            joint = Joint({}, (), ())
            tried: Any = SimpleNamespace(
                agents=(),
                live=(),
                env=None,
                lists_agents=False,
                actions=SimpleNamespace(numbered=[joint]),
                step=lambda _: (None, {}, {}, {}, {0: {}}),
                take=lambda *_: False,
                save=lambda _: None,
                states=SimpleNamespace(save_unproven=lambda: None, stepped=None, tier=""),
                generators=SimpleNamespace(save=None, untouched=lambda: True),
                **{"frame": 0, "over_at": None, "played": None, "constant_results": True},
                **{"saved": {0: None}, "steps": steps, "checksums": {}, "draws_globally": False},
            )
            frame_runner(tried, lambda _: None)(0, [0], True)
            if steps:
                return ours, of_info
    return 0, 0


_OURS = _INFO_OURS = 0
_OURS, _INFO_OURS = _own_counts()
