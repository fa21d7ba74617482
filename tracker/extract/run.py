"""The run of an article: the paths on which its paragraphs stand. What stands on other paths is beside the text.

Paths are made of tags alone, so a page reads the same when its class names change.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from .tree import HEADINGS

if TYPE_CHECKING:
    from .tree import Element, Line, Page

Path = tuple[str, ...]
_SHARE: Final = 0.2
_PROSE: Final = frozenset({"p", "pre", "dd", "dt", "center", "h2", "h3", "h4", "h5", "h6"})
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
        most = max(masses.values(), default=0)
        self.paths = {path for path, mass in masses.items() if mass >= _SHARE * most}
        self.parents = {path[:-1] if path and path[-1] in _PROSE else path for path in self.paths}

    def path(self, element: Element) -> Path:
        """Return the tags from the container down to *element*."""
        known = self._known.get(element.index)
        if known is None:
            parent = element.parent
            if element is self.box or parent is None:
                known = ()
            else:
                known = (*self.path(parent), element.tag) if parent.index in self._known or parent is self.box else self._walk(element)
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
        while path and path[-1] in _NESTED:
            path = path[:-1]
            if path in self.parents:
                return True
        return False
