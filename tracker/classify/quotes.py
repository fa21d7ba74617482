"""Compare what is quoted, who is said to say it, and what else the marks take in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from .mentions import lowered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..model import Fact
    from .mentions import Mention

ALTERED = 0.4
"""Least share of words two quotations have in common to be one that was altered."""
_MANY = 50
"""Of the quotations, or the attributions, of one stretch, so many are compared with each other."""
_SAYS = (
    r"(?:said|says|told|tells|added|announced|asked|wrote|sagte|sagt|erklärte|dit|déclaré|affirmé|dijo|afirmó|declaró"
    r"|disse|afirmou|detto|dichiarato|zei|zegt)"
)


_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def quotations(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]
) -> list[tuple[Mention | None, Mention | None, str]]:
    """Pair the quotations that differ: what it was, what it is, how ("altered", "added", "removed", "marks")."""
    keys_old, keys_new = {m.key for m in olds}, {m.key for m in news}
    gone = [m for m in olds if m.key not in keys_new]
    come = [m for m in news if m.key not in keys_old]
    out: list[tuple[Mention | None, Mention | None, str]] = []
    for a in gone:
        b = max(come[:_MANY], key=lambda m: _overlap(a.key, m.key), default=None)
        if b is not None and _overlap(a.key, b.key) >= ALTERED:
            come.remove(b)
            out.append((a, b, "altered"))
        else:
            out.append((a, None, "marks" if a.key in sides[1].lower() else "removed"))
    return out + [(None, b, "marks" if b.key in sides[0].lower() else "added") for b in come]


def outside(found: Sequence[Mention], quoted: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that do not stand inside one of the quotations."""
    spans = [(q.start, q.start + len(q.text)) for q in quoted[:_MANY]]
    return [m for m in found if not any(start <= m.start < end for start, end in spans)]


def attributed(olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]) -> tuple[str, str, str] | None:
    """Return an attribution that came or went, or a speaker who changed: old, new, role; another verb is style."""
    if bool(olds) != bool(news):
        return ", ".join(m.text for m in olds), ", ".join(m.text for m in news), "attribution"
    low = lowered(sides[0]), lowered(sides[1])
    gone = next((m for m in olds[:_MANY] if m.key and not _stands(m.key, low[1])), None)
    come = next((m for m in news[:_MANY] if m.key and not _stands(m.key, low[0])), None)
    return (gone.text, come.text, "speaker") if gone and come else None


def given_to_another(names: Sequence[Fact], sides: tuple[str, str]) -> tuple[str, str] | None:
    """Return the two names where the one who says it changed: said Lopez → said Ruiz."""
    pairs = [(fact.old, fact.new) for fact in names[:_MANY] if fact.old and fact.new]
    return next((pair for pair in pairs if _speaks(pair[0], sides[0]) and _speaks(pair[1], sides[1])), None)


def _speaks(name: str, text: str) -> bool:
    said = re.escape(name)
    return bool(re.search(rf"{_SAYS}\s+(?:[A-Z][\w.]*\s+)*{said}|{said}(?:,[^,“”\"]{{0,60}},)?\s+{_SAYS}(?!\w)", text))


def _stands(words: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\w){re.escape(words)}(?!\w)", text))


def _overlap(a: str, b: str) -> float:
    spaced = not (_UNSPACED.search(a) or _UNSPACED.search(b))
    x, y = (set(text.split() if spaced else text) for text in (a, b))
    return len(x & y) / max(len(x), len(y), 1)
