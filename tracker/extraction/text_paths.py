"""Find the paths of tags on which an article's paragraphs are. Lines on other paths are not part of the text.

Paths consist of tags alone, so the result is the same when class names change.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from typing import Final

from .page_tree import HEADING_TAGS, Element, Line, PageTree, Zone
from .text import SENTENCE_ENDINGS

Path = tuple[str, ...]

_OWN_PARAGRAPH: Final[Path] = ("p",)
_OUTSIDE: Final[Path] = ("html", "body")  # no path of the text begins so

# Paths are of the text if they have a fifth of the mass of the heaviest; below that, until nine tenths of all mass are
# covered, if they have at least a trace of it.
_MIN_PATH_SHARE: Final = 0.2
_MIN_COVERED_SHARE: Final = 0.9
_MIN_TRACE_SHARE: Final = 0.03
# With more of the plain text than this on other paths, the text is not a column of paragraphs.
_MAX_ELSEWHERE_SHARE: Final = 0.25
_MIN_PLAIN_LINE_CHARS: Final = 60
_MAX_SUBHEAD_CHARS: Final = 120  # more is a caption or a standfirst
_MIN_SIBLING_CHARS: Final = 80
_MIN_SIBLING_SENTENCE_CHARS: Final = 30
_MAX_INSET_LINK_SHARE: Final = 0.05
_MIN_INSET_LINE_CHARS: Final = 40  # shorter ones are labels, unless they are headings
_MIN_INSET_SENTENCE_SHARE: Final = 0.6
_MAX_LIST_LINK_SHARE: Final = 0.6
_MIN_LIST_SHARE: Final = 0.9
# An element holds one thing alone if it has at most this many characters more.
_MAX_FRAME_CHARS: Final = 80
# If more of the text than this is next to pictures, it is not captions: the page has a picture with each paragraph.
_MAX_PICTURE_SHARE: Final = 0.15
_MAX_LINES_ABOVE: Final = 60
_MAX_TABLE_LINK_SHARE: Final = 0.5
_MIN_TABLE_CELLS: Final = 4
_MAX_MEAN_CELL_CHARS: Final = 60  # more is a page laid out in tables
_MAX_CELL_CHARS: Final = 400
_LIST_AND_TABLE_TAGS: Final = frozenset("li tr td table ul ol dl".split())
_ASIDE_ZONES: Final = Zone.ASIDE | Zone.FIGURE | Zone.CAPTION | Zone.FOOTER | Zone.NAV | Zone.HIDDEN
_TABLE_ASIDE_ZONES: Final = _ASIDE_ZONES & ~Zone.FIGURE  # WordPress puts its tables into figures
_PROSE_TAGS: Final = frozenset({"p", "pre", "dd", "dt", "center", "h2", "h3", "h4", "h5", "h6"})
_SUBHEAD_TAGS: Final = frozenset({"h2", "h3", "h4"})
_NESTED_TAGS: Final = frozenset("li ul ol blockquote p table tbody thead tfoot tr td th dl dt dd".split())


class TextPaths:
    """The paths of the text within one container.

    Attributes:
        inside: the lines of the container.
        paths: the paths of the article's paragraphs, from the container down.
        tabular: indexes of the lines in tables of data among the text.
        beside_pictures: indexes of the lines that are with a picture in a small element of their own.
    """

    def __init__(self, page: PageTree, container: Element) -> None:
        self.container = container
        # A header within the article holds standfirsts and pleas to sign in; a header around it says nothing.
        self._header = Zone.HEADER & ~container.zone
        self._known_paths: dict[int, Path] = {}
        self._known_nested: dict[int, bool] = {}
        first, end = container.index, container.end
        self.inside = [line for line in page.lines if first <= line.owner.index < end]
        self.paths = self._find_paths()
        on_paths = elsewhere = 0
        for line in self.inside:
            if not line.zone & _ASIDE_ZONES and line.links * 3 < len(line.text) >= _MIN_PLAIN_LINE_CHARS:
                if self.path(line.owner) in self.paths:
                    on_paths += len(line.text)
                else:
                    elsewhere += len(line.text)
        # With much plain text on other paths, the text is not a column of paragraphs.
        self._scattered = elsewhere > _MAX_ELSEWHERE_SHARE * (on_paths + elsewhere)
        self._parents = {path[:-1] if path and path[-1] in _PROSE_TAGS else path for path in self.paths}
        self._around_lists = set[Path]()  # the parts of the paths down to where their innermost list or table begins
        for path in self.paths:
            around = path
            while around and around[-1] in _NESTED_TAGS:
                around = around[:-1]
            self._around_lists.add(around)
        self._grandparents = {parent[:-1] for parent in self._parents if parent}
        self._insets = self._find_insets(page)
        self._h1s = page.h1s
        self.tabular = self._find_tabular()
        self.beside_pictures = self._find_beside_pictures(page) if page.pictures or page.players else frozenset()

    def _find_paths(self) -> set[Path]:
        """Return the paths of the text: every heavy one, and the next until most of the mass is covered."""
        masses: Counter[Path] = Counter()
        for line in self.inside:
            if line.mass and not line.owner.junk and not line.zone & self._header:
                masses[self.path(line.owner)] += round(line.mass)
        total, covered = sum(masses.values()), 0
        paths: set[Path] = set()
        heaviest = max(masses.values(), default=0)
        for path, mass in masses.most_common():
            is_enough = covered >= _MIN_COVERED_SHARE * total or mass < _MIN_TRACE_SHARE * total
            if mass < _MIN_PATH_SHARE * heaviest and is_enough:
                break
            paths.add(path)
            covered += mass
        if masses[_OWN_PARAGRAPH] and _OWN_PARAGRAPH not in paths:
            # A paragraph that is a child of the container counts if it is between two of the text's others.
            column = [line for line in self.inside if self.path(line.owner) in paths and not line.owner.junk]
            own = [line.index for line in self.inside if line.mass and self.path(line.owner) == _OWN_PARAGRAPH]
            if any(column[0].index < index < column[-1].index for index in own):
                paths.add(_OWN_PARAGRAPH)
        return paths

    def path(self, element: Element) -> Path:
        """Return the tags from the container down to `element`, or from the root if it is not in the container."""
        path = self._known_paths.get(element.index)
        if path is None:
            if element is self.container:
                path = ()
            else:
                path = (*self.path(element.parent), element.tag) if element.parent is not None else _OUTSIDE
            self._known_paths[element.index] = path
        return path

    def holds(self, line: Line) -> bool:
        """Return whether `line` is where the article's text is: on one of its paths, or right next to or within one."""
        owner = line.owner
        if line.zone & Zone.HEADING:  # the heading around the line; its own element if only a role makes it one
            owner = next((each for each in owner.ancestors()[:4] if each.tag in HEADING_TAGS), owner)
        path = self.path(owner)
        if path in self.paths or self._is_beside_text(path, owner, line):
            return True
        if line.zone & Zone.HEADING and len(line.text) > _MAX_SUBHEAD_CHARS:
            return False
        if owner.tag == "pre" and not line.zone & _ASIDE_ZONES:
            return True
        if self._is_nested_in_text(owner) or line.index in self._insets:
            return True
        if not self._scattered or line.zone & (self._header | _ASIDE_ZONES | Zone.FORM):
            return False
        # Where the text is scattered, a line counts if it is long or a heading, and among few links.
        home = line.owner.parent or line.owner
        if home.links > 0.3 * home.length:
            return False
        return len(line.text) >= _MIN_PLAIN_LINE_CHARS or bool(line.zone & (Zone.HEADING | Zone.LIST | Zone.TABLE))

    def _is_beside_text(self, path: Path, owner: Element, line: Line) -> bool:
        """Return whether `line` is a paragraph, sentence or subhead next to the text, or to lists that are the text."""
        if not path:
            return False
        tag, around = path[-1], path[:-1]
        if around in self._parents:
            is_sentence = line.text[-1] in SENTENCE_ENDINGS and not line.links
            least = _MIN_SIBLING_SENTENCE_CHARS if is_sentence else _MIN_SIBLING_CHARS
            if tag in _PROSE_TAGS or len(line.text) >= least:
                return True
        elif tag == "p" and around in self._around_lists:
            return True
        if tag not in HEADING_TAGS:
            return False
        # A heading alone in its frame next to the text, or between groups of paragraphs.
        if path[:-2] in self._parents and owner.parent is not None and owner.parent.length <= len(line.text) + 2:
            return True
        if tag not in _SUBHEAD_TAGS or around not in self._grandparents:
            return False
        return len(line.text) <= _MAX_SUBHEAD_CHARS and not line.zone & _ASIDE_ZONES

    def _find_insets(self, page: PageTree) -> frozenset[int]:
        """Return the indexes of the lines in elements among the text that are prose, whatever path they are on.

        An inset is the largest element around a line without any paragraph of the text in it: a quote, a list, a box, a
        row of a grid. Pleas and teasers have links, buttons or hardly a whole sentence.
        """
        column = [line for line in self.inside if self.path(line.owner) in self.paths and not line.owner.junk]
        if not column:
            return frozenset()
        owners = sorted({line.owner.index for line in column})
        insets: dict[int, tuple[Element, list[Line]]] = {}
        for line in self.inside:
            if column[0].index < line.index and not _holds_any(line.owner, owners):
                inset, above = line.owner, line.owner.parent
                while above is not None and above is not self.container and not _holds_any(above, owners):
                    inset, above = above, above.parent
                insets.setdefault(inset.index, (inset, []))[1].append(line)
        controls = sorted(page.controls)
        return frozenset(
            line.index
            for inset, lines in insets.values()
            if inset.tag not in HEADING_TAGS
            and not _holds_any(inset, controls)
            and _is_text(inset, lines, is_among_text=lines[0].index < column[-1].index)
            for line in lines
            if len(line.text) >= _MIN_INSET_LINE_CHARS or line.zone & Zone.HEADING
        )

    def _is_nested_in_text(self, owner: Element) -> bool:
        """Return whether only lists, quotes or tables are between an element and where the text is."""
        known = self._known_nested.get(owner.index)
        if known is None:
            path, known = self.path(owner), False
            while path and path[-1] in _NESTED_TAGS and not known:
                path = path[:-1]
                known = path in self._parents
            self._known_nested[owner.index] = known
        return known

    def _find_beside_pictures(self, page: PageTree) -> frozenset[int]:
        """Return the indexes of the lines next to pictures, those right above the container included.

        Headings only count next to players: many lists show a heading with each picture.
        """
        pictures, players = sorted(page.pictures + page.players), sorted(page.players)
        inside = self.inside
        found = [
            line for line in inside if self._is_beside(line, players if line.owner.tag in HEADING_TAGS else pictures)
        ]
        if sum(len(line.text) for line in found) > _MAX_PICTURE_SHARE * sum(len(line.text) for line in inside):
            found = []
        first = inside[0].index if inside else 0
        above = page.lines[max(0, first - _MAX_LINES_ABOVE) : first]
        found += [line for line in above if line.owner.tag not in HEADING_TAGS and self._is_beside(line, pictures)]
        return frozenset(line.index for line in found)

    def _is_beside(self, line: Line, pictures: list[int]) -> bool:
        """Return whether an element holds `line`, a picture outside of the line's own block, and hardly any more text.

        `pictures` are the indexes of the elements with pictures, in order.
        """
        max_length = len(line.text) + _MAX_FRAME_CHARS
        node: Element | None = line.owner.parent
        last = bisect_left(self._h1s, line.owner.index) - 1
        h1 = self._h1s[last] if last >= 0 else -1
        while node is not None and node is not self.container and node.length <= max_length:
            if h1 >= node.index:
                # Below an h1, with no picture between them, the line is a standfirst.
                at = bisect_left(pictures, h1)
                if at == len(pictures) or pictures[at] > line.owner.index:
                    return False
            at = bisect_left(pictures, node.index)
            if at < len(pictures) and pictures[at] < node.end:
                return node.tag not in _LIST_AND_TABLE_TAGS
            node = node.parent
        return False

    def _find_tabular(self) -> frozenset[int]:
        """Return the indexes of the lines in tables of data that are where the text is, alone in their frames."""
        tables: dict[int, tuple[Element, list[Line]]] = {}
        for line in self.inside:
            if line.zone & Zone.TABLE:
                inside = line.owner.ancestors()[: line.owner.depth - self.container.depth]
                table = next((each for each in inside if each.tag == "table"), None)
                if table is not None:
                    tables.setdefault(table.index, (table, []))[1].append(line)
        found: set[int] = set()
        for table, cells in tables.values():
            if table.junk or table.zone & _TABLE_ASIDE_ZONES or table.links > _MAX_TABLE_LINK_SHARE * table.length:
                continue
            # Layouts have neither header cells nor short cells alone.
            has_headers = any(line.owner.tag == "th" for line in cells)
            is_short = table.length <= _MAX_MEAN_CELL_CHARS * len(cells)
            is_data = has_headers or (is_short and all(len(line.text) <= _MAX_CELL_CHARS for line in cells))
            if len(cells) >= _MIN_TABLE_CELLS and is_data and self._is_framed_alone(table):
                found.update(line.index for line in cells)
        return frozenset(found)

    def _is_framed_alone(self, element: Element) -> bool:
        """Return whether `element` is where the text is, holds it, or is in a frame there with hardly anything else."""
        own = self.path(element)
        if any(path[: len(own)] == own for path in self.paths):
            return True
        node: Element | None = element
        while node is not None and node is not self.container:
            if self.path(node)[:-1] in self._parents:
                return True
            above = node.parent
            if above is None or above.length > element.length + _MAX_FRAME_CHARS:
                return False
            node = above
        return node is self.container


def _holds_any(element: Element, indexes: list[int]) -> bool:
    """Return whether one of `indexes`, in order, is that of `element` or of an element within it."""
    at = bisect_left(indexes, element.index)
    return at < len(indexes) and indexes[at] < element.end


def _is_text(inset: Element, lines: list[Line], *, is_among_text: bool) -> bool:
    """Return whether an element holds a list alone, of long items and not of links, or, among the text, prose."""
    plain = [line for line in lines if not line.zone & _ASIDE_ZONES and not line.owner.junk]
    if inset.links <= _MAX_LIST_LINK_SHARE * inset.length and inset.length >= _MIN_PLAIN_LINE_CHARS * len(lines):
        items = sum(len(line.text) for line in plain if line.zone & Zone.LIST)
        if items >= _MIN_LIST_SHARE * inset.length:
            return True
    if not is_among_text or inset.links > _MAX_INSET_LINK_SHARE * inset.length:
        return False
    sentences = sum(
        len(line.text)
        for line in plain
        if len(line.text) >= _MIN_PLAIN_LINE_CHARS and line.text[-1] in SENTENCE_ENDINGS
    )
    return sentences >= _MIN_INSET_SENTENCE_SHARE * inset.length
