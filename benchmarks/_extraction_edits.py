"""What outlets change in articles: pairs of pages with one editorial edit, and what must appear and vanish."""

from __future__ import annotations

import html as markup
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from _extraction_score import normal
from _extraction_template import Template, in_text
from selectolax.lexbor import LexborHTMLParser

if TYPE_CHECKING:
    from collections.abc import Iterator

_SAID = {
    "en": ("A second inquiry into the case will report before the summer recess, the ministry said.", "“No,” he said."),
    "de": (
        "Ein zweiter Bericht zu dem Fall soll vor der Sommerpause vorliegen, so das Ministerium.",
        "„Nein“, sagte er.",
    ),
}
_CORRECTION = "Correction: An earlier version of this story gave the wrong year for the survey; it was 2019, not 2009."
_UPDATE = "(Updates with reaction from the port authority and a comment by the mayor’s office.)"
_ADDS = "(Adds details in paragraph 4.)"
_NOTE = "Editor’s note: This article was amended on June 2 to add a statement by the shipping line."
_QUOTE = (
    "“We had asked for money to mend the pier three years in a row, and three times we were told to wait,” she said."
)
_POINTS = "Three ferries a day will run until the end of August"
_LINKED = "The survey, which the council released late on Monday,"
_PERSON = "Fenella Quorndon"


@dataclass(frozen=True, slots=True)
class Edit:
    """One edit: *appears* must be in the new reading alone, *vanishes* in the old one alone.

    *removed* and *added* lines are the most that may differ.
    """

    name: str
    group: str
    field: str
    old: str
    new: str
    appears: str = ""
    vanishes: str = ""
    removed: int = 0
    added: int = 0


def edits(page: Template) -> Iterator[Edit]:
    """Yield the edits of one page."""
    yield from _words(page)
    yield from _paragraphs(page)
    yield from _notes(page)
    yield from _blocks(page)
    yield from _head(page)


def _changed(page: Template, number: int, old: str, new: str, name: str, group: str = "words") -> Edit | None:
    """Return the edit that puts one word of a paragraph in the place of another, if it can be seen on the page."""
    pattern = rf"(?<!&#)\b{re.escape(old)}\b"
    after = page.edit(lambda inner: in_text(inner, pattern, new), str(number))
    expected = re.sub(rf"\b{re.escape(old)}\b", new, page.paragraphs[number], count=1)
    body = LexborHTMLParser(after).body
    if body is None or normal(expected) not in normal(body.text()):
        return None
    return Edit(name, group, "body", page.base, after, expected, page.paragraphs[number], 1, 1)


def _words(page: Template) -> Iterator[Edit]:
    found: list[Edit | None] = []
    for number in (page.middle, *range(len(page.paragraphs))):
        figure = re.search(r"\b\d{1,8}\b", page.paragraphs[number])
        if figure:
            found.append(_changed(page, number, figure[0], str(int(figure[0]) + 3), "a number"))
            break
    for number in range(len(page.paragraphs)):
        quoted = re.search(r"[\"“„«][^\"”“»]{12,}[\"”“»]", page.paragraphs[number])
        inside = re.findall(r"\b[^\W\d_]{4,}\b", quoted[0]) if quoted else []
        if inside:
            found.append(_changed(page, number, inside[-1], "Quokka", "a quote"))
            break
    places = [(page.middle, "a word"), (page.first, "a word at the top"), (page.last, "a word at the end")]
    for number, name in places:
        found.append(_any_word(page, number, name, "words"))
    if page.standfirsts:
        found.append(_any_word(page, page.standfirsts[0], "the standfirst", "standfirst"))
    yield from filter(None, found)


def _any_word(page: Template, number: int, name: str, group: str) -> Edit | None:
    words = re.findall(r"\b[^\W\d_]{5,}\b", page.paragraphs[number])
    tried = (_changed(page, number, word, "Bandicoot", name, group) for word in words)
    return next(filter(None, tried), None)


def _put(page: Template, name: str, group: str, slot: str, html: str, appears: str, added: int = 1) -> Edit:
    return Edit(name, group, "body", page.base, page.write({slot: html}), appears, added=added)


def _paragraphs(page: Template) -> Iterator[Edit]:
    long, short = _SAID.get(page.lang, _SAID["en"])
    tag = page.tags[page.middle] if page.tags[page.middle] in {"p", "div"} else "p"
    middle, end = f"{page.middle}:after", f"{page.last}:after"
    yield _put(page, "a paragraph put in", "paragraphs", middle, f"<{tag}>{long}</{tag}>", long)
    yield _put(page, "a short one put in", "paragraphs", middle, f"<{tag}>{short}</{tag}>", short)
    yield _put(page, "one at the end", "paragraphs", end, f"<{tag}>{long}</{tag}>", long)
    yield _put(page, "one at the top", "paragraphs", f"{page.first}:before", f"<{tag}>{long}</{tag}>", long)
    for number, name in ((page.middle, "a paragraph taken out"), (page.last, "the last taken out")):
        gone = page.paragraphs[number]
        yield Edit(name, "paragraphs", "body", page.base, page.without(number), vanishes=gone, removed=1)


def _notes(page: Template) -> Iterator[Edit]:
    end = f"{page.last}:after"
    yield _put(page, "correction", "notes", end, f"<p><em>{_CORRECTION}</em></p>", _CORRECTION)
    box = f'<div class="correction">{_CORRECTION}</div>'
    yield _put(page, "correction in a div", "correction in a div", end, box, _CORRECTION)
    yield _put(page, "(Updates …)", "notes", end, f"<p>{_UPDATE}</p>", _UPDATE)
    yield _put(page, "(Adds …)", "notes", end, f"<p>{_ADDS}</p>", _ADDS)
    yield _put(page, "editor’s note", "notes", f"{page.first}:before", f'<p class="note"><i>{_NOTE}</i></p>', _NOTE)


def _blocks(page: Template) -> Iterator[Edit]:
    middle = f"{page.middle}:after"
    tag = page.tags[page.middle] if page.tags[page.middle] in {"p", "div"} else "p"
    yield _put(page, "a subhead", "blocks", middle, "<h2>What the survey found</h2>", "What the survey found")
    yield _put(page, "a quotation", "blocks", middle, f"<blockquote><p>{_QUOTE}</p></blockquote>", _QUOTE)
    points = f"<ul><li>The terminal closes on Friday at noon</li><li>{_POINTS}</li></ul>"
    yield _put(page, "a list", "blocks", middle, points, _POINTS, 2)
    linked = f'<{tag}><a href="https://example.org/s">{_LINKED}</a> found cracks in nine pillars.</{tag}>'
    yield _put(page, "a linked paragraph", "blocks", middle, linked, f"{_LINKED} found cracks in nine pillars.")


def _head(page: Template) -> Iterator[Edit]:
    title = page.title
    new = f"Revised {title[:1].lower()}{title[1:]}"
    shown = page.edit(lambda _: markup.escape(new, quote=False), "headline")
    everywhere = _replaced(shown, title, new)
    yield Edit("headline everywhere", "headline everywhere", "title", page.base, everywhere, new)
    yield Edit("headline in the h1 alone", "headline in h1", "title", page.base, shown, new)
    author = page.authors[0] if page.authors else ""
    if len(author) > 6 and author in page.base:
        yield Edit("byline", "byline", "authors", page.base, _replaced(page.base, author, _PERSON), _PERSON)


def _replaced(html: str, old: str, new: str) -> str:
    """Return *html* with *old* replaced however it is written: plain, escaped, in JSON."""
    for written in {old, markup.escape(old), markup.escape(old, quote=False), json.dumps(old)[1:-1]}:
        if written not in new:
            html = html.replace(written, new)
    return html
