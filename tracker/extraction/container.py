"""Find the container: the element that holds the article's text, the same one version after version.

What a version's text was found in is named by a signature, which the next reading is given: the tags of the innermost
elements, and marks of paragraphs. A page that alternates between two layouts, or whose teasers outgrow its text for a
day, is then read where the paragraphs of the last version are.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from typing import Final

from tracker.model.article import Block, container_path

from .name_hints import Hint
from .page_tree import Element, Line, PageTree

# The container is narrowed down to a child while the child has this share of the mass.
_MIN_CHILD_SHARE: Final = 0.72
# The container of the last version is kept while it has this share of the mass, so that small edits move no borders.
_MIN_KNOWN_CONTAINER_SHARE: Final = 0.5
_MIN_NAMED_CONTAINER_SHARE: Final = 0.4
_MIN_SECTION_MASS: Final = 60  # a sentence
_NEVER_CONTAINERS: Final = frozenset("p span li ul ol dl dt dd blockquote".split())
_TABLE_TAGS: Final = frozenset("table thead tbody tfoot tr".split())
_REGION_TAGS: Final = frozenset({"article", "main"})
_SIGNATURE_STEPS: Final = 4
_MIN_MARKED_CHARS: Final = 40
_MAX_MARKS: Final = 32
_MARK_DIGITS: Final = 4  # hexadecimal
_MIN_FOUND_MARKS: Final = 3
# With fewer of its marks on the page than this share, the text is another one, and they say nothing.
_MIN_FOUND_SHARE: Final = 0.5
# Where the path is another one, the container is narrowed down to what has this share of the marks.
_MIN_SURE_SHARE: Final = 0.9


def find_container(page: PageTree, prefer: str = "") -> Element:
    """Return the element that holds the article's text: from the body down while one child has most of the mass.

    `prefer` is the signature of the last version's container. If most of the paragraphs that it marks are on the page,
    the element that holds them is returned; else one with the same path that still has half of the mass.
    """
    masses = _masses_without_junk(page)
    marked = _count_marked(page, prefer)
    known = _known_container(page, masses, marked, prefer)
    if known is None:
        known = _heaviest_container(page, masses)
        if marked[0]:
            around = known if marked[known.index] >= _MIN_FOUND_SHARE * marked[0] else page.elements[0]
            known = _narrow_down(page, around, marked, _MIN_SURE_SHARE)
    # A consent form that was read while nothing else was there must not be read for ever.
    return _heaviest_container(page, masses) if known.junk else known


def make_signature(page: PageTree, container: Element, blocks: Iterable[Block]) -> str:
    """Return what identifies a container across fetches: its innermost four steps, and marks of its news paragraphs.

    Of many paragraphs those with the least marks are taken: most of them are the same after an edit. Where most of the
    text was gathered from around the container, marks would lead to another element, and there are none.
    """
    path = _path(container)
    texts = {_mark(b.text): b.text for b in blocks if b.editorial and len(b.text) >= _MIN_MARKED_CHARS}
    marks = sorted(texts)[:_MAX_MARKS]
    marked_texts = {texts[mark] for mark in marks}
    marked = [line for line in page.lines if line.text in marked_texts]
    inside = sum(line.owner.within(container) for line in marked)
    if len(marks) < _MIN_FOUND_MARKS or inside < _MIN_CHILD_SHARE * len(marked):
        return path
    return f"{path}#{''.join(marks)}"


def region_around(container: Element) -> Element:
    """Return the <article> or <main> that `container` is or is in, else its parent: what belongs to one article."""
    return next((each for each in container.ancestors() if each.tag in _REGION_TAGS), container.parent or container)


def _path(element: Element) -> str:
    steps = [
        f"{node.tag}[{node.itemprop}]" if node.itemprop else node.tag for node in element.ancestors()[:_SIGNATURE_STEPS]
    ]
    return ">".join(reversed(steps))


def _mark(text: str) -> str:
    return f"{zlib.crc32(text.encode('utf-8', 'surrogatepass')):08x}"[:_MARK_DIGITS]


def _count_marked(page: PageTree, signature: str) -> list[float]:
    """Return how many paragraphs that `signature` marks are in each element; nowhere any if most of them are gone."""
    joined = signature.partition("#")[2]
    marks = frozenset(joined[at : at + _MARK_DIGITS] for at in range(0, len(joined), _MARK_DIGITS))
    counts = [0.0] * len(page.elements)
    marked = _marked_lines(page, marks)
    for line in marked:
        counts[line.owner.index] += 1
    return _summed_up(page.elements, counts) if marked else counts


def _marked_lines(page: PageTree, marks: frozenset[str]) -> list[Line]:
    """Return the lines that have one of `marks`; none if most of the marks are gone."""
    marked, found = [], set[str]()
    for line in page.lines if marks else ():
        if len(line.text) >= _MIN_MARKED_CHARS and (mark := _mark(line.text)) in marks:
            marked.append(line)
            found.add(mark)
    return marked if len(found) >= max(_MIN_FOUND_MARKS, _MIN_FOUND_SHARE * len(marks)) else []


def _known_container(page: PageTree, masses: list[float], marked: list[float], signature: str) -> Element | None:
    """Return the element with the path of `signature` that holds most of the marked paragraphs, else of the mass."""
    path = container_path(signature)
    shares, share = (marked, _MIN_CHILD_SHARE) if marked[0] else (masses, _MIN_KNOWN_CONTAINER_SHARE)
    if not path or not shares[0]:
        return None
    known = [e for e in page.elements if shares[e.index] >= share * shares[0] and _path(e) == path]
    return max(known, key=lambda e: (marked[e.index], e.index), default=None)


def _heaviest_container(page: PageTree, masses: list[float]) -> Element:
    least = _MIN_NAMED_CONTAINER_SHARE * masses[0]
    named = [e for e in page.heavy if masses[e.index] >= least > 0 and not e.junk and _is_named_container(e)]
    best = max(named, key=lambda e: masses[e.index], default=None)
    node = page.elements[0] if best is None else _around_all(page, best, masses)
    return _narrow_down(page, node, masses, _MIN_CHILD_SHARE)


def _narrow_down(page: PageTree, node: Element, shares: list[float], least: float) -> Element:
    """Return the innermost element from `node` down that is reached while one child has the share `least` of it."""
    children: dict[int, list[Element]] = {}
    for index in range(node.index + 1, node.end):
        element = page.elements[index] if shares[index] else None
        if element is not None and element.parent is not None:
            children.setdefault(element.parent.index, []).append(element)
    while True:
        best = max(children.get(node.index, ()), key=lambda e: shares[e.index], default=None)
        if best is None or shares[best.index] < least * shares[node.index] or best.tag in _NEVER_CONTAINERS:
            break
        node = best
    while node.tag in _TABLE_TAGS and node.parent is not None:
        node = node.parent
    return node


def _around_all(page: PageTree, best: Element, masses: list[float]) -> Element:
    """Return the smallest element around `best` and all others of its names: some pages put each section into one."""
    names = set(best.names.split())
    alike = [
        e
        for e in page.heavy
        if e.hint & Hint.BODY
        and masses[e.index] >= _MIN_SECTION_MASS
        and not e.junk
        and e.tag == best.tag
        and not names.isdisjoint(e.names.split())
    ]
    node = best
    while node.parent is not None and not all(each.within(node) for each in alike):
        node = node.parent
    return node


def _masses_without_junk(page: PageTree) -> list[float]:
    """Return the mass of every element, by its index, without what is marked as junk."""
    masses = [0.0] * len(page.elements)
    for line in page.lines:
        if line.mass and not line.owner.junk:
            masses[line.owner.index] += line.mass
    return _summed_up(page.heavy, masses)


def _summed_up(elements: list[Element], amounts: list[float]) -> list[float]:
    """Return `amounts`, by the indexes of `elements`, with those of the elements within added to each."""
    for element in reversed(elements):
        if element.parent is not None and amounts[element.index]:
            amounts[element.parent.index] += amounts[element.index]
    return amounts


def _is_named_container(element: Element) -> bool:
    return element.tag == "article" or "articleBody" in element.itemprop or bool(element.hint & Hint.BODY)
