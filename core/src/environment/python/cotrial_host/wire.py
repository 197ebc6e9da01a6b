"""Reads what a partner sent: marshal's format, version 2, of plain values, and nothing else.

`marshal.loads` itself must not see bytes from outside: it makes code objects and trusts lengths.
Any bytes give a value or a WireError, in time and memory that grow with their number only.
"""

from __future__ import annotations

from struct import unpack_from
from typing import Any

#: Deepest nesting that is read.
_MAX_DEPTH = 200
#: 15-bit digits of an integer: 30,000 bits, far beyond any generator's state.
MAX_DIGITS = 2048
#: A dictionary of so many keys is filled in no time, whatever they are.
_FEW = 256


class WireError(Exception):
    """The bytes are no plain value."""


def read(data: bytes) -> Any:
    """The value; WireError unless `data` is exactly one."""
    reader = _Reader(data)
    value = reader.value(0)
    if reader.at != len(data):
        raise WireError("there are bytes after the value")
    return value


_END = object()


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self.at = 0

    def value(self, depth: int) -> Any:
        value = self._read(depth)
        if value is _END:
            raise WireError("a value is missing")
        return value

    def _read(self, depth: int) -> Any:
        if depth > _MAX_DEPTH:
            raise WireError("it is nested too deeply")
        kind = self._take(1)
        if kind in _CONSTANTS:
            return _CONSTANTS[kind]
        if kind == b"i":
            return unpack_from("<i", self._take(4))[0]
        if kind == b"l":
            return self._long()
        if kind == b"g":
            return unpack_from("<d", self._take(8))[0]
        if kind == b"y":
            return complex(*unpack_from("<dd", self._take(16)))
        if kind == b"s":
            return self._take(self._length())
        if kind == b"u":
            try:
                return self._take(self._length()).decode("utf-8", "surrogatepass")
            except UnicodeDecodeError as error:
                raise WireError("a text is not UTF-8") from error
        if kind == b"[":
            return [self.value(depth + 1) for _ in range(self._length())]
        if kind == b"(":
            return tuple([self.value(depth + 1) for _ in range(self._length())])
        if kind == b"{":
            return self._dictionary(depth + 1)
        raise WireError("there is a value of unknown type")

    def _dictionary(self, depth: int) -> dict[Any, Any]:
        keys: list[Any] = []
        values: list[Any] = []
        while (key := self._read(depth)) is not _END:
            keys.append(key)
            values.append(self.value(depth))
        try:
            # Keys that were chosen to collide would take a time that grows with their square.
            if len(keys) > _FEW and 2 * len(set(map(hash, keys))) < len(keys):
                raise WireError("too many keys of a dictionary have the same hash")
            return dict(zip(keys, values))
        except TypeError as error:
            raise WireError("a key can change") from error

    def _long(self) -> int:
        size = unpack_from("<i", self._take(4))[0]
        if abs(size) > MAX_DIGITS:
            raise WireError("a number is too long")
        value = 0
        for digit in reversed(unpack_from(f"<{abs(size)}H", self._take(2 * abs(size)))):
            value = (value << 15) + digit
        return -value if size < 0 else value

    def _length(self) -> int:
        """Checked against what is left: nothing is made room for because a number says so."""
        length = unpack_from("<i", self._take(4))[0]
        if not 0 <= length <= len(self._data) - self.at:
            raise WireError("a length is impossible")
        return length

    def _take(self, count: int) -> bytes:
        end = self.at + count
        if end > len(self._data):
            raise WireError("it is cut short")
        part = self._data[self.at : end]
        self.at = end
        return part


_CONSTANTS: dict[bytes, Any] = {b"N": None, b"T": True, b"F": False, b"0": _END}
