"""What is measured of a text to decide whether it is a notice: its form and place, how it begins, what it speaks of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from .openings import Opening, read_opening
from .phrases import REQUIRED, phrase

if TYPE_CHECKING:
    from collections.abc import Callable

_QUOTED: Final = re.compile(r"“[^”“]*”|„[^“”]*[“”]|«[^»]*»|»[^«]*«|\"[^\"]*\"|‘[^’‘]{12,}’(?!\w)")
_OPENS_WITH_QUOTE: Final = re.compile(r"[“„«»\"‘]|(?:- |– )?[“«\"]")
_LONG_CHARS: Final = 400
_CLOCK: Final = re.compile(r"\W*\d{1,2} ?[:.h'’] ?(?:\d\d)?(?! ?(?:[ap]\.?m|uhr)?\.?\s*:)")
_WHOLE_IN_BRACKETS: Final = re.compile(r"\W?\(.*\)\W?|\W?\[.*\]\W?", re.DOTALL)


class Measured:
    """What is measured of one text. Phrases are looked for when they are first asked for.

    Attributes:
        opening: how it begins.
        quotes: it opens with a quotation mark, or most of it is quoted.
        at_edge: it is the first or the last paragraph of the text.
        set_apart: it is italic, small, boxed or otherwise apart from the paragraphs around it.
    """

    __slots__ = ("_found", "_plain", "at_edge", "opening", "quotes", "set_apart", "text")

    def __init__(self, text: str, *, at_edge: bool = False, set_apart: bool = False) -> None:
        self.text = text
        self.at_edge = at_edge
        self.set_apart = set_apart
        low = text.lower().replace("’", "'").replace("\u00a0", " ")
        # What stands within quotation marks is left out: there, "we" is not the outlet.
        self._plain = " ".join(_QUOTED.sub(' "" ', text).lower().replace("’", "'").split())
        self.opening: Opening = read_opening(text, low)
        self.quotes = bool(_OPENS_WITH_QUOTE.match(text)) or len(self._plain) < len(low) // 2
        self._found: dict[str, bool] = {}

    def has(self, *names: str) -> bool:
        """Say whether any of these phrases is there."""
        return any(map(self._has, names))

    def count(self, *names: str) -> int:
        """Return how many of these phrases are there."""
        return sum(map(self._has, names))

    def features(self) -> list[str]:
        """Return the names of the features that are true of the text."""
        return [name for name, holds in FEATURES.items() if holds(self)]

    def _has(self, name: str) -> bool:
        found = self._found.get(name)
        if found is None:
            required = REQUIRED.get(name)
            found = (required is None or self._has(required)) and phrase(name).search(self._plain) is not None
            self._found[name] = found
        return found


# Phrases with which hardly anything but a notice speaks of the text at hand, or of what the outlet did.
_OWN: Final = (
    "this edited", "this told", "earlier of this", "version corrects", "contrary", "here", "we told",
    "developing", "correction made", "we will", "reported", "amends", "refiled", "newsroom says", "edited in this",
    "the told",
)  # fmt: skip
_WE: Final = ("we told", "we erred", "we edited")
_FOREIGN: Final = ("legal page", "others first", "others say", "agent", "part of other")


def _own(m: Measured) -> int:
    """Count the phrases with which the text speaks of itself."""
    return 0 if m.quotes or m.has("legal page") else m.count(*_OWN)


def _is_plain(m: Measured) -> bool:
    """Say whether nobody else is spoken of who could have done it."""
    return not m.quotes and not m.has(*_FOREIGN)


def _is_unattributed(m: Measured) -> bool:
    return not m.quotes and not m.has("others say", "agent", "legal page")


FEATURES: Final[dict[str, Callable[[Measured], bool]]] = {
    "label": lambda m: m.opening.label in {"correction", "clarification", "editors"},
    "label update": lambda m: m.opening.label == "update",
    "label weak": lambda m: m.opening.label == "weak",
    "label weak, error or edit": lambda m: (
        m.opening.label == "weak" and (m.has("error", "edited", "earlier", *_WE) or _own(m) > 0)
    ),
    "wire": lambda m: m.opening.wire is not None,
    "bracketed": lambda m: bool(_WHOLE_IN_BRACKETS.fullmatch(m.text)),
    "quotes": lambda m: m.quotes,
    "clock": lambda m: bool(_CLOCK.match(m.text)),
    "at edge": lambda m: m.at_edge,
    "long": lambda m: len(m.text) > _LONG_CHARS and not m.opening.label,
    "set apart": lambda m: m.set_apart,
    "own": lambda m: _own(m) > 0,
    "own, attributed": lambda m: _own(m) > 0 and m.has("others say"),
    "own twice": lambda m: _own(m) > 1,
    "own, error or edit": lambda m: _own(m) > 0 and m.has("error", "edited", "contrast", "true value"),
    "this, edit": lambda m: m.has("this") and m.has("edited", "error") and _is_unattributed(m),
    "this, edit, plain": lambda m: m.has("this") and m.has("edited", "error") and _is_plain(m),
    "earlier, plain": lambda m: m.has("earlier") and not m.has("earlier of other") and _is_plain(m),
    "earlier told, not of other": lambda m: (
        m.has("earlier told") and not m.has("earlier of other") and _is_unattributed(m)
    ),
    "earlier, opens, moment": lambda m: m.has("opens earlier") and m.has("part", "display", "datum") and _is_plain(m),
    "earlier and error": lambda m: (
        m.has("earlier") and m.has("error", "contrast", "true sentence") and not m.has("earlier of other", "others say")
    ),
    "craft error": lambda m: m.has("craft error") and not m.quotes and not m.has("agent", "legal page"),
    "craft error, text": lambda m: (
        m.has("craft error") and m.has("the", "this", "part", "display", "earlier", *_WE) and not m.quotes
    ),
    "opens on error, text": lambda m: (
        m.has("opens on error")
        and m.has("the", "this", "part", "display", "earlier", "here", "first told", "true sentence", "corrected", *_WE)
        and _is_unattributed(m)
    ),
    "opens on error, datum": lambda m: (
        m.has("opens on error") and m.has("datum", "true sentence", "true value", "contrast") and _is_plain(m)
    ),
    "we, regret": lambda m: m.has("we erred") and m.has("regret") and m.has("error", "readers") and _is_unattributed(m),
    "craft error, plain": lambda m: m.has("craft error", "printed") and _is_plain(m),
    "first told, plain": lambda m: m.has("first told") and _is_plain(m) and not m.has("others"),
    "first told, text": lambda m: (
        m.has("first told") and m.has("the", "this", "newsroom", "here", *_WE) and _is_plain(m)
    ),
    "first told, true": lambda m: (
        m.has("first told", "printed")
        and not m.has("others")
        and m.has("error", "contrast", "true value", "true sentence")
        and _is_unattributed(m)
    ),
    "part edited, plain": lambda m: m.has("part edited") and _is_plain(m),
    "part edited, sure": lambda m: (
        m.has("part edited") and m.has("moment", "after", "this", "error", "true sentence") and _is_plain(m)
    ),
    "display, edit or error, plain": lambda m: m.has("display", "part") and m.has("edited", "error") and _is_plain(m),
    "the edited, plain": lambda m: m.has("the edited") and _is_plain(m),
    "the edited, sure": lambda m: (
        m.has("the edited") and m.has("moment", "after", "error", "purpose", "clarified") and _is_plain(m)
    ),
    "the edited after": lambda m: m.has("the edited") and m.has("after") and _is_unattributed(m),
    "this, first told": lambda m: m.has("this") and m.has("first told") and not m.quotes,
    "loose, sure": lambda m: (
        m.has("loose") and m.has("edited") and m.has("moment", "after", "error", "clarified", "reply") and _is_plain(m)
    ),
    "reply added": lambda m: m.has("reply") and m.has("updated") and _is_unattributed(m),
    "error, datum, true sentence": lambda m: (
        m.has("datum")
        and m.has("error", "first told")
        and m.has("true sentence", "contrast", "true value", "corrected")
        and _is_plain(m)
    ),
    "we, datum": lambda m: (
        m.has(*_WE) and m.has("datum", "reply", "the", "this", "part", "display") and _is_unattributed(m)
    ),
    "we, but of what": lambda m: (
        m.has(*_WE)
        and not m.has("datum", "reply", "the", "this", "part", "display", "readers", "true sentence", "clarified")
    ),
    "we, readers": lambda m: m.has("we erred") and m.has("readers", "edited"),
    "clarified, part": lambda m: (
        m.has("clarified")
        and m.has("edited", "we", "this")
        and m.has("part", "part edited", "the", "this", "we erred", "display", "after")
        and _is_unattributed(m)
    ),
    "clarified, we": lambda m: m.has("clarified") and m.has("we erred") and not m.quotes,
    "text then edited": lambda m: m.has("text then edited") and _is_unattributed(m),
    "published picture, error or edit": lambda m: (
        m.has("published picture") and m.has("error", "edited", "true sentence") and _is_plain(m)
    ),
    "added part": lambda m: m.has("added part") and _is_plain(m),
    "added part, sure": lambda m: (
        m.has("added part") and m.has("moment", "after", "purpose", "this", "the", "clarified")
    ),
    "naming, protect": lambda m: m.has("naming") and m.has("protect") and _is_unattributed(m),
    "naming, removed or we": lambda m: m.has("naming") and m.has("removed") and (m.has("after", "we") or m.set_apart),
    "concern, text": lambda m: m.has("concern") and m.has("this", "the", "here") and _is_unattributed(m),
    "misleads, edit": lambda m: m.has("misleads") and m.has("edited", "we", "this", "the") and _is_unattributed(m),
    "fictive": lambda m: m.has("fictive") and _is_unattributed(m),
    "support": lambda m: m.has("support") and _is_unattributed(m),
    "background": lambda m: m.has("background") and m.has("this") and _is_unattributed(m),
    "error, then edited": lambda m: (
        m.has("error", "first told") and m.has("corrected", "now edited", "changed") and _is_plain(m)
    ),
    "display, error, edit": lambda m: m.has("display", "part") and m.has("error") and m.has("edited", "true sentence"),
    "part, error, true sentence": lambda m: m.has("part") and m.has("error") and m.has("true sentence", "contrast"),
    "part, edited, no other": lambda m: (
        m.has("part") and m.has("edited") and not m.has("part of other", "agent", "others say") and not m.quotes
    ),
    "display, true sentence": lambda m: m.has("display") and m.has("true sentence") and _is_plain(m),
    "opens edited, sure": lambda m: m.has("opens edited") and m.has("moment", "reply", "part", "display", "purpose"),
    "opens edited, alone": lambda m: (
        m.has("opens edited") and not m.has("moment", "reply", "part", "display", "purpose")
    ),
    "datum, contrast": lambda m: m.has("datum") and m.has("contrast") and _is_plain(m),
    "this, readers": lambda m: m.has("this") and m.has("readers") and _is_unattributed(m),
    "the, error, plain": lambda m: m.has("the") and m.has("error") and _is_plain(m),
    "added, moment": lambda m: m.has("updated") and m.has("moment", "after") and _is_plain(m),
    "now edited, plain": lambda m: m.has("now edited") and _is_plain(m),
    "edited after": lambda m: m.has("edited") and m.has("after") and _is_unattributed(m),
    "request, removed": lambda m: m.has("request") and m.has("removed", "changed") and _is_plain(m),
    "request, removed, sure": lambda m: (
        m.has("request") and m.has("removed", "changed") and (m.has("after", "newsroom", "this", *_WE))
    ),
    "true sentence, error": lambda m: m.has("true sentence", "contrast") and m.has("error") and _is_plain(m),
    "true sentence, we or edit": lambda m: (
        m.has("true sentence", "contrast", "true value") and m.has("edited", *_WE) and _is_plain(m)
    ),
    "thanks, readers or error": lambda m: (
        m.has("thanks") and m.has("readers", "error", "now edited", "we edited", "edited", "we erred")
    ),
    "readers, error or regret": lambda m: m.has("readers") and m.has("regret", "error") and _is_plain(m),
    "confusion": lambda m: m.has("confusion") and _is_unattributed(m),
    "confusion, edit": lambda m: m.has("confusion") and m.has("edited", *_WE) and _is_unattributed(m),
    "we, plain": lambda m: m.has(*_WE) and _is_plain(m),
    "we, unattributed": lambda m: m.has(*_WE) and _is_unattributed(m),
    # In news, "we" stands within quotation marks; without them it is the outlet, or a columnist.
    "we, about the text": lambda m: (
        m.has("we")
        and m.has("the", "this", "part", "display", "readers", "error", "first told", "regret", "newsroom")
        and _is_plain(m)
    ),
    "we, about a detail": lambda m: (
        m.has("we") and m.has("datum", "contrast", "true sentence", "amends") and _is_plain(m)
    ),
    "we edited a part": lambda m: (
        m.has("we edited")
        and m.has("corrected", "clarified", "updated")
        and m.has("part", "display", "the", "datum")
        and _is_plain(m)
    ),
    "we alone": lambda m: m.has("we") and _is_plain(m),
    "we twice": lambda m: m.count(*_WE) > 1 and not m.quotes,
    "we, error or text": lambda m: (
        m.has(*_WE) and m.has("error", "the", "this", "part", "display", "clarified") and _is_unattributed(m)
    ),
    "own paper, error or edit": lambda m: (
        m.has("own paper") and not m.has("earlier of other") and m.has("error", "edited", *_WE) and not m.quotes
    ),
    "newsroom, edit or error": lambda m: m.has("newsroom") and m.has("edited", "error", *_WE) and _is_unattributed(m),
}
"""What is true or false of a text. The weights of the model are those of these names."""
