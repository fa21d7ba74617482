"""What a watcher's kept texts are worth: every one of them is held against the editions that were printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.newsroom.listings import DOWN_UNTIL, Robots
from tracker.newsroom.traps import TELLS_NEWS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from _soak_watchers import State

    from tracker.newsroom.logbook import Entry
    from tracker.newsroom.play import Edition, Piece
    from tracker.newsroom.season import Season
    from tracker.newsroom.traps import Traits

_LINK = re.compile(r"\]\([^)]*\)")
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> str:
    """Return the words of a text, whatever sets them apart; where Markdown links lead is no text."""
    return f" {' '.join(_WORD.findall(_LINK.sub(']', text).casefold()))} "


@dataclass
class Tally:
    """What became of one season at one watcher."""

    looks: int = 0
    requests: int = 0
    unchanged: int = 0
    forbidden: int = 0
    served: int = 0
    seen_of_served: int = 0
    stood: int = 0
    seen_of_stood: int = 0
    states: int = 0
    again: int = 0
    earlier: int = 0
    nothing: int = 0
    marked: int = 0
    reasons: dict[str, int] = field(default_factory=dict)
    samples: list[str] = field(default_factory=list)

    def count(self, reason: str) -> None:
        self.reasons[reason] = self.reasons.get(reason, 0) + 1

    @property
    def false(self) -> int:
        """Count the states that told of an edit where there was none."""
        return self.again + self.earlier + self.nothing


class Printed:
    """One piece's editions, in words."""

    def __init__(self, piece: Piece, other_title: str = "") -> None:
        self.editions = piece.editions
        self._parts = [_parts(edition) for edition in piece.editions]
        other = {words(other_title)} if other_title else set[str]()
        self._titles = [{words(edition.title)} | other for edition in piece.editions]
        every = {part for parts in self._parts for part in parts} | {words(e.title) for e in piece.editions}
        self._foreign = [
            {part for part in every if part not in "".join(parts) and not any(part in title for title in titles)}
            for parts, titles in zip(self._parts, self._titles, strict=True)
        ]

    def matching(self, text: str) -> list[int]:
        """Return which editions a text is: all of an edition stands in it, and nothing that only others have."""
        given = words(text)
        return [index for index in range(len(self._parts)) if self._is(given, index)]

    def _is(self, given: str, index: int) -> bool:
        at = 0
        for part in self._parts[index]:
            found = given.find(part, at)
            if found < 0:
                return False
            at = found + len(part) - 1
        title = any(title in given for title in self._titles[index])
        return title and not any(part in given for part in self._foreign[index])


def _parts(edition: Edition) -> list[str]:
    *others, last = edition.byline
    names = f"{', '.join(others)} and {last}" if others else last
    texts = [edition.dek, f"By {names}", *edition.paragraphs, *(text for _, text in edition.notes)]
    return [words(each) for each in texts]


@dataclass(frozen=True)
class Watch:
    """How the season was looked at: *began* is the hour at which second 0 fell, *poll* and *end* are in its seconds."""

    season: Season
    began: float
    speed: float
    poll: float
    end: float


def tally(watch: Watch, access: Sequence[Entry], kept: Mapping[str, Sequence[State]]) -> Tally:
    """Score one watcher by its own log of requests and what it kept of each piece (by key)."""
    found = Tally(requests=len(access))
    season = watch.season
    by_piece: dict[str, list[Entry]] = {piece.key: [] for piece in season.play.pieces}
    for entry in access:
        if entry["piece"]:
            by_piece[entry["piece"]].append(entry)
    for piece in season.play.pieces:
        entries = by_piece[piece.key]
        found.looks += len(entries)
        found.unchanged += sum(entry["status"] == 304 for entry in entries)
        found.forbidden += sum(_is_forbidden(season, piece, entry["t"]) for entry in entries)
        seen = _judge(watch, piece, entries, kept.get(piece.key, ()), found)
        served = _served(watch, piece, entries)
        stood = {index for index in range(len(piece.editions)) if _readable(watch, piece, index) > 2 * watch.poll}
        found.served += len(served)
        found.seen_of_served += len(served & seen)
        found.stood += len(stood)
        found.seen_of_stood += len(stood & seen)
        found.samples += [f"served and not kept: {piece.key} edition {index + 1}" for index in sorted(served - seen)]
    return found


def _judge(watch: Watch, piece: Piece, entries: Sequence[Entry], states: Sequence[State], found: Tally) -> set[int]:
    printed = Printed(piece, watch.season.traits[piece.key].other_title)
    seen: set[int] = set()
    last: list[int] = []
    for state in states:
        found.states += 1
        second = (state.at - watch.began) * watch.speed
        # Some note the hour when they began to look, or in whole seconds.
        known = [i for i in printed.matching(state.text) if not i or piece.editions[i].at <= second + watch.poll]
        fresh = [i for i in known if i > max(seen, default=-1)] or [i for i in known if i not in seen]
        if fresh:
            seen.add(fresh[0])
        elif known:
            kind = "again" if set(known) & set(last) else "earlier"
            setattr(found, kind, getattr(found, kind) + 1)
            found.marked += state.flaps
            found.count(f"{kind}: {_excuse(watch.season.traits[piece.key]) if last else 'after no edition'}")
        else:
            found.nothing += 1
            reason = _reason(entries, state)
            found.count(f"no edition: {reason}")
            found.samples.append(f"no edition ({reason}): {piece.key} {' '.join(state.text.split())[:300]!r}")
        last = known
    return seen


def _excuse(traits: Traits) -> str:
    """Name why a page may show by turns what it showed before."""
    return "headline test" if traits.other_title else "edge that lags" if any(traits.lags) else "other"


def _reason(entries: Sequence[Entry], state: State) -> str:
    """Name what the address answered when the text was taken."""

    def apart(entry: Entry) -> float:
        return abs(datetime.fromisoformat(entry["at"]).timestamp() - state.at)

    return str(min(entries, key=apart)["state"] or "the news") if entries else "unknown"


def _served(watch: Watch, piece: Piece, entries: Sequence[Entry]) -> set[int]:
    """Return the editions that were sent whole, under their own title, in time to be kept."""
    other = watch.season.traits[piece.key].other_title
    return {
        entry["edition"] - 1
        for entry in entries
        if entry["status"] == 200
        and entry["edition"] is not None
        and entry["state"] in {"", *TELLS_NEWS}
        and entry["t"] <= watch.end - 2 * watch.poll
        and not (other and entry["n"] % 2)
    }


def _readable(watch: Watch, piece: Piece, index: int) -> float:
    """Return for how many seconds an edition could be read; 0 where robots.txt kept robots out, whoever cared."""
    if watch.season.is_closed(piece) or watch.season.robots[piece.outlet] is Robots.DOWN:
        return 0.0
    start = piece.editions[index].at
    later = piece.editions[index + 1].at if index + 1 < len(piece.editions) else watch.end
    end = min(later, watch.end)
    return end - start - watch.season.blocked(piece, start, end) if end > start else 0.0


def _is_forbidden(season: Season, piece: Piece, seconds: float) -> bool:
    down = season.robots[piece.outlet] is Robots.DOWN and seconds < DOWN_UNTIL
    return down or season.is_closed(piece)
