"""The list of changes, its entries, and the filters that lists share."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import ClassVar, Final

from tracker.archive.archive import Archive
from tracker.archive.database.connection import from_ms, to_ms
from tracker.archive.sources import list_sources, stored_source
from tracker.archive.summaries import earlier_headlines, list_summaries, page_of_summaries, words_by_version
from tracker.archive.verdicts import VERDICTS
from tracker.archive.versions import get_changes, get_versions, newest_row
from tracker.errors import ArchiveError, UsageError
from tracker.model.change import EARLIER_WORDS, Change, LabelKind, Significance
from tracker.model.version import Version, VersionQuery, VersionSummary
from tracker.render.plain import words_changed
from tracker.render.text import counted
from tracker.service.shown_versions import group_copies
from tracker.service.story_list import get_story
from tracker.views.json import Answer
from tracker.views.version import EditionCopy, ListedVersion

from .. import links
from ..data import CachedArchive
from ..page_request import PageRequest, Reading, View

PARAMETERS: Final = ("label", "kind", "source", "story", "min_significance", "verdict")
"""The parameters that every filtered page takes; `kind` is the earlier name of `label`."""
MAX_WORDS: Final = 9_999_999
_SCORE: Final = re.compile(r"0(\.[0-9]{1,4})?|1(\.0{1,4})?")
_MAX_CHARACTERS: Final = 200


@dataclass(frozen=True, slots=True)
class Filter:
    """Which changes a list shows. Empty fields restrict nothing.

    `articles` are those of the story. `sources` are those to choose from.
    """

    source: str = ""
    story: str = ""
    kind: str = ""
    verdict: str = ""
    min_words: int = 0
    min_significance: Significance = Significance.LOW
    new: bool = False
    articles: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    @property
    def given(self) -> dict[str, object]:
        """Return the filters that are set, as parameters of an address."""
        return {
            "kind": self.kind,
            "verdict": self.verdict,
            "source": self.source,
            "story": self.story,
            "min_words": self.min_words or "",
            "min_significance": "" if self.min_significance is Significance.LOW else self.min_significance.value,
            "new": "1" if self.new else "",
        }

    @property
    def active(self) -> bool:
        """Return whether any filter is set."""
        return any(self.given.values())

    @property
    def title(self) -> str:
        """Return the filters in words, "" if there are none."""
        words = {Significance.HIGH: "high significance", Significance.MEDIUM: "medium or high significance"}
        significance = words.get(self.min_significance, "")
        new = "since you last looked" if self.new else ""
        return " · ".join(filter(None, (self.kind, self.verdict, self.source, self.story, significance, new)))

    def query(self, newer_than: int = 0) -> VersionQuery:
        """Return the changes that match; `newer_than` is the last row that is not new to the reader."""
        return VersionQuery(
            source=self.source,
            articles=self.articles,
            kinds=(LabelKind(self.kind),) if self.kind else (),
            verdict=self.verdict,
            min_words=self.min_words,
            min_significance=self.min_significance,
            newer_than=newer_than if self.new else 0,
            changes_only=True,
        )


@dataclass(frozen=True)
class FilteredPage(View):
    """A page of a list with filters. `after` is where the next page begins, `address` the requested path."""

    filter: Filter
    after: str
    address: str

    @property
    def next(self) -> str:
        """Return the query string of the next page, or ""."""
        return links.query(self.filter.given | {"after": self.after}) if self.after else ""


def matching(archive: Archive, chosen: Filter, pairs: Iterable[tuple[str, int]]) -> set[tuple[str, int]]:
    """Return those of `pairs`, articles and the numbers of their versions, that match a filter."""
    wanted = {pair for pair in pairs if not chosen.articles or pair[0] in chosen.articles}
    if not chosen.active or not wanted:
        return wanted
    query = replace(chosen.query(), articles=tuple({article for article, _ in wanted}), changes_only=False)
    return wanted.intersection((each.article, each.n) for each in list_summaries(archive, query))


def filter_of(request: PageRequest) -> Filter:
    """Return the filters of a page. Raises UsageError, or NotKnown for a source or story that does not exist."""
    given, archive = request.query, request.archive
    story = given.get("story", "")[:_MAX_CHARACTERS]
    settled, ident = get_story(archive, story) if story else (None, "")
    kind = given.get("label", "") or given.get("kind", "")
    # Addresses of release 0.1 have its words, and scores from 0 to 1 as the significance.
    kind = EARLIER_WORDS.get(kind, kind)
    if kind and kind not in set(LabelKind):
        raise UsageError("no such label", resource=kind[:80], hint=f"labels are {', '.join(LabelKind)}")
    source = stored_source(archive, given.get("source", "")[:_MAX_CHARACTERS])
    min_words = request.count("min_words", 0, MAX_WORDS)
    least = given.get("min_significance", "")
    if _SCORE.fullmatch(least):
        least = Significance.of_score(float(least))
    if least and least not in set(Significance):
        raise UsageError(f"min_significance must be one of {', '.join(Significance)}", resource=least[:80])
    verdict = given.get("verdict", "")
    if verdict and verdict not in VERDICTS:
        raise UsageError("no such verdict", resource=verdict[:80], hint=f"verdicts are {', '.join(VERDICTS)}")
    return Filter(
        source=source,
        story=story,
        kind=kind,
        verdict=verdict,
        min_words=min_words,
        min_significance=Significance(least or Significance.LOW),
        new=given.get("new", "") == "1",
        articles=settled.stories[ident] if settled else (),
        sources=tuple(list_sources(archive)),
    )


NOTHING_READ: Final = Reading()
SIZE: Final = 30
MAX_SHOWN_EDITS: Final = 15
"""Lines with their most important edit, for which the change is decoded; those below have the word count alone."""
PLACE: Final = r"(\d{1,14})-(\d{1,15})"
"""Where a page of the list begins: milliseconds since 1970, and the row of a version."""


@dataclass(frozen=True)
class VersionLine:
    """A version in a list.

    Attributes:
        summary: the version in a few words, with its own headline.
        unread: whether it is new to the reader.
        since: the version that its link compares it with, if that is not the one before.
        versions_since: how many versions came after `since`, without those taken down.
        words: the word count of each version of its article, for the chart.
        copies: versions of other articles that took the same edition over.
        _changes: reads the changes of those versions of the list that are shown with their most important edit, which
            the JSON does not need.
        _versions: reads the whole versions of the list, without those that cannot be decoded; only the JSON needs them.
    """

    summary: VersionSummary
    words: tuple[int, ...]
    copies: tuple[EditionCopy, ...]
    _changes: Callable[[], Mapping[tuple[str, int], Change]] = field(compare=False, repr=False)
    _versions: Callable[[], Mapping[tuple[str, int], Version]] = field(compare=False, repr=False)
    unread: bool
    since: int = 0
    versions_since: int = 0

    @property
    def change(self) -> Change | None:
        """Return the change, if the list shows its most important edit."""
        return self._changes().get((self.summary.article, self.summary.n))

    @property
    def link(self) -> str:
        """Return the page of the change."""
        article, n = self.summary.article, self.summary.n
        return links.diff(article, self.since, n) if self.since else links.led_to(article, n)

    @property
    def marks(self) -> str:
        """Return "18 words added, 12 removed" if `change` is set, else their sum; "" if no word differs."""
        if self.summary.n == 1 or not self.summary.words:
            return ""
        if self.change is not None:
            return words_changed(self.change.words_added, self.change.words_removed)
        return f"{counted(self.summary.words, 'word')} changed"

    def answer(self) -> ListedVersion:
        """Return the JSON object of the line."""
        seen = self.summary
        return ListedVersion.of(seen, self._versions().get((seen.article, seen.n)), self.link, self.copies)


def entries(
    cache: CachedArchive,
    listed: Sequence[VersionSummary],
    *,
    shown: int = 0,
    most: int | None = None,
    reading: Reading = NOTHING_READ,
) -> tuple[VersionLine, ...]:
    """Return at most `most` entries, copies of one edition as one; the first `shown` have their changes.

    `reading` tells which versions the reader has seen.
    """
    key = ("editions", tuple((each.article, each.n) for each in listed))
    found = cache.cached(key, lambda: group_copies(cache.archive, listed))[:most]
    if cache.verdicts is not None:
        # That one text copies another is the program's judgement too.
        found = [(_as_shown(each, cache), ()) for each in listed[:most]]
    glances = [each for each, _ in found]
    pairs = [(each.article, each.n) for each in glances]
    edited = [(each.article, each.n) for each in glances[:shown] if each.n > 1 and not each.removed]
    words = words_by_version(cache.archive, [each.article for each in glances])
    headlines: dict[tuple[str, int], str] = {}
    # One damaged text must not break the whole list, here and below; `verify` reports it.
    with suppress(ArchiveError):
        headlines = earlier_headlines(cache.archive, pairs)
    # Read for all lines together, when the first of them is shown.
    versions = functools.cache(functools.partial(_versions, cache, pairs))
    changes_shown = functools.cache(functools.partial(_changes, cache, edited))
    return tuple(
        VersionLine(
            replace(each, title=headlines.get((each.article, each.n), each.title)),
            words.get(each.article, ()),
            copies,
            changes_shown,
            versions,
            unread=reading.is_unread(each),
        )
        for each, copies in found
    )


def _as_shown(seen: VersionSummary, cache: CachedArchive) -> VersionSummary:
    made = cache.shown(Change(), seen.article, seen.n)
    return replace(seen, kinds=tuple(each.kind for each in made.labels), announced=made.announced)


def _changes(cache: CachedArchive, pairs: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Change]:
    with suppress(ArchiveError):
        return {pair: cache.shown(change, *pair) for pair, change in get_changes(cache.archive, pairs).items()}
    return {}


def _versions(cache: CachedArchive, pairs: Sequence[tuple[str, int]]) -> Mapping[tuple[str, int], Version]:
    found: dict[tuple[str, int], Version] = {}
    try:
        found = get_versions(cache.archive, pairs)
    except ArchiveError:  # one of them is damaged
        for pair in pairs:
            with suppress(ArchiveError):
                found |= get_versions(cache.archive, [pair])
    return {pair: cache.shown_version(version) for pair, version in found.items()}


class ChangesAnswer(Answer, frozen=True):
    """Changes, newest first.

    Attributes:
        next: the address of the next page
    """

    changes: list[ListedVersion]
    given: dict[str, str | int]
    next: str | None


@dataclass(frozen=True)
class Changes(FilteredPage):
    """Changes, newest first. `row` is the newest version when the page was made."""

    template: ClassVar[str] = "changes.html"
    title: str
    entries: tuple[VersionLine, ...]
    row: int

    @property
    def feed(self) -> str:
        """Return the feed of the same changes."""
        return f"/changes.atom{links.query(self.filter.given | {'new': ''})}"

    def answer(self) -> ChangesAnswer:
        """Return the JSON object of the page."""
        given = {name: value for name, value in self.filter.given.items() if isinstance(value, str | int) and value}
        after = f"{self.address}{self.next}" if self.next else None
        return ChangesAnswer([each.answer() for each in self.entries], given, after)


def changes(request: PageRequest) -> Changes:
    """Return a page of changes. Raises UsageError."""
    cache, reading = request.cache, request.reading
    chosen = filter_of(request)
    place = request.place(PLACE)
    after = (from_ms(int(place[0])), int(place[1])) if place else None
    page = page_of_summaries(cache.archive, chosen.query(reading.row), after, SIZE)
    return Changes(
        title=chosen.title or "Changes",
        entries=entries(cache, page.summaries, shown=MAX_SHOWN_EDITS, reading=reading),
        filter=chosen,
        after=f"{to_ms(page.after[0])}-{page.after[1]}" if page.after else "",
        row=newest_row(cache.archive),
        address=request.address,
    )
