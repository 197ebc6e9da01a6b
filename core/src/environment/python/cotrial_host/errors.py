"""The one error that leaves this package, and tracebacks that show the environment's lines only."""

from __future__ import annotations

import linecache
import os
import traceback

from .standins import advice

_OWN_FOLDER = os.path.dirname(os.path.abspath(__file__))


class EnvironmentFault(Exception):
    """Something in the environment must be changed.

    `where` is the method or the part it happened in (`load`, `reset`, `step`, `render`,
    `get_state`, `set_state`, `action_space`, `state`), or `host` for a request that no session
    sends. `message` says what to change. `traceback` is empty where no line is to blame.
    `missing` names the module that could not be imported, if that is what happened.
    """

    def __init__(self, where: str, message: str, traceback_text: str = "") -> None:
        super().__init__(message)
        self.where = where
        self.message = message
        self.traceback = traceback_text
        self.missing: str | None = None

    @classmethod
    def from_exception(cls, where: str, error: BaseException) -> EnvironmentFault:
        """The fault for an exception that an environment's method raised."""
        if isinstance(error, EnvironmentFault):
            return error
        kind = type(error).__name__
        text = str(error)
        missing = missing_module(error)
        if missing is not None:
            # In Pyodide's words a participant's browser would ask a package index.
            text = f"no module named {missing!r} is here; {advice(missing)}"
        fault = cls(where, f"{kind}: {text}" if text else kind, format_traceback(error))
        fault.missing = missing
        return fault


def missing_module(error: BaseException | None) -> str | None:
    """The module that was not found, also where a library raised an error of its own from that."""
    while error is not None:
        if isinstance(error, ModuleNotFoundError):
            return error.name
        error = error.__cause__
    return None


def in_source(error: BaseException, name: str) -> bool:
    """Whether a line of this file led to the exception."""
    return any([line.filename == name for line in traceback.extract_tb(error.__traceback__)])


def remember_source(source: str, name: str) -> None:
    """Makes tracebacks show the lines of a source that is no file."""
    linecache.cache[name] = (len(source), None, source.splitlines(keepends=True), name)


def format_traceback(error: BaseException) -> str:
    """The traceback without this package's own frames."""
    report = traceback.TracebackException.from_exception(error)
    seen: set[int] = set()
    part: traceback.TracebackException | None = report
    while part is not None and id(part) not in seen:
        seen.add(id(part))
        frames = [f for f in part.stack if not f.filename.startswith(_OWN_FOLDER)]
        part.stack = traceback.StackSummary.from_list(frames)
        part = part.__cause__ or part.__context__
    return "".join(report.format())
