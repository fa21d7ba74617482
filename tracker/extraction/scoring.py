"""Where on the page the article's text is: mass of paragraphs, junk elements, the container."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from .tree import HEADINGS, Element, Line, PageTree, Zone
from .vocabulary import Hint

if TYPE_CHECKING:
    from collections.abc import Iterable

LEAST: Final = 25  # characters: shorter lines say nothing about where the body is
_CAP: Final = 400
_THIN: Final = 1_500  # less mass than this in paragraphs, and other elements are asked
_KEEP: Final = 0.72
_STILL: Final = 0.5
_NO_BOX: Final = frozenset("p span li ul ol tr blockquote".split())
_BARRED: Final = Zone.ASIDE | Zone.FOOTER | Zone.NAV | Zone.CAPTION | Zone.HIDDEN
_OTHER: Final = frozenset("div section td span article main center font dd pre".split())
_LAST: Final = frozenset("li blockquote td th dt".split())
_END: Final = frozenset('.!?…:;"”»’“)。！？」』؟।')
_SUSPECT: Final = Hint.VENDOR | Hint.PROMO | Hint.JUNK | Hint.WEAK
_SIDES: Final = frozenset({"aside", "footer"})
_CLOSERS: Final = (
    (Hint.VENDOR, 0.85, "consent or comments"),
    (Hint.PROMO, 0.5, "teasers"),
    (Hint.JUNK, 0.6, "advertising or tools"),
    (Hint.WEAK, 0.35, "beside the article"),
)


def weigh(page: PageTree) -> float:
    """Give every line and element its mass and return the mass of the page."""
    _unhide(page)
    total = _give(page.lines, frozenset({"p"}), broken=True)
    if total < _THIN:
        total += _give(page.lines, _OTHER, broken=False)
    if total < _THIN / 3:
        total += _give(page.lines, _LAST, broken=False)
    _discount_teasers(page.lines)
    for line in page.lines:
        line.owner.mass += line.mass
    for element in reversed(page.elements):
        if element.parent is not None:
            element.parent.mass += element.mass
    return page.elements[0].mass


def _unhide(page: PageTree) -> None:
    """Believe no `hidden` that covers much of the text: scripts show it later, or a wall covers it."""
    shown = hidden = 0
    for line in page.lines:
        if line.owner.tag == "p" and len(line.text) >= 80 and not line.zone & (Zone.ASIDE | Zone.FOOTER | Zone.FORM):
            if line.zone & Zone.HIDDEN:
                hidden += len(line.text)
            else:
                shown += len(line.text)
    if hidden > 0.5 * shown:
        for line in page.lines:
            line.zone &= ~Zone.HIDDEN


def _give(lines: Iterable[Line], tags: frozenset[str], *, broken: bool) -> float:
    total = 0.0
    for line in lines:
        size = len(line.text)
        if line.mass or size < LEAST or line.zone & _BARRED:
            continue
        owner = line.owner.tag
        if owner in tags or (broken and line.broken and owner in _OTHER):
            if line.links * 2 > size:
                continue
            line.mass = float(min(size, _CAP))
            if size < 80 and line.text[-1] not in _END:
                line.mass *= 0.3
            total += line.mass
    return total


def _discount_teasers(lines: list[Line]) -> None:
    """Take weight from paragraphs that stand alone in their parent, above all where links stand beside them."""
    heavy = [line for line in lines if line.mass]
    parents: Counter[Element | None] = Counter()
    grand: Counter[Element | None] = Counter()
    for line in heavy:
        block = line.owner.parent if line.owner.tag == "p" else line.owner
        parents[block] += 1
        grand[block.parent if block is not None else None] += 1
    for line in heavy:
        block = line.owner.parent if line.owner.tag == "p" else line.owner
        if block is None or parents[block] >= 3 or grand[block.parent] >= 3:
            continue
        card = block if block.length > 1.15 * len(line.text) or block.parent is None else block.parent
        linked = card.links - line.links > 0.12 * card.length and card.length < 3 * len(line.text)
        line.mass *= 0.35 if linked or len(line.text) < 120 else 0.6


def mark_junk(page: PageTree, total: float, headline: Line | None) -> None:
    """Mark elements that names or tags call junk, unless so much of the text is in them that they cannot be.

    Elements of one name count together. What holds the headline is never junk; what holds the heaviest run of
    paragraphs is only where it is a place for comments.
    """
    named = [e for e in page.elements if e.hint & Hint.BODY and e.mass >= _CAP / 4]
    positive = [e for e in named if e.mass > 0.3 * total]
    kin: Counter[str] = Counter()
    for element in page.elements:
        if (
            element.mass
            and element.hint & _SUSPECT
            and (element.parent is None or element.parent.names != element.names)
        ):
            kin[element.names] += round(element.mass)
    safe = {e.index for e in headline.owner.ancestors()} if headline is not None else set()
    heaviest = _heaviest(page)
    sheltered = {e.index for e in heaviest.ancestors()} if heaviest is not None else set()
    for element in page.elements:
        if element.junk or not (element.hint & _SUSPECT or element.tag in _SIDES) or element.index in safe:
            continue
        reason = _suspicion(element, max(element.mass, kin[element.names]), total)
        if reason and (
            element.hint & Hint.VENDOR
            or (
                element.index not in sheltered
                and not _holds_body(element, positive, total)
                and not _is_part(element, named)
            )
        ):
            for inner in page.elements[element.index : element.end]:
                inner.junk = inner.junk or reason


def _heaviest(page: PageTree) -> Element | None:
    masses: Counter[int] = Counter()
    for line in page.lines:
        if line.mass:
            home = line.owner.parent if line.owner.tag == "p" and line.owner.parent is not None else line.owner
            masses[home.index] += round(line.mass)
    return page.elements[masses.most_common(1)[0][0]] if masses else None


def _suspicion(element: Element, mass: float, total: float) -> str:
    tag = element.tag
    if tag in _SIDES:
        return f"in <{tag}>" if mass < 0.35 * total else ""
    found = element.hint
    if not found & _SUSPECT or tag in HEADINGS or tag == "body" or (tag == "p" and found & Hint.BODY):
        return ""
    for hint, share, reason in _CLOSERS:
        if found & hint and mass < share * total:
            return reason
    return ""


def _holds_body(element: Element, positive: list[Element], total: float) -> bool:
    if element.hint & Hint.BODY and element.mass > 0.3 * total:
        return True
    return any(inner.within(element) for inner in positive) or any(
        element.within(outer) and element.mass >= 0.3 * outer.mass for outer in positive
    )


def _is_part(element: Element, named: list[Element]) -> bool:
    """Say whether nearly all that stands in an element is prose that is named the text of the article."""
    if element.links > 0.1 * element.length or element.mass < 0.5 * element.length:
        return False
    return sum(e.mass for e in named if e.within(element)) >= 0.8 * element.mass


def container(page: PageTree, prefer: str = "") -> Element:
    """Return the element that holds the article's text: from the body down while one child keeps most of the mass.

    Where an element of the signature *prefer* still holds half of the text, it is that one.
    """
    live = _live_mass(page)
    if prefer:
        known = [e for e in page.elements if live[e.index] >= _STILL * live[0] and live[0] and signature(e) == prefer]
        if known:
            return known[-1]
    node = _named(page, live) or page.elements[0]
    children: dict[int, list[Element]] = {}
    for element in page.elements[node.index + 1 : node.end]:
        if element.parent is not None and live[element.index]:
            children.setdefault(element.parent.index, []).append(element)
    while True:
        mass = live[node.index]
        best = max(children.get(node.index, ()), key=lambda e: live[e.index], default=None)
        if best is None or not mass or live[best.index] < _KEEP * mass or best.tag in _NO_BOX:
            return node
        node = best


def _live_mass(page: PageTree) -> list[float]:
    live = [0.0] * len(page.elements)
    for line in page.lines:
        if line.mass and not line.owner.junk:
            live[line.owner.index] += line.mass
    for element in reversed(page.elements):
        if element.parent is not None:
            live[element.parent.index] += live[element.index]
    return live


def _named(page: PageTree, live: list[float]) -> Element | None:
    least = 0.4 * live[0]
    fitting = [e for e in page.elements if live[e.index] >= least > 0 and not e.junk and _says_body(e)]
    return max(fitting, key=lambda e: live[e.index], default=None)


def _says_body(element: Element) -> bool:
    return element.tag == "article" or "articleBody" in element.itemprop or bool(element.hint & Hint.BODY)


def signature(element: Element) -> str:
    """Return the path of tags and itemprops that names a container across fetches, innermost four steps."""
    steps = [f"{node.tag}[{node.itemprop}]" if node.itemprop else node.tag for node in element.ancestors()[:4]]
    return ">".join(reversed(steps))
