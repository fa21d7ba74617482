"""What changes on every fetch of a page and is no news: ads, tokens, counters, tickers, promos, relative times."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_ADS: Final = (
    ("Quay Hearing", "A hearing test takes twenty minutes. Book yours before the holidays."),
    ("Mill Road Motors", "Winter tires, fitted while you wait, from $89 each."),
    ("Harbor Credit Union", "A fixed rate for five years. Talk to us on Quay Street."),
    ("Greaves & Daughters", "Stony Ford cider, now in the half-gallon jug."),
    ("Saint Anne’s Fair", "Wreaths, candles and a raffle this Saturday from ten."),
    ("Pell Roofing", "Slates gone after the storm? We come the same day."),
)
_READ: Final = (
    "Five walks that end at a bakery",
    "The lighthouse keeper’s cat has a successor",
    "What the new parking zones mean for you",
    "Letters: Who needs a cruise terminal?",
    "Obituary: Hanna Voss, who taught half the town to swim",
    "Quiz: How well do you know the harbor?",
    "Photos: The boats of the winter regatta",
    "Why the ferry horn sounds twice",
)
_TICKER: Final = ("Cod", "Diesel", "Barley", "Coastal 100", "Lumber")
_HEX: Final = "0123456789abcdef"


@dataclass(frozen=True, slots=True)
class Noise:
    """Everything on one response that nobody wrote as news."""

    nonce: str
    csrf: str
    build: str
    minutes: int
    comments: int
    readers: int
    ads: tuple[tuple[str, str, str], ...]
    promos: tuple[str, ...]
    most_read: tuple[str, ...]
    ticker: tuple[str, ...]
    places: tuple[int, ...]
    gzip: bool


def noise(seed: int, path: str, request: int, headlines: Sequence[str] = ()) -> Noise:
    """Return the noise of the *request*-th response; *headlines* of other articles feed the promos."""
    dice = random.Random(f"noise:{seed}:{path}:{request}")  # noqa: S311 - nonces of a stage set

    def token(length: int) -> str:
        return "".join(dice.choices(_HEX, k=length))

    wares = [*headlines, *_READ]
    return Noise(
        nonce=token(16),
        csrf=token(40),
        build=token(5),
        minutes=dice.randint(1, 58),
        comments=dice.randint(3, 400),
        readers=dice.randint(20, 9000),
        ads=tuple((name, text, token(12)) for name, text in dice.sample(_ADS, 3)),
        promos=tuple(dice.sample(wares, 2)),
        most_read=tuple(dice.sample(_READ, 5)),
        ticker=tuple(f"{name} {dice.uniform(2, 900):,.2f} {dice.choice('▲▼')}" for name in _TICKER),
        places=tuple(sorted(dice.sample(range(1, 5), 2))),
        gzip=dice.random() < 0.5,
    )
