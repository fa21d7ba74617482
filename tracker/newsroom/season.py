"""A season of news: many outlets, many articles, every kind of edit and every kind of trap, all known beforehand.

Figures: NewsEdits (3.6 versions an article; gaps lognormal with a median of 45 minutes).
"""

from __future__ import annotations

import json
import math
import random
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tracker.model import LabelKind, NoticeKind

from . import prose, traps
from .listings import CLOSED_TAIL, Listing, Robots, listing, robots
from .play import Edition, Outlet, Piece, Play
from .traps import HOUR, MINUTE
from .truth import key as key_of_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_MOST_EDITIONS: Final = 12
_MEAN_EDITIONS: Final = 2.8
_MEDIAN_GAP: Final = 45 * MINUTE
_SPREAD: Final = 1.1
_REPRINTED: Final = 0.05
_LATEST: Final = 30 * MINUTE
_LIVE: Final = 0.02
_MOST_ENTRIES: Final = 60
_SHORT: Final = 0.005
_VERBS: Final = (" will ", " were ", " was ", " are ")


@dataclass(frozen=True, slots=True)
class Season:
    """A play with its traps.

    *episodes*, *traits* and *listings* are by the key of a piece, *weather* and *robots* by the key of an outlet.
    *reprints* are pairs of pieces, each with the one whose text it has taken over.
    """

    play: Play
    episodes: dict[str, tuple[traps.Episode, ...]]
    traits: dict[str, traps.Traits]
    weather: dict[str, tuple[traps.Episode, ...]]
    listings: dict[str, Listing]
    robots: dict[str, Robots]
    reprints: tuple[tuple[str, str], ...]

    def lines(self) -> Iterator[str]:
        """Yield what is true, as JSON lines: every edition with the key of its words, every episode, every burst."""
        for piece in self.play.pieces:
            for number, edition in enumerate(piece.editions, 1):
                notes = [(str(kind), text) for kind, text in edition.notes]
                words = key_of_words(edition.title, edition.dek, edition.byline, edition.paragraphs, notes)
                told = {"ev": "rev", "piece": piece.key, "outlet": piece.outlet, "path": piece.path, "rev": number}
                kinds = sorted(map(str, edition.kinds))
                yield json.dumps({**told, "t": round(edition.at, 1), "kinds": kinds, "key": words})
        for ev, happened in (("episode", self.episodes), ("site", self.weather)):
            for owner, episodes in happened.items():
                for each in episodes:
                    end = None if math.isinf(each.end) else round(each.end, 1)
                    yield json.dumps(
                        {"ev": ev, "of": owner, "state": each.state, "t": round(each.start, 1), "end": end}
                    )

    def is_closed(self, piece: Piece) -> bool:
        """Say whether the outlet's robots.txt forbids the piece."""
        return self.robots[piece.outlet] is Robots.CLOSED and piece.path.endswith(CLOSED_TAIL)

    def state(self, piece: Piece, seconds: float) -> traps.State | None:
        """Return what the piece's address answers then; None for the news itself."""
        for each in (*self.weather[piece.outlet], *self.episodes[piece.key]):
            if each.covers(seconds):
                return each.state
        return None

    def blocked(self, piece: Piece, start: float, end: float, *, rest: float = 0.0) -> float:
        """Return how many seconds between *start* and *end* the text could not be read.

        Who refused us is left alone for about as long again, *rest* at most.
        """
        hidden = [
            (max(each.start, start), min(each.end + min(each.end - each.start, rest), end))
            for each in (*self.weather[piece.outlet], *self.episodes[piece.key])
            if each.state not in traps.TELLS_NEWS
        ]
        return sum(max(till - since, 0.0) for since, till in hidden)


def season(seed: int, *, hours: float = 24.0, outlets: int = 8, articles: int = 20) -> Season:
    """Return a season of *articles* an outlet over *hours* of the play."""
    duration = hours * HOUR
    papers = tuple(_outlet(random.Random(f"outlet:{seed}:{n}"), n) for n in range(outlets))  # noqa: S311 - a stage set
    pieces: list[Piece] = []
    episodes: dict[str, tuple[traps.Episode, ...]] = {}
    traits: dict[str, traps.Traits] = {}
    ways: dict[str, Listing] = {}
    reprints: list[tuple[str, str]] = []
    for place, paper in enumerate(papers):
        for number in range(articles):
            key = f"{paper.key}-{number}"
            dice = random.Random(f"piece:{seed}:{key}")  # noqa: S311 - a stage set
            born = 0.0 if number < articles // 3 else dice.uniform(0, 0.4 * duration)
            told = [piece for piece in pieces[: place * articles] if piece.editions[0].at + _LATEST < duration]
            theirs = dice.choice(told) if told and dice.random() < _REPRINTED else None
            if theirs is None:
                piece = _piece(dice, paper, key, born, duration)
            else:
                piece = _reprint(dice, theirs, paper, key, duration)
                reprints.append((key, theirs.key))
            pieces.append(piece)
            episodes[key] = traps.episodes(dice, piece.editions[0].at, duration)
            traits[key] = traps.traits(dice, prose.headline(dice))
            ways[key] = listing(dice)
    weather = {
        paper.key: traps.site_episodes(random.Random(f"weather:{seed}:{paper.key}"), duration)  # noqa: S311 - a stage set
        for paper in papers
    }
    made = Play(seed, duration, papers, tuple(pieces), story="", story_pieces=())
    kinds = {paper.key: robots(number) for number, paper in enumerate(papers)}
    return Season(made, episodes, traits, weather, ways, kinds, tuple(reprints))


def _outlet(dice: random.Random, number: int) -> Outlet:
    owner = prose.name(dice)
    return Outlet(
        key=f"site{number}",
        name=f"The {owner.split()[1]} {dice.choice(('Post', 'Herald', 'Gazette', 'Mirror', 'Echo', 'Star'))} {number}",
        host=f"127.0.1.{number + 1}",
        motto=f"Founded by {owner}",
        footer=f"Published by {owner} & Partners, house {number + 3}.",
        style="ledger" if number % 2 else "courier",
    )


def _piece(dice: random.Random, paper: Outlet, key: str, born: float, duration: float) -> Piece:
    title = prose.headline(dice)
    first = Edition(
        at=born,
        title=title,
        dek=prose.dek(dice),
        byline=tuple(dict.fromkeys(prose.name(dice) for _ in range(dice.choice((1, 1, 2))))),
        paragraphs=tuple(prose.paragraph(dice) for _ in range(dice.randint(5, 12))),
    )
    is_live = dice.random() < _LIVE
    editions = [first]
    wanted = _MOST_ENTRIES if is_live else min(1 + int(dice.expovariate(1 / _MEAN_EDITIONS)), _MOST_EDITIONS)
    while len(editions) < wanted:
        at = editions[-1].at + _gap(dice, is_live=is_live)
        if at >= duration:
            break
        after = _entry(dice, editions[-1]) if is_live else _edit(dice, editions)
        editions.append(replace(after, at=at))
    slug = "-".join(title.lower().split()[:5]).replace("'", "")
    return Piece(
        key=key,
        outlet=paper.key,
        path=f"/2026/11/{slug}-{key.rpartition('-')[2]}",
        section=dice.choice(("Local", "State", "Business", "Courts")),
        editions=tuple(editions),
        restless=dice.random() < 0.3,
        terms=f"© 2026 {paper.name}. All rights reserved.",
    )


def _reprint(dice: random.Random, theirs: Piece, paper: Outlet, key: str, duration: float) -> Piece:
    """Return another outlet's piece as it stands here: each edition some minutes later, a house line of their own."""
    late = dice.uniform(2 * MINUTE, _LATEST)
    editions = [replace(each, at=each.at + late) for each in theirs.editions if each.at + late < duration]
    return replace(
        theirs,
        key=key,
        outlet=paper.key,
        path=f"/2026/11/{key.rpartition('-')[0]}-wire-{key.rpartition('-')[2]}",
        editions=tuple(editions),
        terms=f"© 2026 {paper.name}. This text is from an agency.",
    )


def _gap(dice: random.Random, *, is_live: bool) -> float:
    """Return how long an edition stands; some are gone before anybody can look again."""
    if dice.random() < _SHORT:
        return dice.uniform(1, 8) * MINUTE
    return (_MEDIAN_GAP / 3 if is_live else _MEDIAN_GAP) * math.exp(dice.gauss(0, _SPREAD))


def _entry(dice: random.Random, before: Edition) -> Edition:
    """Return a live page with one more entry, the newest first."""
    texts = (prose.paragraph(dice), *before.paragraphs)
    return replace(before, paragraphs=texts, kinds=frozenset({LabelKind.INSERT}))


def _edit(dice: random.Random, editions: list[Edition]) -> Edition:
    before = editions[-1]
    if len(editions) > 2 and dice.random() < 0.04:
        return replace(editions[-3], kinds=frozenset({LabelKind.RESTORED}))
    chosen: Callable[[random.Random, Edition], Edition] = dice.choices(
        [_replace, _add, _minor, _headline, _correct, _note, _delete, _reorder, _byline, _deny],
        weights=[20, 25, 15, 10, 6, 9, 7, 4, 4, 3],
    )[0]
    after = chosen(dice, before)
    return after if _words(after) not in {_words(each) for each in editions} else _add(dice, before)


def _words(edition: Edition) -> tuple[object, ...]:
    return (edition.title, edition.dek, edition.byline, edition.paragraphs, edition.notes)


def _replace(dice: random.Random, before: Edition) -> Edition:
    at = dice.randrange(len(before.paragraphs))
    texts = list(before.paragraphs)
    texts[at] = prose.paragraph(dice)
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.REWRITE}))


def _add(dice: random.Random, before: Edition) -> Edition:
    at = dice.randrange(1, len(before.paragraphs) + 1)
    texts = (*before.paragraphs[:at], prose.paragraph(dice), *before.paragraphs[at:])
    return replace(before, paragraphs=texts, kinds=frozenset({LabelKind.INSERT}))


def _minor(dice: random.Random, before: Edition) -> Edition:
    at = dice.randrange(len(before.paragraphs))
    texts = list(before.paragraphs)
    words = texts[at].split()
    spots = [n for n, word in enumerate(words) if word.strip("$,.").isdigit()]
    if spots:
        spot = dice.choice(spots)
        figure = words[spot].strip("$,.")
        words[spot] = words[spot].replace(figure, str(int(figure) + dice.randint(1, 40)))
        texts[at] = " ".join(words)
    else:
        texts[at] += f" {prose.sentence(dice)}"
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.NUMBER}))


def _headline(dice: random.Random, before: Edition) -> Edition:
    return replace(before, title=prose.headline(dice), kinds=frozenset({LabelKind.HEADLINE}))


def _correct(dice: random.Random, before: Edition) -> Edition:
    after = _minor(dice, before)
    wrong = dice.randint(3, 900)
    note = (NoticeKind.CORRECTION, f"Correction: An earlier version of this article gave a figure as {wrong}.")
    return replace(after, notes=(*after.notes, note), kinds=frozenset({LabelKind.CORRECTION, LabelKind.NUMBER}))


def _note(dice: random.Random, before: Edition) -> Edition:
    after = _add(dice, before)
    note = (NoticeKind.UPDATE, f"(Updates with comment from {prose.name(dice)}.)")
    return replace(after, notes=(note,), kinds=frozenset({LabelKind.INSERT, LabelKind.UPDATE_NOTE}))


def _delete(dice: random.Random, before: Edition) -> Edition:
    if len(before.paragraphs) < 4:
        return _add(dice, before)
    at = dice.randrange(1, len(before.paragraphs))
    texts = before.paragraphs[:at] + before.paragraphs[at + 1 :]
    return replace(before, paragraphs=texts, kinds=frozenset({LabelKind.DELETE}))


def _reorder(dice: random.Random, before: Edition) -> Edition:
    at = dice.randrange(1, len(before.paragraphs) - 1)
    texts = list(before.paragraphs)
    texts[at], texts[at + 1] = texts[at + 1], texts[at]
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.MOVE}))


def _deny(dice: random.Random, before: Edition) -> Edition:
    """Turn a statement round by one word."""
    spots = [(n, verb) for n, text in enumerate(before.paragraphs) for verb in _VERBS if verb in text]
    if not spots:
        return _minor(dice, before)
    at, verb = dice.choice(spots)
    texts = list(before.paragraphs)
    texts[at] = texts[at].replace(verb, f"{verb}not ", 1)
    return replace(before, paragraphs=tuple(texts), kinds=frozenset({LabelKind.HEDGE}))


def _byline(dice: random.Random, before: Edition) -> Edition:
    names = (*before.byline[:1], prose.name(dice))
    return replace(before, byline=tuple(dict.fromkeys(names)), kinds=frozenset({LabelKind.BYLINE}))
