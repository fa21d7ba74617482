"""Invented versions for `alerts test`: a correction, a new headline, an update and a silent edit. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ..errors import UsageError
from ..model.article import Article, Block, BlockKind, Notice, NoticeKind
from ..model.change import BlockChange, Change, Field, NoticeChange, Op
from ..model.labels import Label, LabelKind
from ..model.version import Version

if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.change import Hunk

URL: Final = "https://news.example.org/2026/harbour-bridge-closed"
_ARTICLE: Final = "5a3b1e0fd9c2"
_EPOCH: Final = datetime(2026, 1, 1, 12, tzinfo=UTC)
_LEAD: Final = "Hillsborough closed its harbour bridge on Thursday after divers found a crack in the third pier."
_FIGURES: Final = "About 12,000 vehicles cross it on a working day, the port authority said."
_QUOTE: Final = "“We would rather have a queue than a funeral,” said the harbour master, Ines Calloway."
_TITLE: Final = "Harbour bridge closed after crack is found"
_SAME_TITLE: Final = Field(_TITLE, _TITLE, (("=", _TITLE),))


def sample(kind: str, now: datetime = _EPOCH) -> tuple[Version, Article]:
    """Return the invented second version of an article, seen at `now`, and its first one.

    Raises:
        UsageError: there is no sample of this kind.
    """
    make = _MAKERS.get(kind)
    if make is None:
        raise UsageError("no such sample", resource=kind, hint=f"choose one of: {', '.join(SAMPLES)}")
    old = Article(title=_TITLE, byline=("A. Sample",), lang="en", blocks=_paragraphs(_LEAD, _FIGURES, _QUOTE))
    new, change = make(old)
    version = Version(
        article=_ARTICLE,
        n=2,
        url=URL,
        seen=now,
        content=new,
        extractor="sample",
        capture_sha256="0" * 64,
        previous_seen=now - timedelta(minutes=5),
        change=change,
        source="sample",
    )
    return version, old


def _correction(old: Article) -> tuple[Article, Change]:
    text = "Correction: An earlier version of this article gave a wrong number of vehicles. It is 21,000, not 12,000."
    notice = Notice(NoticeKind.CORRECTION, text)
    labels = (Label(LabelKind.CORRECTION, text, (1,)), Label(LabelKind.NUMBER, "12,000 → 21,000", (1,)))
    new, change = _new_figure(old, labels)
    notices = (NoticeChange(notice.kind, notice.text, Op.INSERT, (1,)),)
    return replace(new, notices=(notice,)), replace(change, notices=notices, significance=0.9, announced=True)


def _silent(old: Article) -> tuple[Article, Change]:
    labels = (
        Label(LabelKind.NUMBER, "12,000 → 21,000", (1,)),
        Label(LabelKind.STEALTH, "12,000 → 21,000, and no notice", (1,)),
    )
    new, change = _new_figure(old, labels)
    return new, replace(change, significance=0.8, announced=False)


def _new_figure(old: Article, labels: tuple[Label, ...]) -> tuple[Article, Change]:
    rest = _FIGURES.removeprefix("About 12,000")
    block = BlockChange(Op.EDIT, 1, 1, (("=", "About "), ("-", "12,000"), ("+", "21,000"), ("=", rest)))
    new = replace(old, blocks=_paragraphs(_LEAD, block.new_text, _QUOTE))
    return new, Change(title=_SAME_TITLE, blocks=(_same(0, 0, _LEAD), block, _same(2, 2, _QUOTE)), labels=labels)


def _headline(old: Article) -> tuple[Article, Change]:
    title = "Harbour bridge closed for a month, port says"
    hunks: tuple[Hunk, ...] = (
        ("=", "Harbour bridge closed "),
        ("-", "after crack is found"),
        ("+", "for a month, port says"),
    )
    return replace(old, title=title), Change(
        title=Field(_TITLE, title, hunks),
        blocks=(_same(0, 0, _LEAD), _same(1, 1, _FIGURES), _same(2, 2, _QUOTE)),
        labels=(Label(LabelKind.HEADLINE, f"{_TITLE} → {title}"),),
        significance=0.5,
    )


def _update(old: Article) -> tuple[Article, Change]:
    added = "Two ferries will carry foot passengers from Friday, every 20 minutes, the council said."
    notice = Notice(NoticeKind.UPDATE, "(Adds ferry timetable in second paragraph)")
    return replace(old, blocks=_paragraphs(_LEAD, added, _FIGURES, _QUOTE), notices=(notice,)), Change(
        title=_SAME_TITLE,
        blocks=(
            _same(0, 0, _LEAD),
            BlockChange(Op.INSERT, None, 1, (("+", added),)),
            _same(1, 2, _FIGURES),
            _same(2, 3, _QUOTE),
        ),
        notices=(NoticeChange(notice.kind, notice.text, Op.INSERT, (1,)),),
        labels=(Label(LabelKind.UPDATE_NOTE, notice.text, (1,)), Label(LabelKind.INSERT, added, (1,))),
        significance=0.4,
        announced=True,
    )


def _paragraphs(*texts: str) -> tuple[Block, ...]:
    return tuple(Block(BlockKind.PARAGRAPH, text) for text in texts)


def _same(old: int, new: int, text: str) -> BlockChange:
    return BlockChange(Op.SAME, old, new, (("=", text),))


_MAKERS: Final[dict[str, Callable[[Article], tuple[Article, Change]]]] = {
    "correction": _correction,
    "headline": _headline,
    "update": _update,
    "silent": _silent,
}
SAMPLES: Final = tuple(_MAKERS)
"""The kinds of sample."""
