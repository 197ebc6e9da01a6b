"""What was found: faults, which would break play or data, and notes, which the host covers."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import Any

from cotrial_host.errors import EnvironmentFault

from .source import Source

#: Findings of one kind that are told: the first ones show what is wrong.
_MOST_OF_A_KIND = 5


@dataclass(frozen=True)
class Finding:
    """One thing to change. `where` is `file:line (state path)`, as far as it is known."""

    kind: str
    fault: bool
    where: str
    message: str
    remedy: str


class Findings:
    """All findings, each place once."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.found: list[Finding] = []

    def fault(self, kind: str, where: str, message: str, remedy: str) -> None:
        self._add(Finding(kind, True, where, message, remedy))

    def note(self, kind: str, where: str, message: str, remedy: str) -> None:
        self._add(Finding(kind, False, where, message, remedy))

    def has(self, *kinds: str) -> bool:
        return any(finding.kind in kinds for finding in self.found)

    def has_fault(self, kind: str) -> bool:
        return any(finding.fault and finding.kind == kind for finding in self.found)

    def _add(self, finding: Finding) -> None:
        alike = [f for f in self.found if f.kind == finding.kind]
        # Every entry is of its own making, and all are returned at one place.
        each = finding.kind == "draw_entry"
        here = [f.message for f in alike if f.where == finding.where]
        told = finding.message in here if each else here != []
        if len(alike) < _MOST_OF_A_KIND and not told:
            self.found.append(finding)

    def plain(self) -> list[dict[str, Any]]:
        return [asdict(finding) for finding in self.found]

    def from_fault(self, error: EnvironmentFault, context: str = "") -> None:
        """A fault for an error that would end the trial. `context` says how it is reached."""
        line = self.source.line_of_traceback(error.traceback)
        place = self.source.where(line=line, method=error.where)
        message = f"{error.where} fails{context}: {error.message}."
        if error.message.startswith("KeyboardInterrupt"):
            self.fault("does_not_end", place, _DOES_NOT_END.format(error.where), _END_LOOPS)
        elif error.message.startswith("SystemExit"):
            self.fault("exits", place, f"{error.where} ends Python{context}.", _NO_EXIT)
        elif "finite" in error.message:
            self.fault("not_finite", place, message, _FINITE)
        elif "strict environments" in error.message:
            kind = "clock" if error.message.startswith(("time.", "datetime.")) else "entropy"
            asked = re.search(r" in line (\d+)", error.message)
            line = int(asked.group(1)) if asked else line
            self.fault(kind, self.source.where(line=line), message, _STRICT)
        elif "reset does not take a seed" in error.message:
            self.fault("seed_ignored", place, _NO_SEED, _TAKE_SEED)
        elif error.traceback:
            self.fault("error", place, message, _MEND)
        else:
            self.fault("shape", place, message, _FOLLOW)


_STRICT = 'Do so, or leave metadata["strict"] out: the host drives clocks and entropy then.'
_DOES_NOT_END = "{} had not come to its end after ten seconds; in play the page would hang."
_END_LOOPS = "Give every loop a bound that it reaches, whatever the players do."
_NO_EXIT = "Raise an error for what must not happen; end an episode by terminations instead."
_FINITE = (
    "Find the division by zero, logarithm or overflow behind it, and return a finite number. "
    "Leave an agent out of the rewards where there is no reward."
)
_NO_SEED = (
    "reset does not take a seed. It is always called with one, the same in every player's browser."
)
_TAKE_SEED = "Write `def reset(self, seed=None, options=None)` and seed the generators from it."
_MEND = "Mend what fails there: in play, such an error ends the trial for everybody."
_FOLLOW = "docs/environments.md says what each method takes and returns."
