"""Tell whether one of two sentences names who did what matters most, and the other does not.

"Officers shot the man" and "The man was shot by officers" name them, "The man was shot" does not. Few words differ, and
none of them need be about death or danger itself.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from . import lexicon
from .grave_words import is_grave
from .word_edits import words_of

MAX_AGENT_WORDS: Final = 3
"""Words behind "by" among which the one who did it stands: "by the two officers"."""
_BY: Final = {
    lang: frozenset(words.split("|"))
    for lang, words in lexicon.by_language(
        "by§von|vom§par§por§da|dal|dallo|dalla|dai|dagli|dalle§por|pelo|pela|pelos|pelas§door"
    ).items()
}
# The passive without its agent: "was shot", "were fatally wounded".
_PASSIVE: Final = re.compile(r"\b(?:is|are|was|were|been|being)(?: \w+ly)? (\w+)\b")


def agent_on_one_side(old: str, new: str, removed: Sequence[str], added: Sequence[str], lang: str) -> bool:
    """Say whether only one of two sentences names who did something that matters most.

    Args:
        old, new: the sentences, in lower case.
        removed, added: the content words that one side alone has.
        lang: the two letters of their language; an unknown one is read as English.
    """
    lang = lang if lang in _BY else "en"
    if bool(removed) == bool(added):
        return False
    longer, shorter, alone = (old, new, removed) if removed else (new, old, added)
    named, unnamed = words_of(longer), words_of(shorter)
    if not _BY[lang].isdisjoint(unnamed):
        return False
    return _is_named_behind(named, alone, lang) or (lang == "en" and _is_subject(named, shorter, alone))


def _is_named_behind(words: Sequence[str], alone: Sequence[str], lang: str) -> bool:
    """Say whether "by" and a word of *alone* follow a grave word: "was shot dead by police"."""
    return any(
        word in _BY[lang]
        and is_grave(words[max(0, k - 2) : k], lang)
        and not set(words[k + 1 : k + 1 + MAX_AGENT_WORDS]).isdisjoint(alone)
        for k, word in enumerate(words)
    )


def _is_subject(words: Sequence[str], passive: str, alone: Sequence[str]) -> bool:
    """Say whether a word of *alone* stands before the verb whose passive the other sentence has."""
    for match in _PASSIVE.finditer(passive):
        verb = match[1]
        if is_grave([verb], "en") and verb in words and not _PASSIVE.search(" ".join(words)):
            return not set(words[: words.index(verb)]).isdisjoint(alone)
    return False
