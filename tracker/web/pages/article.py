"""The page of an article: its headlines, its timeline and the outlet's notices."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from tracker.archive.checks import list_checks
from tracker.archive.handins import list_handins
from tracker.archive.summaries import words_by_version
from tracker.archive.versions import get_version, iter_versions
from tracker.classify.label import classify
from tracker.diff.blame import changes_between
from tracker.model.article import Article, NoticeKind
from tracker.model.change import Change, Field, LabelKind
from tracker.model.version import Handin, Version, VersionQuery
from tracker.model.watch import Check, WatchedArticle
from tracker.views.article import ArticleView
from tracker.views.json import Answer, Part, from_fields
from tracker.views.version import HandinView, VersionView
from tracker.web.page_request import PageRequest, View

from .catch_up import since_looked

MAX_VERSIONS: Final = 60
MIN_VERSIONS: Final = 6
MAX_CELLS: Final = 900
"""Maximum of paragraphs times versions on a page, so that a long live blog shows fewer versions."""


@dataclass(frozen=True)
class Headline:
    """A headline and the version that introduced it. `field` contains the one that it replaced."""

    n: int
    seen: datetime
    text: str
    field: Field | None = None


@dataclass(frozen=True)
class Step:
    """A version in the timeline. `old` is the version before it that was not taken down."""

    version: Version
    change: Change | None
    surviving: float
    old: int | None = None


class SurvivingVersion(VersionView, frozen=True, kw_only=True):
    """A version, and how much of the first version's text it still has (0 to 1)."""

    first_version_surviving: float


class DatedNotice(Part, frozen=True):
    """A notice, and the version in which it first appeared."""

    version: int
    kind: NoticeKind
    text: str


class ArticleAnswer(Answer, frozen=True):
    """An article; `older` is the number of versions before those shown."""

    article: ArticleView
    versions: list[SurvivingVersion]
    older: int
    headlines: tuple[Headline, ...]
    notices: list[DatedNotice]
    checks: tuple[Check, ...]
    handed_in: list[HandinView]


@dataclass(frozen=True)
class ArticlePage(View):
    """An article.

    `steps` are versions, oldest first. `older` counts those before them, `silent` the changes that were not noted.
    `since` is as in `since_looked`, None for a reader who never marked all as read.
    """

    template: ClassVar[str] = "article.html"
    title: str
    tracked: WatchedArticle
    steps: tuple[Step, ...]
    headlines: tuple[Headline, ...]
    notices: list[DatedNotice]
    checks: tuple[Check, ...]
    handins: tuple[Handin, ...]
    words: tuple[int, ...]
    older: int
    until: int
    silent: int
    since: tuple[int, list[int]] | None

    def answer(self) -> ArticleAnswer:
        """Return the JSON object of the page."""
        return from_fields(
            ArticleAnswer,
            self,
            article=ArticleView.of(self.tracked),
            versions=[SurvivingVersion.of(step.version, first_version_surviving=step.surviving) for step in self.steps],
            handed_in=[HandinView.of(each) for each in self.handins],
        )


def article(request: PageRequest) -> ArticlePage:
    """Return the page of an article. Raises NotKnown."""
    tracked = request.article()
    until = request.count("until", tracked.versions, 1_000_000) or tracked.versions
    versions = _shown(request, tracked, min(until, tracked.versions))
    texts, kept = [each.content for each in versions], [each.change for each in versions]
    led = changes_between(texts, kept)
    # If the version in between was taken down, compare its neighbours.
    for place, made in enumerate(led):
        if made and not kept[place]:
            change = classify(versions[place - 1].content, versions[place].content, made)
            kept[place] = request.cache.shown(change, tracked.id, 0)
    olds = [None, *(each.n for each in versions)]
    # Each notice with the version in which it first appeared, newest first.
    notices: dict[tuple[str, str], DatedNotice] = {}
    for each in versions:
        for notice in each.content.notices:
            notices.setdefault((notice.kind.value, notice.text), DatedNotice(each.n, notice.kind, notice.text))
    return ArticlePage(
        title=tracked.title or tracked.feed_title or tracked.url,
        tracked=tracked,
        steps=tuple(
            Step(version, change, surviving, old)
            for version, change, surviving, old in zip(versions, kept, surviving_shares(texts, led), olds, strict=False)
        ),
        headlines=headlines(versions),
        notices=sorted(notices.values(), key=lambda each: -each.version),
        checks=tuple(list_checks(request.archive, tracked.id, 10)),
        handins=tuple(list_handins(request.archive, tracked.id)),
        words=words_by_version(request.archive, [tracked.id])[tracked.id],
        older=versions[0].n - 1 if versions else 0,
        until=versions[-1].n if versions else 0,
        silent=sum(change is not None and LabelKind.NOT_NOTED in change.kinds for change in kept),
        since=since_looked(request.archive, request.reading, tracked.id, tracked.versions) if versions else None,
    )


def _shown(request: PageRequest, tracked: WatchedArticle, until: int) -> list[Version]:
    """Return the newest versions up to `until` that can be shown, oldest first, without those taken down."""
    if not tracked.versions:
        return []
    newest = get_version(request.archive, tracked.id, until)
    limit = max_shown_versions(newest)
    if until == tracked.versions:
        found = list(iter_versions(request.archive, VersionQuery(article=tracked.id, limit=limit)))
        ordered = sorted(found, key=lambda each: each.n)
    else:
        # A query has no highest number: the versions before an older one are read one by one.
        numbers = range(max(1, until - limit + 1), until)
        ordered = [*(get_version(request.archive, tracked.id, n) for n in numbers), newest]
    return [request.cache.shown_version(each) for each in ordered if not each.removed]


def max_shown_versions(newest: Version) -> int:
    """Return how many versions to show of an article as long as `newest`."""
    return min(max(MAX_CELLS // max(len(newest.content.editorial), 1), MIN_VERSIONS), MAX_VERSIONS)


def surviving_shares(texts: Sequence[Article], changes: Sequence[Change | None]) -> list[float]:
    """Return how much of the letters of the first of `texts` each still has (0 to 1); `changes` led to each."""
    # By paragraph, whether each of its letters came with the first text (1) or later (0).
    origins = {i: b"\1" * _letters(block.text) for i, block in enumerate(texts[0].editorial)} if texts else {}
    born = sum(map(len, origins.values()))
    shares = [1.0] if texts else []
    for change in changes[1:]:
        after = {}
        for block in change.blocks if change else ():
            if block.new is None:
                continue
            before, at, letters = b"" if block.old is None else origins[block.old], 0, bytearray()
            for op, part in block.hunks:
                count = _letters(part)
                letters += bytes(count) if op == "+" else before[at : at + count] if op == "=" else b""
                at += 0 if op == "+" else count
            after[block.new] = bytes(letters)
        origins = after
        shares.append(round(sum(map(sum, origins.values())) / born, 4) if born else 0.0)
    return shares


def _letters(text: str) -> int:
    return len("".join(text.split()))


def headlines(versions: Sequence[Version]) -> tuple[Headline, ...]:
    """Return each headline as the page showed it, with the version that introduced it, oldest first."""
    found: list[Headline] = []
    for before, each in zip([None, *versions], versions, strict=False):
        made = each.change
        if before is None:
            found.append(Headline(each.n, each.seen, each.content.shown_title))
        elif before.content.shown_title != each.content.shown_title:
            field = made.title if made is not None and made.title.changed else None
            replaced = field or Field(before.content.shown_title, each.content.shown_title)
            found.append(Headline(each.n, each.seen, each.content.shown_title, replaced))
    return tuple(found)
