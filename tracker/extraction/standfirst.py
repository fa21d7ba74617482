"""The standfirst: what stands between the headline and the first paragraph and is neither byline, time nor caption."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from . import phrases
from .text import overlap
from .tree import HEADINGS, Line, Zone
from .vocabulary import Hint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .text_paths import Run
    from .tree import Element, PageTree

_LEAST: Final = 30
_MOST: Final = 900
_BARRED: Final = Zone.ASIDE | Zone.FOOTER | Zone.NAV | Zone.CAPTION | Zone.FIGURE | Zone.HIDDEN | Zone.TABLE
_OUTSIDE: Final = Hint.PROMO | Hint.VENDOR | Hint.JUNK
_REACH: Final = 60
_NEAR: Final = 2
_ALIKE: Final = 0.6
_LONGER: Final = 40
_SENTENCE: Final = 80
_POINT: Final = 40
_DATED: Final = re.compile(r"\W*\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b\D{0,12}\d{1,2}[:.]\d\d")
_SHARED: Final = re.compile(r"descr|excerpt", re.IGNORECASE)
_ENDS: Final = frozenset('.!?…"”“»«’)。！？」』؟।')


def lead(page: PageTree, box: Element, run: Run, headline: Line | None) -> list[Line]:
    """Return the lines between the headline and the first line of the text's run, in order."""
    inside = (line for line in page.lines if line.mass and not line.owner.junk and line.owner.within(box))
    first = next((line.index for line in inside if run.path(line.owner) in run.paths), None)
    if first is None:
        return []
    if headline is not None and headline.index < first:
        start = headline.index + 1
    else:
        start = next((line.index for line in page.lines if line.owner.within(box)), first)
    return page.lines[max(start, first - _REACH) : first]


def find(lines: Sequence[Line], run: Sequence[Line], description: str, title: str) -> Line | None:
    """Return the line that is the standfirst, or None.

    *lines* lie before the text's run; of the *run* only a first line that is named a standfirst can be one.
    """
    found = _first(lines, run, description, title)
    return _whole(found, lines, title) if found is not None else None


def _whole(found: Line, lines: Sequence[Line], title: str) -> Line:
    """Return *found* with the lines that go on with it: a standfirst is often several points or paragraphs."""
    at = next((n for n, line in enumerate(lines) if line is found), len(lines))
    for line in lines[at + 1 :]:
        alike = line.owner.tag == found.owner.tag and line.owner.parent is found.owner.parent
        goes_on = _named(line) or _point(line) or (alike and line.text[-1] in _ENDS)
        if not goes_on or is_text(line, title) or not (_possible(line, title) and _unsuspected(line)):
            break
        found.text = f"{found.text} {line.text}"
    return found


def _first(lines: Sequence[Line], run: Sequence[Line], description: str, title: str) -> Line | None:
    possible = [line for line in lines if _possible(line, title)]
    if len(description) >= _LEAST:
        for line in possible:
            if overlap(line.text, description) >= _ALIKE and not _is_opening(line, description):
                return line
    fitting = [line for line in possible if _unsuspected(line)]
    for line in fitting:
        if _named(line):
            return line
    if run and _named(run[0]) and _possible(run[0], title) and _unsuspected(run[0]):
        return run[0]
    for line in fitting:
        near = line.index - lines[0].index <= _NEAR
        whole = line.owner.tag in HEADINGS or line.owner.tag == "p" or line.text[-1] in _ENDS
        if near and whole and len(line.text) >= 50 and not is_text(line, title):
            return line
    return next((line for line in fitting if _point(line)), None)


def _point(line: Line) -> bool:
    """Say whether *line* is one of the points that sum a story up above its text."""
    return line.owner.tag == "li" and len(line.text) >= _POINT and line.text[-1] in _ENDS and not line.links


def surely_named(line: Line) -> bool:
    """Say whether *line* is named by a word that is used for standfirsts alone, not for pictures and authors too."""
    return bool(line.owner.hint & Hint.DEK) and not _SHARED.search(line.owner.names)


def is_text(line: Line, title: str) -> bool:
    """Say whether a line above the text's run is a paragraph of it: whole sentences in a <p>, hardly a link."""
    text = line.text
    if line.owner.tag != "p" or len(text) < _SENTENCE or text[-1] not in _ENDS or line.links * 4 > len(text):
        return False
    return _possible(line, title) and _unsuspected(line)


def _is_opening(line: Line, description: str) -> bool:
    """Say whether the description is cut from a longer <p> that nothing calls a standfirst: a first paragraph."""
    return line.owner.tag == "p" and not _named(line) and len(line.text) > len(description) + _LONGER


def _named(line: Line) -> bool:
    if line.owner.itemprop in {"description", "alternativeHeadline"}:
        return True
    return bool((line.owner.hint | line.first.hint | _around(line)) & Hint.DEK) and not line.owner.hint & Hint.BODY


def _around(line: Line) -> int:
    """Return what the names of the parent suggest, where it holds hardly more than the line."""
    parent = line.owner.parent
    return parent.hint if parent is not None and parent.length < 2 * len(line.text) else 0


def _possible(line: Line, title: str) -> bool:
    text = line.text
    if not _LEAST <= len(text) <= _MOST or line.zone & _BARRED or line.links * 2 > len(text):
        return False
    if line.owner.tag == "h1" or text.casefold() == title.casefold() or _DATED.match(text):
        return False
    if phrases.stamp(text) or phrases.credit(text) or phrases.boilerplate(text) or phrases.notice(text):
        return False
    return not (line.links and phrases.promo(text))


def _unsuspected(line: Line) -> bool:
    owner = line.owner
    if owner.hint & (_OUTSIDE | Hint.CAPTION) or _around(line) & Hint.CAPTION:
        return False
    return not owner.junk or bool(owner.hint & Hint.DEK) or owner.junk == "beside the article"
