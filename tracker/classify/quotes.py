"""Compare quotations: what is quoted, and who is said to have said it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from .lemmas import in_another_tense
from .mentions import Mention, lowered
from .places import is_place
from .word_edits import words_of

if TYPE_CHECKING:
    from tracker.model.change import Fact

_OFFICIAL = frozenset({"authorities", "officials", "government"})
MIN_ALTERED_OVERLAP = 0.4
"""From this share of common words on, two quotations are one that was altered."""
MAX_COMPARED = 50
"""At most this many quotations, attributions or names of one stretch are compared with each other."""
MAX_SPEAKER_CHARACTERS = 40
"""Characters before a verb of saying in which who speaks is named: "police in Ohio said"."""
MAX_BEHIND_CHARACTERS = 60
"""Characters from a verb of saying on in which who speaks is named: "said the mayor of Ghent, Ann Lee"."""
_TOLD = ("told", "tells", "vertelde")
_SAYS = (
    r"(?:said|says|told|tells|added|announced|asked|sagte|sagt|erklärte|dit|déclaré|affirmé|dijo|afirmó|declaró"
    r"|disse|afirmou|detto|dichiarato|zei|zegt)"
)
_ACCORDING_TO = r"(?:according to|laut|selon|según|secondo|segundo|volgens)"
# "Told Smith": Smith is who is told.
_SAYS_BEFORE = re.compile(rf"(?:(?!tells|told|asked){_SAYS}|{_ACCORDING_TO})\s+(?:[A-Z][\w.]*\s+)*\Z")
_SAYS_AFTER = re.compile(rf"(?:,[^,“”\"]{{0,60}},)?\s+{_SAYS}(?!\w)")
_UNSPACED_SCRIPT = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


def quotations_changed(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]
) -> list[tuple[Mention | None, Mention | None, str]]:
    """Pair the quotations that differ.

    Args:
        olds: the quotations of the old text.
        news: those of the new one.
        sides: both texts.

    Returns:
        (old, new, how) for each; how is "altered" (words inside the marks), "added", "removed", or "marks": the words
        are on both sides, on one of them without quotation marks.
    """
    said_before, said_after = ({_words(m) for m in found} for found in (olds, news))
    removed = [m for m in olds if _words(m) not in said_after and not _is_marked(m, sides[1])]
    added = [m for m in news if _words(m) not in said_before and not _is_marked(m, sides[0])]
    pairs: list[tuple[Mention | None, Mention | None, str]] = []
    for a in removed:
        b = max(added[:MAX_COMPARED], key=lambda m: _overlap(a.key, m.key), default=None)
        if b is not None and _overlap(a.key, b.key) >= MIN_ALTERED_OVERLAP:
            added.remove(b)
            pairs.append((a, b, "altered"))
        else:
            pairs.append((a, None, "marks" if a.key in sides[1].lower() else "removed"))
    return pairs + [(None, b, "marks" if b.key in sides[0].lower() else "added") for b in added]


def _words(quotation: Mention) -> tuple[str, ...]:
    """Return the words of a quotation, contractions in full: "it's" is "it is" in another house's style."""
    return tuple(words_of(quotation.key))


def _is_marked(quotation: Mention, text: str) -> bool:
    """Return whether a `text` has a quotation of a word or two in marks, where nobody is said to say it."""
    marked = re.compile(rf"[“„«»\"‘‚‹›]\s?{re.escape(quotation.key)}\W", re.IGNORECASE)
    return bool(quotation.weak) and marked.search(text.replace("’", "'")) is not None


def outside(found: Sequence[Mention], quotations: Sequence[Mention]) -> list[Mention]:
    """Return the mentions that are not inside one of `quotations`."""
    spans = [(q.start, q.start + len(q.text)) for q in quotations[:MAX_COMPARED]]
    return [m for m in found if not any(start <= m.start < end for start, end in spans)]


def attribution_changed(
    olds: Sequence[Mention], news: Sequence[Mention], sides: tuple[str, str]
) -> tuple[str, str, str] | None:
    """Return (old, new, how) where an attribution changed; another verb of saying is style.

    how is "attribution" where it was added or removed, "speaker" where somebody else says it.

    Args:
        olds: the attributions of the old text.
        news: those of the new one.
        sides: both texts.
    """
    if not olds and not news:
        return None
    if bool(olds) != bool(news):
        here, there = sides if olds else sides[::-1]
        if _same_subject(olds or news, (here, there)) or all(in_another_tense(m.text, there) for m in olds or news):
            return None
    if bool(olds) != bool(news) or (len(olds) != len(news) and not any(m.key for m in (*olds, *news))):
        return ", ".join(m.text for m in olds), ", ".join(m.text for m in news), "attribution"
    gone, come = _other_speakers(olds, news, (lowered(sides[0]), lowered(sides[1])))
    if len(olds) != len(news) and bool(gone) != bool(come):
        return gone.text if gone else "", come.text if come else "", "attribution"
    if not (gone and come):
        return None
    # "The Twitter website" may be "the site" afterwards, and "officials" "officials late".
    if any(a.endswith(b) or b.endswith(a) for a in gone.key.split() for b in come.key.split()):
        return None
    # "Authorities say", "Indonesia says": the country stands for its authorities.
    for its, place in ((gone, come), (come, gone)):
        if its.key in _OFFICIAL and is_place(place.text):
            return None
    return gone.text, come.text, "speaker"


def _other_speakers(
    olds: Sequence[Mention], news: Sequence[Mention], low: tuple[str, str]
) -> tuple[Mention | None, Mention | None]:
    """Return who speaks on the old side alone, and who does on the new one.

    Either may be spoken of on the other side: "police said", "the mayor told police".
    """
    gone, come = _first_unmentioned(olds, low[1]), _first_unmentioned(news, low[0])
    keys = [{m.key for m in found} for found in (olds, news)]
    if gone and not come:
        come = _another_speaker([m for m in news if m.key not in keys[0]], gone, low)
    elif come and not gone:
        gone = _another_speaker([m for m in olds if m.key not in keys[1]], come, low[::-1])
    return gone, come


def _first_unmentioned(found: Sequence[Mention], other: str) -> Mention | None:
    """Return the first attribution to somebody whom the `other` side does not mention."""
    return next((m for m in found[:MAX_COMPARED] if m.key and not any(_ends_of(m.key, other))), None)


def _another_speaker(found: Sequence[Mention], instead: Mention, sides: tuple[str, str]) -> Mention | None:
    """Return the first attribution to somebody who is not part of who speaks `instead`: "police in Ohio", "police".

    `sides` has the text of `instead` first, in lower case.
    """
    others = (m for m in found[:MAX_COMPARED] if m.key)
    return next((m for m in others if not _is_part(m, instead, sides[0]) and not _is_part(instead, m, sides[1])), None)


def _is_part(speaker: Mention, other: Mention, text: str) -> bool:
    """Return whether a `speaker` comes before the verb of the `other` one in its text, or after it by a full name."""
    before = text[max(0, other.start - MAX_SPEAKER_CHARACTERS) : other.start]
    behind = "" if text.startswith(_TOLD, other.start) else text[other.start : other.start + MAX_BEHIND_CHARACTERS]
    return speaker.key in before or (" " in speaker.text and lowered(speaker.text) in behind)


def _same_subject(found: Sequence[Mention], sides: tuple[str, str]) -> bool:
    """Return whether the only attribution is the verb of a sentence that has another verb there on the other side.

    "The bank warns", "the bank raises": it does something else, and is not a source of what both versions state.
    """
    text, other = sides
    same = next((k for k, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), 0)
    subject = text[: text.rfind(" ", 0, same + 1) + 1]
    instead = other[len(subject) :].split(" ", 1)[0]
    return len(found) == 1 and found[0].start == len(subject) > 0 and " " in subject.strip() and instead not in text


def speaker_changed(names: Sequence[Fact], sides: tuple[str, str]) -> tuple[str, str] | None:
    """Return the two names where, of the `names` that differ, the one who says it does: said Lopez → said Ruiz."""
    pairs = [(fact.old, fact.new) for fact in names[:MAX_COMPARED] if fact.old and fact.new]
    return next((pair for pair in pairs if _speaks(pair[0], sides[0]) and _speaks(pair[1], sides[1])), None)


def _speaks(name: str, text: str) -> bool:
    return any(
        _SAYS_BEFORE.search(text, 0, end - len(name)) or _SAYS_AFTER.match(text, end) for end in _ends_of(name, text)
    )


def _ends_of(words: str, text: str) -> Iterator[int]:
    """Yield where `words` end in a text that has them as whole words."""
    at = text.find(words)
    while at >= 0:
        around = text[max(0, at - 1) : at] + text[at + len(words) : at + len(words) + 1]
        if not any(c.isalnum() or c == "_" for c in around):
            yield at + len(words)
        at = text.find(words, at + 1)


def _overlap(a: str, b: str) -> float:
    """Return the share of words in common; of letters, in scripts without spaces."""
    spaced = not (_UNSPACED_SCRIPT.search(a) or _UNSPACED_SCRIPT.search(b))
    x, y = (set(text.split() if spaced else text) for text in (a, b))
    return len(x & y) / max(len(x), len(y), 1)
