"""The page of citations: the state of each cited passage, changed ones first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Final

from tracker.archive.articles import ArticleSummary, get_article, summarise_articles
from tracker.archive.citations import list_citations
from tracker.model.citation import CitationState
from tracker.pipeline.citations import follow_citations
from tracker.views.citation import STATES, CitationView
from tracker.views.json import Answer

from ..page_request import PageRequest, View

ANY: Final = ""
WORDS: Final = tuple(state.value for state in CitationState)
MAX_CITATIONS: Final = 200
"""Only the newest citations are followed and shown; `writethru cite list` has all."""


class CitationsAnswer(Answer, frozen=True):
    """Citations, changed ones first. `more` says whether older ones are left out."""

    citations: tuple[CitationView, ...]
    more: bool


@dataclass(frozen=True)
class Citations(View):
    """Citations and their articles; `state` and `article` are the filters."""

    template: ClassVar[str] = "citations.html"
    title: ClassVar[str] = "Citations"
    citations: tuple[CitationView, ...]
    articles: Mapping[str, ArticleSummary]
    state: str
    article: str
    more: bool
    words: ClassVar[Mapping[CitationState | None, str]] = STATES
    states: ClassVar[tuple[str, ...]] = WORDS

    def answer(self) -> CitationsAnswer:
        """Return the JSON object of the page."""
        return CitationsAnswer(self.citations, self.more)


def citations(request: PageRequest) -> Citations:
    """Return the page of citations. Raises UsageError, NotKnown."""
    archive, state = request.archive, request.one_of("state", (ANY, *WORDS))
    given = request.query.get("article", "")
    article = get_article(archive, given).id if given else ""
    listed = list_citations(archive, article)
    # Two hundred of them, in articles of twenty versions, take two seconds.
    recent = tuple(listed[-MAX_CITATIONS:])
    found = request.cache.cached(("citations", recent), lambda: follow_citations(archive, recent))
    followed = sorted(found, key=lambda each: each.since, reverse=True)
    followed.sort(key=lambda each: each.passage.state is CitationState.STANDS)
    shown = tuple(CitationView.of(each) for each in followed if state in {ANY, each.passage.state})
    articles = summarise_articles(archive, [each.article for each in shown])
    return Citations(shown, articles, state, article, len(listed) > MAX_CITATIONS)
