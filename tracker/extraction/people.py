"""Names of people in bylines: split, cleaned, and kept apart from roles, times and addresses."""

from __future__ import annotations

import re
from collections import deque
from typing import Any, Final

from .text import clean, plain

MAX_NAME: Final = 60
_MOST: Final = 1_000
_MOST_ITEMS: Final = 1_000
_LEAD: Final = re.compile(
    (
        r"^(?:(?:written|posted|reported|published|words|story|text|edited|photos?|analysis|opinion|review)\s+by|by|"
        r"(?:(?:ein|eine)\s+)?(?:kommentar|analyse|gastbeitrag|bericht|interview|kolumne|glosse|reportage|essay)\s+von|"
        r"von|vom|par|por|di|de la|da|door|av|af|przez|autor(?:in|es|en)?(?:/autor(?:in)?)?|authors?|written by|"
        r"auteurs?|"
        r"text|texte?|testo|reporter|tekst|skrevet av|escrito por|автор|от|by:)\s*:?\s+"
    ),
    re.IGNORECASE,
)
_COLON: Final = re.compile(r"^(?:by|author|autor|autorin|auteur|text|foto|von|par|por)\s*:\s*", re.IGNORECASE)
_LABEL: Final = re.compile(
    r"(?:autor(?:in|es)?(?:/autor(?:in)?)?|authors?|auteurs?|autore|written by|著者|作者|投稿者|執筆|автор)\s*[:：]?\s+"
    r"(?=[^\W\d_])",
    re.IGNORECASE,
)
_PICTURE: Final = re.compile(
    r"(?:©|(?:foto(?:s|graf(?:in)?)?|fot\.|photo(?:s|graph(?:er|y|s)?)?|bild(?:er)?|images?|imagen|credits?|crédits?|"
    r"illustrations?|zdjęcie|фото)\s*(?:[:/|©]|by\s))",
    re.IGNORECASE,
)
_SPLIT: Final = re.compile(
    r"\s*(?:,|;|\||/|•|·|&|\n|\s[–—-]\s|\s(?:and|und|et|y|e|og|och|en|ve|i|и|with|mit|sowie)\s)\s*"
)
_ASIDE: Final = re.compile(r"\s*[(\[][^()\[\]]{0,60}[)\]]")
# What follows a name without a blank, because the page sets it apart by style alone.
_GLUED: Final = re.compile(
    r"(?<=[^\W\d_])(?<![A-Z])(?=(?:Jan|Feb|Mar|Apr|May|June?|July?|Aug|Sept?|Oct|Nov|Dec)[a-z]*\.?\s\d"
    r"|Updated|Published|Posted|(?:Staff|Senior|Special to)\s"
    r"|(?:Redakteur(?:in)?|Reporter|Journalist|Correspondent|Editor)$)"
)
_AFTER: Final = re.compile(
    r"\s*(?:@\w++(?!\.\w).*|(?:^|\s)(?:updated|published|posted|stand|aktualisiert|veröffentlicht)\b.*)$",
    re.IGNORECASE,
)
_BEFORE: Final = re.compile(r"^[^@]*\d[^@]*?\bby\s+(?=[^\W\d_])", re.IGNORECASE)
_LINK: Final = re.compile(r"https?:|www\.", re.IGNORECASE)
_DATED: Final = re.compile(
    r"\s+(?:(?:on|am|le|el)\s+)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day,?\s+)?"
    r"(?:(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[^\W\d_]*\.?\s+)?\d.*$",
    re.IGNORECASE,
)
_UNSPACED: Final = re.compile(r"[\u4e00-\u9fff\uac00-\ud7af]{2,5}$")
_STOP: Final = re.compile(r"[:：。、！？!?;/]|^(?:copyright|photo|foto|credit)\b", re.IGNORECASE)
_OFFICE: Final = re.compile(
    r"(?<=\s)(?:(?:chef|sport)?redakteur(?:in)?|reporter(?:in)?|(?:staff )?writer|correspondent|editor|journalist)$",
    re.IGNORECASE,
)
_TITLE: Final = re.compile(r"\s+(?:기자|記者|记者|특파원|논설위원)$")
_BAD: Final = re.compile(
    (
        r"https?:|www\.|@|[<>{}\[\]=]|\d{3,}|\d[:.]\d|\b(?:updated?|posted|results|comments?|"
        r"related|stories|subscribe|sign up|newsletter|advertisement|contact us|thank you|share this|copyright|"
        r"published|min read|staff writers?$|minutes?|ago|read more|follow)\b"
    ),
    re.IGNORECASE,
)
_ROLE: Final = re.compile(
    (
        r"^(?:(?:(?:senior|chief|staff|political|business|foreign|special|deputy|associate|managing|"
        r"contributing|sports?|news|digital|science|health|technology|"
        r"economics?|education|environment|crime|court|city|world|national|breaking)\s+)*"
        r"(?:editor|reporter|writer|correspondent|contributor|journalist|producer|columnist|staff|"
        r"redakteur(?:in)?|redaktion|korrespondent(?:in)?|journaliste?|"
        r"periodista|redactor[a]?|giornalista)(?:\s+(?:in|at|of|for|aus)\b.*)?|.*\b(?:editor|"
        r"correspondent|reporter)$)$"
    ),
    re.IGNORECASE,
)


def people(value: Any) -> list[str]:  # noqa: ANN401 - JSON of the web has any shape
    """Return the names in a JSON-LD author value: a string, an object with a name, or a list of these."""
    found: list[str] = []
    waiting: deque[Any] = deque([value])
    for _ in range(_MOST_ITEMS):
        if not waiting or len(found) >= MAX_NAME:
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
    """Return the names that a byline text holds, roles and leading words removed.

    *strict* keeps only what looks like a person's name, for text that was found by its place on the page.
    """
    text = _GLUED.sub(" ", _ASIDE.sub(" ", clean(text[:_MOST])))
    if _LINK.search(text):
        return []
    text = _AFTER.sub("", _BEFORE.sub("", text))
    for pattern in (_LABEL, _COLON, _LEAD):
        text = pattern.sub("", text)
    found = []
    for part in _SPLIT.split(text):
        part = _DATED.sub("", part)  # noqa: PLW2901 - the name without what follows it
        if len(part.split()) > 2:
            part = _OFFICE.sub("", part)  # noqa: PLW2901 - the name without the office
        name = _TITLE.sub("", _LEAD.sub("", _COLON.sub("", clean(part)))).strip(" .,;:|-–—·•()\"'")
        if (
            name
            and len(name) <= MAX_NAME
            and any(map(str.isalpha, name))
            and not _BAD.search(name)
            and not _ROLE.match(name)
            and (not strict or is_name(name))
        ):
            found.append(name)
    return unique(found)


def starts_byline(text: str) -> bool:
    """Say whether *text* begins with "By", "Von" or their like."""
    return bool(_LEAD.match(text) or _COLON.match(text))


def is_label(text: str) -> bool:
    """Say whether *text* begins with a label that names follow: "Author", "Autorin/Autor", "著者"."""
    return _LABEL.match(text) is not None


def is_picture(text: str) -> bool:
    """Say whether *text* names who took a picture."""
    return _PICTURE.match(text) is not None


def is_name(text: str) -> bool:
    """Say whether *text* looks like a person's name: two to five words that begin with capitals or no case at all."""
    words = text.split()
    if not 2 <= len(words) <= 5:
        return len(words) == 1 and _UNSPACED.match(text) is not None
    if _STOP.search(text) or (
        any(w.isupper() and "." not in w and 2 <= len(w) <= 4 for w in words) and not text.isupper()
    ):
        return False
    small = {
        "de",
        "van",
        "von",
        "der",
        "den",
        "la",
        "le",
        "da",
        "dos",
        "di",
        "el",
        "al",
        "bin",
        "ten",
        "ter",
        "zu",
        "du",
        "del",
        "y",
    }
    return all(
        w[0].isupper() or w.lower() in small or not (w[0].isupper() or w[0].islower()) for w in words
    ) and not any(c.isdigit() for c in text)


def unique(found: list[str]) -> list[str]:
    """Return *found* in order without repetitions that differ by case alone."""
    seen: dict[str, str] = {}
    for name in found:
        seen.setdefault(name.casefold(), name)
    return list(seen.values())
