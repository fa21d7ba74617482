"""Find who wrote an article: the persons that JSON-LD and meta tags name, else those of the byline on the page.

The second half extracts the names from the text of a byline, without roles, times and addresses.
"""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterable, Iterator
from typing import Any, Final

from tracker.model.article import LONE_NAME

from .furniture import is_credit, is_timestamp
from .name_hints import Hint
from .page_head import PageHead, flatten
from .page_tree import Line, PageTree, Zone
from .text import clean, overlap, plain, tokens

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
# In headings, lists and tables, only marked names count.
_ZONES_WITHOUT_LONE_NAMES: Final = Zone.HEADING | Zone.LIST | Zone.TABLE
# The lines around the headline in which a byline is looked for: one that begins with "By", a marked one, a name alone.
_LINES_BEFORE_HEADLINE: Final = 4
_LINES_AFTER_HEADLINE: Final = 16
_LINES_OF_MARKED_BYLINE: Final = 12
_LINES_OF_LONE_NAME: Final = 7
_MAX_AUTHOR_TAGS: Final = 60  # of one name
_MIN_OUTLET_OVERLAP: Final = 0.5  # of words: "Herald Newsroom" is the Herald's
_MAX_BYLINE_CHARS: Final = 120
_MIN_PROSE_CHARS: Final = 80
# A part of the addresses of authors' pages.
_AUTHOR_PATH: Final = re.compile(
    r"[/_.-](?:authors?|aut(?:or|eur|ore)(?:en|es|s|i)?|users?|profil\w*|people|persone?n?|staff|(?:news|our|the|my)?-?team"
    r"|editors?|writers?|contributors?|contributeurs?|columnists?|experts?|journalist[ae]?s?|reporters?|redakt\w*|redazione"
    r"|redacao|mitarbeiter|firmas?|bio|yazar\w*|skribent\w*|medarbejder)[/=_.-]",
    re.IGNORECASE,
)


def find_byline(head: PageHead, page: PageTree, headline: Line | None, description: str) -> tuple[tuple[str, ...], str]:
    """Return the authors and the place that names them; the outlet itself only if nobody else is named.

    Metadata counts first, unless the byline shown names more people, or others than a single place in the metadata.
    """
    outlet = _Outlet(head)
    stated = [(where, found) for where, found in _in_metadata(head) if found]
    for where, candidates in stated:
        others = [name for name in candidates if not outlet.is_named(name) and not _is_login(name)]
        agreed = [found for _, found in stated].count(candidates) > 1
        if any(agreed or _is_person(name, head, where) for name in others):
            # Listed with persons, JSON-LD's organisations are agencies; in a meta tag other words can be anything.
            kept = others if agreed or where == "json-ld" else [name for name in others if is_name(name)]
            shown = _marked_below(page, headline, outlet)
            # The byline shown names more people, or others: all of them, or one instead of another.
            strangers = [name for name in shown if not any(set(tokens(name)) & set(tokens(other)) for other in kept)]
            # The authors of one article are in different elements of one kind.
            lines = shown.values()
            are_alike = len({(each.owner.tag, each.owner.names) for each in lines}) == 1
            are_alike = are_alike and len({each.index for each in lines}) == len(shown)
            adds = len(shown) == len(strangers) + len(kept) and are_alike
            replaces = not agreed and (len(strangers) == len(shown) or len(shown) == len(kept))
            if strangers and (adds or replaces):
                return tuple(shown), "page"
            return tuple(kept), where
    source, written = stated[0] if stated else ("", [])
    on_page, where = _named_on_page(page, headline, outlet), "page"
    if not on_page and all(outlet.is_named(name) for name in written):
        alone = _alone_below(page, headline, outlet, description, only_paragraphs=bool(written))
        on_page, where = alone or _signature(page, outlet), LONE_NAME
    found, source = (on_page, where) if on_page else ([name for name in written if not _is_login(name)], source)
    return tuple(found), source if found else ""


def _is_login(name: str) -> bool:
    """Return whether `name` is an account of a content management system: "admin", "ada_moor2"."""
    return name.casefold() in _ACCOUNTS or _LOGIN.fullmatch(name) is not None


def confirmed_by(head: PageHead, page: PageTree, names: tuple[str, ...], source: str) -> str:
    """Return a second place besides `source` that names all the authors: "page" or "metadata"; empty if there is none.

    One place alone may be wrong for a while: a template's default, a desk's name, a box that is taken for the byline.
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
    """The outlet's own names."""

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
        yield "twitter:data1", [name for name in names(head.first("twitter:data1")[0]) if not name[0].islower()]


def _is_person(name: str, head: PageHead, source: str) -> bool:
    """Return whether `name` is a person's: by its type in JSON-LD, by its form in a meta tag."""
    if source != "json-ld":
        return is_name(name)
    return not any(
        "Organization" in item.get("@type", "") and name.casefold() in str(item.get("name", "")).casefold()
        for item in flatten(head.author)
        if isinstance(item.get("@type"), str)
    )


def _marked_below(page: PageTree, headline: Line | None, outlet: _Outlet) -> dict[str, Line]:
    """Return the names in the lines right below the headline that are marked as a byline or begin like one."""
    found: dict[str, Line] = {}
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
        for name in persons:
            found.setdefault(name, line)
    return found


def _named_on_page(page: PageTree, headline: Line | None, outlet: _Outlet) -> list[str]:
    """Return the names of the byline: "By …" or links to authors near the headline, else a marked line anywhere."""
    at = headline.index if headline is not None else 0
    above, below = page.lines[max(0, at - _LINES_BEFORE_HEADLINE) : at], page.lines[at : at + _LINES_AFTER_HEADLINE]
    linked = [(line.index, persons) for line in below if (persons := _authors_linked_in(line, page, outlet))]
    # A line that begins like a byline below the one that links to the authors is about something else.
    last = linked[0][0] if linked else len(page.lines)
    spoken = [line for line in (*above, *below) if line.index <= last and begins_like_byline(line.text)]
    if found := _first_names(spoken, outlet):
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
    marked += [line for line in page.lines if _AUTHOR_LABEL.match(line.text)]
    return _first_names(marked, outlet)


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
        and (line.owner.tag == "p" or not only_paragraphs)
        and is_name_alone(line.text)
        and not (line.owner.hint & Hint.DEK and line.text.casefold() == description.casefold())
    ]
    return _first_names(alone, outlet)


def _signature(page: PageTree, outlet: _Outlet) -> list[str]:
    """Return the names that are alone in the paragraph after the last long one of the same parent."""
    paragraphs = [line for line in page.lines if line.owner.tag == "p" and not line.zone & _OUTSIDE_ZONES]
    parents = Counter(line.owner.parent for line in paragraphs if len(line.text) >= _MIN_PROSE_CHARS)
    if not parents:
        return []
    parent, _ = parents.most_common(1)[0]
    column = [line for line in paragraphs if line.owner.parent is parent]
    last = max(index for index, line in enumerate(column) if len(line.text) >= _MIN_PROSE_CHARS)
    signatures = [line for line in column[last + 1 : last + 2] if not line.links and is_name_alone(line.text)]
    return _first_names(signatures, outlet)


def _first_names(lines: Iterable[Line], outlet: _Outlet) -> list[str]:
    """Return the persons in the first of `lines` that names any."""
    for line in lines:
        is_possible = not (line.zone & _OUTSIDE_ZONES or _is_heading(line) or is_credit(line.text))
        if is_possible and len(line.text) <= _MAX_BYLINE_CHARS and (persons := _persons(line, outlet)):
            return persons
    return []


def _is_heading(line: Line) -> bool:
    """Return whether `line` heads something else than an author's own profile, which its name would say."""
    return bool(line.zone & Zone.HEADING) and not (line.first.hint | line.owner.hint) & Hint.BYLINE


def _persons(line: Line, outlet: _Outlet) -> list[str]:
    return [name for name in names(line.text, strict=True) if not outlet.is_named(name)]


_MAX_NAME_CHARS: Final = 60
_MAX_NAMES: Final = 60
_MAX_NAMED_CHARS: Final = 1_000
_MAX_AUTHOR_ITEMS: Final = 1_000
_MIN_NAME_WORDS: Final = 2
_MAX_NAME_WORDS: Final = 5
# Words before a name: "By", "Written by", "Kommentar von".
_LEADING_WORDS: Final = re.compile(
    r"^(?:(?:written|posted|reported|published|words|story|text|edited|analysis|opinion|review|interview)\s+by|by|"
    r"(?:(?:ein|eine)\s+)?(?:kommentar|analyse|gastbeitrag|bericht|interview|kolumne|glosse|reportage|essay)\s+von|"
    r"von|vom|par|por|di|de la|da|door|av|af|przez|autor(?:in|es|en)?(?:/autor(?:in)?)?|authors?|auteurs?|"
    r"text|texte?|testo|reporter|tekst|skrevet av|escrito por|автор|от)(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)
# A label and a name: "Author …", "Autorin/Autor: …", "著者 …".
_AUTHOR_LABEL: Final = re.compile(
    r"(?:autor(?:in|es)?(?:/autor(?:in)?)?|authors?|auteurs?|autore|written by|著者|作者|投稿者|執筆|автор)\s*[:：]?\s+"
    r"(?=[^\W\d_])",
    re.IGNORECASE,
)
_PHOTO_CREDIT: Final = re.compile(
    r"(?:©|(?:foto(?:s|graf(?:in)?)?|fot\.|photo(?:s|graph(?:er|y|s)?)?|bild(?:er)?|images?|imagen|credits?|crédits?|"
    r"illustrations?|zdjęcie|фото)\s*(?:[:/|©]|by\s))",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(
    r"\s*(?:,|;|\||/|[•·●∙▪‧]|&|\n|\s[–—-]\s|\s(?:and|und|et|y|e|og|och|en|ve|i|и|with|mit|sowie)\s)\s*"
)
_BRACKETS: Final = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]")
# Between a name and a date or role without a space, because the page separates them by style alone.
_MISSING_SPACE: Final = re.compile(
    r"(?<=[^\W\d_])(?<![A-Z])(?=(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s\d"
    r"|Updated|Published|Posted|(?:Staff|Senior|Special to)\s"
    r"|(?:Redakteur(?:in)?|Reporter|Journalist|Correspondent|Editor)$)"
)
# A social media handle, a time, or categories and tags.
_TRAILING_NOTE: Final = re.compile(
    r"\s*(?:@\w++(?!\.\w).*|(?:^|\s)(?:(?:updated|published|posted|stand|aktualisiert|veröffentlicht|filed under)\b"
    r"|(?:categor(?:y|ies)|tags?|topics?|kategorien?|schlagw[öo]rter|themen|catégories?|categorías?|etiquetas)\s?:"
    r"|カテゴリー?|タグ).*)$",
    re.IGNORECASE,
)
# A date before "by".
_LEADING_DATE: Final = re.compile(
    r"^([^@]{0,60}?\d[^@]{0,60}?)[\s|•·–-]+(?:by|von|par|por)\s+(?=[^\W\d_])", re.IGNORECASE
)
_URL: Final = re.compile(r"https?:|www\.", re.IGNORECASE)
_TRAILING_DATE: Final = re.compile(
    r"\s+(?:(?:on|am|le|el)\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    r"(?:(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[^\W\d_]*\.?\s+)?\d.*$",
    re.IGNORECASE,
)
_UNSPACED_NAME: Final = re.compile(r"[\u4e00-\u9fff\uac00-\ud7af]{2,5}$")
# Never in a name.
_NOT_IN_NAME: Final = re.compile(r"[:：。、！？!?;/#_]|^(?:copyright|photo|foto|credit)\b", re.IGNORECASE)
_TRAILING_ROLE: Final = re.compile(
    r"(?<=\s)(?:(?:chef|sport)?redakteur(?:in)?|reporter(?:in)?|(?:staff )?writer|correspondent|editor|journalist)$",
    re.IGNORECASE,
)
_EAST_ASIAN_TITLE: Final = re.compile(r"\s+(?:기자|記者|记者|특파원|논설위원)$")
_NOT_A_NAME: Final = re.compile(
    r"@|[<>{}\[\]=]|\d{3,}|\d[:.]\d|\b(?:updated?|posted|results|comments?|"
    r"related|stories|subscribe|sign up|newsletter|advertisement|contact us|thank you|share this|copyright|"
    r"published|min read|staff writers?$|minutes?|ago|read more|follow|the author|"
    r"on (?:facebook|twitter|instagram))\b",
    re.IGNORECASE,
)
_ROLE: Final = re.compile(
    r"^(?:(?:(?:senior|chief|lead|staff|political|business|foreign|special|deputy|associate|managing|"
    r"contributing|sports?|news|digital|science|health|technology|"
    r"economics?|education|environment|crime|court|city|world|national|breaking)\s+)*"
    r"(?:editor|reporter|writer|correspondent|contributor|analyst|journalist|producer|columnist|staff|"
    r"redakteur(?:in)?|redaktion|korrespondent(?:in)?|journaliste?|"
    r"periodista|redactor[a]?|giornalista)(?:\s+(?:in|at|of|for|aus)\b.*)?|.*\b(?:editor|"
    r"correspondent|reporter)$)$",
    re.IGNORECASE,
)
# Default accounts of content management systems, and the form of logins; domain names do not match it.
_ACCOUNTS: Final = frozenset("admin administrator newsroom publisher root webmaster".split())
_LOGIN: Final = re.compile(r"(?!\S*\.[a-z]{2,4}$)[a-z][a-z\d-]*(?:[\d_]|\.[a-z]+)[\w.-]*")
# Lower-case words of names: "Ludwig van der Beek".
_PARTICLES: Final = frozenset("de van von der den la le da dos di el al bin ten ter zu du del y".split())
# Words of labels and topics: "Table of Contents", "More Photo Galleries", "Aus den Ländern", "Click To Tweet".
_NEVER_ALONE: Final = frozenset(
    "of the and for to at with your our this what how about und oder für mit unsere ihre et pour avec sur nos vos y"
    " para con por sus per nostri os com em voor met onze aus click login more only posts tweet view zum zur".split()
)


def names_in_json(value: Any) -> list[str]:  # noqa: ANN401 - JSON of the web has any shape
    """Return the names in a JSON-LD author value: a string, an object with a name, or a list of these."""
    found: list[str] = []
    waiting: deque[Any] = deque([value])
    for _ in range(_MAX_AUTHOR_ITEMS):
        if not waiting or len(found) >= _MAX_NAMES:
            break
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extendleft(reversed(item))
        elif isinstance(item, dict):
            name = item.get("name") or " ".join(str(item.get(part) or "") for part in ("givenName", "familyName"))
            waiting.appendleft(name if isinstance(name, str | list) else "")
        elif isinstance(item, str):
            found.extend(names(plain(item)))
    return unique(found)


def names(text: str, *, strict: bool = False) -> list[str]:
    """Return the names in a byline's text, without roles and leading words; only its first 1,000 characters count.

    `strict` keeps only what looks like a person's name, for text that was found by its place on the page.
    """
    text = _MISSING_SPACE.sub(" ", _BRACKETS.sub(" ", clean(text[:_MAX_NAMED_CHARS])))
    if _URL.search(text) or _PHOTO_CREDIT.match(text):
        return []
    text = _TRAILING_NOTE.sub("", _LEADING_DATE.sub("", text))
    text = _LEADING_WORDS.sub("", _AUTHOR_LABEL.sub("", text))
    found = []
    for part in _SEPARATOR.split(text):
        dated, part = part, _TRAILING_DATE.sub("", part)  # noqa: PLW2901 - the name without the date
        # "Last changed: 26 May": the words before the colon are a label.
        if strict and part != dated and part.endswith((":", "：")):
            continue
        if len(part.split()) > 2:
            part = _TRAILING_ROLE.sub("", part)  # noqa: PLW2901 - the name without the role
        name = _LEADING_WORDS.sub("", clean(part))
        name = _EAST_ASIAN_TITLE.sub("", name).strip(" .,;:|-–—·•()\"'")
        if (
            name
            and len(name) <= _MAX_NAME_CHARS
            and any(map(str.isalpha, name))
            and not _NOT_A_NAME.search(name)
            and not _ROLE.match(name)
            and (not strict or is_name(name))
        ):
            found.append(name)
    return unique(found)


def starts_byline(text: str) -> bool:
    """Return whether `text` begins as a byline does: "By …", "Von …"."""
    return _LEADING_WORDS.match(text) is not None


def begins_like_byline(text: str) -> bool:
    """Return whether `text` begins as a byline does, or a date and a byline: "By …", "Posted on 3 May 2026 by …"."""
    if starts_byline(text):
        return True
    found = _LEADING_DATE.match(text[:_MAX_NAMED_CHARS])
    return found is not None and is_timestamp(found[1])


def is_name(text: str) -> bool:
    """Return whether `text` looks like a person's name: two to five words with capitals, or in a script without case.

    Abbreviations (AP, BBC) make it an agency's or an outlet's, unless all of it is in capitals.
    """
    words = text.split()
    if not _MIN_NAME_WORDS <= len(words) <= _MAX_NAME_WORDS:
        return len(words) == 1 and _UNSPACED_NAME.match(text) is not None
    if _NOT_IN_NAME.search(text) or any(map(str.isdigit, text)) or sum(word[0].isalpha() for word in words) < 2:
        return False
    if not text.isupper() and any(word.isupper() and "." not in word and 2 <= len(word) <= 4 for word in words):
        return False
    return words[-1] not in _PARTICLES and all(word.lower() in _PARTICLES or not word[0].islower() for word in words)


def is_name_alone(text: str) -> bool:
    """Return whether `text` is names and nothing else but dates and roles, in a script with upper and lower case.

    In other scripts any short word looks like a name. Words such as "more" and "our" are of labels.
    """
    if len(text) > _MAX_NAMED_CHARS:
        return False
    text = _LEADING_DATE.sub("", text)
    has_case = all(sign.upper() != sign.lower() for sign in text if sign.isalpha())
    if not has_case or not _NEVER_ALONE.isdisjoint(text.casefold().split()):
        return False
    parts = (_TRAILING_NOTE.sub("", part).strip(" .-–—") for part in _SEPARATOR.split(text))
    return all(
        is_name(_TRAILING_DATE.sub("", part)) or is_timestamp(part) or _ROLE.match(part)
        for part in parts
        if any(map(str.isalpha, part))
    )


def unique(found: list[str]) -> list[str]:
    """Return `found` in order, each once; case does not matter, the first spelling is kept."""
    seen: dict[str, str] = {}
    for name in found:
        seen.setdefault(name.casefold(), name)
    return list(seen.values())
