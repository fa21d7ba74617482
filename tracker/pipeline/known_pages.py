"""Which pages the service has read, by their fingerprints, so that one that says the same need not be read again."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tracker.model.article import Reading
    from tracker.model.check import Tracked

    from .settle import CheckReport

READ_IN_FULL_EVERY: Final = 10
"""At every tenth visit a page is read whatever its fingerprint, which leaves out the class names that hide text."""
MAX_PAGES: Final = 50_000  # some 300 bytes each; those read longest ago make room


@dataclass(slots=True)
class _Known:
    fingerprint: str
    versions: int  # of the article, after the visit that the fingerprint is of
    visits: int = 0


@dataclass(frozen=True, slots=True)
class KnownPages:
    """The fingerprints of the pages that were read last, in memory: after a start each page is read once in full."""

    _pages: OrderedDict[str, _Known] = field(default_factory=OrderedDict)

    def fingerprint(self, tracked: Tracked) -> str:
        """Return what the next page is to be compared with; empty if it is to be read in full.

        What was read counts only while the article's newest version is the one of then, and was not taken out.
        """
        known = self._pages.get(tracked.id)
        # Another process may have stored a version, or somebody taken it down.
        if known is None or known.versions != tracked.versions or not tracked.capture_sha256:
            return ""
        known.visits += 1
        return known.fingerprint if known.visits < READ_IN_FULL_EVERY else ""

    def remember(self, report: CheckReport, reading: Reading | None) -> None:
        """Remember the page that a check has read, or forget the article's where nothing may rely on it.

        A visit that had something to tell besides its outcome (a layout, a clock) is to tell it again next time. What
        was not stored, because another process stored a version first, is to be compared with that version. A page that
        was recognised, and so not read, changes nothing.
        """
        tracked, check = report.tracked, report.intent.check
        if report.committed.stale or report.intent.failures or check.detail:
            self._pages.pop(tracked.id, None)
        elif reading is not None and reading.fingerprint:
            self._pages[tracked.id] = _Known(reading.fingerprint, tracked.versions + check.outcome.made_version)
            self._pages.move_to_end(tracked.id)
            if len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)
