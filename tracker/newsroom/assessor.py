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

from .conduct import copies, manners, opened, status
from .gates import Conditions, Gate
from .listings import LATEST, Listing
from .scorer import alert_of, align
from .traps import TELLS_NEWS
from .troubled import MOVED
from .truth import VERSION, key, key_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tracker.model import Tracked, Version
    from tracker.ports import Store

    from .logbook import Entry
    from .play import Edition, Piece
    from .season import Season

_FROZEN_LOOKS: Final = 21
"""Looks after which an edition must be found whose validator never changes: each twentieth is unconditional."""
_SLACK: Final = 30.0
_REST: Final = 64
"""Looks that are left out at most after an address has refused us."""
_ODDLY_LISTED: Final = 6
"""Looks at a feed after which it has named even what it names oddly."""
_ALLOWED: Final = {LabelKind.FLAP}
EVERY: Final = "Every change"
"""The rule that asks for every change."""


@dataclass(slots=True)
class _Kept:
    """What the archive holds of one piece: each version's printed edition, or None with the reason it may be there."""

    piece: Piece
    tracked: Tracked
    versions: list[Version]
    idents: list[str] = field(default_factory=list)
    editions: list[int | None] = field(default_factory=list)
    excused: list[bool] = field(default_factory=list)

    def stored(self, printed: Sequence[str]) -> set[int]:
        """Return the editions that are kept; one whose words the version before it has, unseen edits apart, is too."""
        places = [index for index in self.editions if index is not None]
        found = set(places)
        for place, until in pairwise([*places, len(printed)]):
            found |= {later for later in range(place + 1, until) if printed[later] == printed[place]}
        return found


@dataclass(frozen=True)
class Assessment:
    """The gates, and every fault in words; the editions that were *due* and *stored*, by piece and place."""

    gates: tuple[Gate, ...]
    faults: tuple[str, ...]
    due: frozenset[tuple[str, int]] = frozenset()
    stored: frozenset[tuple[str, int]] = frozenset()

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
    due = _due(season, told, conditions, opened(access))
    stored = {(key, n) for key, each in kept.items() for n in each.stored([_key(e) for e in each.piece.editions])}
    pairs = store.story_copies([ident for each in kept.values() for ident in each.idents])
    gates = [
        *_completeness(season, stored, due, faults),
        _served(stored, told, faults),
        *_false(kept, faults),
        *_alerts(kept, sink, faults),
        *status(season, bases, sink, conditions, faults),
        *manners(season, access),
        *copies(
            season, {i: each.piece.key for each in kept.values() if each.versions for i in each.idents}, pairs, faults
        ),
        _delay(kept, access, conditions),
    ]
    return Assessment(tuple(gates), tuple(faults), frozenset(due), frozenset(stored))


def alike(calm: Assessment, struck: Assessment) -> Gate:
    """Say whether a run with faults kept what one without kept, but for what stood in its outages alone."""
    wanted = calm.stored & struck.due
    return Gate("kept as without faults", len(wanted & struck.stored) / max(len(wanted), 1), least=1.0, of=len(wanted))


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
        each.idents.append(tracked.id)
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


def _due(
    season: Season, told: set[tuple[str, int]], conditions: Conditions, opened_at: Mapping[str, float]
) -> dict[tuple[str, int], float]:
    """Return the editions that stood long enough to be seen, with how long they could be read."""
    due: dict[tuple[str, int], float] = {}
    for piece in season.play.pieces:
        if season.is_closed(piece):
            continue
        for index, edition in enumerate(piece.editions):
            ends = [*(later.at for later in piece.editions[index + 1 :]), conditions.end]
            start, end = max(edition.at, opened_at.get(piece.outlet, 0.0)), min(ends[0], conditions.end)
            seen = (
                end
                - start
                - season.blocked(piece, start, end, rest=_REST * conditions.poll)
                - conditions.missed(start, end)
            )
            if season.traits[piece.key].other_title and (piece.key, index) not in told:
                continue  # whoever was shown the other title alone, and 304 from then on, could not know
            if seen >= _needed(season, piece, index, conditions.poll):
                due[piece.key, index] = seen
    return due


def _completeness(
    season: Season, stored: set[tuple[str, int]], due: Mapping[tuple[str, int], float], faults: list[str]
) -> list[Gate]:
    kinds = {(piece.key, n): each.kinds for piece in season.play.pieces for n, each in enumerate(piece.editions)}
    reverts = [each for each in due if LabelKind.RESTORED in kinds[each]]
    missed = [each for each in due if each not in stored]
    faults += [f"missed: {piece} edition {n + 1}, readable for {due[piece, n]:.0f} s" for piece, n in missed]
    back = sum(each in stored for each in reverts)
    return [
        Gate("completeness", 1 - len(missed) / max(len(due), 1), least=0.995, of=len(due), floor=20),
        Gate("true reverts kept", back / len(reverts) if reverts else 1.0, least=0.95, of=len(reverts), floor=0),
    ]


def _needed(season: Season, piece: Piece, index: int, poll: float) -> float:
    """Return how long an edition must have been readable to be due."""
    traits = season.traits[piece.key]
    looks = _FROZEN_LOOKS if traits.is_frozen and index else 1.1
    # A title that changes with every request doubles the looks that an edition needs; so do edges behind.
    looks *= 2 if traits.other_title or any(traits.lags) else 1
    first = 0.0 if index else 2 * poll
    if not index and season.listings[piece.key] is not Listing.PLAIN:
        first = LATEST + _ODDLY_LISTED * poll
    return looks * poll + _SLACK + max(traits.lags) + first


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


def _served(stored: set[tuple[str, int]], told: set[tuple[str, int]], faults: list[str]) -> Gate:
    lost = sorted(told - stored)
    faults += [f"served and not stored: {piece} edition {index + 1}" for piece, index in lost]
    return Gate("served completeness", 1 - len(lost) / max(len(told), 1), least=1.0, of=len(told), floor=20)


def _false(kept: dict[str, _Kept], faults: list[str]) -> list[Gate]:
    count = total = flaps = twice = 0
    for each in kept.values():
        twice += len(set(each.idents)) - 1
        before: set[str] = set()
        for version, index, excused in zip(each.versions, each.editions, each.excused, strict=True):
            total += 1
            if index is None and not excused:
                count += 1
                faults.append(f"false version: {each.piece.key} v{version.n} “{version.content.title}”")
            kinds = {label.kind for label in version.change.labels} if version.change else set()
            if excused and key_of(version.content) in before and not kinds & _ALLOWED:
                flaps += 1
                faults.append(f"flap told as news: {each.piece.key} v{version.n} “{version.content.title}”")
            before.add(key_of(version.content))
    return [
        Gate("false versions", count, most=0, of=total, floor=20),
        Gate("flaps told as news", flaps, most=0, of=total, floor=20),
        Gate("articles under two names", twice, most=0, of=len(kept), floor=10),
    ]


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


def _delay(kept: dict[str, _Kept], access: Sequence[Entry], conditions: Conditions) -> Gate:
    """Return the median delay from print to archive, in polls."""
    start = datetime.fromisoformat(access[0]["at"]).astimezone(UTC) if access else datetime.now(UTC)
    ended = datetime.fromisoformat(access[-1]["at"]).astimezone(UTC) if access else start
    span = (ended - start).total_seconds()
    speed = (access[-1]["t"] - access[0]["t"]) / span if span else 1.0
    born = [
        (version.seen, each.piece.editions[index].at)
        for each in kept.values()
        for version, index, excused in zip(each.versions, each.editions, each.excused, strict=True)
        if index and not excused
    ]
    delays = sorted(
        ((seen - start).total_seconds() * speed - at) / conditions.poll
        for seen, at in born
        if not conditions.missed(at, at + conditions.poll)
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
