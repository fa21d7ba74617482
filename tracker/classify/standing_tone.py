"""Tell which hedges and negations speak of what both versions say.

A hedge that came or went with the statement it is about changes no certainty: that statement is new, or gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from ..model.change import FactKind
from . import function_words, lexicon
from .mentions import lowered

if TYPE_CHECKING:
    from .mentions import Mention

_WORD: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*")
MAX_WORDS_AWAY: Final = 2
"""Content words after a hedge or negation, and before it, that say what it speaks of."""


def standing_tone(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], lang: str
) -> tuple[list[Mention], list[Mention]]:
    """Return the hedges, or the negations, of each side that speak of words which are on the other side as well.

    Args:
        olds: those that the old text alone has.
        news: those that the new text alone has.
        sides: both texts.
        lang: one of `lexicon.LANGUAGES`.
    """
    if olds and news and olds[0].kind is FactKind.NEGATION:
        # Denied on both sides, in other words: "without resources", "lacks resources".
        n = min(len(olds), len(news))
        olds, news = olds[n:], news[n:]
    words = [frozenset(_WORD.findall(lowered(side))) for side in sides]
    return (
        [m for m in olds if _stands(m, sides[0], words[1], lang)],
        [m for m in news if _stands(m, sides[1], words[0], lang)],
    )


def _stands(mention: Mention, text: str, others: frozenset[str], lang: str) -> bool:
    low = lowered(text)
    end = mention.start + len(mention.text)
    after, before = _content(low[end : end + 60], lang), _content(low[max(0, mention.start - 60) : mention.start], lang)
    if mention.text == "?":
        return before[-1:] == [] or before[-1] in others
    if mention.text.lower() in lexicon.BEFORE_NUMBERS or mention.text.lower() in _ESTIMATES:
        return bool(after) and after[0] in others
    # "Never freed": what is denied stands right after it.
    away = 1 if mention.kind is FactKind.NEGATION else MAX_WORDS_AWAY
    return any(word in others for word in [*after[:away], *before[-1:]])


_ESTIMATES: Final = frozenset(
    "at least|nearly|almost|roughly|approximately|an estimated|estimated|as many as|fewer than|mindestens|fast|ungefähr"
    "|au moins|environ|al menos|casi|almeno|quasi|pelo menos|quase|minstens|ongeveer|bijna".split("|")
)


def _content(low: str, lang: str) -> list[str]:
    small = function_words.GRAMMAR[lang] | function_words.PREPOSITIONS[lang]
    return [word for word in _WORD.findall(low) if word not in small]
