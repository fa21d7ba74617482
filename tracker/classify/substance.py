"""Judge what an edited sentence or field does to what a reader believes: form, wording, claim, or unclear.

The order of proof is the reverse of a spell checker's. A content word that changes in a standing sentence alters the
claim, unless it is shown to be form (another spelling of the same words, grammar, order) or wording (another form of the
same words). Two real words that a slip may have exchanged ("public", "pubic") are unclear.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ..model.substance import Substance
from . import function_words
from .lexicon import LANGUAGES
from .spelling import Kinship, kinship, same_case
from .word_edits import label_before, without_marker, word_edits, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .word_edits import WordEdit

MAX_GRAMMAR_EDITS: Final = 3
"""Up to so many edits of grammar alone are form; with more of them the sentence is worded otherwise."""
CONTENT_MARKS: Final = frozenset("?%$€£¥₹+=<>")
"""Marks that say something: a question mark hedges, the others say what is counted."""


@dataclass(slots=True)
class _Tally:
    """What was found in the edits of one text so far."""

    removed: list[str]
    added: list[str]
    grammar: int = 0
    wording: int = 0
    unclear: int = 0
    future: int = 0


def judge_words(old: str, new: str, lang: str) -> tuple[Substance, tuple[str, ...], tuple[str, ...]]:
    """Judge an edit by its words alone, without figures, names and the like, which the facts of a change tell.

    Args:
        old: the sentence or field as it was.
        new: as it is.
        lang: the two letters of the language; English where it is not known.

    Returns:
        the substance, and the content words that were removed and added.
    """
    lang = lang if lang in LANGUAGES else "en"
    old, new = _same_label(without_marker(old), without_marker(new))
    before, after = words_of(old), words_of(new)
    if [w.lower() for w in before] == [w.lower() for w in after]:
        cased = all(same_case(a, b) for a, b in zip(before, after, strict=True))
        return (Substance.FORM if cased else Substance.CLAIM), (), ()
    if "".join(before).lower() == "".join(after).lower():
        return Substance.FORM, (), ()
    edits = word_edits(before, after)
    if edits is None:
        return Substance.CLAIM, tuple(before), tuple(after)
    tally = _Tally([], [])
    for edit in edits:
        _count(edit, tally, lang)
    removed, added, reordered = _left(tally.removed, tally.added, lang)
    if removed or added or tally.future:
        return Substance.CLAIM, removed, added
    if tally.unclear:
        return Substance.UNCLEAR, (), ()
    if tally.wording or tally.grammar > MAX_GRAMMAR_EDITS or (reordered and tally.grammar > 1):
        return Substance.WORDING, (), ()
    return Substance.FORM, (), ()


def _same_label(old: str, new: str) -> tuple[str, str]:
    """Return both texts without a label that one of them alone has before it: "Customs: …"."""
    (label, rest), (other, remaining) = label_before(old), label_before(new)
    if bool(label) == bool(other):
        return old, new
    return (rest, new) if label else (old, remaining)


def _count(edit: WordEdit, tally: _Tally, lang: str) -> None:
    if "".join(edit.old).lower() == "".join(edit.new).lower() or _is_doubled(edit):
        return
    grammar, prepositions = function_words.GRAMMAR[lang], function_words.PREPOSITIONS[lang]
    small = grammar | prepositions
    future = function_words.FUTURE[lang]
    if len(edit.old) == len(edit.new):
        pairs = [(a, b, kinship(a, b, lang)) for a, b in zip(edit.old, edit.new, strict=True)]
    else:
        pairs = [(a, "", Kinship.OTHER) for a in edit.old] + [("", b, Kinship.OTHER) for b in edit.new]
    for a, b, kin in pairs:
        x, y = a.lower(), b.lower()
        if kin in {Kinship.SAME, Kinship.SLIP}:
            continue
        if (not x or x in small) and (not y or y in small):
            tally.grammar += 1
            tally.wording += bool(x in prepositions and y in prepositions)
        elif kin is Kinship.LOOKALIKE:
            tally.unclear += 1
        elif kin is Kinship.INFLECTED:
            tally.wording += 1
        else:
            tally.removed += [a] if x and x not in small else []
            tally.added += [b] if y and y not in small else []
            tally.future += bool((x in future) != (y in future))


def _is_doubled(edit: WordEdit) -> bool:
    """Say whether an edit only adds or drops words that stand next to it already: "laid out the laid out the"."""
    words = [w.lower() for w in edit.old or edit.new]
    if edit.old and edit.new:
        return False
    return words == [edit.before.lower()] or words == [edit.after.lower()]


def _left(removed: Iterable[str], added: Iterable[str], lang: str) -> tuple[tuple[str, ...], tuple[str, ...], bool]:
    """Return the words that one side alone has, and whether others only stand in another place."""
    fewer, more = Counter(w.lower() for w in removed), Counter(w.lower() for w in added)
    moved = bool(fewer & more)
    left, came = list((fewer - more).elements()), list((more - fewer).elements())
    for word in tuple(left):
        relative = next((w for w in came if kinship(word, w, lang) not in {Kinship.OTHER, Kinship.LOOKALIKE}), None)
        if relative:
            left.remove(word)
            came.remove(relative)
            moved = True
    return tuple(left), tuple(came), moved
