"""The parts of a page that differ on every request and are not news: ads, tokens, counters, tickers, promos."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_ADVERTISERS: Final = (
    ("Quay Hearing", "A hearing test takes twenty minutes. Book yours before the holidays."),
    ("Mill Road Motors", "Winter tires, fitted while you wait, from $89 each."),
    ("Harbor Credit Union", "A fixed rate for five years. Talk to us on Quay Street."),
    ("Greaves & Daughters", "Stony Ford cider, now in the half-gallon jug."),
    ("Saint Anne’s Fair", "Wreaths, candles and a raffle this Saturday from ten."),
    ("Pell Roofing", "Slates gone after the storm? We come the same day."),
)
_MOST_READ: Final = (
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
    """The changing parts of one response.

    `positions` are the paragraphs that promos are inserted at; `gzip` says whether the response may be compressed.
    """

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
    positions: tuple[int, ...]
    gzip: bool


def make_noise(seed: int, path: str, request: int, headlines: Sequence[str] = ()) -> Noise:
    """Return the noise of response number *request*; *headlines* of other articles are used as promos."""
    rng = random.Random(f"noise:{seed}:{path}:{request}")  # noqa: S311 - not used for security

    def token(length: int) -> str:
        return "".join(rng.choices(_HEX, k=length))

    promos = [*headlines, *_MOST_READ]
    return Noise(
        nonce=token(16),
        csrf=token(40),
        build=token(5),
        minutes=rng.randint(1, 58),
        comments=rng.randint(3, 400),
        readers=rng.randint(20, 9000),
        ads=tuple((name, text, token(12)) for name, text in rng.sample(_ADVERTISERS, 3)),
        promos=tuple(rng.sample(promos, 2)),
        most_read=tuple(rng.sample(_MOST_READ, 5)),
        ticker=tuple(f"{name} {rng.uniform(2, 900):,.2f} {rng.choice('▲▼')}" for name in _TICKER),
        positions=tuple(sorted(rng.sample(range(1, 5), 2))),
        gzip=rng.random() < 0.5,
    )
