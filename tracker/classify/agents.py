"""Return whether one of two sentences names who did something, violence above all, and the other does not.

"Officers shot the man" and "The man was shot by officers" name them, "The man was shot" does not. Few words differ, and
none of them need be about death or danger itself. Who arrests or convicts is known without being named.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from . import lexicon
from .word_edits import words_of
from .word_order import PASSIVE

MAX_AGENT_WORDS: Final = 3
"""Words after "by" among which the agent is named: "by the two officers"."""
_BY: Final = lexicon.words_by_language(
    "by§von vom durch§par§por§da dal dallo dalla dai dagli dalle§por pelo pela pelos pelas§door"
)
# Beginnings of participles.
_VIOLENCE: Final = {
    lang: tuple(words.split())
    for lang, words in lexicon.by_language(
        "kill shot injur wound hurt attack assault murder rape bomb stab beat poison abus torture"
        "§getöt verletz erschoss angegriff ermord vergewaltig gefolter misshandel§tué bless attaqu agress violé abattu"
        "§herid asesin mat atacad agredid violad golpead§uccis ferit aggredit attaccat violentat"
        "§mort balead ferid atacad agredid estuprad§gedood gewond neergeschoten aangevallen vermoord mishandel"
    ).items()
}
# The passive: "was shot", "were fatally wounded".
_PASSIVE: Final = re.compile(r"\b(?:is|are|was|were|been|being)(?: \w+ly)? (\w+)\b")


def agent_on_one_side(old: str, new: str, removed: Sequence[str], added: Sequence[str], lang: str) -> bool:
    """Return whether only one of two sentences names who did violence.

    Args:
        old: the sentence as it was, in lower case.
        new: as it is.
        removed: the content words that the old one alone has.
        added: those that the new one alone has.
        lang: one of `lexicon.LANGUAGES`.
    """
    if bool(removed) == bool(added):
        return False
    longer, shorter, alone = (old, new, removed) if removed else (new, old, added)
    named = words_of(longer)
    if not _BY[lang].isdisjoint(words_of(shorter)):
        return False
    return _is_named_behind(named, alone, lang) or (lang == "en" and _is_subject(named, shorter, alone))


def passive_agent_on_one_side(old: str, new: str, removed: Sequence[str], added: Sequence[str], lang: str) -> bool:
    """Return whether only one of two sentences in the passive says by whom something was done, whatever it was.

    Args: as for `agent_on_one_side`.
    """
    longer, shorter, alone = (old, new, removed) if removed else (new, old, added)
    named, unnamed = words_of(longer), words_of(shorter)
    verbs, by = PASSIVE[lang]
    return not verbs.isdisjoint(unnamed) and any(
        word in by and not set(named[k + 1 : k + 1 + MAX_AGENT_WORDS]).isdisjoint(alone)
        for k, word in enumerate(named)
        if named.count(word) > unnamed.count(word)
    )


def _is_named_behind(words: Sequence[str], alone: Sequence[str], lang: str) -> bool:
    """Return whether "by" and a word of `alone` follow a deed: "was shot dead by police"."""
    return any(
        word in _BY[lang]
        and any(each.startswith(_VIOLENCE[lang]) for each in words[max(0, k - 2) : k])
        and not set(words[k + 1 : k + 1 + MAX_AGENT_WORDS]).isdisjoint(alone)
        for k, word in enumerate(words)
    )


def _is_subject(words: Sequence[str], passive: str, alone: Sequence[str]) -> bool:
    """Return whether a word of `alone` comes before the verb whose passive the other sentence has."""
    if _PASSIVE.search(" ".join(words)):
        return False
    verbs = [match[1] for match in _PASSIVE.finditer(passive) if match[1].startswith(_VIOLENCE["en"])]
    return any(verb in words and not set(words[: words.index(verb)]).isdisjoint(alone) for verb in verbs)
