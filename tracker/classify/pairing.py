"""Pair the mentions of two versions of a text: which mention was replaced by which, and which came or went alone.

Numbers are paired by unit, role, and the words around them, so "injuring five" and "two weeks" are not a pair. A period
of time that came or went ("for three weeks") is a date; one that got another length is a number. Quotations are paired
by the words they share, and attributions by their speakers.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Sequence
from typing import Final, NamedTuple

from ..model.change import FactKind
from .dates import may_be_same_day
from .mentions import Mention, lowered
from .places import is_place
from .word_edits import words_of

# The same number in two of these roles is two facts; in other roles it is one.
_DISTINCT_ROLES = frozenset({"percent", "money", "killed", "injured", "time", "age"})
_SHARES = frozenset({"percent", "permille", "points", "part"})
_CONTEXT_WORD = re.compile(r"[^\W\d_]{3,}")
_CLAUSE_END = re.compile(r"[.;:!?,](?:\s|$)")
_OF = re.compile(r"(?<!\w)(?:of|von|de|di|van)\s$")
MAX_TRIED_PARTNERS = 50
"""A mention is compared with at most this many mentions of the other side."""
MAX_CONTEXT_CHARACTERS = 34
"""The words within this distance show what a number counts."""
STEM_CHARACTERS = 5


class Pair(NamedTuple):
    """A mention of each side, None if one side has none, and the role of a number."""

    kind: FactKind
    old: Mention | None
    new: Mention | None
    role: str


class _Context(NamedTuple):
    before: frozenset[str]
    after: frozenset[str]


def differing(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]
) -> tuple[list[Mention], list[Mention]]:
    """Return the mentions that only the old and only the new text has.

    If all else is the same, the same values in another order differ too: "3 killed, 5 hurt", "5 killed, 3 hurt".
    """
    waiting: dict[str, list[Mention]] = defaultdict(list)
    for mention in news:
        waiting[mention.value].append(mention)
    units = {m.unit for m in olds}, {m.unit for m in news}
    left_old, taken = [], set()
    for mention in olds:
        partners = waiting[mention.value][:MAX_TRIED_PARTNERS]
        partner = next((m for m in partners if _same_sense(mention, m, units)), None)
        if partner is None:
            left_old.append(mention)
        else:
            waiting[mention.value].remove(partner)
            taken.add(partner.start)
    left_new = [m for m in news if m.start not in taken]
    # Nothing was added or removed, but the values may be in another order.
    if not left_old and not left_new and [m.key for m in olds] != [m.key for m in news]:
        moved = [(a, b) for a, b in zip(olds, news, strict=True) if a.key != b.key]
        # "Two miles (3 km)", "3 km (two miles)": each moved with its unit.
        with_units = any(a.unit != b.unit for a, b in moved)
        around = []
        for found, text in zip((olds, news), sides, strict=True):
            rest = text
            for m in sorted(found, key=lambda m: m.start, reverse=True):
                rest = f"{rest[: m.start]} {rest[m.start + len(m.text) :]}"
            around.append(re.findall(r"\w+", rest.lower()))
        if not with_units and around[0] == around[1] and all(not a.role or a.role == b.role for a, b in moved):
            return [a for a, _ in moved], [b for _, b in moved]
    return left_old, left_new


def _same_sense(old: Mention, new: Mention, units: tuple[set[str], set[str]]) -> bool:
    if old.role == "time" and not (old.unit and new.unit):
        return True  # if only one of them has a time zone, it may be the same
    if {old.measure, new.measure} == {"part", "percent"}:
        return True
    if old.unit != new.unit and not (old.measure == new.measure == "duration"):
        # "12 km and 15 km", "12 and 15 km": the unit may be with another number.
        return (not old.unit and new.unit in units[0]) or (not new.unit and old.unit in units[1])
    return old.role == new.role or old.role not in _DISTINCT_ROLES or new.role not in _DISTINCT_ROLES


def paired(kind: FactKind, olds: list[Mention], news: list[Mention], sides: tuple[str, str], lang: str) -> list[Pair]:
    """Pair the mentions of one kind that only the old and only the new text has; `sides` are both texts."""
    if kind is FactKind.NUMBER:
        return _numbers_paired(olds, news, sides)
    pairs, left = _in_order(olds, news)
    found: list[Pair] = []
    for a, b in (*pairs, *((None, b) for b in left)):
        pair = _pair(kind, a, b)
        if kind is FactKind.DATE:
            only, other = (pair.old, sides[1]) if pair.old else (pair.new, sides[0])
            if pair.old and pair.new:
                if may_be_same_day(pair.old.text, pair.new.text, lang):
                    continue
            # Dates do not count that only name something ("Tuesday's match"), or whose word the other side has, too
            # ("months").
            elif only is None or only.weak or (only.text.islower() and only.text in re.findall(r"\w+", other.lower())):
                continue
        found.append(pair)
    return found


def _pair(kind: FactKind, old: Mention | None, new: Mention | None) -> Pair:
    if old and new and old.text == new.text:  # the same figure with another unit
        old, new = (m._replace(text=m.whole) for m in (old, new))
    return Pair(kind, old, new, (old.role if old else "") or (new.role if new else ""))


def _in_order(
    olds: list[Mention], news: list[Mention]
) -> tuple[list[tuple[Mention | None, Mention | None]], list[Mention]]:
    """Pair each of `olds` with the next free mention in `news` of the same role, or else of any role.

    Return the pairs, with None for an old mention that is left alone, and the rest of `news`. Both lists are in order.
    """
    pairs: list[tuple[Mention | None, Mention | None]] = []
    taken: set[int] = set()  # where the paired mentions of the new text start
    by_role: dict[str, deque[Mention]] = defaultdict(deque)
    for m in news:
        by_role[m.role].append(m)
    rest = deque(news)
    for a in olds:
        while rest and rest[0].start in taken:
            rest.popleft()
        same = by_role[a.role]
        while same and same[0].start in taken:
            same.popleft()
        b = same[0] if same else rest[0] if rest else None
        if b is not None:
            taken.add(b.start)
        pairs.append((a, b))
    return pairs, [b for b in rest if b.start not in taken]


def _numbers_paired(olds: list[Mention], news: list[Mention], sides: tuple[str, str]) -> list[Pair]:
    # If both sides have as many numbers, and share half of the words of the shorter text, numbers are paired without
    # common words next to them, such as ages: "The suspect, 34, was", "The suspect, 43, was".
    as_many = False
    if olds and len(olds) == len(news):
        here, there = (set(_CONTEXT_WORD.findall(side.lower())) for side in sides)
        as_many = not (here or there) or 2 * len(here & there) >= max(1, min(len(here), len(there)))
    around_new = [_context(sides[1], m) for m in news]
    waiting = list(range(len(news)))
    pairs: list[tuple[Mention, Mention | None]] = []
    for a in olds:
        around = _context(sides[0], a)
        scored = [(_score(a, news[k], around, around_new[k]), -k) for k in waiting[:MAX_TRIED_PARTNERS]]
        score, k = max(scored, default=(0, 0))
        if score == 0 and as_many and waiting and _fits(a, news[waiting[0]]):
            score, k = 1, -waiting[0]
        if score > 0:
            waiting.remove(-k)
        pairs.append((a, news[-k] if score > 0 else None))
    found = [_pair(FactKind.NUMBER, a, b) for a, b in pairs if b is not None]
    for m, is_old in [*((a, True) for a, b in pairs if b is None), *((news[k], False) for k in waiting)]:
        # A duration shows when something happened, unlike an age or "a sentence of five years".
        is_duration = m.measure == "duration" and m.role != "age" and m.weak in {"", "ordinal"}
        if is_duration and not _OF.search(sides[0] if is_old else sides[1], max(0, m.start - 5), m.start):
            period = m._replace(text=m.whole)
            found.append(_pair(FactKind.DATE, period if is_old else None, None if is_old else period))
        elif not m.weak:
            found.append(_pair(FactKind.NUMBER, m if is_old else None, None if is_old else m))
    return found


def _context(text: str, m: Mention) -> _Context:
    """Return the stems of the words right before and right after a number, in the same clause."""
    end = m.start + len(m.whole)
    before = _CLAUSE_END.split(text[max(0, m.start - MAX_CONTEXT_CHARACTERS) : m.start])[-1]
    after = _CLAUSE_END.split(text[end : end + MAX_CONTEXT_CHARACTERS], maxsplit=1)[0]
    return _Context(
        frozenset(w[:STEM_CHARACTERS].lower() for w in _CONTEXT_WORD.findall(before)[-3:]),
        frozenset(w[:STEM_CHARACTERS].lower() for w in _CONTEXT_WORD.findall(after)[:3]),
    )


def _score(old: Mention, new: Mention, here: _Context, there: _Context) -> int:
    """Return how well two numbers fit, by the words for the things they count; 0 if these are different."""
    if not _fits(old, new):
        return 0
    score = 4 * len(here.after & there.after) + 3 * len(here.before & there.before)
    if old.key == new.key and old.unit != new.unit:
        score += 2  # 5 mg, 5 µg
    if old.role and old.role == new.role and old.role in _DISTINCT_ROLES:
        score += 2
    return score + 2 * bool(old.unit and old.unit == new.unit) if score else 0


def _fits(old: Mention, new: Mention) -> bool:
    """Return whether one number may have replaced the other: measure, role and form are compatible."""
    if "ordinal" in {old.weak, new.weak} and old.weak != new.weak:
        return False
    if "times" in {old.measure, new.measure} and old.measure != new.measure:
        return False
    if "name" in {old.weak, new.weak} and old.weak != new.weak:
        return False
    if old.measure != new.measure and "symbol" not in {old.measure, new.measure}:
        same_figure = old.key == new.key and not (old.unit and new.unit)
        if not ({old.measure, new.measure} <= _SHARES or same_figure):
            return False
    return not (old.role != new.role and old.role and new.role and {old.role, new.role} & _DISTINCT_ROLES)


MIN_ALTERED_OVERLAP: Final = 0.4
"""From this share of common words on, 0 to 1, two quotations are one that was altered."""
MAX_COMPARED: Final = 50
"""At most this many quotations or attributions of one text are compared with each other."""
MAX_GAP_CHARACTERS: Final = 4
"""The most characters between a quotation and its attribution: "…,” said Lopez"."""
_OFFICIAL: Final = frozenset({"authorities", "officials", "government"})
_UNSPACED_SCRIPT: Final = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")

SpeechPair = tuple[Mention | None, Mention | None, str]
"""The old and the new mention, None if there is none, and how they differ."""


def quotations_changed(olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]) -> list[SpeechPair]:
    """Pair the quotations that differ between the old and the new text; `sides` are both texts.

    Returns:
        (old, new, how) for each; how is "altered" (words inside the marks), "added", "removed", or "marks": both sides
        have the words, but one of them without quotation marks.
    """
    # Contractions are compared in full: "it's" is "it is" in the style of another outlet.
    said_before, said_after = ({tuple(words_of(m.key)) for m in found} for found in (olds, news))
    removed = [m for m in olds if tuple(words_of(m.key)) not in said_after]
    added = [m for m in news if tuple(words_of(m.key)) not in said_before]
    pairs: list[SpeechPair] = []
    for a in removed:
        b = max(added[:MAX_COMPARED], key=lambda m: _overlap(a.key, m.key), default=None)
        # Quotations are in the same place if the two words before them are the same: calls the plan "absurd", "unfair".
        before = [side[: m.start].split()[-2:] for m, side in zip((a, b), sides, strict=True) if m]
        is_same_place = before[0] == before[-1] != []
        if b is not None and (_overlap(a.key, b.key) >= MIN_ALTERED_OVERLAP or is_same_place):
            added.remove(b)
            pairs.append((a, b, "altered"))
        else:
            pairs.append((a, None, "marks" if a.key in sides[1].lower() else "removed"))
    return pairs + [(None, b, "marks" if b.key in sides[0].lower() else "added") for b in added]


def _overlap(a: str, b: str) -> float:
    """Return the share of words in common, 0 to 1; in scripts without spaces, that of letters."""
    spaced = not (_UNSPACED_SCRIPT.search(a) or _UNSPACED_SCRIPT.search(b))
    x, y = (set(text.split() if spaced else text) for text in (a, b))
    return len(x & y) / max(len(x), len(y), 1)


def with_speaker(quotation: Mention, sources: Sequence[Mention], text: str) -> tuple[int, int]:
    """Return where a quotation begins and ends in `text`, including the attribution next to it, if there is one.

    In "“…,” the general said", the speaker and the verb are included. `sources` are the attributions of the text.
    """
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


def attribution_changed(olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]) -> SpeechPair | None:
    """Return (old, new, how) if an attribution changed, else None; another verb of saying does not count.

    how is "attribution" if one was added or removed, "speaker" if somebody else says it now. `sides` are both texts.
    """
    if bool(olds) != bool(news):
        here, there = sides if olds else sides[::-1]
        if _same_subject(olds or news, (here, there)):
            return None
    if not olds or not news or (len(olds) != len(news) and not any(m.key for m in (*olds, *news))):
        named = [next((m for m in found if m.key), found[0]) if found else None for found in (olds, news)]
        return (named[0], named[1], "attribution") if olds or news else None
    # On each side, the first attribution to somebody whom the other side does not mention.
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
    # "Authorities say", "Indonesia says": a country and its authorities are the same source.
    if any(its.key in _OFFICIAL and is_place(place.text) for its, place in ((gone, come), (come, gone))):
        return None
    return gone, come, "speaker"


def _same_subject(found: Sequence[Mention], sides: tuple[str, str]) -> bool:
    """Return whether the only attribution is a verb that was replaced by another verb of the same subject.

    In "the bank warns", "the bank raises", the bank is not a source of the statements of both versions.
    """
    text, other = sides
    words, instead = list(re.finditer(r"[\w'’-]+", text)), re.findall(r"[\w'’-]+", other)
    k = next((k for k, (a, b) in enumerate(zip(words, instead, strict=False)) if a[0] != b), 0)
    # With its auxiliary: "have claimed", "claim".
    is_verb = k > 1 and len(found) == 1 and text[words[k].start() : found[0].said[0]].count(" ") <= 1
    return is_verb and found[0].said[0] >= words[k].start() and instead[k] not in {word[0] for word in words}
