"""Word splitting for full-text search, the same on every database, and the query language."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from tracker.errors import UsageError

# Han, kana, hangul, Thai, Lao, Khmer, Myanmar: often written without spaces, so each character is indexed as a word
# and a searched word becomes a phrase of characters.
_UNSPACED: Final = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
# Accents and the vowel points of Hebrew and Arabic: people seldom type them in a query.
_ACCENTS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
_NO_WORD: Final = re.compile(r"[\W_]+")
_PLAIN: Final = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
# Letters of one paragraph that are indexed. PostgreSQL takes a mebibyte of words, and a letter has up to four bytes.
MAX_FOLDED_CHARS: Final = 250_000
# PostgreSQL refuses words of more than 2,046 bytes. Nobody looks for one: it is an address, or code.
MAX_POSITIONED_WORD_CHARS: Final = 511
_TOKEN: Final = re.compile(r'(?<!\s)\s*(?P<no>-)?(?:"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s"]+))')
_SYNTAX: Final = 'all words must occur in one paragraph; also "a phrase", prefix*, -excluded, this OR that'


def fold(text: str) -> str:
    """Return the words of `text` separated by single spaces: lower case, without accents, unspaced scripts split."""
    if text.isascii():
        return b" ".join(text[:MAX_FOLDED_CHARS].encode().translate(_PLAIN).split()).decode()
    plain = unicodedata.normalize("NFKD", text[:MAX_FOLDED_CHARS].casefold())
    # NFKD also decomposes hangul and kana; NFC composes them again.
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", plain))
    spaced = _UNSPACED.sub(r" \1 ", bare)
    return _NO_WORD.sub(" ", spaced).strip()[:MAX_FOLDED_CHARS]


def positioned(folded: str) -> str:
    """Return what `fold` gave as PostgreSQL writes a tsvector: each word with its place."""
    return " ".join(
        [f"{word}:{place}" for place, word in enumerate(folded.split(), 1) if len(word) <= MAX_POSITIONED_WORD_CHARS]
    )


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase; with `prefix` its last word may continue."""

    words: tuple[str, ...]
    prefix: bool = False

    @property
    def sqlite(self) -> str:
        """Return it in FTS5's query syntax."""
        return f'"{" ".join(self.words)}"' + ("*" if self.prefix else "")

    @property
    def postgres(self) -> str:
        """Return it in the syntax of to_tsquery."""
        quoted = [f"'{word}'" for word in self.words]
        return "(" + " <-> ".join(quoted) + (":*" if self.prefix else "") + ")"


@dataclass(frozen=True, slots=True)
class Query:
    """A parsed query: matches paragraphs with at least one term of each group in `groups`, and none of `without`."""

    groups: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...] = ()

    @property
    def sqlite(self) -> str:
        """Return it in FTS5's query syntax."""
        wanted = " AND ".join("(" + " OR ".join(term.sqlite for term in group) + ")" for group in self.groups)
        return f"({wanted})" + "".join(f" NOT {term.sqlite}" for term in self.without)

    @property
    def postgres(self) -> str:
        """Return it in the syntax of to_tsquery."""
        wanted = " & ".join("(" + " | ".join(term.postgres for term in group) + ")" for group in self.groups)
        return wanted + "".join(f" & !{term.postgres}" for term in self.without)


def parse(text: str) -> Query:
    """Parse a search query. Raises UsageError saying what is wrong and where."""
    groups: list[tuple[Term, ...]] = []
    without: list[Term] = []
    alternative = False
    for negated, term in _terms(text):
        if term is None:
            if not groups or alternative:
                raise UsageError("OR needs a word on both sides", resource=text, hint=_SYNTAX)
            alternative = True
        elif negated:
            if alternative:
                raise UsageError("OR cannot be followed by an excluded word", resource=text, hint=_SYNTAX)
            without.append(term)
        elif alternative:
            groups[-1] = (*groups[-1], term)
            alternative = False
        else:
            groups.append((term,))
    if alternative:
        raise UsageError("OR needs a word on both sides", resource=text, hint=_SYNTAX)
    if not groups:
        raise UsageError("the query has no word to search for", resource=text, hint=_SYNTAX)
    return Query(tuple(groups), tuple(without))


def _terms(text: str) -> Iterator[tuple[bool, Term | None]]:
    """Yield each term with whether it is excluded; a term of None stands for OR.

    AND is ignored; NOT works like a minus.
    """
    negated = False
    for found in _TOKEN.finditer(text):
        phrase, word = found["phrase"], found["word"]
        if phrase is not None and not found["end"]:
            place = found.start("phrase")
            raise UsageError(f"the quotation mark at character {place} is not closed", resource=text, hint=_SYNTAX)
        if word == "OR" and not found["no"]:
            yield False, None
            continue
        if word == "AND" and not found["no"]:
            continue
        if word == "NOT" and not found["no"]:
            negated = True
            continue
        given = phrase if phrase is not None else word
        words = tuple(fold(given).split())
        # Punctuation alone, as in "war - peace", is not a word.
        if words:
            yield negated or bool(found["no"]), Term(words, prefix=given.endswith("*"))
            negated = False
    if negated:
        raise UsageError("NOT needs a word after it", resource=text, hint=_SYNTAX)
