"""How the service came through a season: gates over the archive, what was asked, and what the sink took.

Source of the gates: the project's own reliability programme; each is a figure with the least or most it may be.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from tracker.model import LabelKind, VersionQuery
from tracker.urls import identity

from .scorer import alert_of, align
from .traps import TELLS_NEWS, State
from .troubled import MOVED
from .truth import UNPUBLISHED, VERSION, key, key_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.model import Tracked, Version
    from tracker.ports import Store

    from .logbook import Entry
    from .play import Edition, Piece
    from .season import Season

_FROZEN_LOOKS: Final = 21
"""Looks after which an edition must be found whose ETag never changes: each twentieth is unconditional."""
_SLACK: Final = 30.0
_FORBIDDEN: Final = ("/ads/", "/search", "/login")
_ALLOWED: Final = {LabelKind.FLAP}


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure of a run and what it must be; *of* counts what it was taken over, so that none passes idle."""

    name: str
    value: float
    least: float | None = None
    most: float | None = None
    of: int = 0
    floor: int = 1

    @property
    def holds(self) -> bool:
        """Say whether the figure is what it must be, over enough."""
        good = (self.least is None or self.value >= self.least) and (self.most is None or self.value <= self.most)
        return good and self.of >= self.floor


@dataclass(frozen=True, slots=True)
class Conditions:
    """How the season was watched: *poll* in seconds of the play, its *end*, and when the service was *away*."""

    poll: float
    end: float
    away: tuple[tuple[float, float], ...] = ()

    def missed(self, start: float, end: float) -> float:
        """Return the seconds between *start* and *end* in which nobody looked."""
        return sum(max(min(till, end) - max(since, start), 0.0) for since, till in self.away)


@dataclass(slots=True)
class _Kept:
    """What the archive holds of one piece: each version's printed edition, or None with the reason it may be there."""

    piece: Piece
    tracked: Tracked
    versions: list[Version]
    editions: list[int | None] = field(default_factory=list)
    excused: list[bool] = field(default_factory=list)


@dataclass(frozen=True)
class Assessment:
    """The gates, and every fault in words."""

    gates: tuple[Gate, ...]
    faults: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Say whether every gate holds."""
        return all(gate.holds for gate in self.gates)


def assess(
    store: Store,
    season: Season,
    bases: Mapping[str, str],
    access: Sequence[Entry],
    sink: Sequence[Entry],
    conditions: Conditions,
) -> Assessment:
    """Hold an archive and two logs against a season."""
    faults: list[str] = []
    kept = _kept(store, season, bases)
    told = _told(season, access, conditions)
    gates = [
        _completeness(season, kept, told, conditions, faults),
        _served(kept, told, faults),
        _false(kept, faults),
        *_alerts(kept, sink, faults),
        *_status(season, bases, sink, conditions, faults),
        *_manners(access),
        _delay(kept, access, conditions),
    ]
    return Assessment(tuple(gates), tuple(faults))


def _key(edition: Edition, title: str = "") -> str:
    notes = [(str(kind), text) for kind, text in edition.notes]
    return key(title or edition.title, edition.dek, edition.byline, edition.paragraphs, notes)


def _kept(store: Store, season: Season, bases: Mapping[str, str]) -> dict[str, _Kept]:
    by_identity = {
        identity(bases[piece.outlet] + piece.path + tail): piece for piece in season.play.pieces for tail in ("", MOVED)
    }
    found: dict[str, _Kept] = {}
    for tracked in store.articles():
        piece = by_identity.get(identity(tracked.url))
        if piece is None:
            continue
        versions = list(store.versions(VersionQuery(article=tracked.id, reverse=True)))
        each = found.setdefault(piece.key, _Kept(piece, tracked, []))
        each.versions += versions
    for each in found.values():
        _place(season, each)
    return found


def _place(season: Season, kept: _Kept) -> None:
    printed = [_key(edition) for edition in kept.piece.editions]
    traits = season.traits[kept.piece.key]
    variants = [_key(edition, traits.other_title) for edition in kept.piece.editions] if traits.other_title else []
    keys = [key_of(version.content) for version in kept.versions]
    for version, each, index in zip(kept.versions, keys, align(keys, printed), strict=True):
        late = printed.index(each) if index is None and each in printed and any(traits.lags) else None
        labels = {label.kind for label in version.change.labels} if version.change else set()
        shown = variants.index(each) if index is None and each in variants else None
        kept.editions.append(next((at for at in (index, late, shown) if at is not None), None))
        kept.excused.append(index is None and (late is not None or each in variants or bool(labels & _ALLOWED)))


def _completeness(
    season: Season, kept: dict[str, _Kept], told: set[tuple[str, int]], conditions: Conditions, faults: list[str]
) -> Gate:
    due = stored = 0
    for piece in season.play.pieces:
        have = {index for index in kept[piece.key].editions if index is not None} if piece.key in kept else set()
        for index, edition in enumerate(piece.editions):
            ends = [*(later.at for later in piece.editions[index + 1 :]), conditions.end]
            start, end = edition.at, min(ends[0], conditions.end)
            seen = end - start - season.blocked(piece, start, end) - conditions.missed(start, end)
            looks = _FROZEN_LOOKS if season.traits[piece.key].validator == "frozen" and index else 1.1
            # A title that changes with every request doubles the looks that an edition needs; so do edges behind.
            looks *= 2 if season.traits[piece.key].other_title or any(season.traits[piece.key].lags) else 1
            first = 2 * conditions.poll if not index else 0.0
            if season.traits[piece.key].other_title and (piece.key, index) not in told:
                continue  # whoever was shown the other title alone, and 304 from then on, could not know
            if seen < looks * conditions.poll + _SLACK + max(season.traits[piece.key].lags) + first:
                continue
            due += 1
            stored += index in have
            if index not in have:
                faults.append(f"missed: {piece.key} edition {index + 1}, readable for {seen:.0f} s")
    return Gate("completeness", stored / max(due, 1), least=0.995, of=due, floor=20)


def _told(season: Season, access: Sequence[Entry], conditions: Conditions) -> set[tuple[str, int]]:
    """Return the editions that were sent whole, under their own title, to somebody who lived to keep them."""
    told: set[tuple[str, int]] = set()
    for entry in access:
        whole = entry["status"] == 200 and entry["state"] in {"", *TELLS_NEWS} and entry["edition"] is not None
        late = entry["t"] > conditions.end - 2 * conditions.poll
        died = conditions.missed(entry["t"], entry["t"] + conditions.poll)
        variant = entry["piece"] and season.traits[entry["piece"]].other_title and entry["n"] % 2
        if whole and not late and not died and not variant:
            told.add((entry["piece"], entry["edition"] - 1))
    return told


def _served(kept: dict[str, _Kept], told: set[tuple[str, int]], faults: list[str]) -> Gate:
    have = {(k, index) for k, each in kept.items() for index in each.editions if index is not None}
    lost = sorted(told - have)
    faults += [f"served and not stored: {piece} edition {index + 1}" for piece, index in lost]
    return Gate("served completeness", 1 - len(lost) / max(len(told), 1), least=1.0, of=len(told), floor=20)


def _false(kept: dict[str, _Kept], faults: list[str]) -> Gate:
    count = total = 0
    for each in kept.values():
        for version, index, excused in zip(each.versions, each.editions, each.excused, strict=True):
            total += 1
            if index is None and not excused:
                count += 1
                faults.append(f"false version: {each.piece.key} v{version.n} “{version.content.title}”")
    return Gate("false versions", count, most=0, of=total, floor=20)


def _alerts(kept: dict[str, _Kept], sink: Sequence[Entry], faults: list[str]) -> list[Gate]:
    ids: dict[tuple[str, str, int, str], list[str]] = defaultdict(list)
    order: dict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in sink:
        if entry["status"] != 204:
            continue
        rule, url, number, event = alert_of(entry["payload"])
        told = (rule, identity(url), number, event)
        if told not in ids and event == VERSION:
            order[rule, identity(url)].append(number)
        ids[told].append(entry["id"])
    known = {(identity(each.tracked.url), version.n) for each in kept.values() for version in each.versions}
    due = {
        (identity(each.tracked.url), version.n)
        for each in kept.values()
        for version, index, excused in zip(each.versions, each.editions, each.excused, strict=True)
        if version.n > 1 and index is not None and not excused
    }
    heard = {(url, number) for (rule, url, number, event) in ids if rule == EVERY and event == VERSION}
    untold, unasked = sorted(due - heard), sorted(heard - known)
    faults += [f"alert not delivered: {url} v{number}" for url, number in untold]
    faults += [f"alert of nothing: {url} v{number}" for url, number in unasked]
    twice = sum(len(set(each)) - 1 for each in ids.values())
    disorder = sum(later < earlier for numbers in order.values() for earlier, later in pairwise(numbers))
    return [
        Gate("alerts delivered", 1 - len(untold) / max(len(due), 1), least=1.0, of=len(due), floor=20),
        Gate("alerts of nothing", len(unasked), most=0, of=len(heard), floor=20),
        Gate("alerts twice under two ids", twice, most=0, of=len(heard), floor=20),
        Gate("alerts out of order", disorder, most=0, of=len(heard), floor=20),
    ]


EVERY: Final = "Every change"
TAKEN_DOWN: Final = "Taken down"


def _status(
    season: Season, bases: Mapping[str, str], sink: Iterable[Entry], conditions: Conditions, faults: list[str]
) -> list[Gate]:
    told = {
        identity(url)
        for rule, url, _, event in (alert_of(entry["payload"]) for entry in sink if entry["status"] == 204)
        if rule == TAKEN_DOWN and event == UNPUBLISHED
    }
    true: set[str] = set()
    certain: set[str] = set()
    for piece in season.play.pieces:
        url = identity(bases[piece.outlet] + piece.path)
        for each in season.episodes[piece.key]:
            if each.state in {State.GONE, State.MISSING}:
                true |= {url, identity(bases[piece.outlet] + piece.path + MOVED)}
            visible = season.blocked(piece, each.start, conditions.end) - conditions.missed(each.start, conditions.end)
            hidden = any(burst.covers(each.start) for burst in season.weather[piece.outlet])
            known = each.start > piece.editions[0].at + 4 * conditions.poll
            if each.state is State.GONE and known and not hidden and visible > 4 * conditions.poll:
                certain.add(url)
    wrong, untold = sorted(told - true), sorted(certain - told)
    faults += [f"said to be taken down and was not: {url}" for url in wrong]
    faults += [f"taken down and not told: {url}" for url in untold]
    return [
        Gate("takedowns told that were true", 1 - len(wrong) / max(len(told), 1), least=1.0, of=len(told), floor=0),
        Gate("takedowns told", 1 - len(untold) / max(len(certain), 1), least=0.98, of=len(certain), floor=0),
    ]


def _manners(access: Sequence[Entry]) -> list[Gate]:
    pieces = [entry for entry in access if entry["piece"]]
    conditional = sum(entry["conditional"] for entry in pieces)
    forbidden = sum(entry["path"].startswith(_FORBIDDEN) for entry in access)
    return [
        Gate("conditional requests", conditional / max(len(pieces), 1), least=0.4, of=len(pieces), floor=100),
        Gate("requests robots.txt forbids", forbidden, most=0, of=len(access), floor=100),
    ]


def _delay(kept: dict[str, _Kept], access: Sequence[Entry], conditions: Conditions) -> Gate:
    """Return the median delay from print to archive, in polls."""
    start = datetime.fromisoformat(access[0]["at"]).astimezone(UTC) if access else datetime.now(UTC)
    ended = datetime.fromisoformat(access[-1]["at"]).astimezone(UTC) if access else start
    span = (ended - start).total_seconds()
    speed = (access[-1]["t"] - access[0]["t"]) / span if span else 1.0
    delays = sorted(
        ((version.seen - start).total_seconds() * speed - each.piece.editions[index].at) / conditions.poll
        for each in kept.values()
        for version, index, excused in zip(each.versions, each.editions, each.excused, strict=True)
        if index and not excused
    )
    return Gate(
        "median delay in polls", delays[len(delays) // 2] if delays else 0.0, most=0.75, of=len(delays), floor=20
    )


def lines(assessment: Assessment) -> list[str]:
    """Return the gates as a table, and the first faults."""
    out = []
    for gate in assessment.gates:
        wanted = f">= {gate.least:g}" if gate.least is not None else f"<= {gate.most:g}"
        mark = "ok" if gate.holds else "FAILS"
        out.append(f"{gate.name:32} {gate.value:10.4g}   {wanted:>9}   of {gate.of:6}   {mark}")
    return [*out, *(f"  {fault}" for fault in assessment.faults[:40])]


def as_dict(assessment: Assessment) -> dict[str, Any]:
    """Return the figures, ready for JSON."""
    gates = {gate.name: {"value": gate.value, "of": gate.of, "holds": gate.holds} for gate in assessment.gates}
    return {"schema": 1, "holds": assessment.holds, "gates": gates, "faults": len(assessment.faults)}
