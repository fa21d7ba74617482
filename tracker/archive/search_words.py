"""Words for full-text search, the same on every database, and the language people ask in."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tracker.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

# Han, kana, hangul, Thai, Lao, Khmer, Myanmar: written without blanks, so that each character is a word and a word a
# phrase of characters.
_UNSPACED: Final = re.compile(
    "([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff"
    "\U00020000-\U0003ffff])"
)
# Accents, the vowel points of Hebrew, and those of Arabic: who asks seldom writes them.
_ACCENTS: Final = re.compile("[\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670]+")
_NO_WORD: Final = re.compile(r"[\W_]+")
_PLAIN: Final = bytes(ord(chr(code).lower()) if chr(code).isalnum() else ord(" ") for code in range(128)) + bytes(128)
_LONGEST: Final = 500_000
_TOKEN: Final = re.compile(r'(?<!\s)\s*(?P<no>-)?(?:"(?P<phrase>[^"]*)(?P<end>"?)|(?P<word>[^\s"]+))')
_SYNTAX: Final = 'words find paragraphs with all of them; "a phrase", prefix*, -without, this OR that'


def fold(text: str) -> str:
    """Return the words of *text* between single blanks: lower case, without accents, unspaced scripts spaced."""
    if text.isascii():
        return b" ".join(text[:_LONGEST].encode().translate(_PLAIN).split()).decode()
    plain = unicodedata.normalize("NFKD", text[:_LONGEST].casefold())
    # NFKD takes hangul and kana apart, too: NFC puts them together again.
    bare = unicodedata.normalize("NFC", _ACCENTS.sub("", plain))
    spaced = _UNSPACED.sub(r" \1 ", bare)
    return _NO_WORD.sub(" ", spaced).strip()


@dataclass(frozen=True, slots=True)
class Term:
    """A word or phrase; a *prefix* may go on in its last word."""

    words: tuple[str, ...]
    prefix: bool = False

    @property
    def sqlite(self) -> str:
        """Write it for FTS5."""
        return f'"{" ".join(self.words)}"' + ("*" if self.prefix else "")

    @property
    def postgres(self) -> str:
        """Write it for to_tsquery."""
        quoted = [f"'{word}'" for word in self.words]
        return "(" + " <-> ".join(quoted) + (":*" if self.prefix else "") + ")"


@dataclass(frozen=True, slots=True)
class Query:
    """Paragraphs that hold one term of each group in *groups*, and none of *without*."""

    groups: tuple[tuple[Term, ...], ...]
    without: tuple[Term, ...] = ()

    @property
    def sqlite(self) -> str:
        """Write it for FTS5."""
        wanted = " AND ".join("(" + " OR ".join(term.sqlite for term in group) + ")" for group in self.groups)
        return f"({wanted})" + "".join(f" NOT {term.sqlite}" for term in self.without)

    @property
    def postgres(self) -> str:
        """Write it for to_tsquery."""
        wanted = " & ".join("(" + " | ".join(term.postgres for term in group) + ")" for group in self.groups)
        return wanted + "".join(f" & !{term.postgres}" for term in self.without)


def parse(text: str) -> Query:
    """Read what somebody asks for. Raises UsageError, which says what is wrong and where."""
    groups: list[tuple[Term, ...]] = []
    without: list[Term] = []
    alternative = False
    for negated, term in _terms(text):
        if term is None:
            if not groups or alternative:
                raise UsageError("OR stands between two words", resource=text, hint=_SYNTAX)
            alternative = True
        elif negated:
            if alternative:
                raise UsageError("OR cannot be followed by a word to leave out", resource=text, hint=_SYNTAX)
            without.append(term)
        elif alternative:
            groups[-1] = (*groups[-1], term)
            alternative = False
        else:
            groups.append((term,))
    if alternative:
        raise UsageError("OR stands between two words", resource=text, hint=_SYNTAX)
    if not groups:
        raise UsageError("there is no word to look for", resource=text, hint=_SYNTAX)
    return Query(tuple(groups), tuple(without))


def _terms(text: str) -> Iterator[tuple[bool, Term | None]]:
    """Yield each term and whether it is to be left out; None stands for OR. AND says nothing, NOT is a minus."""
    negated = False
    for found in _TOKEN.finditer(text):
        phrase, word = found["phrase"], found["word"]
        if phrase is not None and not found["end"]:
            place = found.start("phrase")
            raise UsageError(f"the quotation mark at character {place} is never closed", resource=text, hint=_SYNTAX)
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
        # A dash or another mark alone, as in "war - peace", is no word.
        if words:
            yield negated or bool(found["no"]), Term(words, prefix=given.endswith("*"))
            negated = False
    if negated:
        raise UsageError("NOT stands before a word", resource=text, hint=_SYNTAX)
