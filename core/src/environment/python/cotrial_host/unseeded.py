"""Generators that an environment made without a seed when it was constructed.

Every episode starts from the constructed object, so they would draw the same numbers in every
episode of every match. They get the episode's seed instead, each its own share of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from typing import Any

from .driven import PLAY


class Unseeded:
    """Those of one environment, which seeds them before its resets."""

    def __init__(self, reachable: Iterable[Any]) -> None:
        """`reachable` are generators that the environment reaches, NumPy's and Python's."""
        ours = {id(generator) for generator in PLAY.unseeded}
        self._targets = [
            target
            for target in reachable
            if (id(target) in ours if isinstance(target, random.Random) else _got_entropy(target))
        ]

    def seed(self, seed: int) -> None:
        for place, target in enumerate(self._targets):
            own_seed = seed * 65_537 + place
            if isinstance(target, random.Random):
                target.seed(own_seed)
            else:
                bits = getattr(target, "bit_generator", target)
                bits.state = type(bits)(own_seed).state


def _got_entropy(generator: Any) -> bool:
    """Whether NumPy drew the seed of a Generator from what construction was given."""
    bits = getattr(generator, "bit_generator", generator)
    sequence = getattr(bits, "seed_seq", None)
    return getattr(sequence, "entropy", None) in PLAY.given
