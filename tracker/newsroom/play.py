"""What a newspaper will print and when: a timetable of editions, all of it known before the curtain rises.

Times are seconds of the play; a `Clock` says how fast they pass. Everything here is a function of the seed.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from tracker.model import LabelKind, NoticeKind

LEAST_LIFE: Final = 4.0
"""Seconds that every edition lives at least, whatever the seed."""


@dataclass(frozen=True, slots=True)
class Edition:
    """One editorial state of an article, and what its edit is (*kinds*; empty for the first).

    *notes* are the outlet's own words about the edit, printed below the text.
    """

    at: float
    title: str
    dek: str
    byline: tuple[str, ...]
    paragraphs: tuple[str, ...]
    notes: tuple[tuple[NoticeKind, str], ...] = ()
    kinds: frozenset[LabelKind] = frozenset()


@dataclass(frozen=True, slots=True)
class Piece:
    """An article of the play: where it stands, its editions in order, and when it is taken down.

    *etag* gives it an ETag that follows its editions, so that it answers 304. *restless* lets promos wander through
    the text. *credit* and *terms* stand below the text and belong to no edition.
    """

    key: str
    outlet: str
    path: str
    section: str
    editions: tuple[Edition, ...]
    gone_at: float | None = None
    gone_status: int = 410
    etag: bool = False
    restless: bool = False
    credit: str = ""
    terms: str = ""

    def edition_at(self, seconds: float) -> int | None:
        """Return the index of the edition that stands then; None before the first and after the takedown."""
        if self.is_gone(seconds):
            return None
        standing = [index for index, edition in enumerate(self.editions) if edition.at <= seconds]
        return standing[-1] if standing else None

    def is_gone(self, seconds: float) -> bool:
        """Say whether the article has been taken down by then."""
        return self.gone_at is not None and seconds >= self.gone_at


@dataclass(frozen=True, slots=True)
class Outlet:
    """A newspaper of the play: its name, the loopback address it would like, and whose content system it has.

    *style* is "ledger" or "courier".
    """

    key: str
    name: str
    host: str
    motto: str
    footer: str
    style: str


@dataclass(frozen=True, slots=True)
class Play:
    """The whole timetable; *duration* is when the last edition has stood long enough to be seen."""

    seed: int
    duration: float
    outlets: tuple[Outlet, ...]
    pieces: tuple[Piece, ...]
    story: str
    story_pieces: tuple[str, ...]

    def outlet(self, key: str) -> Outlet:
        """Return the outlet of that key."""
        return next(outlet for outlet in self.outlets if outlet.key == key)

    def of(self, outlet: str) -> tuple[Piece, ...]:
        """Return the pieces of one outlet, in the order of their first edition."""
        return tuple(sorted((p for p in self.pieces if p.outlet == outlet), key=lambda p: p.editions[0].at))

    def find(self, outlet: str, path: str) -> Piece | None:
        """Return the piece at *path*, or None."""
        return next((p for p in self.pieces if p.outlet == outlet and p.path == path), None)


def demo(seed: int = 0) -> Play:
    """Return the play of `writethru demo`: one morning in Port Alder, in about three quarters of a minute."""
    from . import city, wire

    dice = random.Random(f"timetable:{seed}")  # noqa: S311 - a timetable, not a secret
    pieces = (
        _shift(wire.at_the_ledger(), dice),
        *(_shift(piece, dice) for piece in city.PIECES),
        _shift(wire.at_the_courier(), dice),
    )
    return Play(
        seed=seed,
        duration=44.0,
        outlets=city.OUTLETS,
        pieces=pieces,
        story=wire.STORY,
        story_pieces=("bridge", "bridge-reprint"),
    )


def _shift(piece: Piece, dice: random.Random) -> Piece:
    """Move every edition but those of the opening by up to half a second, so that no two seeds are alike."""

    def moved(at: float) -> float:
        return round(at + dice.uniform(-0.5, 0.5), 2) if at else at

    editions = tuple(replace(edition, at=moved(edition.at)) for edition in piece.editions)
    gone_at = None if piece.gone_at is None else moved(piece.gone_at)
    times = [edition.at for edition in editions] + ([gone_at] if gone_at is not None else [])
    assert all(later - earlier >= LEAST_LIFE for earlier, later in pairwise(times)), piece.key
    return replace(piece, editions=editions, gone_at=gone_at)


def revise(first: Edition, *steps: Callable[[Edition], Edition]) -> tuple[Edition, ...]:
    """Return the editions that come of applying each step to the edition before it."""
    editions = [first]
    for step in steps:
        editions.append(step(editions[-1]))
    return tuple(editions)


def prose(text: str) -> tuple[str, ...]:
    """Return the paragraphs of *text*, which are set apart by empty lines."""
    return tuple(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))
