"""Apply site rules to one page: which of its elements and lines an outlet's selectors and expressions match."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal, get_args

from tracker.dates.parsing import DateContext

from .metadata import read_time
from .person_names import names, unique
from .text import clean

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

    from .metadata import Metadata
    from .page_tree import Element, Line, PageTree
    from .site_rules import SiteRules

ElementRule = Literal["container", "drop", "keep", "notice", "dek"]
LineRule = Literal["boilerplate", "promo", "news"]


class RuleMatches:
    """What the site rules match on one page; false, and matching nothing, without rules."""

    def __init__(
        self, rules: SiteRules | None = None, tree: LexborHTMLParser | None = None, page: PageTree | None = None
    ) -> None:
        self._elements: dict[ElementRule, list[Element]] = {}
        self._patterns: dict[LineRule, list[re.Pattern[str]]] = {}
        if rules is None or tree is None or page is None:
            return
        for name in get_args(ElementRule):
            nodes = _select(tree, getattr(rules, name))
            self._elements[name] = [page.ids[node.mem_id] for node in nodes if node.mem_id in page.ids]
        self._patterns = {
            name: [re.compile(pattern) for pattern in getattr(rules, name)] for name in get_args(LineRule)
        }

    def __bool__(self) -> bool:
        return bool(self._patterns)

    @property
    def container(self) -> Element | None:
        """Return the element that the rules name as the one with the article's text."""
        return next(iter(self._elements.get("container", ())), None)

    def mark_junk(self, page: PageTree) -> None:
        """Mark dropped elements as junk and kept ones as none, whatever `scoring.mark_junk` has decided before."""
        reasons: tuple[tuple[ElementRule, str], ...] = (("drop", "matches a site rule"), ("keep", ""))
        for name, reason in reasons:
            for element in self._elements.get(name, ()):
                for inner in page.elements[element.index : element.end]:
                    inner.junk = reason

    def hold(self, line: Line, rule: ElementRule) -> bool:
        """Return whether `line` is in an element that `rule` matches."""
        return any(line.owner.within(element) for element in self._elements.get(rule, ()))

    def match(self, line: Line, rule: LineRule) -> bool:
        """Return whether an expression of `rule` matches the text of `line`."""
        return any(pattern.search(line.text) for pattern in self._patterns.get(rule, ()))


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
        value = read_time(text, DateContext(metadata.lang))
        if value:
            metadata.published, metadata.sources["published"] = value, "rule"
            return


def _select(tree: LexborHTMLParser, selectors: Sequence[str]) -> list[LexborNode]:
    return [node for selector in selectors for node in tree.css(selector)]
