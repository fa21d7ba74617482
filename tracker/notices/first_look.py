"""Decide cheaply which texts may be notices, by their beginning or their words: the model measures only these.

The sets of words here are for this first look alone. The model knows only the meanings of `vocabulary.py`, so a word
added here does not change its weights.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import Final

from .openings import read_opening
from .vocabulary import PATTERNS, SHORT_CHARS, TOKEN, WHOLE_WORDS, any_of, meanings

# Meanings of the first words of notices inside the news text.
_OF_OPENINGS: Final = frozenset(
    "piece,display,version,picture,part,we have,error,craft,read as,contrary,alerted,readers,wrong".split(",")
)
_OPENING_WORDS: Final = frozenset(word for word, found in WHOLE_WORDS.items() if not _OF_OPENINGS.isdisjoint(found))
_OPENING_CHARS: Final = 48
_WORD: Final = re.compile(r"[^\W\d_]+")
_AFTER_LATIN: Final = "\u0370"
_FIRST_LETTERS: Final = re.compile(r"\W{0,4}(\w{1,4})")
_MAX_BRIEF_CHARS: Final = 100
# A notice refers to a text, to its makers or to its content, …
_OF_TEXTS: Final = frozenset(
    ("TEXT,US,LABEL,this,our,published,name,datum,reply,press,clock,month,craft,ordinal,number").split(",")
)
# … and to an error or a change.
_OF_EDITS: Final = frozenset(
    "EDIT,FAULT,LABEL,regret,fictitious,developing,contrary,earlier,at first,read as,alerted,thanks,more,request"
    ",protect,in truth,stated,wrote,put,closed,readers,before,note,added,after,since".split(",")
)
# Any of these is enough for the model to be asked.
_OF_NOTICES: Final = frozenset(
    "warning,asks to state,interest,alerted,misstated,developing,contrary,regret,correction".split(",")
)
# "It was 14, not 41": a detail and a denial are enough, too.
_OF_DETAILS: Final = frozenset({"datum", "name", "we", "we verb", "we have"})
# In a brief text, which has few words, any of these is enough: "The date of the vote was wrong."
_OF_BRIEF_NOTICES: Final = frozenset(
    "EDIT,FAULT,this,our,press,we verb,we have,display,published,version,part,by mistake,ordinal,stated".split(",")
)
# Words that the model needs no meaning for; `data/patterns.toml` explains each list.
_OF_BRIEF_NOTES, _LACKING, _TO_STATE, _OTHER, _IN = (
    frozenset(PATTERNS["first_look"][key]) for key in ("brief", "lacking", "to_state", "other", "in")
)
_LABEL_LETTERS: Final = frozenset(PATTERNS["first_look"]["letters"])
_OF_ONE_TEXT: Final = frozenset("piece,format,display,picture,version,part".split(","))
_PLACE_WORDS: Final = 5
# The sorts of words that the first look distinguishes, as bits.
_TEXT, _EDIT, _NOTICE, _DETAIL, _DENIAL, _BRIEF = 1, 2, 4, 8, 16, 32
_LACK, _STATE, _WE, _ELSE, _NAMED, _THANKS, _READERS, _ONE_TEXT = (64 << n for n in range(8))
_SORTS: Final = (
    (_TEXT, _OF_TEXTS),
    (_EDIT, _OF_EDITS),
    (_NOTICE, _OF_NOTICES),
    (_DETAIL, _OF_DETAILS),
    (_DENIAL, frozenset({"not"})),
    (_BRIEF, _OF_BRIEF_NOTICES),
    (_WE, frozenset({"we"})),
    (_NAMED, frozenset({"name", "fictitious"})),
    (_THANKS, frozenset({"thanks"})),
    (_READERS, frozenset({"readers"})),
    (_ONE_TEXT, _OF_ONE_TEXT),
)
_SORTS_OF_WORDS: Final = ((_BRIEF, _OF_BRIEF_NOTES), (_LACK, _LACKING), (_STATE, _TO_STATE), (_ELSE, _OTHER))


def _bits_by_name(sorts: tuple[tuple[int, frozenset[str]], ...]) -> dict[str, int]:
    """Return, by name or word, the bits of all sorts that contain it."""
    return {name: sum(bit for bit, names in sorts if name in names) for _, all_names in sorts for name in all_names}


_BITS_BY_MEANING: Final = _bits_by_name(_SORTS)
_BITS_BY_WORD: Final = _bits_by_name(_SORTS_OF_WORDS)
# Sorts that are enough together.
_PAIRS: Final = (_DETAIL | _DENIAL, _LACK | _TEXT, _STATE | _WE, _ELSE | _NAMED, _THANKS | _READERS)


def may_be_notice(text: str) -> bool:
    """Return whether `text` has words of the sorts that nearly all notices have."""
    tokens = text.lower().split()
    found = 0
    for token in tokens:
        found |= _sorts(token)
    is_brief = len(text) < _MAX_BRIEF_CHARS
    if found & _NOTICE or (is_brief and (found & _BRIEF or text.startswith("("))):
        return True
    if found & _EDIT and (found & _TEXT or len(text) < SHORT_CHARS):
        return True
    if any(found & pair == pair for pair in _PAIRS):
        return True
    # The first words name a text as a place: "In the portrait", "Nell'articolo".
    first = TOKEN.match(tokens[0]) if found & _ONE_TEXT else None
    return first is not None and first[0] in _IN and any(_sorts(token) & _ONE_TEXT for token in tokens[:_PLACE_WORDS])


@lru_cache(maxsize=16_384)
def _sorts(token: str) -> int:
    """Return the sorts of the words in a token, as bits."""
    bits = 0
    for word in TOKEN.findall(token):
        bits |= _BITS_BY_WORD.get(word, 0)
        for name in meanings(word):
            bits |= _BITS_BY_MEANING.get(name, 0)
    return bits


def may_begin_notice(text: str) -> bool:
    """Return whether the first words of `text` are those of a notice inside the news text."""
    return (
        _has_label_letters(text)
        or not _OPENING_WORDS.isdisjoint(_WORD.findall(text[:_OPENING_CHARS].lower()))
        or names_article_first(text)
    )


def names_article_first(text: str) -> bool:
    """Return whether `text` begins by naming the article itself: "An earlier version of …"."""
    return _article_first().match(text) is not None


def begins_with_label(text: str) -> bool:
    """Return whether `text` begins with a label that only notices have, or like a wire service's note."""
    if not _has_label_letters(text):
        return False
    opening = read_opening(text, text.lower().replace("’", "'"))
    return opening.is_certain or opening.label not in {"", "weak"}


def _has_label_letters(text: str) -> bool:
    first = _FIRST_LETTERS.match(text)
    prefix = first[1][:3].lower() if first is not None else ""
    return prefix in _LABEL_LETTERS or prefix >= _AFTER_LATIN or text.startswith(("(", "["))


@cache
def _article_first() -> re.Pattern[str]:
    return re.compile(rf"\W{{0,3}}{any_of('first_look', 'opens_on_text')}", re.IGNORECASE)
