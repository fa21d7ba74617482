"""Find the standfirst: between the headline and the first paragraph, and neither byline, time nor caption."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tracker.notices.recogniser import recognise

from .byline import names, starts_byline
from .furniture import is_boilerplate, is_credit, is_promo, is_timestamp
from .name_hints import Hint
from .page_tree import HEADING_TAGS, Element, Line, PageTree, Zone
from .text import SENTENCE_ENDINGS, overlap
from .text_paths import TextPaths

_MIN_CHARS: Final = 30  # less is a kicker or a label
_MAX_CHARS: Final = 900  # more is a paragraph
_OUTSIDE_ZONES: Final = Zone.ASIDE | Zone.FOOTER | Zone.NAV | Zone.CAPTION | Zone.FIGURE | Zone.HIDDEN | Zone.TABLE
_OUTSIDE_HINTS: Final = Hint.PROMO | Hint.VENDOR | Hint.JUNK
_MAX_LINES_ABOVE: Final = 60
# Without a name for it, a standfirst is one of the first lines below the headline, and not short.
_MAX_UNNAMED_DISTANCE_LINES: Final = 2
_MIN_UNNAMED_CHARS: Final = 50
_MIN_DESCRIPTION_OVERLAP: Final = 0.6
# The description was cut from a paragraph that is this much longer.
_MIN_CUT_CHARS: Final = 40
_MIN_PARAGRAPH_CHARS_BY_TAG: Final = {"p": 80, "div": 200}
_MIN_POINT_CHARS: Final = 40
_MAX_AUTHOR_BOX_DEPTH: Final = 4
_MAX_BYLINE_CHARS: Final = 90
_DATE_AND_TIME: Final = re.compile(r"\W*\d{1,4}[./-]\d{1,2}[./-]\d{2,4}\b\D{0,12}\d{1,2}[:.]\d\d")
# The end of a caption: its photographer or agency, after "Photo:" or, in capitals, after "By".
_PICTURE_CREDIT: Final = re.compile(
    r"(?:\b(?i:photos?|fotos?|images?|bild|picture|credit)(?: by\b|\s?[:/])\s?[A-ZÀ-Þ©][^.:]{1,50}"
    r"|\b(?:Getty Images|AP Photo|Shutterstock|iStock|picture alliance)\b[^.]{0,40}"
    r"|[.!?…”]\s+By [A-Z][A-Z .&/'’-]{4,60})\W*$"
)
# Names that pictures and authors' boxes also have.
_AMBIGUOUS_NAME: Final = re.compile(r"descr|excerpt", re.IGNORECASE)


def lines_above_text(page: PageTree, container: Element, paths: TextPaths, headline: Line | None) -> list[Line]:
    """Return the lines between the headline and the first line of the text, in order; at most 60."""
    inside = (line for line in page.lines if line.mass and not line.owner.junk and line.owner.within(container))
    first = next((line.index for line in inside if paths.path(line.owner) in paths.paths), None)
    if first is None:
        return []
    if headline is not None and headline.index < first:
        start = headline.index + 1
    else:
        start = next((line.index for line in page.lines if line.owner.within(container)), first)
    return page.lines[max(start, first - _MAX_LINES_ABOVE) : first]


def find(above: Sequence[Line], text: Sequence[Line], description: str, title: str) -> Line | None:
    """Return the line that is the standfirst, or None; lines that continue it are joined to its text.

    `above` are the lines between the headline and the text. The first line of the `text` can
    also be it if its name says so. `description` is the one in the page's metadata, `title` the headline.
    """
    found = _first_line(above, text, description, title)
    if found is None:
        return None
    # A standfirst often has several points or paragraphs.
    at = next((n for n, line in enumerate(above) if line is found), len(above))
    for line in above[at + 1 :]:
        is_sibling = line.owner.tag == found.owner.tag and line.owner.parent is found.owner.parent
        continues = _is_named(line) or _is_point(line) or (is_sibling and line.text[-1] in SENTENCE_ENDINGS)
        if not continues or is_paragraph(line, title) or not (_is_possible(line, title) and _is_unsuspected(line)):
            break
        found.text = f"{found.text} {line.text}"
    return found


def _first_line(above: Sequence[Line], text: Sequence[Line], description: str, title: str) -> Line | None:
    """Return the first line of the standfirst, found by description, name or place, or as a list of points."""
    possible = [line for line in above if _is_possible(line, title)]
    if len(description) >= _MIN_CHARS:
        for line in possible:
            # The description was cut from a longer <p> without a name: the first paragraph, not the standfirst.
            is_longer = len(line.text) > len(description) + _MIN_CUT_CHARS
            is_opening = is_longer and line.owner.tag == "p" and not _is_named(line)
            if not is_opening and overlap(line.text, description) >= _MIN_DESCRIPTION_OVERLAP:
                return line
    fitting = [line for line in possible if _is_unsuspected(line)]
    named = next((line for line in fitting if _is_named(line)), None)
    if named is not None:
        return named
    if text and _is_named(text[0]) and _is_possible(text[0], title) and _is_unsuspected(text[0]):
        return text[0]
    # A line with such a name that is the description is the standfirst, even if it is short.
    for line in (*above, *text[:1]):
        is_description = line.text.casefold() == description.casefold()
        if is_description and is_surely_named(line) and not line.zone & _OUTSIDE_ZONES:
            return line
    for line in fitting:
        is_near = line.index - above[0].index <= _MAX_UNNAMED_DISTANCE_LINES
        is_whole = line.owner.tag in HEADING_TAGS or line.owner.tag == "p" or line.text[-1] in SENTENCE_ENDINGS
        if is_near and is_whole and len(line.text) >= _MIN_UNNAMED_CHARS and not is_paragraph(line, title):
            return line
    return next((line for line in fitting if _is_point(line)), None)


def is_surely_named(line: Line) -> bool:
    """Return whether `line` has a name that only standfirsts have, not also pictures and authors' boxes."""
    return bool(line.owner.hint & Hint.DEK) and not _AMBIGUOUS_NAME.search(line.owner.names)


def is_paragraph(line: Line, title: str) -> bool:
    """Return whether a line above the text is a paragraph of it: whole sentences in a <p>, with hardly a link."""
    text = line.text
    least = _MIN_PARAGRAPH_CHARS_BY_TAG.get(line.owner.tag)
    if least is None or len(text) < least or text[-1] not in SENTENCE_ENDINGS:
        return False
    return line.links * 4 <= len(text) and _is_possible(line, title) and _is_unsuspected(line)


def _is_point(line: Line) -> bool:
    """Return whether `line` is one of the points that sum up the article above its text."""
    text = line.text
    return line.owner.tag == "li" and len(text) >= _MIN_POINT_CHARS and text[-1] in SENTENCE_ENDINGS and not line.links


def _is_named(line: Line) -> bool:
    """Return whether the names of `line` call it a standfirst."""
    hints = line.owner.hint | line.first.hint | _parent_hints(line)
    return bool(hints & Hint.DEK) and not line.owner.hint & Hint.BODY


def _parent_hints(line: Line) -> int:
    """Return the hints of the parent, if it holds hardly more than the line."""
    parent = line.owner.parent
    return parent.hint if parent is not None and parent.length < 2 * len(line.text) else 0


def _is_possible(line: Line, title: str) -> bool:
    """Return whether `line` can be a standfirst by its length, place and wording."""
    text = line.text
    if not _MIN_CHARS <= len(text) <= _MAX_CHARS or line.zone & _OUTSIDE_ZONES or line.links * 2 > len(text):
        return False
    if line.owner.tag == "h1" or text.casefold() == title.casefold() or _DATE_AND_TIME.match(text):
        return False
    if _PICTURE_CREDIT.search(text):
        return False
    if is_timestamp(text) or is_credit(text) or is_boilerplate(text):
        return False
    if len(text) <= _MAX_BYLINE_CHARS and starts_byline(text) and names(text, strict=True):
        return False
    notice = recognise(text, at_edge=True)
    return (notice is None or not notice.is_sure) and not (line.links and is_promo(text))


def _is_unsuspected(line: Line) -> bool:
    """Return whether neither names nor `scoring` exclude `line`; "beside the article" does not, above the text."""
    owner = line.owner
    if owner.hint & (_OUTSIDE_HINTS | Hint.CAPTION) or _parent_hints(line) & Hint.CAPTION:
        return False
    # The line is most of the text of an element that is named after the author.
    around = (e for e in owner.ancestors()[1:_MAX_AUTHOR_BOX_DEPTH] if e.length < 2 * len(line.text))
    if any(element.hint & Hint.BYLINE and not element.hint & Hint.DEK for element in around):
        return False
    return not owner.junk or bool(owner.hint & Hint.DEK) or owner.junk == "beside the article"
