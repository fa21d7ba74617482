"""Recognise how notices begin: labels before a colon, and wire services' notes in brackets. Each decides the kind.

The words are in `data/patterns.toml`. The expressions are compiled when the first text is read.
"""

from __future__ import annotations

import re
from functools import cache
from typing import Final, NamedTuple

from tracker.model.article import NoticeKind

from .vocabulary import PATTERNS, any_of

_END: Final = r"\s*(?:[:：–—|\]]|-\s|$|\.(?=\s|$))"
_SUFFIX: Final = r"(?:st|nd|rd|th|er|h|[ap]m)"
_WHEN: Final = rf"(?>(?:[ap]\.?m|{any_of('labels', 'when')})\b)"
_GAP: Final = r"[\s,.(–—-]{1,3}"
# A time after "updated" and the like: "on 3 May 2026", "at 11.20". It can match a text in one way only: full stops and
# commas after a figure belong to the figure, not to the gap. Otherwise "Updated 1.1.1.1 …" would take exponential time.
_AT: Final = (
    rf"{_GAP}(?>(?:{_WHEN}(?:\.(?=[\s,.(–—-]))?+|\d[\d:.,/]*{_SUFFIX}\d*){_GAP}"
    r"|\d[\d:.,/]*(?:[\s(–—-][\s,.(–—-]{0,2}|(?<=[.,])(?=[^\W\d])))*"
    rf"(?:{_WHEN}\.?|\d[\d:.,/]*(?:{_SUFFIX}\d*)?)"
)
_PURPOSE: Final = r"[\s,)]+(?:to|with|mit|um|avec|pour|con|para|per|com|met|om)\s\w"
_SINCE: Final = r"[\s,]+(?:after|following|nach|après|à la suite|tras|después|dopo|após|depois|na|nadat)\s\w"
_CAPITALS: Final = re.compile(r"\W*(?:ADDS|UPDATES|CORRECTS|RECASTS|REFILES|SUBS|FIXES|CLARIFIES|WRITETHRU)\b")
# Where somebody is quoted without quotation marks ("…, the captain said"), "we" is not the outlet.
_NOT_QUOTED: Final = (
    r"(?!.*, (?:[^,]{0,60}\b(?:said|told)\b|so |sagte|dit |a dit|raconte|explique|dijo|ha detto|disse|zei))"
)
_TIME_OF_EDIT: Final = re.compile(
    rf"\b(?P<edited>{any_of('openings', 'edited')}|changed)(?! from\b){_AT}", re.IGNORECASE
)


@cache
def _label() -> re.Pattern[str]:
    """Return one expression for the labels of all kinds: five would take longer to compile."""
    kinds = "|".join(
        f"(?P<{kind}>{'|'.join(PATTERNS['labels'][kind])})"
        for kind in ("correction", "clarification", "editors", "update", "weak")
    )
    of_this = r"\s+(?:to|on|in) (?:this|the|our) (?:story|article|post|report|column|piece)"
    dated = rf"(?:{of_this}|\s*[(\[][^)\]]{{1,40}}[)\]]|{_AT}\)?)?"
    before = any_of("labels", "before")
    return re.compile(rf"[^\w“”\"„«»‘#]{{0,4}}_?(?:{before} )?(?:{kinds})(?P<dated>{dated}){_END}")


@cache
def _wire() -> tuple[tuple[NoticeKind, re.Pattern[str]], ...]:
    """Return the kinds of the openings that only notices have, each with its expression."""
    brackets = r"\W*[(\[]\s*"
    corrects = rf"{brackets}{any_of('wires', 'correction')}\b|\W*(?:eds|editors): ?[^.]{{0,60}}\bcorrects?\b"
    as_we_wrote = rf"\W*{any_of('openings', 'as_we_wrote')}{_NOT_QUOTED}"
    numbered = r"(?:update|wrapup|refile|rpt|advisory)[ -]\d+[-–:]|(?:refile|rpt)[-–:]|(?:last|latest) update adds\b"
    when = r"(?:\s\d{1,2}[:.]\d\d [ap]\.?m\.?|\s\w{3,6}day)?"
    parts = (
        r"(?:with|throughout|details?|quotes?|comments?|background|lede?|headline|paragraphs?|byline|dateline|share"
        r"|reaction|to (?:fix|add|include|correct))\b"
    )
    found = (
        (NoticeKind.CORRECTION, corrects),
        (NoticeKind.CLARIFICATION, rf"{brackets}{any_of('wires', 'clarification')}\b"),
        (NoticeKind.UPDATE, rf"{brackets}{any_of('wires', 'update')}(?!\w)|\W*eds:\s"),
        (NoticeKind.CORRECTION, rf"\W*corrected-|\W*{any_of('openings', 'read_as')}|{as_we_wrote}"),
        (
            NoticeKind.EDITORS_NOTE,
            rf"\W*(?:{any_of('openings', 'warning_label')}\s?[:–—-]\s)?{any_of('openings', 'warns')}",
        ),
        (NoticeKind.UPDATE, rf"\W*(?:{numbered})"),
        (NoticeKind.UPDATE, rf"\W*(?:updates?|updated|adds|recasts|refiles|corrects){when}\s+{parts}"),
    )
    return tuple((kind, re.compile(pattern)) for kind, pattern in found)


@cache
def _edited_text() -> re.Pattern[str]:
    """Return the expression of texts that say in note form how they were edited: "Updated 3 May to add a quote"."""
    edited, texts = any_of("openings", "edited"), any_of("openings", "texts")
    return re.compile(
        rf"\W*(?:last |zuletzt )?(?P<text>{texts} )?{edited}(?:{_AT}|(?(text)|(?!))){_PURPOSE}"
        # "Published 4 May, updated 19 May after …"
        rf"|\W*(?:first |originally |zuerst |erstmals |eerste |eerder )?{any_of('openings', 'published')}{_AT}[;,.]? "
        rf"(?:[\w .:]{{0,20}}?\b)?{edited}\b(?:{_AT})?(?:{_PURPOSE}|{_SINCE})"
        # "Actualisé avec le cours de clôture": in German, this may begin any sentence.
        rf"|\W*{any_of('openings', 'completed')} (?:avec|con|com|met) (?!{any_of('openings', 'agencies')}\b)"
        r"[^,.]{3,80}\.?$"
        # "This column has been removed at the request of its author."
        rf"|[^\w“”\"„«»‘]*{any_of('openings', 'this')} {any_of('openings', 'this_text')}\b"
        rf"(?! (?:de|del|della|da|do|du|der|des|of|van) )[^.!?]{{0,30}}?\b{any_of('openings', 'is_gone')}"
    )


class Opening(NamedTuple):
    """How a text begins.

    Attributes:
        label: "correction", "clarification", "editors", "update", "weak" for "Note:", or "".
        dated: the label has a date or a time.
        wire: the kind of a wire service's note in brackets or capitals, of "for X read Y", or of another opening that
            only notices have; None if there is none.
        is_edited_text: it says in note form when or why the text was edited.
    """

    label: str = ""
    dated: bool = False
    wire: NoticeKind | None = None
    is_edited_text: bool = False

    @property
    def is_certain(self) -> bool:
        """Whether every text with this opening is a notice."""
        return self.wire is not None or self.is_edited_text

    @property
    def is_decisive(self) -> bool:
        """Whether hardly any other text than a notice has this label."""
        return self.label in {"correction", "clarification", "editors"}


def without_time_of_edit(text: str) -> str:
    """Return a notice without the time of the edit: "amended on 3 May 2026 to …" becomes "amended to …"."""
    return _TIME_OF_EDIT.sub(r"\g<edited>", text)


def is_only_label(text: str) -> bool:
    """Return whether `text` is only a label, with or without a date: "Correction: May 4, 2026"."""
    low = text.lower().replace("’", "'")
    label = _label().match(low)
    if label is None or label["weak"] or (low.endswith(".") and not label["dated"]):  # "Correction appended."
        return False
    dates = re.compile(rf"(?:\W|{_WHEN}|\d+(?:[:.,/]*{_SUFFIX}\d*)?\b)*")
    return dates.fullmatch(low, label.end()) is not None


def read_opening(text: str, low: str) -> Opening:
    """Return how `text` begins; `low` is the same text in lower case with straight apostrophes."""
    wire = next((kind for kind, pattern in _wire() if pattern.match(low)), None)
    if wire is None and _CAPITALS.match(text):
        wire = NoticeKind.UPDATE
    if wire is NoticeKind.UPDATE and re.search(rf"\b{any_of('openings', 'fixes')}\b", low):
        wire = NoticeKind.CORRECTION
    if label := _label().match(low):
        found = label.groupdict()
        dated = found.pop("dated")
        [name] = (name for name, words in found.items() if words)
        return Opening(name, bool(dated), wire)
    if re.match(any_of("labels", "scripts"), low):
        return Opening("correction")
    return Opening(wire=wire, is_edited_text=_edited_text().match(low) is not None)
