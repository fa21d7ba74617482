"""Find who wrote an article: the persons that JSON-LD and meta tags name, else those of the byline on the page."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from tracker.model.article import LONE_NAME

from .furniture_patterns import is_credit
from .name_hints import Hint
from .page_head import PageHead, flatten
from .page_tree import Line, PageTree, Zone
from .person_names import (
    ACCOUNTS,
    AUTHOR_LABEL,
    PHOTO_CREDIT,
    begins_like_byline,
    is_name,
    is_name_alone,
    names,
    names_in_json,
    starts_byline,
    unique,
)
from .standfirst import is_short_standfirst
from .text import overlap, tokens

_AUTHOR_KEYS: Final = tuple(
    (
        "author,article:author,article:author_name,parsely-author,sailthru.author,cxenseparse:author,dc.creator,"
        "dcterms.creator,byl,article:author:name,twitter:misc:written by,og:article:author,authors,creator,byline,"
        "citation_author,og:author,mediator_author,shareaholic:article_author_name"
    ).split(",")
)
_PAGE_SOURCES: Final = ("page", LONE_NAME)
_OUTLET_KEYS: Final = ("og:site_name", "publisher", "dc.publisher", "dcterms.publisher")
_OUTSIDE_ZONES: Final = Zone.FIGURE | Zone.FOOTER | Zone.FORM | Zone.ASIDE | Zone.NAV | Zone.CAPTION
# Headings, lists, tables and what opens a fold hold no name that is not marked as one.
_ZONES_WITHOUT_LONE_NAMES: Final = Zone.HEADING | Zone.LIST | Zone.TABLE
_TAGS_WITHOUT_LONE_NAMES: Final = frozenset({"summary", "dt"})
_TITLE_JOINT: Final = re.compile(r"\s[-–—|·•]\s")
# How far from the headline a byline is looked for, in lines: one that begins with "By", one that is named or marked,
# one that is a name alone.
_LINES_BEFORE_HEADLINE: Final = 4
_LINES_AFTER_HEADLINE: Final = 16
_LINES_OF_MARKED_BYLINE: Final = 12
_LINES_OF_LONE_NAME: Final = 7
_MAX_AUTHOR_TAGS: Final = 60  # of one name
_MIN_OUTLET_OVERLAP: Final = 0.5  # of words: "Herald Newsroom" is the Herald's
# The less a line is marked as a byline, the shorter it must be to be taken for one.
_MAX_BYLINE_CHARS: Final = 120
_MAX_LABELLED_CHARS: Final = 80
_MAX_LONE_NAME_CHARS: Final = 60
_MAX_SIGNATURE_CHARS: Final = 40
_MIN_PROSE_CHARS: Final = 80
_LABEL_ENDINGS: Final = (":", "：")
# Where links to the page of an author lead.
_AUTHOR_PATH: Final = re.compile(
    r"[/_.-](?:authors?|aut(?:or|eur|ore)(?:en|es|s|i)?|users?|profil\w*|people|persone?n?|staff|(?:news|our|the|my)?-?team"
    r"|editors?|writers?|contributors?|contributeurs?|columnists?|experts?|journalist[ae]?s?|reporters?|redakt\w*|redazione"
    r"|redacao|mitarbeiter|firmas?|bio|yazar\w*|skribent\w*|medarbejder)[/=_.-]",
    re.IGNORECASE,
)


def find_byline(head: PageHead, page: PageTree, headline: Line | None, description: str) -> tuple[tuple[str, ...], str]:
    """Return the authors and where they were found; the outlet itself only if nobody else is named.

    Metadata counts first, unless the byline that readers see names others.
    """
    outlet = _Outlet(head)
    source, written = "", list[str]()
    for where, candidates in _in_metadata(head):
        others = [name for name in candidates if not outlet.is_named(name) and name.casefold() not in ACCOUNTS]
        if any(_is_person(name, head, where) for name in others):
            # Listed with persons, JSON-LD's organisations are agencies; in a meta tag other words can be anything.
            kept = others if where == "json-ld" else [name for name in others if is_name(name)]
            shown = _marked_below(page, headline, outlet)
            # The byline shown names other people: all of them, or one instead of another.
            strangers = [name for name in shown if not any(set(tokens(name)) & set(tokens(other)) for other in kept)]
            if strangers and (len(strangers) == len(shown) or len(shown) == len(kept)):
                return tuple(shown), "page"
            return tuple(kept), where
        if candidates and not written:
            source, written = where, candidates
    on_page, where = _named_on_page(page, headline, outlet), "page"
    if not on_page and all(outlet.is_named(name) for name in written):
        alone = _alone_below(page, headline, outlet, description, only_paragraphs=bool(written))
        # "Our Terms" below "Our Terms - About us - Herald" repeats the title.
        titles = {part.casefold() for part in _TITLE_JOINT.split(head.title)}
        on_page = [name for name in alone if name.casefold() not in titles] or _signature(page, outlet)
        where = LONE_NAME
    found, source = (
        (on_page, where) if on_page else ([name for name in written if name.casefold() not in ACCOUNTS], source)
    )
    return tuple(found), source if found else ""


def confirmed_by(head: PageHead, page: PageTree, names: tuple[str, ...], source: str) -> str:
    """Return where else than in `source` the authors are: "page" or "metadata"; empty if nowhere, or if not all are.

    One place alone may be wrong for a moment: a template's default, a desk's name, a box that is taken for the byline.
    """
    if not names:
        return ""
    lowered = [name.casefold() for name in names]
    if source not in _PAGE_SOURCES:  # the page first: readers see it
        shown = "\n".join(line.text for line in page.lines if len(line.text) <= _MAX_BYLINE_CHARS).casefold()
        if all(name in shown for name in lowered):
            return "page"
    elsewhere = "\n".join(name for where, found in _in_metadata(head) if where != source for name in found).casefold()
    return "metadata" if all(name in elsewhere for name in lowered) else ""


class _Outlet:
    """Knows the outlet's own names."""

    def __init__(self, head: PageHead) -> None:
        found = (head.first(key)[0] for key in _OUTLET_KEYS)
        self._names = [name.casefold() for name in (head.entity("publisher"), *found) if name]
        self._persons = {
            str(item.get("name", "")).casefold() for item in flatten(head.author) if item.get("@type") == "Person"
        }

    def is_named(self, name: str) -> bool:
        """Return whether `name` is the outlet's, or shares half of its words and is not a person's in JSON-LD."""
        lowered = name.casefold()
        if lowered in self._names:
            return True
        return lowered not in self._persons and any(overlap(lowered, own) >= _MIN_OUTLET_OVERLAP for own in self._names)


def _in_metadata(head: PageHead) -> Iterator[tuple[str, list[str]]]:
    """Yield the names that metadata gives, source by source."""
    yield "json-ld", names_in_json(head.author)
    for key in _AUTHOR_KEYS:
        if key in head.metas:
            yield key, unique([name for value in head.all(key)[:_MAX_AUTHOR_TAGS] for name in names(value)])
    label = head.first("twitter:label1")[0].split()[-1:]  # "Written by", in the language of the site
    if label and starts_byline(f"{label[0]} "):
        yield "twitter:data1", names(head.first("twitter:data1")[0], strict=True)


def _is_person(name: str, head: PageHead, source: str) -> bool:
    """Return whether `name` is a person's: JSON-LD has types for that, for a meta tag's content one must guess."""
    if source != "json-ld":
        return is_name(name)
    return not any(
        "Organization" in item.get("@type", "") and name.casefold() in str(item.get("name", "")).casefold()
        for item in flatten(head.author)
        if isinstance(item.get("@type"), str)
    )


def _marked_below(page: PageTree, headline: Line | None, outlet: _Outlet) -> list[str]:
    """Return the names in the lines right below the headline that are marked as a byline or begin like one."""
    found: list[str] = []
    lines = page.lines[headline.index + 1 : headline.index + _LINES_OF_MARKED_BYLINE] if headline is not None else ()
    for line in lines:
        if line.zone & _OUTSIDE_ZONES:
            continue
        parent = line.owner.parent
        hints = line.first.hint | line.owner.hint | (parent.hint if parent is not None else 0)
        is_marked = hints & Hint.BYLINE or line.owner.tag == "address" or begins_like_byline(line.text)
        persons = _persons(line, outlet) if is_marked and len(line.text) <= _MAX_BYLINE_CHARS else []
        if found and not persons:
            break
        found += persons
    return unique(found)


def _named_on_page(page: PageTree, headline: Line | None, outlet: _Outlet) -> list[str]:
    """Return the names of the byline: "By …" or links to authors near the headline, else a marked line anywhere."""
    at = headline.index if headline is not None else 0
    above, below = page.lines[max(0, at - _LINES_BEFORE_HEADLINE) : at], page.lines[at : at + _LINES_AFTER_HEADLINE]
    linked = [(line.index, persons) for line in below if (persons := _authors_linked_in(line, page, outlet))]
    # A line that begins like a byline below the one that links to the authors is about something else.
    last = linked[0][0] if linked else len(page.lines)
    spoken = [line for line in (*above, *below) if line.index <= last and begins_like_byline(line.text)]
    if found := _first_names(spoken, outlet, max_chars=_MAX_BYLINE_CHARS):
        return found
    if not linked:
        # Several lines with links right above the headline are a list of the outlet's authors.
        linked = [(line.index, persons) for line in above if (persons := _authors_linked_in(line, page, outlet))]
        linked = linked if len(linked) == 1 else []
    if linked:
        return linked[0][1]
    # The lines that their names call a byline, but not of a comment, then those that begin with a label ("Author").
    named = [line for line in page.lines if (line.first.hint | line.owner.hint) & Hint.BYLINE]
    marked = [line for line in named if not any(e.hint & Hint.VENDOR for e in line.owner.ancestors())]
    marked += [line for line in page.lines if len(line.text) <= _MAX_LABELLED_CHARS and AUTHOR_LABEL.match(line.text)]
    return _first_names(marked, outlet, max_chars=_MAX_BYLINE_CHARS)


def _authors_linked_in(line: Line, page: PageTree, outlet: _Outlet) -> list[str]:
    """Return the persons to whose own pages the links of `line` lead."""
    if line.zone & _OUTSIDE_ZONES or _is_heading(line) or len(line.text) > _MAX_BYLINE_CHARS:
        return []
    found: list[str] = []
    for text, href in page.links_of(line):
        if _AUTHOR_PATH.search(href) and is_name_alone(text):
            found += [name for name in names(text, strict=True) if not outlet.is_named(name)]
    return unique(found)


def _alone_below(
    page: PageTree, headline: Line | None, outlet: _Outlet, description: str, *, only_paragraphs: bool
) -> list[str]:
    """Return the names that are alone in a line soon below the headline, before the text has begun."""
    if headline is None:
        return []
    lines = page.lines[headline.index + 1 : headline.index + _LINES_OF_LONE_NAME]
    prose = [n for n, line in enumerate(lines) if line.owner.tag == "p" and len(line.text) >= _MIN_PROSE_CHARS]
    if len(prose) > 1:  # the first may be the standfirst, the second is the text
        lines = lines[: prose[1]]
    alone = [
        line
        for line in lines
        if not (line.links or line.zone & _ZONES_WITHOUT_LONE_NAMES)  # a link elsewhere is a topic or a button
        and (line.owner.tag == "p" or not (only_paragraphs or line.owner.tag in _TAGS_WITHOUT_LONE_NAMES))
        and len(line.text) <= _MAX_LONE_NAME_CHARS
        and is_name_alone(line.text)
        and not is_short_standfirst(line, description)
    ]
    return _first_names(alone, outlet, max_chars=_MAX_LONE_NAME_CHARS)


def _signature(page: PageTree, outlet: _Outlet) -> list[str]:
    """Return the names that are alone in the paragraph after the last long one of the same parent."""
    paragraphs = [line for line in page.lines if line.owner.tag == "p" and not line.zone & _OUTSIDE_ZONES]
    parents = Counter(line.owner.parent for line in paragraphs if len(line.text) >= _MIN_PROSE_CHARS)
    if not parents:
        return []
    parent, _ = parents.most_common(1)[0]
    column = [line for line in paragraphs if line.owner.parent is parent]
    last = max(index for index, line in enumerate(column) if len(line.text) >= _MIN_PROSE_CHARS)
    signatures = [
        line
        for line in column[last + 1 : last + 2]
        if not line.links and len(line.text) <= _MAX_SIGNATURE_CHARS and is_name_alone(line.text)
    ]
    return _first_names(signatures, outlet, max_chars=_MAX_SIGNATURE_CHARS)


def _first_names(lines: Iterable[Line], outlet: _Outlet, *, max_chars: int) -> list[str]:
    """Return the persons in the first of `lines` that names any."""
    for line in lines:
        if _is_heading(line) or line.owner.tag in _TAGS_WITHOUT_LONE_NAMES:
            continue
        if len(line.text) <= max_chars and not line.zone & _OUTSIDE_ZONES and not is_credit(line.text):
            persons = _persons(line, outlet)
            if persons:
                return persons
    return []


def _is_heading(line: Line) -> bool:
    """Return whether `line` heads something else than an author's own profile, which its name would say."""
    return bool(line.zone & Zone.HEADING) and not (line.first.hint | line.owner.hint) & Hint.BYLINE


def _persons(line: Line, outlet: _Outlet) -> list[str]:
    if line.text.endswith(_LABEL_ENDINGS) or PHOTO_CREDIT.match(line.text):
        return []
    return [name for name in names(line.text, strict=True) if not outlet.is_named(name)]
