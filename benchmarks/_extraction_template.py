"""Real pages as templates: marks about every located paragraph and the headline, so that two versions differ as told.

A page is parsed and written once; both versions of a pair come from the same writing, so parser effects cancel out.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from _extraction_score import normal
from selectolax.lexbor import LexborHTMLParser, LexborNode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

LEAST = 40  # characters of a paragraph that can be told from others
ENOUGH = 6
SHARE = 0.7
_OPEN, _CLOSE = "\ue010", "\ue011"
_SLOT = re.compile(f"{_OPEN}([^{_CLOSE}]*){_CLOSE}")
_TAG = re.compile(r"(<[^>]+>)")


class Template:
    """A page with named slots.

    ``top``, ``bottom``, ``headline:after``, ``column:after``; for every paragraph n ``n:before``, ``n:start``,
    ``n:end``, ``n:after``; ``headline:start`` and ``headline:end`` enclose the headline.
    *paragraphs* are the located texts in order, *tags* their elements; *first*, *middle* and *last* number those of the
    main column, *standfirsts* those above it.
    """

    def __init__(self, row: dict[str, Any], html: str, nodes: list[tuple[str, str]], column: list[int]) -> None:
        self.id: str = row["id"]
        self.url: str | None = row.get("url")
        self.title: str = row.get("title") or ""
        self.authors: list[str] = list(row.get("authors") or [])
        self.lang: str = (row.get("languages") or ["en"])[0]
        self.paragraphs = [text for text, _ in nodes]
        self.tags = [tag for _, tag in nodes]
        self.first, self.middle, self.last = column[0], column[len(column) // 2], column[-1]
        self.standfirsts = list(range(column[0]))
        self._pieces = _SLOT.split(html)
        self._at = {name: index for index, name in enumerate(self._pieces) if index % 2}

    @property
    def base(self) -> str:
        return self.write({})

    def write(self, fills: Mapping[str, str]) -> str:
        """Return the page with HTML put into slots."""
        pieces = self._pieces.copy()
        for name, index in self._at.items():
            pieces[index] = fills.get(name, "")
        return "".join(pieces)

    def edit(self, change: Callable[[str], str], *names: str) -> str:
        """Return the page with the HTML inside of the named paragraphs, or of ``headline``, changed."""
        pieces = self._pieces.copy()
        for name in names:
            start, end = self._at[f"{name}:start"], self._at[f"{name}:end"]
            pieces[start + 1 : end] = [change("".join(pieces[start + 1 : end : 2])), *[""] * (end - start - 2)]
        return "".join(pieces[::2])

    def without(self, number: int) -> str:
        """Return the page without a paragraph."""
        start, end = self._at[f"{number}:before"], self._at[f"{number}:after"]
        return "".join(self._pieces[:start:2] + self._pieces[end + 1 :: 2])


def in_text(html: str, pattern: str, new: str) -> str:
    """Return *html* with the first match of *pattern* outside of tags replaced."""
    parts = _TAG.split(html)
    for index in range(0, len(parts), 2):
        parts[index], count = re.subn(pattern, new, parts[index], count=1)
        if count:
            break
    return "".join(parts)


def template(row: dict[str, Any], html: str) -> Template | None:
    """Return the page as a template, or None where too few of its paragraphs, or not the headline, are located."""
    tree = LexborHTMLParser(html)
    body = tree.body
    wanted = Counter(text for text in map(normal, row.get("paragraphs") or ()) if len(text) >= LEAST)
    if body is None or len(wanted) < ENOUGH:
        return None
    found = _locate(body, wanted)
    headline = next((n for n in tree.css("h1") if normal(n.text()) == normal(row.get("title") or "")), None)
    if len(found) < max(ENOUGH, SHARE * len(wanted)) or headline is None:
        return None
    nodes = list(found.values())
    home = _common(nodes)
    if home is None or home.tag in {"html", "body"} or not _mark(body, headline, home, nodes):
        return None
    parents = Counter(node.parent.mem_id for node in nodes if node.parent is not None)
    place, size = parents.most_common(1)[0]
    column = [
        n for n, node in enumerate(nodes) if size < 4 or (node.parent is not None and node.parent.mem_id == place)
    ]
    page = Template(row, tree.html or "", [(text, node.tag or "") for text, node in found.items()], column)
    return page if len(page._at) == 6 + 4 * len(nodes) else None  # noqa: SLF001 - a mark that was lost


def _locate(body: LexborNode, wanted: Counter[str]) -> dict[str, LexborNode]:
    """Return the innermost element of each wanted text, in the order of the text; a <p> before other elements."""
    found: dict[str, LexborNode] = {}
    for node in body.css("p,li,blockquote,div,span,h2,h3,h4"):
        text = node.text()
        if LEAST <= len(text) < 6_000:
            known = normal(text)
            if known in wanted and (known not in found or found[known].tag != "p" or node.tag == "p"):
                found[known] = node
    return {text: found[text] for text in wanted if text in found and wanted[text] == 1}


def _common(nodes: list[LexborNode]) -> LexborNode | None:
    lines = []
    for node in nodes:
        line: list[LexborNode] = []
        above: LexborNode | None = node
        while above is not None:
            line.append(above)
            above = above.parent
        lines.append(line[::-1])
    shared = None
    for step in zip(*lines, strict=False):
        if len({node.mem_id for node in step}) > 1:
            break
        shared = step[0]
    return shared


def _mark(body: LexborNode, headline: LexborNode, home: LexborNode, nodes: list[LexborNode]) -> bool:
    for number, node in [*enumerate(nodes), ("headline", headline)]:
        if node.first_child is None or node.last_child is None:
            return False
        node.first_child.insert_before(_slot(f"{number}:start"))
        node.last_child.insert_after(_slot(f"{number}:end"))
        if number != "headline":
            node.insert_before(_slot(f"{number}:before"))
        node.insert_after(_slot(f"{number}:after"))
    home.insert_after(_slot("column:after"))
    if body.first_child is None or body.last_child is None:
        return False
    body.first_child.insert_before(_slot("top"))
    body.last_child.insert_after(_slot("bottom"))
    return True


def _slot(name: str) -> str:
    return f"{_OPEN}{name}{_CLOSE}"
