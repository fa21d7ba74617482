"""The run of an article: the paths on which its paragraphs stand. What stands on other paths is beside the text.

Paths are made of tags alone, so a page reads the same when its class names change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import TYPE_CHECKING, Final

from .tree import HEADINGS, Zone

if TYPE_CHECKING:
    from .tree import Element, Line, PageTree

Path = tuple[str, ...]
_SHARE: Final = 0.2
_COVER: Final = 0.9
_TRACE: Final = 0.03
_DIFFUSE: Final = 0.25
_PLAIN: Final = 60
_MORE: Final = 80
_FRAMED: Final = 0.15
_ABOVE: Final = 60
_LINKED: Final = 0.5
_CELLS: Final = 4
_CELL: Final = 60  # characters on average: more is a page laid out in tables
_LONG_CELL: Final = 400
_GROUPS: Final = frozenset("li tr td table ul ol dl".split())
_ASIDE: Final = Zone.ASIDE | Zone.FIGURE | Zone.CAPTION | Zone.FOOTER | Zone.NAV | Zone.HIDDEN
_AWAY: Final = _ASIDE & ~Zone.FIGURE  # WordPress sets its tables in figures
_PROSE: Final = frozenset({"p", "pre", "dd", "dt", "center", "h2", "h3", "h4", "h5", "h6"})
_SUBHEADS: Final = frozenset({"h2", "h3", "h4"})
_NESTED: Final = frozenset("li ul ol blockquote p table tbody thead tfoot tr td th dl dt dd".split())


class Run:
    """Knows the paths of the text in one container."""

    def __init__(self, page: PageTree, box: Element) -> None:
        self.box = box
        # A header within the article holds standfirsts and pleas to sign in, a header around it says nothing.
        self._not_text = Zone.HEADER & ~box.zone
        self._known: dict[int, Path] = {}
        self._nested: dict[int, bool] = {}
        masses: Counter[Path] = Counter()
        first, end = box.index, box.end
        self.inside = [line for line in page.lines if first <= line.owner.index < end]
        for line in self.inside:
            if line.mass and not line.owner.junk and not line.zone & self._not_text:
                masses[self.path(line.owner)] += round(line.mass)
        self.paths = _main_paths(masses)
        self.diffuse = self._diffuse()
        self.parents = {path[:-1] if path and path[-1] in _PROSE else path for path in self.paths}
        self.groups = {parent[:-1] for parent in self.parents if parent}
        self._tables: dict[int, Element | None] = {}
        self.tabular = self._tabular()
        self.framed = self._beside_pictures(page) if page.pictures or page.players else frozenset()

    def _diffuse(self) -> bool:
        """Say whether much plain text of the container stands on other paths: then it is no column of paragraphs."""
        own = other = 0
        for line in self.inside:
            if not line.zone & _ASIDE and line.links * 3 < len(line.text) >= _PLAIN:
                if self.path(line.owner) in self.paths:
                    own += len(line.text)
                else:
                    other += len(line.text)
        return other > _DIFFUSE * (own + other)

    def path(self, element: Element) -> Path:
        """Return the tags from the container down to *element*."""
        known = self._known.get(element.index)
        if known is None:
            parent = element.parent
            if element is self.box or parent is None:
                known = ()
            else:
                known = (
                    (*self.path(parent), element.tag)
                    if parent.index in self._known or parent is self.box
                    else self._walk(element)
                )
            self._known[element.index] = known
        return known

    def _walk(self, element: Element) -> Path:
        tags = []
        node: Element | None = element
        while node is not None and node is not self.box:
            tags.append(node.tag)
            node = node.parent
        return tuple(reversed(tags))

    def _beside_pictures(self, page: PageTree) -> frozenset[int]:
        """Return the indexes of the lines that stand with a picture, unless that is how this page shows its text.

        Headings count beside players only: many a list shows a heading with each picture.
        """
        pictures, players = sorted(page.pictures + page.players), sorted(page.players)
        inside = self.inside
        framed = [line for line in inside if self._framed(line, players if line.owner.tag in HEADINGS else pictures)]
        if sum(len(line.text) for line in framed) > _FRAMED * sum(len(line.text) for line in inside):
            framed = []
        first = inside[0].index if inside else 0
        above = page.lines[max(0, first - _ABOVE) : first]
        framed += [line for line in above if line.owner.tag not in HEADINGS and self._framed(line, pictures)]
        return frozenset(line.index for line in framed)

    def _framed(self, line: Line, pictures: list[int]) -> bool:
        """Say whether an element holds *line*, a picture in another block, and hardly a word more."""
        most = len(line.text) + _MORE
        node: Element | None = line.owner.parent
        while node is not None and node is not self.box and node.length <= most:
            at = bisect_left(pictures, node.index)
            if at < len(pictures) and pictures[at] < node.end:
                return node.tag not in _GROUPS
            node = node.parent
        return False

    def _tabular(self) -> frozenset[int]:
        """Return the indexes of the lines in tables of data that stand where the text stands, alone in their frames."""
        tables: dict[int, tuple[Element, list[Line]]] = {}
        for line in self.inside:
            table = self._table(line.owner) if line.zone & Zone.TABLE else None
            if table is not None:
                tables.setdefault(table.index, (table, []))[1].append(line)
        found: set[int] = set()
        for table, cells in tables.values():
            if table.junk or table.zone & _AWAY or table.links > _LINKED * table.length:
                continue
            long = any(len(line.text) > _LONG_CELL for line in cells)
            if len(cells) >= _CELLS and not long and table.length <= _CELL * len(cells) and self._stands(table):
                found.update(line.index for line in cells)
        return frozenset(found)

    def _table(self, element: Element) -> Element | None:
        """Return the innermost table around *element* in the container, None where there is none."""
        passed: list[int] = []
        node: Element | None = element
        while node is not None and node is not self.box and node.tag != "table" and node.index not in self._tables:
            passed.append(node.index)
            node = node.parent
        found = None if node is None or node is self.box else self._tables.get(node.index, node)
        self._tables.update(dict.fromkeys(passed, found))
        return found

    def _stands(self, element: Element) -> bool:
        """Say whether *element* stands where the text stands, or in a frame there that holds it alone."""
        node: Element | None = element
        while node is not None and node is not self.box:
            if self.path(node)[:-1] in self.parents:
                return True
            above = node.parent
            if above is None or above.length > element.length + _MORE:
                return False
            node = above
        return node is self.box

    def holds(self, line: Line) -> bool:
        """Say whether *line* stands where the article's text stands."""
        owner = _heading(line) if line.zone & Zone.HEADING else line.owner
        path = self.path(owner)
        if path in self.paths:
            return True
        if path and path[:-1] in self.parents and (path[-1] in _PROSE or len(line.text) >= 80):
            return True
        if path and path[-1] in HEADINGS and path[:-2] in self.parents and owner.parent is not None:
            return owner.parent.length <= len(line.text) + 2
        if path and path[-1] in _SUBHEADS and path[:-1] in self.groups and not line.zone & _ASIDE:
            return True
        if self._nests(owner):
            return True
        return self.diffuse and not line.zone & self._not_text and _reads_like_text(line)

    def _nests(self, owner: Element) -> bool:
        """Say whether an element stands where the text stands, in lists, quotes or tables and nothing else."""
        known = self._nested.get(owner.index)
        if known is None:
            path, known = self.path(owner), False
            while path and path[-1] in _NESTED and not known:
                path = path[:-1]
                known = path in self.parents
            self._nested[owner.index] = known
        return known


def _main_paths(masses: Counter[Path]) -> set[Path]:
    """Return the paths of the text: every heavy one, and the next until most of the mass is covered."""
    total, covered = sum(masses.values()), 0
    paths: set[Path] = set()
    most = max(masses.values(), default=0)
    for path, mass in masses.most_common():
        if mass < _SHARE * most and (covered >= _COVER * total or mass < _TRACE * total):
            break
        paths.add(path)
        covered += mass
    return paths


def _heading(line: Line) -> Element:
    """Return the heading that a line stands in, its own element where a role alone says so."""
    return next((each for each in line.owner.ancestors()[:4] if each.tag in HEADINGS), line.owner)


def _reads_like_text(line: Line) -> bool:
    home = line.owner.parent or line.owner
    if line.zone & (_ASIDE | Zone.FORM) or home.links > 0.3 * home.length:
        return False
    return len(line.text) >= _PLAIN or bool(line.zone & (Zone.HEADING | Zone.LIST | Zone.TABLE))
