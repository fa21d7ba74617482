"""The filters that lists of changes share: by source, story, label, significance and size, and whether it is new."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from tracker.archive.archive import Archive
from tracker.archive.sources import list_sources, stored_source
from tracker.archive.summaries import list_summaries
from tracker.errors import UsageError
from tracker.model.change import EARLIER_WORDS, LabelKind, Significance
from tracker.model.version import VersionQuery
from tracker.service.story_list import get_story
from tracker.web import links
from tracker.web.page_request import PageRequest, View

PARAMETERS: Final = ("label", "kind", "source", "story", "min_significance")
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
        return " · ".join(part for part in (self.kind, self.source, self.story, significance, new) if part)

    def query(self, newer_than: int = 0) -> VersionQuery:
        """Return the changes that match; `newer_than` is the last row that is not new to the reader."""
        return VersionQuery(
            source=self.source,
            articles=self.articles,
            kinds=(LabelKind(self.kind),) if self.kind else (),
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
    return Filter(
        source=source,
        story=story,
        kind=kind,
        min_words=min_words,
        min_significance=Significance(least or Significance.LOW),
        new=given.get("new", "") == "1",
        articles=settled.stories[ident] if settled else (),
        sources=tuple(list_sources(archive)),
    )
