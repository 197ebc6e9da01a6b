"""Runs request lists: one call a tick, whatever the list holds.

Requests and answers lie in two buffers that JavaScript reads and writes in place; only integers
cross. The words are those of core/src/rollback/requests.ts, the answers those of results.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from marshal import dumps
from struct import Struct
from typing import Any

from .draw import Draw
from .episode import Episode
from .errors import EnvironmentFault
from .plain import clean_text

RESET, LOAD, ADVANCE, SAVE, CHECKSUM, EXPORT, RENDER, PRUNE = range(1, 9)
OVER, CHECKSUM_ANSWER, ROW, DRAW = range(1, 5)
ERROR = 6

#: Status word of a seat whose player is gone.
LEFT = 2
#: Words of the first buffers: several ticks' worth; they grow when a list needs more.
FIRST_REQUEST_WORDS = 4096
FIRST_RESULT_BYTES = 64 * 1024
#: A row, a checksum and a draw list a tick of any size fit; the header is three words.
_HEADER = Struct("<IiI")
#: Decoded actions kept per seat. Only wide spaces have more different ones than this.
_MAX_CACHED = 4096


class Host:
    """An episode behind two buffers."""

    def __init__(self, episode: Episode, draw: Draw) -> None:
        self.episode = episode
        self._draw = draw
        self.requests = bytearray(4 * FIRST_REQUEST_WORDS)
        self.results = bytearray(FIRST_RESULT_BYTES)
        self._words = memoryview(self.requests).cast("i")
        self._action_words = (max(space.size for space in episode.spaces) + 3) // 4
        self._caches: list[dict[Any, Any]] = [{} for _ in episode.spaces]
        self._all_constant = all(space.constant for space in episode.spaces)
        self._defaults = tuple(space.default for space in episode.spaces)
        self._at = 0

    def reserve(self, words: int) -> None:
        """Makes room for `words` request words. The buffer moves."""
        self.requests = bytearray(4 * words)
        self._words = memoryview(self.requests).cast("i")

    def run(self, length: int) -> int:
        """Runs the first `length` words; bytes of the answers."""
        words = self._words[:length].tolist()
        self._at = 0
        position = 0
        try:
            while position < length:
                position = self._one(words, position)
        except EnvironmentFault as fault:
            self._fault(words, position, fault)
        except RecursionError as error:
            fault = EnvironmentFault.from_exception("state", error)
            self._fault(words, position, fault)
        return self._at

    def _one(self, words: list[int], at: int) -> int:
        """Runs the request at `at`; where the next one begins."""
        request = words[at]
        frame = words[at + 1]
        episode = self.episode
        over = episode.over_at
        if request == ADVANCE:
            end = at + 2 + len(episode.agents) * (1 + self._action_words)
            if over is None:
                actions, recorded = self._actions(words, at + 2)
                if episode.advance(frame, actions, recorded):
                    self._put(OVER, frame, b"")
            return end
        if request == SAVE:
            if over is None or frame == over + 1:
                episode.save(frame)
            return at + 2
        if request == EXPORT:
            end = at + 2 + len(episode.agents)
            if over is None or frame <= over:
                self._put(ROW, frame, episode.row(frame, words[at + 2 : end]))
            return end
        if request == CHECKSUM:
            if over is None or frame <= over:
                self._put(CHECKSUM_ANSWER, frame, episode.checksum(frame))
            return at + 2
        if request == PRUNE:
            episode.prune(frame)
            return at + 2
        if request == LOAD:
            episode.load(frame)
            return at + 2
        if request == RENDER:
            self._put(DRAW, episode.frame or 0, self._draw.list_for(frame))
            return at + 2
        if request == RESET:
            episode.reset(frame & 0xFFFF_FFFF)
            return at + 2
        raise EnvironmentFault("host", f"request {request} is unknown")

    def _actions(self, words: list[int], at: int) -> tuple[tuple[Any, ...], tuple[Any, ...]]:
        """Actions for `step`, and as plain values for the record."""
        count = self._action_words
        if self._all_constant and count == 1:
            actions = []
            for cache, space in zip(self._caches, self.episode.spaces):
                if words[at] == LEFT:
                    actions.append(space.default)
                else:
                    word = words[at + 1]
                    try:
                        actions.append(cache[word])
                    except KeyError:
                        actions.append(self._decode(cache, space, words[at + 1 : at + 2]))
                at += 2
            both = tuple(actions)
            return both, both
        decoded, recorded = [], []
        for cache, space in zip(self._caches, self.episode.spaces):
            action_words = words[at + 1 : at + 1 + count]
            data = _bytes(action_words)[: space.size]
            if words[at] == LEFT:
                data = space.default_bytes
            value = space.decode(data)
            decoded.append(value)
            recorded.append(space.record(value))
            at += 1 + count
        return tuple(decoded), tuple(recorded)

    @staticmethod
    def _decode(cache: dict[Any, Any], space: Any, words: list[int]) -> Any:
        value = space.decode(_bytes(words)[: space.size])
        if len(cache) < _MAX_CACHED:
            cache[words[0]] = value
        return value

    def _put(self, kind: int, frame: int, payload: bytes) -> None:
        size = len(payload)
        at = self._at
        end = at + _HEADER.size + size
        padded = (end + 3) & ~3
        if padded > len(self.results):
            grown = bytearray(2 * padded)
            grown[:at] = self.results[:at]
            self.results = grown
        _HEADER.pack_into(self.results, at, kind, frame, size)
        self.results[at + _HEADER.size : end] = payload
        self._at = padded

    def _fault(self, words: list[int], position: int, fault: EnvironmentFault) -> None:
        # The state may be half stepped: only a reset or a load can go on.
        self.episode.frame = None
        frame = words[position + 1] if position + 1 < len(words) else 0
        texts = (fault.where, fault.message, fault.traceback)
        self._put(ERROR, frame, dumps(tuple(map(clean_text, texts)), 2))


def _bytes(words: list[int]) -> bytes:
    return b"".join([(word & 0xFFFF_FFFF).to_bytes(4, "little") for word in words])


Run = Callable[[int], int]
