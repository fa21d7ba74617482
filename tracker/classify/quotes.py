"""Compare quotations and attributions: the quoted words, and who is said to have said them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from .mentions import Mention, lowered
from .places import is_place
from .word_edits import words_of

MIN_ALTERED_OVERLAP: Final = 0.4
"""From this share of common words on, two quotations are one that was altered."""
MAX_COMPARED: Final = 50
"""At most this many quotations or attributions of one text are compared with each other."""
MAX_GAP_CHARACTERS: Final = 4
"""Characters between a quotation and its attribution, at most: "…,” said Lopez"."""
_OFFICIAL: Final = frozenset({"authorities", "officials", "government"})
_UNSPACED_SCRIPT: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")

Pair = tuple[Mention | None, Mention | None, str]
"""The words on both sides, None where there is nothing, and how they differ."""


def quotations_changed(olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]) -> list[Pair]:
    """Pair the quotations that differ.

    Args:
        olds: the quotations of the old text.
        news: those of the new one.
        sides: both texts.

    Returns:
        (old, new, how) for each; how is "altered" (words inside the marks), "added", "removed", or "marks": the words
        are on both sides, on one of them without quotation marks.
    """
    # Contractions in full: "it's" is "it is" in another house's style.
    said_before, said_after = ({tuple(words_of(m.key)) for m in found} for found in (olds, news))
    removed = [m for m in olds if tuple(words_of(m.key)) not in said_after]
    added = [m for m in news if tuple(words_of(m.key)) not in said_before]
    pairs: list[Pair] = []
    for a in removed:
        b = max(added[:MAX_COMPARED], key=lambda m: _overlap(a.key, m.key), default=None)
        # In the same place, the words before both are the same: calls the plan "absurd", "unfair".
        before = [side[: m.start].split()[-2:] for m, side in zip((a, b), sides, strict=True) if m]
        is_same_place = before[0] == before[-1] != []
        if b is not None and (_overlap(a.key, b.key) >= MIN_ALTERED_OVERLAP or is_same_place):
            added.remove(b)
            pairs.append((a, b, "altered"))
        else:
            pairs.append((a, None, "marks" if a.key in sides[1].lower() else "removed"))
    return pairs + [(None, b, "marks" if b.key in sides[0].lower() else "added") for b in added]


def _overlap(a: str, b: str) -> float:
    """Return the share of words in common; of letters, in scripts without spaces."""
    spaced = not (_UNSPACED_SCRIPT.search(a) or _UNSPACED_SCRIPT.search(b))
    x, y = (set(text.split() if spaced else text) for text in (a, b))
    return len(x & y) / max(len(x), len(y), 1)


def with_speaker(quotation: Mention, sources: Sequence[Mention], text: str) -> tuple[int, int]:
    """Return where a quotation is with the attribution right before or after it: "“…,” the general said"."""
    start, end = quotation.start, quotation.start + len(quotation.text)
    for source in sources[:MAX_COMPARED]:
        begin, until = min(source.start, source.said[0]), max(source.start + len(source.text), source.said[1])
        if 0 <= begin - end <= MAX_GAP_CHARACTERS and not any(map(str.isalnum, text[end:begin])):
            return start, until
        if 0 <= start - until <= MAX_GAP_CHARACTERS and not any(map(str.isalnum, text[until:start])):
            return begin, end
    return start, end


def outside(found: Sequence[Mention], quotations: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that are not inside one of `quotations`."""
    spans = [(q.start, q.start + len(q.text)) for q in quotations[:MAX_COMPARED]]
    return [m for m in found if not any(start <= m.start < end for start, end in spans)]


def attribution_changed(olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]) -> Pair | None:
    """Return (old, new, how) where an attribution changed; another verb of saying is style.

    how is "attribution" where it was added or removed, "speaker" where somebody else says it.

    Args:
        olds: the attributions of the old text.
        news: those of the new one.
        sides: both texts.
    """
    if bool(olds) != bool(news):
        here, there = sides if olds else sides[::-1]
        if _same_subject(olds or news, (here, there)):
            return None
    if not olds or not news or (len(olds) != len(news) and not any(m.key for m in (*olds, *news))):
        named = [next((m for m in found if m.key), found[0]) if found else None for found in (olds, news)]
        return (named[0], named[1], "attribution") if olds or news else None
    # The first attribution on each side to somebody whom the other side does not mention.
    gone, come = (
        next(
            (m for m in found[:MAX_COMPARED] if m.key and not re.search(rf"(?<!\w){re.escape(m.key)}(?!\w)", low)), None
        )
        for found, low in ((olds, lowered(sides[1])), (news, lowered(sides[0])))
    )
    if len(olds) != len(news) and bool(gone) != bool(come):
        return gone, come, "attribution"
    if not (gone and come):
        return None
    # "The Twitter website" may be "the site" afterwards, and "officials" "officials late".
    if any(a.endswith(b) or b.endswith(a) for a in gone.key.split() for b in come.key.split()):
        return None
    # "Authorities say", "Indonesia says": the country stands for its authorities.
    if any(its.key in _OFFICIAL and is_place(place.text) for its, place in ((gone, come), (come, gone))):
        return None
    return gone, come, "speaker"


def _same_subject(found: Sequence[Mention], sides: tuple[str, str]) -> bool:
    """Return whether the only attribution is the verb of a sentence that has another verb there on the other side.

    "The bank warns", "the bank raises": it does something else, and is not a source of what both versions state.
    """
    text, other = sides
    words, instead = list(re.finditer(r"[\w'’-]+", text)), re.findall(r"[\w'’-]+", other)
    k = next((k for k, (a, b) in enumerate(zip(words, instead, strict=False)) if a[0] != b), 0)
    # With its auxiliary: "have claimed", "claim".
    is_verb = k > 1 and len(found) == 1 and text[words[k].start() : found[0].said[0]].count(" ") <= 1
    return is_verb and found[0].said[0] >= words[k].start() and instead[k] not in {word[0] for word in words}
