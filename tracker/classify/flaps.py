"""Tell alternating texts (A/B tests, stale caches) from edits that were taken back, by when each text was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple


class TextRun(NamedTuple):
    """A text that was found several times in a row: its hash, and when it was first and last found."""

    sha256: str
    first: datetime
    last: datetime


class Reappearance(NamedTuple):
    """A text that was seen before.

    Attributes:
        version: the index of the latest earlier run of the text.
        flap: the texts alternate, and neither stays; otherwise an edit was taken back.
        again: it replaced the same text before.
    """

    version: int
    flap: bool
    again: bool = False


def find_reappearance(history: Sequence[TextRun], current: TextRun, *, persists: timedelta) -> Reappearance | None:
    """Return the earlier run of a text, or None if it was not seen before or never left.

    Args:
        history: the runs of the article's texts, oldest first.
        current: the text that is found now.
        persists: a text that was there for less time than this was a test or a stale cache, not an edit. A text that
            was there for longer and is gone again was an edit that was taken back, unless the two texts have replaced
            each other before.
    """
    places = [n for n, run in enumerate(history[:-1]) if run.sha256 == current.sha256]
    if not places:
        return None
    longest = max(run.last - run.first for run in history[places[-1] + 1 :])
    again = any(run.sha256 == history[-1].sha256 for run in history[: places[-1]])
    return Reappearance(places[-1], flap=again or longest < persists, again=again)
