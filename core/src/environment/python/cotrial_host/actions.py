"""Joint actions: from the words of an ADVANCE request to what `step` is given."""

from __future__ import annotations

from typing import Any, NamedTuple

from .errors import EnvironmentFault
from .spaces import Space

#: Status word of a seat whose player is gone.
LEFT = 2
#: Joint actions kept: all of them for two players with up to 64 actions each.
_MAX_KEPT = 4096

#: Per seat a status word, then the action's bytes as words.
Words = tuple[int, ...]


class Joint(NamedTuple):
    """The actions of all seats on one frame."""

    #: By agent. A step may change it: it is given a copy.
    chosen: dict[Any, Any]
    #: In seat order, as plain values for the record.
    recorded: tuple[Any, ...]
    words: Words


class JointActions:
    """Decodes joint actions, and keeps those whose values no step can change."""

    def __init__(self, agents: tuple[Any, ...], spaces: tuple[Space, ...]) -> None:
        self._agents = agents
        self._spaces = spaces
        #: Words of one seat's action.
        self._width = (max(space.size for space in spaces) + 3) // 4
        #: Words of all seats' statuses and actions.
        self.length = len(spaces) * (1 + self._width)
        #: Whether no step can change an action, so that one may be given to many.
        self.constant = all(space.constant for space in spaces)
        self._kept: dict[Words, Joint] = {}
        #: Joint actions that PLAY and PASS requests name by their place.
        self.numbered: list[Joint] = []

    def decode(self, words: Words) -> Joint:
        known = self._kept.get(words)
        if known is not None:
            return known
        actions = []
        at = 0
        for space in self._spaces:
            data = b"".join(map(_word_bytes, words[at + 1 : at + 1 + self._width]))
            actions.append(space.decode(space.default_bytes if words[at] == LEFT else data))
            at += 1 + self._width
        recorded = tuple([s.record(a) for s, a in zip(self._spaces, actions)])
        joint = Joint(dict(zip(self._agents, actions)), recorded, words)
        if self.constant and len(self._kept) < _MAX_KEPT:
            self._kept[words] = joint
        return joint

    def number(self, number: int, words: Words) -> None:
        """Gives these words the next number."""
        if number != len(self.numbered):
            raise EnvironmentFault("host", f"joint action {number} is not the next one")
        self.numbered.append(self.decode(words))

    def words(self, encoded: list[bytes]) -> Words:
        """The words for an encoded action of every seat that plays."""
        words = []
        for data in encoded:
            padded = data.ljust(4 * self._width, b"\0")
            words.append(0)
            words += [
                int.from_bytes(padded[i : i + 4], "little", signed=True)
                for i in range(0, len(padded), 4)
            ]
        return tuple(words)


def _word_bytes(word: int) -> bytes:
    return (word & 0xFFFF_FFFF).to_bytes(4, "little")
