"""Apply site rules to one page: which of its elements and lines an outlet's selectors and expressions match."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from . import machine_dates, written_dates
from .person_names import names, unique
from .text import clean

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from .metadata import Metadata
    from .page_tree import Element, Line, PageTree
    from .site_rules import SiteRules


class RuleMatches:
    """What the site rules match on one page; false, and matching nothing, without rules."""

    def __init__(
        self, rules: SiteRules | None = None, tree: LexborHTMLParser | None = None, page: PageTree | None = None
    ) -> None:
        self.container: Element | None = None
        self._dropped: list[Element] = []
        self._kept: list[Element] = []
        self._notices: list[Element] = []
        self._deks: list[Element] = []
        self._boilerplate: list[re.Pattern[str]] = []
        self._promos: list[re.Pattern[str]] = []
        self._news: list[re.Pattern[str]] = []
        self._has_rules = rules is not None
        if rules is None or tree is None or page is None:
            return

        def elements(selectors: Sequence[str]) -> list[Element]:
            return [page.ids[node.mem_id] for node in _select(tree, selectors) if node.mem_id in page.ids]

        self.container = next(iter(elements(rules.container)), None)
        self._dropped = elements(rules.drop)
        self._kept = elements(rules.keep)
        self._notices = elements(rules.notice)
        self._deks = elements(rules.dek)
        self._boilerplate = [re.compile(pattern) for pattern in rules.boilerplate]
        self._promos = [re.compile(pattern) for pattern in rules.promo]
        self._news = [re.compile(pattern) for pattern in rules.news]

    def __bool__(self) -> bool:
        return self._has_rules

    def mark_junk(self, page: PageTree) -> None:
        """Mark dropped elements as junk and kept ones as none, whatever `scoring.mark_junk` has said before."""
        for elements, reason in ((self._dropped, "matches a site rule"), (self._kept, "")):
            for element in elements:
                for inner in page.elements[element.index : element.end]:
                    inner.junk = reason

    def is_kept(self, line: Line) -> bool:
        """Say whether *line* is editorial by a rule."""
        return any(line.owner.within(element) for element in self._kept)

    def is_news(self, line: Line) -> bool:
        """Say whether *line* is news by a rule, whatever was learned about it."""
        return any(pattern.search(line.text) for pattern in self._news)

    def is_notice(self, line: Line) -> bool:
        """Say whether *line* is a notice by a rule."""
        return any(line.owner.within(element) for element in self._notices)

    def is_dek(self, line: Line) -> bool:
        """Say whether *line* is the standfirst by a rule."""
        return any(line.owner.within(element) for element in self._deks)

    def is_boilerplate(self, line: Line) -> bool:
        """Say whether *line* is boilerplate by a rule."""
        return any(pattern.search(line.text) for pattern in self._boilerplate)

    def is_promo(self, line: Line) -> bool:
        """Say whether *line* is a promo by a rule."""
        return any(pattern.search(line.text) for pattern in self._promos)


def override_metadata(metadata: Metadata, rules: SiteRules, tree: LexborHTMLParser) -> None:
    """Replace title, byline and time of publication with what the rules' selectors match, if they match anything."""
    title = next((text for node in _select(tree, rules.title) if (text := clean(node.text()))), "")
    if title:
        metadata.title, metadata.heading, metadata.sources["title"] = title, "", "rule"
    byline = unique([name for node in _select(tree, rules.byline) for name in names(node.text())])
    if byline:
        metadata.byline, metadata.sources["byline"] = tuple(byline), "rule"
    for node in _select(tree, rules.published):
        text = node.attributes.get("datetime") or node.attributes.get("content") or clean(node.text())
        value = machine_dates.parse(text) or written_dates.find(text)
        if value:
            metadata.published, metadata.sources["published"] = value, "rule"
            return


def _select(tree: LexborHTMLParser, selectors: Sequence[str]) -> list[LexborNode]:
    return [node for selector in selectors for node in tree.css(selector)]
