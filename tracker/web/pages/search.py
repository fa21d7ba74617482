"""Search in current and removed text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import ClassVar, Final, cast

from tracker.archive.articles import ArticleSummary, summarise_articles
from tracker.archive.search import Where, search_passages
from tracker.archive.verdicts import list_verdicts
from tracker.errors import UsageError
from tracker.model.change import Verdict
from tracker.views.change import VerdictView
from tracker.views.json import Answer
from tracker.views.version import SearchHitView
from tracker.web.page_request import PageRequest, View

from .. import links
from .changes import Filter, filter_of, matching

MAX_HITS: Final = 50
MAX_FILTERED_HITS: Final = 400
"""A filter is applied to this many hits."""
WHERE: Final = ("all", "current", "removed")


class SearchAnswer(Answer, frozen=True, rename={"where": "in"}):
    """The results of a search. `problem` says why the query is not valid."""

    query: str
    where: Where
    hits: list[SearchHitView]
    verdicts: list[VerdictView]
    more: bool
    problem: str


@dataclass(frozen=True)
class Search(View):
    """The results of a search. `problem` says why the query is not valid."""

    template: ClassVar[str] = "search.html"
    title: str
    query: str
    where: Where
    filter: Filter
    ranked: bool
    hits: tuple[SearchHitView, ...]
    problem: str
    more: bool
    verdicts: tuple[Verdict, ...]
    judged: Mapping[str, ArticleSummary]

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words to highlight."""
        positive = re.sub(r'-"[^"]*"|(?:^|\s)-\S+|\bOR\b', " ", self.query)
        return tuple(re.findall(r"\w+\*?", positive))

    @property
    def given(self) -> dict[str, object]:
        """Return the query and its filters as parameters."""
        where = self.where if self.where != "all" else ""
        return {"q": self.query, "in": where, "ranked": "1" if self.ranked else ""} | self.filter.given

    @property
    def feed(self) -> str:
        """Return the feed of this search."""
        return f"/search.atom{links.query(self.given)}"

    def answer(self) -> SearchAnswer:
        """Return the JSON object of the page."""
        verdicts = list(map(VerdictView.of, self.verdicts))
        return SearchAnswer(self.query, self.where, list(self.hits), verdicts, self.more, self.problem)


def search(request: PageRequest) -> Search:
    """Return the page of a search; without a query, the empty form. Raises UsageError."""
    query = request.query.get("q", "").strip()[:500]
    where = cast("Where", request.one_of("in", WHERE))
    chosen = replace(filter_of(request), new=False, min_words=0)
    filtered = replace(chosen, source="").active
    ranked = request.query.get("ranked", "") == "1"
    hits: list[SearchHitView] = []
    problem = ""
    if request.query.get("q") and not query:
        problem = "Enter at least one word."
    if query:
        try:
            hits = search_passages(
                request.archive,
                query,
                where=where,
                source=chosen.source,
                ranked=ranked,
                limit=MAX_FILTERED_HITS if filtered else MAX_HITS + 1,  # one more tells that there are more
            )
            if filtered:
                # The version that brought the paragraph, or the one that removed it, must match.
                ends = []
                for hit in hits:
                    gone = {(hit.article, hit.last_version + 1)} if hit.last_version else set()
                    ends.append({(hit.article, hit.first_version)} | gone)
                kept = matching(request.archive, chosen, (pair for pairs in ends for pair in pairs))
                hits = [hit for hit, pairs in zip(hits, ends, strict=True) if not kept.isdisjoint(pairs)]
        except UsageError as error:
            problem = " ".join(f"{each[0].upper()}{each[1:]}." for each in (error.message, error.hint) if each)
    # The other filters are about changes; a verdict may be on one that they leave out.
    shows_verdicts = query and not problem and not filtered and where == "all"
    judged = list_verdicts(request.archive, find=query, source=chosen.source, limit=MAX_HITS) if shows_verdicts else []
    return Search(
        title=f"“{query}”" if query else "Search",
        query=query,
        where=where,
        filter=chosen,
        ranked=ranked,
        hits=tuple(hits[:MAX_HITS]),
        problem=problem,
        more=len(hits) > MAX_HITS,
        verdicts=tuple(judged),
        judged=summarise_articles(request.archive, [each.article for each in judged]),
    )
