"""The run of an article: the paths on which its paragraphs stand. What stands on other paths is beside the text.

Paths are made of tags alone, so a page reads the same when its class names change.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from .tree import HEADINGS, Zone

if TYPE_CHECKING:
    from .tree import Element, Line, Page

Path = tuple[str, ...]
_SHARE: Final = 0.2
_COVER: Final = 0.9
_TRACE: Final = 0.03
_DIFFUSE: Final = 0.25
_PLAIN: Final = 60
_ASIDE: Final = Zone.ASIDE | Zone.FIGURE | Zone.CAPTION | Zone.FOOTER | Zone.NAV | Zone.HIDDEN
_PROSE: Final = frozenset({"p", "pre", "dd", "dt", "center", "h2", "h3", "h4", "h5", "h6"})
_SUBHEADS: Final = frozenset({"h2", "h3", "h4"})
_NESTED: Final = frozenset("li ul ol blockquote p table tbody thead tfoot tr td th dl dt dd".split())


class Run:
    """Knows the paths of the text in one container."""

    def __init__(self, page: Page, box: Element) -> None:
        self.box = box
        self._known: dict[int, Path] = {}
        masses: Counter[Path] = Counter()
        for line in page.lines:
            if line.mass and not line.owner.junk and line.owner.within(box):
                masses[self.path(line.owner)] += round(line.mass)
        self.paths = _main_paths(masses)
        self.diffuse = self._diffuse(page)
        self.parents = {path[:-1] if path and path[-1] in _PROSE else path for path in self.paths}
        self.groups = {parent[:-1] for parent in self.parents if parent}

    def _diffuse(self, page: Page) -> bool:
        """Say whether much plain text of the container stands on other paths: then it is no column of paragraphs."""
        own = other = 0
        for line in page.lines:
            if line.owner.within(self.box) and not line.zone & _ASIDE and line.links * 3 < len(line.text) >= _PLAIN:
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

    def holds(self, line: Line) -> bool:
        """Say whether *line* stands where the article's text stands."""
        owner = line.owner
        path = self.path(owner)
        if path in self.paths:
            return True
        if path and path[:-1] in self.parents and (path[-1] in _PROSE or len(line.text) >= 80):
            return True
        if path and path[-1] in HEADINGS and path[:-2] in self.parents and owner.parent is not None:
            return owner.parent.length <= len(line.text) + 2
        if path and path[-1] in _SUBHEADS and path[:-1] in self.groups and not line.zone & _ASIDE:
            return True
        while path and path[-1] in _NESTED:
            path = path[:-1]
            if path in self.parents:
                return True
        return self.diffuse and _reads_like_text(line)


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


def _reads_like_text(line: Line) -> bool:
    home = line.owner.parent or line.owner
    if line.zone & (_ASIDE | Zone.FORM) or home.links > 0.3 * home.length:
        return False
    return len(line.text) >= _PLAIN or bool(line.zone & (Zone.HEADING | Zone.LIST | Zone.TABLE))
