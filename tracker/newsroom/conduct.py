"""How the service behaved toward those it visits and those it tells: takedowns and returns, manners, copies."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Final

from tracker.urls import identity

from .gates import Gate
from .scorer import alert_of
from .traps import State
from .troubled import MOVED
from .truth import UNPUBLISHED

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.model import CopyPair

    from .gates import Conditions
    from .logbook import Entry
    from .season import Season

TAKEN_DOWN: Final = "Taken down"
"""The rule that asks for pages that are gone, or back."""
_FORBIDDEN: Final = ("/ads/", "/search", "/login")
_RESTORED: Final = "article.restored"
_LOOKS_UNTIL_SURE: Final = 4
_LONG: Final = 25


def status(
    season: Season, bases: Mapping[str, str], sink: Iterable[Entry], conditions: Conditions, faults: list[str]
) -> list[Gate]:
    """Return the gates over what was told of pages that are gone, and of those that are back."""
    told, back = _heard(sink)
    true: set[str] = set()
    certain: set[str] = set()
    for piece in season.play.pieces:
        url = identity(bases[piece.outlet] + piece.path)
        for each in season.episodes[piece.key]:
            if each.state in {State.GONE, State.MISSING, State.AWAY}:
                true |= {url, identity(bases[piece.outlet] + piece.path + MOVED)}
            visible = season.blocked(piece, each.start, conditions.end) - conditions.missed(each.start, conditions.end)
            hidden = any(burst.covers(each.start) for burst in season.weather[piece.outlet])
            enough = _LOOKS_UNTIL_SURE * conditions.poll
            known = each.start > piece.editions[0].at + enough and not season.is_closed(piece)
            if each.state is State.GONE and known and not hidden and visible > enough:
                certain.add(url)
    returned = _returned(season, bases, told, conditions)
    wrong, untold, unheard = sorted(told - true), sorted(certain - told), sorted(returned - back)
    faults += [f"said to be taken down and was not: {url}" for url in wrong]
    faults += [f"taken down and not told: {url}" for url in untold]
    faults += [f"back and not told: {url}" for url in unheard]
    return [
        Gate("takedowns told that were true", 1 - len(wrong) / max(len(told), 1), least=1.0, of=len(told), floor=0),
        Gate("takedowns told", 1 - len(untold) / max(len(certain), 1), least=0.98, of=len(certain), floor=0),
        Gate("returns told", 1 - len(unheard) / max(len(returned), 1), least=0.98, of=len(returned), floor=0),
    ]


def _returned(season: Season, bases: Mapping[str, str], told: set[str], conditions: Conditions) -> set[str]:
    """Return the pages that were told to be gone, and have been back for long enough to be told so."""
    found = set()
    for piece in season.play.pieces:
        url = identity(bases[piece.outlet] + piece.path)
        for each in season.episodes[piece.key]:
            lasts = any(other.state in {State.GONE, State.MISSING} for other in season.episodes[piece.key])
            seen = conditions.end - each.end - season.blocked(piece, each.end, conditions.end)
            seen -= conditions.missed(each.end, conditions.end)
            if each.state is State.AWAY and not lasts and url in told and seen > _LOOKS_UNTIL_SURE * conditions.poll:
                found.add(url)
    return found


def _heard(sink: Iterable[Entry]) -> tuple[set[str], set[str]]:
    told: set[str] = set()
    back: set[str] = set()
    for entry in sink:
        if entry["status"] != 204:
            continue
        rule, url, _, event = alert_of(entry["payload"])
        if rule == TAKEN_DOWN and event == UNPUBLISHED:
            told.add(identity(url))
        elif rule == TAKEN_DOWN and entry["payload"].get("type") == _RESTORED:
            back.add(identity(url))
    return told, back


def opened(access: Sequence[Entry]) -> dict[str, float]:
    """Return when each outlet first answered for its robots.txt, by its key; before, nothing may be asked of it."""
    first: dict[str, float] = {}
    for entry in access:
        if entry["path"] == "/robots.txt" and entry["status"] == 200:
            first.setdefault(entry["outlet"], entry["t"])
    return first


def manners(season: Season, access: Sequence[Entry]) -> list[Gate]:
    """Return the gates over what was asked of the outlets, and how."""
    pieces = [entry for entry in access if entry["piece"]]
    conditional = sum(entry["conditional"] for entry in pieces)
    closed = {piece.key for piece in season.play.pieces if season.is_closed(piece)}
    forbidden = sum(entry["path"].startswith(_FORBIDDEN) or entry["piece"] in closed for entry in access)
    asked: defaultdict[str, bool] = defaultdict(bool)
    early = 0
    for entry in access:
        if entry["path"] == "/robots.txt":
            asked[entry["outlet"]] = entry["status"] == 200
        else:
            early += not asked[entry["outlet"]]
    return [
        Gate("conditional requests", conditional / max(len(pieces), 1), least=0.6, of=len(pieces), floor=100),
        Gate("requests robots.txt forbids", forbidden, most=0, of=len(access), floor=100),
        Gate("requests without a robots.txt", early, most=0, of=len(access), floor=100),
        Gate("requests to a host at once", max((e["at_once"] for e in access), default=0), most=1, of=len(access)),
    ]


def copies(season: Season, pieces: Mapping[str, str], pairs: Iterable[CopyPair], faults: list[str]) -> list[Gate]:
    """Return the gates over the reprints that were found; *pieces* names the piece of each article."""
    found = {frozenset((pieces.get(pair.first, pair.first), pieces.get(pair.second, pair.second))) for pair in pairs}
    families = _families(season)
    kept = set(pieces.values())
    due = {frozenset(pair) for pair in season.reprints if kept.issuperset(pair)}
    missed = sorted(sorted(pair) for pair in due - found)
    # Sixty entries of invented prose, all built from eight forms of sentence, hold words of everything.
    long = {piece.key for piece in season.play.pieces if len(piece.editions[-1].paragraphs) > _LONG}
    wrong = sorted(
        sorted(pair) for pair in found if not pair & long and len({families.get(key, key) for key in pair}) > 1
    )
    faults += [f"a copy that was not found: {' of '.join(pair)}" for pair in missed]
    faults += [f"no copy, and said to be one: {', '.join(pair)}" for pair in wrong]
    return [
        Gate("copies found", 1 - len(missed) / max(len(due), 1), least=0.9, of=len(due), floor=0),
        Gate("copies that are none", len(wrong), most=0, of=len(found), floor=0),
    ]


def _families(season: Season) -> dict[str, str]:
    """Return the first piece of each text, by every piece that holds it."""
    first: dict[str, str] = {}
    for copy, theirs in season.reprints:
        first.setdefault(theirs, theirs)
        first[copy] = first[theirs]
    return first
