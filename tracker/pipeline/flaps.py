"""Tell alternating texts (A/B tests, stale caches) from edits that were taken back, by when each text was seen."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, NamedTuple

from tracker.model.article import Article
from tracker.model.labels import Label, LabelKind
from tracker.model.version import Version

PERSISTS: Final = timedelta(minutes=30)
"""A text that was replaced after less time than this was a test or a stale cache, not an edit."""
# Texts that alternate do so within the latest versions.
MAX_RUNS: Final = 20
# A date this close to the visit is the clock of the server, not the time of an edit.
STAMPED: Final = timedelta(minutes=1)
# Servers' clocks differ by so much; a date further ahead is not the time of an edit.
AHEAD: Final = timedelta(minutes=5)


class TextRun(NamedTuple):
    """A text that was found several times in a row: its hash, and when it was first and last found."""

    sha256: str
    first: datetime
    last: datetime


def restored_label(
    runs: Sequence[TextRun], first_run: int, article: Article, latest: Version, now: datetime
) -> Label | None:
    """Return the label of a text that was seen before: a flap, or restored; None for a new text.

    It is restored, an edit that was taken back, if the texts since then stayed for some time, or if the page is dated
    later. Where it replaced the same text before, the two alternate, however long they stay and whatever their dates.

    Args:
        runs: how long each of the latest versions was current, oldest first.
        first_run: the number of the first of these versions.
        article: the text that is found now, at `now`.
        latest: the newest version, which it replaces.
        now: the time of the visit.
    """
    places = [place for place, run in enumerate(runs[:-1]) if run.sha256 == article.sha256]
    if not places:
        return None
    place = places[-1]
    alternates = any(run.sha256 == runs[-1].sha256 for run in runs[:place])
    longest = max(run.last - run.first for run in runs[place + 1 :])
    is_edit = longest >= PERSISTS or _is_newer(article, latest, runs[place].last, now)
    kind = LabelKind.RESTORED if is_edit and not alternates else LabelKind.FLAP
    return Label(kind, f"the text of version {first_run + place} is back")


def _is_newer(article: Article, latest: Version, last_found: datetime, now: datetime) -> bool:
    """Return whether the page's own date shows that a text was published again after it was `last_found`.

    A date that always says "now", or the future, shows nothing.
    """
    new, old = article.modified, latest.content.modified
    if new is None or old is None or new <= max(old, last_found) or new > now + AHEAD:
        return False
    return now - new > STAMPED or latest.seen - old > STAMPED
