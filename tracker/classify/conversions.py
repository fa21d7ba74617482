"""Leave out amounts in brackets that only convert the one before them: "10 miles (16 km)", "€3m ($3.3m)"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final, NamedTuple

from tracker.model.change import FactKind

from . import lexicon
from .mentions import Mention, mentions

if TYPE_CHECKING:
    from .facts import Stretch

_BRACKETS: Final = re.compile(r"\s?\(([^()]{2,40})\)")
# What may come before an amount in brackets: "about", "or", a sign of equality.
_NOT_SAID: Final = re.compile(r"[^\w$€£¥₹]*(?:or|oder|ou|o|of|ca|approx)?[^\w$€£¥₹]*")
_MEASURED: Final = frozenset(
    {"length", "area", "volume", "mass", "temperature", "speed", "money", "pressure", "energy"}
)


class _Conversion(NamedTuple):
    """An amount, the one in brackets after it, each with its unit, and the brackets."""

    amount: str
    within: str
    brackets: str


def without_conversions(stretch: Stretch, lang: str) -> Stretch:
    """Return `stretch` without conversions that one side alone gives of an amount that both sides state.

    A conversion that both sides give stays, so that an altered one is seen, and so does one that both sides state:
    "10 miles (16 km)", "16 km (10 miles)".
    """
    if not stretch.standing or ("(" not in stretch.old and "(" not in stretch.new):
        return stretch
    olds, news = (list(_conversions(text, lang)) for text in (stretch.old, stretch.new))
    return stretch._replace(
        old=_without(stretch.old, olds, stretch.new, news, lang),
        new=_without(stretch.new, news, stretch.old, olds, lang),
    )


def _without(text: str, found: list[_Conversion], other: str, others: list[_Conversion], lang: str) -> str:
    stated = {mention.key + mention.unit for mention in mentions(other, lang)}
    converted = {conversion.amount for conversion in others}
    for conversion in found:
        if conversion.amount in stated and conversion.amount not in converted and conversion.within not in stated:
            text = text.replace(conversion.brackets, "", 1)
    return text


def _conversions(text: str, lang: str) -> Iterator[_Conversion]:
    """Yield each bracket with nothing but an amount of the same kind as the amount right before it."""
    amounts = [m for m in mentions(text, lang) if m.kind is FactKind.NUMBER and m.measure in _MEASURED]
    for brackets in _BRACKETS.finditer(text):
        before = next((m for m in amounts if m.start + len(m.whole) == brackets.start()), None)
        within = [m for m in amounts if brackets.start() < m.start < brackets.end()]
        if before is None or len(within) != 1:
            continue
        if before.measure == within[0].measure and before.unit != within[0].unit and _is_all(within[0], brackets):
            yield _Conversion(before.key + before.unit, within[0].key + within[0].unit, brackets[0])


def _is_all(amount: Mention, brackets: re.Match[str]) -> bool:
    """Return whether brackets hold an amount and nothing else but a hedge."""
    rest = brackets[1].replace(amount.whole, "", 1).lower()
    for hedge in lexicon.BEFORE_NUMBERS:
        rest = rest.removeprefix(hedge + " ")
    return _NOT_SAID.fullmatch(rest) is not None
