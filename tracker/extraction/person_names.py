"""Find the names of people in bylines, without roles, times and addresses."""

from __future__ import annotations

import re
from collections import deque
from typing import Any, Final

from .furniture_patterns import is_timestamp
from .text import clean, plain

_MAX_NAME_CHARS: Final = 60
_MAX_NAMES: Final = 60
_MAX_BYLINE_CHARS: Final = 1_000
_MAX_AUTHOR_ITEMS: Final = 1_000
_MIN_NAME_WORDS: Final = 2
_MAX_NAME_WORDS: Final = 5
# Words before a name: "By", "Written by", "Kommentar von".
_LEADING_WORDS: Final = re.compile(
    r"^(?:(?:written|posted|reported|published|words|story|text|edited|photos?|analysis|opinion|review|interview)\s+by|by|"
    r"(?:(?:ein|eine)\s+)?(?:kommentar|analyse|gastbeitrag|bericht|interview|kolumne|glosse|reportage|essay)\s+von|"
    r"von|vom|par|por|di|de la|da|door|av|af|przez|autor(?:in|es|en)?(?:/autor(?:in)?)?|authors?|written by|"
    r"auteurs?|"
    r"text|texte?|testo|reporter|tekst|skrevet av|escrito por|автор|от|foto(?=\s*:))(?:\s*:\s*|\s+)",
    re.IGNORECASE,
)
# A label and a name: "Author …", "Autorin/Autor: …", "著者 …".
AUTHOR_LABEL: Final = re.compile(
    r"(?:autor(?:in|es)?(?:/autor(?:in)?)?|authors?|auteurs?|autore|written by|著者|作者|投稿者|執筆|автор)\s*[:：]?\s+"
    r"(?=[^\W\d_])",
    re.IGNORECASE,
)
PHOTO_CREDIT: Final = re.compile(
    r"(?:©|(?:foto(?:s|graf(?:in)?)?|fot\.|photo(?:s|graph(?:er|y|s)?)?|bild(?:er)?|images?|imagen|credits?|crédits?|"
    r"illustrations?|zdjęcie|фото)\s*(?:[:/|©]|by\s))",
    re.IGNORECASE,
)
_SEPARATOR: Final = re.compile(
    r"\s*(?:,|;|\||/|[•·●∙▪‧]|&|\n|\s[–—-]\s|\s(?:and|und|et|y|e|og|och|en|ve|i|и|with|mit|sowie)\s)\s*"
)
_BRACKETS: Final = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]")
# The place between a name and what follows it without a space, because the page sets it apart by style alone.
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
_LEADING_DATE: Final = re.compile(r"^[^@]*\d[^@]*?\bby\s+(?=[^\W\d_])", re.IGNORECASE)
_BY_AFTER_DATE: Final = re.compile(r"(.*?\d.*?)[\s|•·–-]+(?:by|von|par|por)\s+(?=[^\W\d_])", re.IGNORECASE)
_URL: Final = re.compile(r"https?:|www\.", re.IGNORECASE)
_TRAILING_DATE: Final = re.compile(
    r"\s+(?:(?:on|am|le|el)\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    r"(?:(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[^\W\d_]*\.?\s+)?\d.*$",
    re.IGNORECASE,
)
_UNSPACED_NAME: Final = re.compile(r"[\u4e00-\u9fff\uac00-\ud7af]{2,5}$")
# What no name holds or begins with.
_NOT_IN_NAME: Final = re.compile(r"[:：。、！？!?;/#_]|^(?:copyright|photo|foto|credit)\b", re.IGNORECASE)
_TRAILING_ROLE: Final = re.compile(
    r"(?<=\s)(?:(?:chef|sport)?redakteur(?:in)?|reporter(?:in)?|(?:staff )?writer|correspondent|editor|journalist)$",
    re.IGNORECASE,
)
_EAST_ASIAN_TITLE: Final = re.compile(r"\s+(?:기자|記者|记者|특파원|논설위원)$")
_NOT_A_NAME: Final = re.compile(
    r"https?:|www\.|@|[<>{}\[\]=]|\d{3,}|\d[:.]\d|\b(?:updated?|posted|results|comments?|"
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
ACCOUNTS: Final = frozenset({"admin", "administrator", "webmaster", "root"})
"""What content management systems call an account that nobody named."""
# Lower-case words of names: "Ludwig van der Beek".
_PARTICLES: Final = frozenset("de van von der den la le da dos di el al bin ten ter zu du del y".split())
# In capitals, words of this kind tell a heading ("TABLE OF CONTENTS") from a name; no person is called so.
_NEVER_IN_NAMES: Final = frozenset(
    "of the and for to at with your our this what how about und oder für mit unsere ihre et pour avec sur nos vos"
    " y para con por sus per nostri os para com em voor met onze".split()
)
# Words of labels and topics, in any spelling: "More Photo Galleries", "Aus den Ländern", "Click To Tweet".
_NEVER_ALONE: Final = _NEVER_IN_NAMES | frozenset("aus click login more only posts this tweet view zum zur".split())


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
            name = item.get("name") or ""
            waiting.appendleft(name if isinstance(name, str | list) else "")
        elif isinstance(item, str):
            found.extend(names(plain(item)))
    return unique(found)


def names(text: str, *, strict: bool = False) -> list[str]:
    """Return the names in a byline's text, without roles and leading words; only its first 1,000 characters count.

    `strict` keeps only what looks like a person's name, for text that was found by its place on the page.
    """
    text = _MISSING_SPACE.sub(" ", _BRACKETS.sub(" ", clean(text[:_MAX_BYLINE_CHARS])))
    if _URL.search(text):
        return []
    text = _TRAILING_NOTE.sub("", _LEADING_DATE.sub("", text))
    text = _LEADING_WORDS.sub("", AUTHOR_LABEL.sub("", text))
    found = []
    for part in _SEPARATOR.split(text):
        dated, part = part, _TRAILING_DATE.sub("", part)  # noqa: PLW2901 - the name without what follows it
        # "Last changed: 26 May": what a colon parts from a date is its label.
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
    found = _BY_AFTER_DATE.match(text[:_MAX_BYLINE_CHARS])
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
    if text.isupper() and not _NEVER_IN_NAMES.isdisjoint(text.casefold().split()):
        return False
    if not text.isupper() and any(word.isupper() and "." not in word and 2 <= len(word) <= 4 for word in words):
        return False
    return all(word[0].isupper() or word.lower() in _PARTICLES or not word[0].islower() for word in words)


def is_name_alone(text: str) -> bool:
    """Return whether `text` is names and nothing else but dates and roles, in a script with upper and lower case.

    In other scripts any short word looks like a name. Words such as "more" and "our" are of labels. Text longer than
    any byline is not a name: on long text the search for a date before "by" takes quadratic time.
    """
    if len(text) > _MAX_BYLINE_CHARS:
        return False
    text = _LEADING_DATE.sub("", text)
    letters = [sign for sign in text if sign.isalpha()]
    if sum(sign.upper() != sign.lower() for sign in letters) < len(letters) or not _NEVER_ALONE.isdisjoint(
        text.casefold().split()
    ):
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
