"""Read texts as they are compared: words without case, marks or dateline; figures; sentences."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from tracker.model.article import Article

# Japanese, Chinese and Thai write without spaces: each letter counts as a word.
UNSPACED: Final = "\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_WORD: Final = re.compile(rf"[{UNSPACED}]|[^\W_{UNSPACED}]+")
_TYPOGRAPHIC_MARKS: Final = "‘’“”„–—•"
_LATIN_LETTERS: Final = bytes(code if chr(code).isalnum() else ord(" ") for code in range(256))
_FIGURE: Final = re.compile(r"\d+(?:[.,:]\d+)*")
_SENTENCE_END: Final = re.compile(r"(?<=[.!?…])[\"'”’»)\]]*\s+(?=[^\sa-zß-öø-ÿ])|(?<=[。！？])[」』”]*\s*")
_DATELINE: Final = re.compile(
    r"""^(?:[^\W\d_][^()\n–—]{0,60}?)?      # a place, a date
        \((?:[^()\n]{2,40})\)\s*[-–—:]+\s+  # (AP) —
      | ^[^\W\d_][\w.'’/ -]{1,40}(?:,\s[\w.'’ ]{1,30}){0,3}\s[–—]\s+(?=[A-ZÀ-ÖØ-Þ“"‘„«])  # LONDON, March 3 —""",
    re.VERBOSE,
)


_DATELINE_BLOCKS: Final = 3
"""A dateline is only looked for in this many blocks at the start."""


Text = tuple[str, ...]
"""The words of an article in order."""


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence and its words: sentences with the same `key` say the same."""

    key: str
    text: str

    @property
    def weight(self) -> int:
        """The number of its words."""
        return self.key.count(" ") + 1


def words_of(text: str) -> list[str]:
    """Return the words of `text` in order, without case and marks; scripts without spaces give letters."""
    plain = folded(text)
    for mark in _TYPOGRAPHIC_MARKS:
        plain = plain.replace(mark, " ")
    try:
        latin = plain.encode("latin-1")
    except UnicodeEncodeError:
        return _WORD.findall(plain)
    # The same words in a tenth of the time.
    return latin.translate(_LATIN_LETTERS).decode("latin-1").split()


def folded(text: str) -> str:
    """Return `text` without case; full-width letters and ligatures become plain ones (NFKC)."""
    return (text if text.isascii() else unicodedata.normalize("NFKC", text)).casefold()


def figures_of(text: str) -> list[str]:
    """Return the figures of `text` as they are written: 12, 3,456, 1.5."""
    return _FIGURE.findall(text)


def text_of(article: Article) -> Text:
    """Return the words of the editorial blocks, by which copies are found and confirmed."""
    return tuple(words_of("\n".join(block.text for block in article.editorial)))


def without_dateline(text: str) -> str:
    """Return a paragraph without the place, date and agency before it: each outlet writes its own."""
    return text[match.end() :] if (match := _DATELINE.match(text)) else text


# Each version is compared with many.
@lru_cache(maxsize=512)
def sentences_of(article: Article) -> tuple[Sentence, ...]:
    """Return the sentences of the editorial blocks without the dateline. The same text gives the same sentences."""
    made: list[Sentence] = []
    for index, block in enumerate(article.editorial):
        text = without_dateline(block.text) if index < _DATELINE_BLOCKS else block.text
        made += [
            Sentence(key, piece.strip()) for piece in _SENTENCE_END.split(text) if (key := " ".join(words_of(piece)))
        ]
    return tuple(made)
