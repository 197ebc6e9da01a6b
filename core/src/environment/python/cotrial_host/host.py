"""Runs request lists: one call a tick, whatever the list holds.

Requests and answers lie in two buffers that JavaScript reads and writes in place; only integers
cross. The words are those of core/src/rollback/requests.ts as core/src/environment/pack-requests.ts
packs them, the answers those of results.ts.
"""

from __future__ import annotations

from collections.abc import Callable
from marshal import dumps
from struct import Struct
from typing import Any

from .draw import Draw
from .driven import PLAY
from .episode import MAX_STATE_BYTES, Episode
from .errors import EnvironmentFault
from .frames import frame_runner
from .plain import clean_text

RESET, LOAD, ADVANCE, SAVE, CHECKSUM, EXPORT, RENDER, PRUNE, DUMP, RESTORE = range(1, 11)
PLAY_FRAMES, PASS_FRAMES, NUMBER = range(11, 14)
OVER, CHECKSUM_ANSWER, ROW, DRAW, DUMP_ANSWER, ERROR = range(1, 7)

#: Words of the first buffers: several ticks' worth; they grow when a list needs more.
FIRST_REQUEST_WORDS = 4096
FIRST_RESULT_BYTES = 64 * 1024
#: A row, a checksum and a draw list a tick of any size fit; the header is three words.
_HEADER = Struct("<IiI")
#: Lengths of lists for which a reader is kept.
_MAX_READERS = 256


class Host:
    """An episode behind two buffers."""

    def __init__(self, episode: Episode, draw: Draw) -> None:
        self.episode = episode
        self._draw = draw
        self.requests = bytearray(4 * FIRST_REQUEST_WORDS)
        self.results = bytearray(FIRST_RESULT_BYTES)
        self._frames = frame_runner(episode, self._over)
        self._readers: dict[int, Callable[[bytearray], tuple[int, ...]]] = {}
        self._at = 0

    def reserve(self, words: int) -> None:
        """Makes room for `words` request words. The buffer moves."""
        self.requests = bytearray(4 * words)

    def set_rate(self, fps: float) -> None:
        """Frames a second that are played: a second of the environment's clocks is so many."""
        PLAY.fps = fps

    def run(self, length: int) -> int:
        """Runs the first `length` words; bytes of the answers."""
        read = self._readers.get(length)
        if read is None:
            read = self._reader(length)
        words = read(self.requests)
        self._at = 0
        at = 0
        PLAY.active = True
        try:
            while at < length:
                request = words[at]
                if request == PLAY_FRAMES or request == PASS_FRAMES:
                    begin = at + 3
                    end = begin + words[at + 2]
                    self._frames(words[at + 1], words[begin:end], request == PLAY_FRAMES)
                    at = end
                else:
                    at = self._run_one(words, at)
        except EnvironmentFault as fault:
            self._fault(words, at, fault)
        except Exception as error:  # a list that fails must be answered, too
            self._fault(words, at, EnvironmentFault.from_exception("host", error))
        finally:
            PLAY.active = False
        return self._at

    def _reader(self, length: int) -> Callable[[bytearray], tuple[int, ...]]:
        """What reads that many words. Lists of ordinary ticks have few lengths."""
        if len(self._readers) >= _MAX_READERS:
            self._readers.clear()
        read = self._readers[length] = Struct(f"<{length}i").unpack_from
        return read

    def _run_one(self, words: tuple[int, ...], at: int) -> int:
        """Runs the request at `at`; where the next one begins."""
        request = words[at]
        frame = words[at + 1]
        episode = self.episode
        over = episode.over_at
        if request == ADVANCE:
            end = at + 2 + episode.actions.length
            if over is None and episode.advance(frame, words[at + 2 : end]):
                self._over(frame)
            return end
        if request == EXPORT:
            end = at + 2 + len(episode.agents)
            if over is None or frame <= over:
                self._put(ROW, frame, episode.row(frame, words[at + 2 : end]))
            return end
        if request == SAVE:
            if over is None or frame == over + 1:
                episode.save(frame)
        elif request == CHECKSUM:
            if over is None or frame <= over:
                self._put(CHECKSUM_ANSWER, frame, episode.checksum(frame))
        elif request == PRUNE:
            episode.prune(frame)
        elif request == DUMP:
            self._put(DUMP_ANSWER, frame, episode.dump(frame))
        elif request == RESTORE:
            return self._restore(words, at)
        elif request == NUMBER:
            end = at + 2 + episode.actions.length
            episode.actions.number(frame, words[at + 2 : end])
            return end
        elif request == LOAD:
            episode.load(frame)
            if episode.starts_anew:
                self._frames = frame_runner(episode, self._over)
        elif request == RENDER:
            # Drawing happens on other frames on every peer: its draws of chance must not count.
            before = episode.generators.save()
            state = episode.states.save() if episode.render_changes else None
            PLAY.rendering = True
            try:
                drawn = self._draw.list_for(frame, episode.env if episode.draws else None)
            finally:
                PLAY.rendering = False
            if episode.render_changes:
                episode.states.load(state)
            episode.generators.restore(before)
            self._put(DRAW, episode.frame or 0, drawn)
        elif request == RESET:
            self._draw.forget()
            episode.reset(frame & 0xFFFF_FFFF)
            self._frames = frame_runner(episode, self._over)
        else:
            raise EnvironmentFault("host", f"request {request} is unknown")
        return at + 2

    def _restore(self, words: tuple[int, ...], at: int) -> int:
        frame, length = words[at + 1 : at + 3]
        begin = 4 * (at + 3)
        end = at + 3 + (length + 3) // 4
        if not 0 <= length <= MAX_STATE_BYTES or end > len(words):
            raise EnvironmentFault("state", "the state that was sent has an impossible length")
        self.episode.restore(frame, bytes(self.requests[begin : begin + length]))
        return end

    def _over(self, frame: int) -> None:
        self._put(OVER, frame, b"")

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

    def _fault(self, words: tuple[int, ...], position: int, fault: EnvironmentFault) -> None:
        frame = self.episode.frame
        if words[position] not in (DUMP, RESTORE):
            # The state may be half stepped: only a reset or a load can go on.
            self.episode.frame = None
        if frame is None:
            frame = words[position + 1] if position + 1 < len(words) else 0
        texts = (fault.where, fault.message, fault.traceback)
        self._put(ERROR, frame, dumps(tuple(map(clean_text, texts)), 2))
