"""Who wrote it: JSON-LD and meta tags where they name persons, else the byline on the page."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from .jsonld import flatten
from .people import is_label, is_name, is_picture, names, people, starts_byline, unique
from .phrases import credit
from .text import overlap, tokens
from .tree import Line, PageTree, Zone
from .vocabulary import Hint

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .head import Head

_AUTHORS: Final = (
    "author",
    "article:author",
    "article:author_name",
    "parsely-author",
    "sailthru.author",
    "cxenseparse:author",
    "dc.creator",
    "dcterms.creator",
    "byl",
    "article:author:name",
    "twitter:misc:written by",
    "og:article:author",
    "authors",
    "creator",
    "byline",
    "citation_author",
    "og:author",
    "mediator_author",
    "shareaholic:article_author_name",
)
_PUBLISHERS: Final = ("og:site_name", "publisher", "dc.publisher", "dcterms.publisher")
_AWAY: Final = Zone.FIGURE | Zone.FOOTER | Zone.FORM | Zone.ASIDE | Zone.NAV | Zone.CAPTION
_ABOVE: Final = 4
_BELOW: Final = 16
_NEXT: Final = 7
_SOON: Final = 12
_MOST: Final = 60  # contents of one meta tag's name
_LIKE: Final = 0.5
_LONG: Final = 120
_LABELLED: Final = 80
_PROSE: Final = 80
_SIGN: Final = 40
_LABEL_ENDS: Final = (":", "：")


def find(head: Head, page: PageTree, headline: Line | None) -> tuple[tuple[str, ...], str]:
    """Return the authors and where they were found; the outlet itself only where nobody else is named.

    What metadata says is believed unless the byline that readers see names others.
    """
    author = head.article.get("author") or head.article.get("creator")
    outlet = _Outlet(head, author)
    source, written = "", list[str]()
    for where, said in _candidates(head, author):
        others = [name for name in said if not outlet.is_named(name)]
        if any(_a_person(name, author, where) for name in others):
            # beside persons JSON-LD's organisations are agencies, a tag's other words anything
            kept = others if where == "json-ld" else [name for name in others if is_name(name)]
            shown = _shown(page, headline, outlet)
            return (tuple(shown), "page") if _names_others(shown, kept) else (tuple(kept), where)
        if said and not written:
            source, written = where, said
    bare = all(outlet.is_named(name) for name in written)
    on_page = _named_on_page(page, headline, outlet)
    if not on_page and bare:
        on_page = _alone_below(page, headline, outlet, paragraph=bool(written)) or _signed(page, outlet)
    found, source = (on_page, "page") if on_page else (written, source)
    return tuple(found), source if found else ""


def _candidates(head: Head, author: object) -> Iterator[tuple[str, list[str]]]:
    """Yield who metadata says wrote it, source by source."""
    yield "json-ld", people(author)
    for key in _AUTHORS:
        if key in head.metas:
            yield key, unique([name for value in head.all(key)[:_MOST] for name in names(value)])


def _names_others(shown: list[str], said: list[str]) -> bool:
    """Say whether the byline on the page names other people than metadata does, or another in the place of one."""
    strangers = [name for name in shown if not any(set(tokens(name)) & set(tokens(other)) for other in said)]
    return bool(strangers) and (len(strangers) == len(shown) or len(shown) == len(said))


class _Outlet:
    """Knows the outlet's own names."""

    def __init__(self, head: Head, author: object) -> None:
        found = (head.first(key)[0] for key in _PUBLISHERS)
        self._names = [name.casefold() for name in (head.entity("publisher"), *found) if name]
        self._persons = {
            str(item.get("name", "")).casefold() for item in flatten(author) if item.get("@type") == "Person"
        }

    def is_named(self, name: str) -> bool:
        """Say whether *name* is the outlet's, or shares half of its words and is nowhere called a person's."""
        low = name.casefold()
        if low in self._names:
            return True
        return low not in self._persons and any(overlap(low, own) >= _LIKE for own in self._names)


def _a_person(name: str, author: object, source: str) -> bool:
    """Say whether *name* is a person's: JSON-LD says what it is, of a meta tag's content one must judge."""
    return not _organisation(name, author) if source == "json-ld" else is_name(name)


def _organisation(name: str, author: object) -> bool:
    """Say whether JSON-LD calls *name* an organisation."""
    return any(
        "Organization" in item.get("@type", "") and name.casefold() in str(item.get("name", "")).casefold()
        for item in flatten(author)
        if isinstance(item.get("@type"), str)
    )


def _shown(page: PageTree, headline: Line | None, outlet: _Outlet) -> list[str]:
    """Return the names in the lines right below the headline that are marked as a byline or begin like one."""
    found: list[str] = []
    lines = page.lines[headline.index + 1 : headline.index + _SOON] if headline is not None else ()
    for line in lines:
        if line.zone & _AWAY:
            continue
        marked = _hinted(line) or line.owner.tag == "address" or starts_byline(line.text)
        who = _persons(line, outlet) if marked and len(line.text) <= _LONG else []
        if found and not who:
            break
        found += who
    return unique(found)


def _named_on_page(page: PageTree, headline: Line | None, outlet: _Outlet) -> list[str]:
    """Return the names in the byline on the page: "By …" about the headline, else in a line that is named so."""
    at = headline.index if headline is not None else 0
    about = [line for line in page.lines[max(0, at - _ABOVE) : at + _BELOW] if starts_byline(line.text)]
    named = [line for line in page.lines if (line.first.hint | line.owner.hint) & Hint.BYLINE]
    labelled = [line for line in page.lines if len(line.text) <= _LABELLED and is_label(line.text)]
    return _first_names((*about, *named, *labelled), outlet, most=_LONG)


def _alone_below(page: PageTree, headline: Line | None, outlet: _Outlet, *, paragraph: bool) -> list[str]:
    """Return the names that stand alone in a line soon below the headline; *paragraph* asks paragraphs only."""
    if headline is None:
        return []
    lines = page.lines[headline.index + 1 : headline.index + _NEXT]
    prose = [n for n, line in enumerate(lines) if line.owner.tag == "p" and len(line.text) >= _PROSE]
    if len(prose) > 1:  # one may be the standfirst, with the second the text has begun
        lines = lines[: prose[1]]
    if paragraph:
        lines = [line for line in lines if line.owner.tag == "p" and line.text.upper() != line.text.lower()]
    return _first_names(lines, outlet, most=60)


def _signed(page: PageTree, outlet: _Outlet) -> list[str]:
    """Return the names that stand alone in the paragraph after the last long one of the same element."""
    paragraphs = [line for line in page.lines if line.owner.tag == "p" and not line.zone & _AWAY]
    homes = Counter(line.owner.parent for line in paragraphs if len(line.text) >= _PROSE)
    if not homes:
        return []
    home, _ = homes.most_common(1)[0]
    column = [line for line in paragraphs if line.owner.parent is home]
    last = max(index for index, line in enumerate(column) if len(line.text) >= _PROSE)
    signs = [line for line in column[last + 1 : last + 2] if not line.links and line.text.upper() != line.text.lower()]
    return _first_names(signs, outlet, most=_SIGN)


def _hinted(line: Line) -> bool:
    parent = line.owner.parent
    hints = line.first.hint | line.owner.hint | (parent.hint if parent is not None else 0)
    return bool(hints & Hint.BYLINE)


def _persons(line: Line, outlet: _Outlet) -> list[str]:
    if line.text.endswith(_LABEL_ENDS) or is_picture(line.text):
        return []
    return [name for name in names(line.text, strict=True) if not outlet.is_named(name)]


def _first_names(lines: Iterable[Line], outlet: _Outlet, *, most: int) -> list[str]:
    for line in lines:
        if len(line.text) <= most and not line.zone & _AWAY and not credit(line.text):
            who = _persons(line, outlet)
            if who:
                return who
    return []
