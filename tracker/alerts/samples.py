"""Invented versions for `alerts test`: a correction, a new headline, an update and an edit that is not noted. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker import compare
from tracker.errors import UsageError
from tracker.model.article import Article, Block, BlockKind, Notice, NoticeKind
from tracker.model.version import Version

URL: Final = "https://news.example.org/2026/harbour-bridge-closed"
_ARTICLE: Final = "5a3b1e0fd9c2"
_EPOCH: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_LEAD: Final = "Hillsborough closed its harbour bridge on Thursday after divers found a crack in the third pier."
_FIGURES: Final = "About 12,000 vehicles cross it on a working day, the port authority said."
_QUOTE: Final = "“We would rather have a queue than a funeral,” said the harbour master, Ines Calloway."
_FERRIES: Final = "Two ferries will carry foot passengers from Friday, every 20 minutes, the council said."
_CORRECTION: Final = Notice(
    NoticeKind.CORRECTION,
    "Correction: An earlier version of this article gave a wrong number of vehicles. It is 21,000, not 12,000.",
)
_UPDATE: Final = Notice(NoticeKind.UPDATE, "(Adds ferry timetable in second paragraph)")


def _article(*paragraphs: str) -> Article:
    blocks = tuple(Block(BlockKind.PARAGRAPH, text) for text in paragraphs)
    return Article(title="Harbour bridge closed after crack is found", byline=("A. Sample",), lang="en", blocks=blocks)


_OLD: Final = _article(_LEAD, _FIGURES, _QUOTE)
_NEW_FIGURE: Final = _article(_LEAD, _FIGURES.replace("12,000", "21,000"), _QUOTE)
_NEW: Final = {
    "correction": replace(_NEW_FIGURE, notices=(_CORRECTION,)),
    "headline": replace(_OLD, title="Harbour bridge closed for a month after crack is found"),
    "update": replace(_article(_LEAD, _FERRIES, _FIGURES, _QUOTE), notices=(_UPDATE,)),
    "silent": _NEW_FIGURE,
}
# The kinds of sample.
SAMPLES: Final = tuple(_NEW)


def sample(kind: str, now: datetime = _EPOCH) -> tuple[Version, Article]:
    """Return the invented second version of an article, seen at `now`, and its first one.

    Raises:
        UsageError: there is no sample of this kind.
    """
    if kind not in _NEW:
        raise UsageError("no such sample", resource=kind, hint=f"choose one of: {', '.join(SAMPLES)}")
    version = Version(
        article=_ARTICLE,
        n=2,
        url=URL,
        seen=now,
        content=_NEW[kind],
        extractor="sample",
        capture_sha256="0" * 64,
        previous_seen=now - timedelta(minutes=5),
        change=compare(_OLD, _NEW[kind]),
        source="sample",
    )
    return version, _OLD
