"""Guess the role of elements by their class names, IDs and itemprops. Structure decides first; names break ties."""

from __future__ import annotations

import re
import tomllib
from functools import lru_cache
from importlib.resources import files
from typing import Final


class Hint:
    """The roles that names suggest; flags that may be combined."""

    NONE: Final = 0
    BODY: Final = 1  # the article's text
    WEAK: Final = 2  # probably not the article's text: sidebars, tags, author boxes
    JUNK: Final = 4  # adverts, share buttons, tools; surely not the text, unless most of the text is in it
    VENDOR: Final = 8  # consent managers and comment systems
    DEK: Final = 16
    BYLINE: Final = 32
    CAPTION: Final = 64
    DATE: Final = 128
    PROMO: Final = 256
    PAYWALL: Final = 512
    LIVE: Final = 1024
    BOX: Final = 2048  # a fact box


_BEGINNING_CHARS: Final = 3
# Ghost gives these names to blocks in the text, so a note among the paragraphs is a "card".
_NEUTRAL_NAME: Final = re.compile(r"kg-(?:(?:callout|toggle|blockquote)-)?card")
_CAMEL_CASE: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
_PLAIN_WORD: Final = re.compile(r"(?<![^\W_])(?:[^\W\d_]+(?![^\W_])|[^\W\d_]{4,}(?=\d+(?![^\W_])))")
_MIN_CAMEL_PIECE_CHARS: Final = 3  # on average: "AuAdJlVL" is a hash and not camel case
# Words that have a meaning of their own together with the next word: "article body", "read more".
_FIRST_OF_TWO: Final = frozenset(
    "article story entry post news content main single body text rich artikel read reading more also most mehr auch"
    " lesen lire leggi te inline info sign abo further ad google share skip video print screen sr visually side tag"
    " cmp author about fact pull views view sub kicker pie img image photo picture wp editor editors update live"
    " premium subscriber plus offer sp fb audio podcast teaser".split()
)


@lru_cache(maxsize=32768)
def hint(names: str) -> int:
    """Return the flags of `Hint` that a class attribute, id, itemprop or data-testid suggests.

    Names may be in lower case, camel case or with dashes and underscores.
    """
    found: int = Hint.NONE
    if " " in names:
        for name in names.split():
            found |= hint(name)
        return found
    if names.startswith("kg-") and _NEUTRAL_NAME.fullmatch(names):
        return found
    if names.islower() and names.isalpha():
        return _meaning(names)
    before = ""
    for run in _PLAIN_WORD.findall(names):  # digits may follow a word of four letters
        pieces = [run] if run.islower() else _CAMEL_CASE.sub("-", run).lower().split("-")
        if len(pieces) > 2 and len(run) < _MIN_CAMEL_PIECE_CHARS * len(pieces):
            continue
        for word in pieces:
            found |= _meaning(word)
            if before:
                found |= _meaning(f"{before}-{word}")
            before = word if word in _FIRST_OF_TWO else ""
    return found


@lru_cache(maxsize=32768)
def _meaning(word: str) -> int:
    """Return the flags that one word, or two joined by a dash, suggests."""
    found: int = Hint.NONE
    word = f"-{word}-"
    for start in range(len(word)):
        for part, flags in _PARTS.get(word[start : start + _BEGINNING_CHARS], ()):
            if word.startswith(part, start):
                found |= flags
    return found


def _load_parts() -> dict[str, list[tuple[str, int]]]:
    """Return the parts of names in the data file, each with its flags, by their first letters."""
    text = files(__package__).joinpath("name_hints.toml").read_text("utf-8")
    parts: dict[str, list[tuple[str, int]]] = {}
    for name, listed in tomllib.loads(text).items():
        for part in listed.split():
            inner = part.strip("-")
            for form in {part, part.replace(inner, inner.replace("-", ""))}:
                parts.setdefault(form[:_BEGINNING_CHARS], []).append((form, getattr(Hint, name.upper())))
    return parts


_PARTS: Final = _load_parts()
