"""Runs request lists: one call a tick, whatever the list holds.

Requests and answers lie in two buffers that JavaScript reads and writes in place; only integers
cross. The words are those of core/src/rollback/requests.ts, the answers those of results.ts.
"""

from __future__ import annotations

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
#: Decoded joint actions kept: all of them for two players with up to 64 actions each.
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
        self._cache: dict[tuple[int, ...], Any] = {}
        self._all_constant = all(space.constant for space in episode.spaces)
        self._at = 0

    def reserve(self, words: int) -> None:
        """Makes room for `words` request words. The buffer moves."""
        self.requests = bytearray(4 * words)
        self._words = memoryview(self.requests).cast("i")

    def run(self, length: int) -> int:
        """Runs the first `length` words; bytes of the answers."""
        words = self._words[:length].tolist()
        episode = self.episode
        advance_words = 2 + len(episode.agents) * (1 + self._action_words)
        self._at = 0
        at = 0
        try:
            while at < length:
                request = words[at]
                if request == ADVANCE:
                    end = at + advance_words
                    if episode.over_at is None:
                        frame = words[at + 1]
                        chosen, recorded = self._actions(tuple(words[at + 2 : end]))
                        if episode.advance(frame, chosen, recorded):
                            self._put(OVER, frame, b"")
                    at = end
                elif request == SAVE:
                    if episode.over_at is None or words[at + 1] == episode.over_at + 1:
                        episode.save(words[at + 1])
                    at += 2
                else:
                    at = self._other(words, at)
        except EnvironmentFault as fault:
            self._fault(words, at, fault)
        except Exception as error:  # a list that fails must be answered, too
            self._fault(words, at, EnvironmentFault.from_exception("host", error))
        return self._at

    def _other(self, words: list[int], at: int) -> int:
        """Runs a request that is neither ADVANCE nor SAVE; where the next one begins."""
        request = words[at]
        frame = words[at + 1]
        episode = self.episode
        over = episode.over_at
        if request == EXPORT:
            end = at + 2 + len(episode.agents)
            if over is None or frame <= over:
                self._put(ROW, frame, episode.row(frame, words[at + 2 : end]))
            return end
        if request == CHECKSUM:
            if over is None or frame <= over:
                self._put(CHECKSUM_ANSWER, frame, episode.checksum(frame))
        elif request == PRUNE:
            episode.prune(frame)
        elif request == LOAD:
            episode.load(frame)
        elif request == RENDER:
            # Drawing happens on other frames on every peer: its draws of chance must not count.
            before = episode.generators.save()
            drawn = self._draw.list_for(frame)
            episode.generators.restore(before)
            self._put(DRAW, episode.frame or 0, drawn)
        elif request == RESET:
            self._draw.forget()
            episode.reset(frame & 0xFFFF_FFFF)
        else:
            raise EnvironmentFault("host", f"request {request} is unknown")
        return at + 2

    def _actions(self, words: tuple[int, ...]) -> tuple[dict[Any, Any], tuple[Any, ...]]:
        """The live agents' actions for `step`, and all seats' as plain values for the record."""
        cached = self._cache.get(words)
        if cached is None:
            actions = self._decode(words)
            recorded = tuple([s.record(a) for s, a in zip(self.episode.spaces, actions)])
            cached = (dict(zip(self.episode.agents, actions)), recorded)
            if self._all_constant and len(self._cache) < _MAX_CACHED:
                self._cache[words] = cached
        chosen, recorded = cached
        live = self.episode.live
        if live == self.episode.agents:
            # A copy, since it is the environment's to change.
            return chosen.copy(), recorded
        return {agent: chosen[agent] for agent in live}, recorded

    def _decode(self, words: tuple[int, ...]) -> list[Any]:
        """Each seat's action, for its status and action words."""
        actions = []
        at = 0
        for space in self.episode.spaces:
            data = b"".join(map(_word_bytes, words[at + 1 : at + 1 + self._action_words]))
            data = space.default_bytes if words[at] == LEFT else data[: space.size]
            actions.append(space.decode(data))
            at += 1 + self._action_words
        return actions

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


def _word_bytes(word: int) -> bytes:
    return (word & 0xFFFF_FFFF).to_bytes(4, "little")
