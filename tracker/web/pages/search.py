"""Search in current and removed text."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, cast

from tracker.archive.search import Where, search_passages
from tracker.archive.sources import list_sources
from tracker.errors import UsageError
from tracker.views.search_hit import SearchHitView
from tracker.views.values import SCHEMA
from tracker.web.page_request import PageRequest, View

from .. import links

if TYPE_CHECKING:
    from tracker.model.found import SearchHit

MAX_HITS: Final = 50
WHERE: Final = ("all", "current", "removed")


@dataclass(frozen=True)
class Search(View):
    """The results of a search. `problem` says what is wrong with the query."""

    template: ClassVar[str] = "search.html"
    query: str
    where: str
    source: str
    ranked: bool
    hits: tuple[SearchHit, ...]
    sources: tuple[str, ...]
    problem: str
    more: bool
    now: datetime

    @property
    def title(self) -> str:
        """Return the page title."""
        return f"“{self.query}”" if self.query else "Search"

    @property
    def words(self) -> tuple[str, ...]:
        """Return the words to highlight."""
        positive = re.sub(r'-"[^"]*"|(?:^|\s)-\S+|\bOR\b', " ", self.query)
        return tuple(re.findall(r"\w+", positive))

    @property
    def given(self) -> dict[str, object]:
        """Return the query and its filters as parameters."""
        where = self.where if self.where != "all" else ""
        return {"q": self.query, "in": where, "source": self.source, "ranked": "1" if self.ranked else ""}

    @property
    def feed(self) -> str:
        """Return the feed of this search."""
        return f"/search.atom{links.query(self.given)}"

    def as_json(self) -> dict[str, Any]:
        """Return the page as JSON."""
        return {
            "schema": SCHEMA,
            "query": self.query,
            "in": self.where,
            "hits": [SearchHitView(hit).as_json() for hit in self.hits],
            "more": self.more,
            "problem": self.problem,
        }


def search(request: PageRequest) -> Search:
    """Return the page of a search; without a query, the empty form. Raises UsageError."""
    query = request.query.get("q", "").strip()[:500]
    where = request.one_of("in", WHERE)
    source = request.query.get("source", "")[:200]
    ranked = request.query.get("ranked", "") == "1"
    hits: list[SearchHit] = []
    problem = ""
    if request.query.get("q") and not query:
        problem = "Enter at least one word."
    if query:
        try:
            hits = search_passages(
                request.archive.opened,
                query,
                where=cast("Where", where),
                source=source,
                ranked=ranked,
                limit=MAX_HITS + 1,
            )
        except UsageError as error:
            problem = f"{error.message}. {error.hint}".rstrip(". ") + "."
    return Search(
        query=query,
        where=where,
        source=source,
        ranked=ranked,
        hits=tuple(hits[:MAX_HITS]),
        sources=tuple(list_sources(request.archive.opened)),
        problem=problem,
        more=len(hits) > MAX_HITS,
        now=request.now,
    )
