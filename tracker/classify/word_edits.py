"""Align the words of two texts to find which words were exchanged, added or dropped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

MAX_ALIGNED_WORDS: Final = 1200
"""Longer texts are not aligned, so their edits are not known word by word."""
MAX_CUT_WORDS: Final = 6
"""A teaser that ends in an ellipsis and lacks up to this many words at its end is the same one, cut short."""
_ELLIPSES: Final = ("…", "...")
# Marks without meaning; a point or comma between figures has one.
_SILENT_MARKS: Final = re.compile(r"(?<!\d)[\W_]+|[\W_]+(?!\d)")
_WORD: Final = re.compile(r"[^\W_]+(?:['’][^\W_]+)*(?:[.,:][^\W_]+)*|[?%$€£¥₹+=<>]")
_INITIALS: Final = re.compile(r"(?:\w\.)+\w?")
# The mark comes before its context, so that only the marks of a text are tried.
_GROUPING: Final = re.compile(r"[,’'\u00a0\u202f](?<=\d.)(?=\d{3}(?!\d))")
# A marker of a list or a heading: "4.", "* ", "(b)", "(4)", "## 3\.", before the text itself.
_MARKER: Final = re.compile(
    r"^[\s*•·#|>:\\\[–—-]*(?:(?:\d{1,3}(?:\.\d{1,3})*\\?[.)](?:[\s*\\\[\]]+|(?=[^\W\d_]|[“\"„«]|$))|\(?(?:[a-z]|[ivx]{1,5}|\d{1,3})\)\s+)"
    r"[\s*\\\[]*)*"
)
# A label before the text: up to five words and a colon.
_LABEL: Final = re.compile(r"^[\W_]*((?:[^\W_][\w'’&/-]*[ ]){0,4}[^\W_][\w'’&/-]*)\s?[:–—](?!\d)[\W_]*(?=\w)")
# Each with the letters that a text must have to match it, because most texts have none of them.
_CONTRACTED: Final = tuple(
    (letters, re.compile(contracted, re.IGNORECASE), whole)
    for letters, contracted, whole in (
        ("won't", r"(?<!\w)(w)on't(?!\w)", r"\1ill not"),
        ("can", r"(?<!\w)(can)(?:'t|not)(?!\w)", r"\1 not"),
        ("n't", r"(?<=\w)n't(?!\w)", " not"),
        ("'re", r"(?<=\w)'re(?!\w)", " are"),
        ("'ll", r"(?<=\w)'ll(?!\w)", " will"),
        ("'ve", r"(?<=\w)'ve(?!\w)", " have"),
        ("i'm", r"(?<!\w)(i)'m(?!\w)", r"\1 am"),
        ("'s", r"(?<!\w)(it|he|she|that|there|here|what|who|where)'s(?!\w)", r"\1 is"),
    )
)
# Before a vowel, French and Italian join an article or pronoun to the next word: "l'Iran", "dell'accordo".
ELIDED: Final = r"(?:[cdjlmnst]|(?:jus|lors|puis)?qu|(?:[dns]|da|de|ne|su|a|co|que)ll|un|quest|anch|dev|senz|com)"
_ELISION: Final = re.compile(rf"({ELIDED})'(?=[^\W\d_])", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WordEdit:
    """Words of the old text and the new words in their place, and where each begins; one side may be empty."""

    old: tuple[str, ...]
    new: tuple[str, ...]
    old_start: int
    new_start: int


def words_of(text: str) -> list[str]:
    """Return the words of `text`, with contractions written in full and elisions undone.

    Initials are without their dots, and numbers without grouping.
    """
    text = _GROUPING.sub("", text).replace("’", "'")
    if "'" in text or "annot" in text:
        low = text.lower()
        for letters, contracted, whole in _CONTRACTED:
            if letters in low:
                text = contracted.sub(whole, text)
    words: list[str] = _WORD.findall(text)
    if "'" in text:
        words = [
            part
            for word in words
            for part in (_ELISION.sub(r"\1 ", word, count=1).split(" ") if _ELISION.match(word) else [word])
        ]
    return [word.replace(".", "") if "." in word and _INITIALS.fullmatch(word) else word for word in words]


def is_acronym(word: str) -> bool:
    """Return whether `word` has two capitals or more: "WHO", "BoE"."""
    return sum(letter.isupper() for letter in word) > 1


def says_something(text: str) -> bool:
    """Return whether `text` has words apart from the number or bullet of a list before it."""
    return _WORD.search(without_marker(text)) is not None


def without_marker(text: str) -> str:
    """Return `text` without the number or the bullet of a list or heading before it."""
    return text[_MARKER.match(text).end() :] if text else text  # type: ignore[union-attr]


def same_letters(old: str, new: str) -> bool:
    """Return whether two texts differ only in case, blanks and silent marks, for example by a missing blank."""
    before, after = (_SILENT_MARKS.sub("", text).lower() for text in (old, new))
    return before == after


def is_cut_short(old: str, new: str) -> bool:
    """Return whether the new text is the old one, cut short at its end: "… banking and emergency..."."""
    if not new.rstrip().endswith(_ELLIPSES):
        return False
    before, after = words_of(old.lower()), words_of(new.lower())
    return bool(after) and before[: len(after)] == after and len(before) - len(after) <= MAX_CUT_WORDS


def same_label(old: str, new: str) -> tuple[str, str]:
    """Return both texts without a label that only one of them begins with: "Customs: …"."""
    before, after = _LABEL.match(old), _LABEL.match(new)
    label = before or after
    if label is None or (before and after):
        return old, new
    rest, plain = label.string[label.end() :], new if before else old
    # "Grand Prix: first practice", "Grand Prix first practice": only the colon is gone, so this is no label.
    only_in_label = set(words_of(label[1].lower())).difference(words_of(rest.lower()))
    if not only_in_label.isdisjoint(words_of(plain.lower())):
        return old, new
    return (rest, new) if before else (old, rest)


def word_edits(old: Sequence[str], new: Sequence[str], *, with_case: bool = False) -> list[WordEdit] | None:
    """Return the edits between two lists of words; None if they are too long to be aligned.

    Words that differ only in case are edits if `with_case`.
    """
    if len(old) + len(new) > MAX_ALIGNED_WORDS:
        return None
    a, b = (side if with_case else [w.lower() for w in side] for side in (old, new))
    return [
        WordEdit(tuple(old[i:j]), tuple(new[k:m]), i, k)
        for tag, i, j, k, m in SequenceMatcher(None, a, b, autojunk=False).get_opcodes()
        if tag != "equal"
    ]
