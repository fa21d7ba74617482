"""Tell which hedges and negations refer to what both versions say.

A hedge that came or went with all that its sentence says changes no certainty: that statement is new, or gone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from tracker.model.change import FactKind

from . import lexicon
from .lemmas import in_another_tense
from .mentions import Mention, lowered, mentions
from .units import spans_of_time

_WORD: Final = re.compile(r"[^\W_]+(?:[.,]\d+)*")
MIN_KEPT: Final = 0.2
"""In a sentence that keeps this share of its content words, a hedge makes the whole less certain, or more. In one that
keeps less, another statement is denied."""
MAX_WORDS_AWAY: Final = 2
"""Content words after a hedge or negation, and before it, that say what it refers to."""


def standing_tone(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str], lang: str
) -> tuple[list[Mention], list[Mention]]:
    """Return the hedges, or the negations, of each side that refer to what is on the other side as well.

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
    olds, news = (
        [m for m in found if not (m.key == "about" and _SOME.search(lowered(other)))]
        for found, other in ((olds, sides[1]), (news, sides[0]))
    )
    if lang == "en":
        olds, news = _without_other_tenses(olds, news, sides)
    if not olds and not news:
        return [], []
    words = [frozenset(_WORD.findall(lowered(side))) for side in sides]
    share = lexicon.share_kept(words[0], words[1], lang)
    return (
        [m for m in olds if _stands(m, sides, words[1], share, lang)],
        [m for m in news if _stands(m, sides[::-1], words[0], share, lang)],
    )


def _without_other_tenses(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]
) -> tuple[list[Mention], list[Mention]]:
    """Leave out what is in another tense: "claimed" and "claim"; "can" that became "could" after "said"."""
    olds, news = (
        [m for m in found if not in_another_tense(m.text, other)]
        for found, other in ((olds, sides[1]), (news, sides[0]))
    )
    keys = [{m.key for m in found} for found in (olds, news)]
    same: set[str] = set()
    for here, there in ((0, 1), (1, 0)):
        for present, past in _PAST.items():
            if present in keys[here] and past in keys[there] and _REPORTED.search(lowered(sides[there])):
                same |= {present, past}
    return [m for m in olds if m.key not in same], [m for m in news if m.key not in same]


def _stands(mention: Mention, sides: tuple[str, str], others: frozenset[str], share: float, lang: str) -> bool:
    """Return whether a hedge or negation refers to what is on the other side too; `sides` has its own text first."""
    is_ability, is_negation = mention.key in _ABILITY, mention.kind is FactKind.NEGATION
    # "Cannot" denies, and hedges nothing.
    if (is_ability and "cannot" in others) or ((is_ability or is_negation) and share < MIN_KEPT):
        return False
    low = lowered(sides[0])
    end = mention.start + len(mention.text)
    if not _sentence_stands(low, mention.start, others, lang):
        return False
    after, before = _content(low[end : end + 60], lang), _content(low[max(0, mention.start - 60) : mention.start], lang)
    # "Over ten years" may be more than that, or the time in which something happened.
    if mention.text.lower() in _DURING and not set(after[:3]).isdisjoint(spans_of_time(lang)):
        return False
    if mention.text == "?":
        return before[-1:] == [] or before[-1] in others
    hedges = _ESTIMATES.union(lexicon.entries(lang, "hedges", "before_numbers"))
    if is_ability or mention.text.lower() in hedges:
        return bool(after) and (after[0] in others or _is_same_number_after(end, sides, lang))
    if not is_negation and share >= MIN_KEPT:
        return True
    # "Never freed": what is denied comes right after it.
    away = 1 if is_negation else MAX_WORDS_AWAY
    return any(word in others for word in [*after[:away], *before[-1:]])


def _sentence_stands(low: str, at: int, others: frozenset[str], lang: str) -> bool:
    """Return whether the other side has some of what the sentence at `at` says, where the text has several."""
    start = max((m.end() for m in _SENTENCE_END.finditer(low, 0, at)), default=0)
    stop = _SENTENCE_END.search(low, at)
    if start == 0 and stop is None:
        return True
    words = set(_content(low[start : stop.start() if stop else len(low)], lang))
    return len(words & others) >= MIN_KEPT * len(words)


def _is_same_number_after(end: int, sides: tuple[str, str], lang: str) -> bool:
    """Return whether the number at the place `end` of the first text is in the other too: "over 10", "ten"."""
    numbers = [[m for m in mentions(text, lang) if m.kind is FactKind.NUMBER] for text in sides]
    after = next((m for m in numbers[0] if end <= m.start <= end + 1), None)
    return after is not None and any((m.key, m.unit) == (after.key, after.unit) for m in numbers[1])


_SENTENCE_END: Final = re.compile(r"[.!?…][\"”’'»“)]*\s+|\s\+\+\+\s")
# "About 40" and "some 40" say the same; "some" alone hedges nothing.
_SOME: Final = re.compile(r"(?<!\w)(?:some|gut|quelques|unos|unas|qualche|uns|umas|zo'n)\s+\d")
_DURING: Final = frozenset({"over"})
_PAST: Final = {"can": "could", "may": "might"}
_REPORTED: Final = re.compile(
    r"(?<!\w)(?:said|told|wrote|(?:add|warn|insist|stat|argu|suggest|announc|testifi|report)ed)(?!\w)"
)
_ABILITY: Final = frozenset("can kann können".split())
_ESTIMATES: Final = frozenset(
    "at least|nearly|almost|roughly|approximately|an estimated|estimated|as many as|fewer than|mindestens|fast|ungefähr"
    "|au moins|environ|al menos|casi|almeno|quasi|pelo menos|quase|minstens|ongeveer|bijna".split("|")
)


def _content(low: str, lang: str) -> list[str]:
    return [word for word in _WORD.findall(low) if word not in lexicon.SMALL[lang]]
