"""The parts of a page that differ on every request and are not news: ads, tokens, counters, tickers, promos."""

from __future__ import annotations

import random
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Final

_TEXTS: Final = tomllib.loads(files(__package__).joinpath("noise.toml").read_text("utf-8"))
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
    # By seed, path and number: a run can be repeated, and no two responses are the same.
    rng = random.Random(f"noise:{seed}:{path}:{request}")  # noqa: S311 - not used for security

    def token(length: int) -> str:
        return "".join(rng.choices(_HEX, k=length))

    promos = [*headlines, *_TEXTS["most_read"]]
    return Noise(
        nonce=token(16),
        csrf=token(40),
        build=token(5),
        minutes=rng.randint(1, 58),
        comments=rng.randint(3, 400),
        readers=rng.randint(20, 9000),
        ads=tuple((name, text, token(12)) for name, text in rng.sample(_TEXTS["advertisers"], 3)),
        promos=tuple(rng.sample(promos, 2)),
        most_read=tuple(rng.sample(_TEXTS["most_read"], 5)),
        ticker=tuple(f"{name} {rng.uniform(2, 900):,.2f} {rng.choice('▲▼')}" for name in _TEXTS["ticker"]),
        positions=tuple(sorted(rng.sample(range(1, 5), 2))),
        gzip=rng.random() < 0.5,
    )
