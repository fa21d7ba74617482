"""Rules by hand, carried out: which elements of this page an outlet's selectors name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from . import dates, wording
from .people import names, unique
from .text import clean

if TYPE_CHECKING:
    from collections.abc import Sequence

    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from .fields import Fields
    from .rules import SiteRules
    from .tree import Element, Line, PageTree


class Site:
    """What the rules name on one page; empty where there are none."""

    def __init__(
        self, rules: SiteRules | None = None, tree: LexborHTMLParser | None = None, page: PageTree | None = None
    ) -> None:
        self.container: Element | None = None
        self.dropped: list[Element] = []
        self.kept: list[Element] = []
        self.notices: list[Element] = []
        self.deks: list[Element] = []
        self._boilerplate: list[re.Pattern[str]] = []
        self._promo: list[re.Pattern[str]] = []
        self._news: list[re.Pattern[str]] = []
        self._any = rules is not None
        if rules is None or tree is None or page is None:
            return
        found = _Finder(tree, page)
        self.container = next(iter(found.elements(rules.container)), None)
        self.dropped = found.elements(rules.drop)
        self.kept = found.elements(rules.keep)
        self.notices = found.elements(rules.notice)
        self.deks = found.elements(rules.dek)
        self._boilerplate = [re.compile(pattern) for pattern in rules.boilerplate]
        self._promo = [re.compile(pattern) for pattern in rules.promo]
        self._news = [re.compile(pattern) for pattern in rules.news]

    def __bool__(self) -> bool:
        return self._any

    def mark(self, page: PageTree) -> None:
        """Mark what is dropped as junk and what is kept as none, after names and tags were asked."""
        for elements, reason in ((self.dropped, "a rule of the site"), (self.kept, "")):
            for element in elements:
                for inner in page.elements[element.index : element.end]:
                    inner.junk = reason

    def keeps(self, line: Line) -> bool:
        """Say whether the rules call *line* editorial."""
        return any(line.owner.within(element) for element in self.kept)

    def news(self, line: Line) -> bool:
        """Say whether a rule calls *line* news, whatever else speaks against it."""
        return any(pattern.search(line.text) for pattern in self._news)

    def notes(self, line: Line) -> bool:
        """Say whether the rules call *line* a notice."""
        return any(line.owner.within(element) for element in self.notices)

    def is_dek(self, line: Line) -> bool:
        """Say whether the rules call *line* the standfirst."""
        return any(line.owner.within(element) for element in self.deks)

    def house(self, line: Line) -> bool:
        """Say whether a rule calls *line* boilerplate."""
        return any(pattern.search(line.text) for pattern in self._boilerplate)

    def promo(self, line: Line) -> bool:
        """Say whether a rule calls *line* a promo."""
        return any(pattern.search(line.text) for pattern in self._promo)


class _Finder:
    def __init__(self, tree: LexborHTMLParser, page: PageTree) -> None:
        self._tree = tree
        self._ids = page.ids

    def elements(self, selectors: Sequence[str]) -> list[Element]:
        nodes = [node for selector in selectors for node in self._tree.css(selector)]
        return [self._ids[node.mem_id] for node in nodes if node.mem_id in self._ids]


def override(found: Fields, rules: SiteRules, tree: LexborHTMLParser) -> None:
    """Let the rules' selectors give title, byline and time of publication, where they match anything."""
    title = next((text for node in _all(tree, rules.title) if (text := clean(node.text()))), "")
    if title:
        found.title, found.heading, found.sources["title"] = title, "", "rule"
    who = unique([name for node in _all(tree, rules.byline) for name in names(node.text())])
    if who:
        found.byline, found.sources["byline"] = tuple(who), "rule"
    for node in _all(tree, rules.published):
        text = node.attributes.get("datetime") or node.attributes.get("content") or clean(node.text())
        value = dates.parse(text) or wording.find(text)
        if value:
            found.published, found.sources["published"] = value, "rule"
            return


def _all(tree: LexborHTMLParser, selectors: Sequence[str]) -> list[LexborNode]:
    return [node for selector in selectors for node in tree.css(selector)]
