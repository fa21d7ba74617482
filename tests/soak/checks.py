"""Gates over takedowns and returns, over the requests that the sites received, and over reprints."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from tests.soak.scoring import UNPUBLISHED, parse_alert
from tracker.addresses.urls import identity
from tracker.demo.http_server import LogEntry
from tracker.model.story import CopyPair

from .fault_server import MOVED_SUFFIX
from .faults import FaultKind
from .scenario import Scenario


@dataclass(frozen=True, slots=True)
class Gate:
    """One figure of a run and what it must be.

    Attributes:
        of: the number of things the figure was taken over.
        min_of: the least such number, so that an idle run passes no gate.
    """

    name: str
    value: float
    at_least: float | None = None
    at_most: float | None = None
    of: int = 0
    min_of: int = 1

    @property
    def is_tested(self) -> bool:
        """Whether the figure was taken over enough."""
        return self.of >= self.min_of

    @property
    def holds(self) -> bool:
        """Whether the figure is what it must be, taken over enough."""
        is_enough = self.at_least is None or self.value >= self.at_least
        is_little_enough = self.at_most is None or self.value <= self.at_most
        return is_enough and is_little_enough and self.is_tested


def share_gate(name: str, bad: int, of: int, *, at_least: float, min_of: int = 1) -> Gate:
    """Return a gate over the share of things that are not bad."""
    return Gate(name, 1 - bad / max(of, 1), at_least=at_least, of=of, min_of=min_of)


def zero_gate(name: str, count: float, of: int, *, min_of: int = 20) -> Gate:
    """Return a gate over a count that must be 0."""
    return Gate(name, count, at_most=0, of=of, min_of=min_of)


@dataclass(frozen=True, slots=True)
class Conditions:
    """How a scenario was watched, in simulated seconds.

    Attributes:
        interval: between two checks of a page.
        end: when watching ended.
        outages: when the service was not running, as pairs of start and end.
    """

    interval: float
    end: float
    outages: tuple[tuple[float, float], ...] = ()

    def seconds_unwatched(self, start: float, end: float) -> float:
        """Return for how many seconds between `start` and `end` the service was not running."""
        return sum(max(min(until, end) - max(since, start), 0.0) for since, until in self.outages)


TAKEN_DOWN: Final = "Taken down"
"""The rule that asks for pages that are gone, or back."""
_DISALLOWED: Final = ("/ads/", "/search", "/login")
RESTORED: Final = "article.restored"
_CHECKS_UNTIL_CERTAIN: Final = 4
"""Checks after which the service must have said that a page is gone or back."""
MAX_BACKOFF_CHECKS: Final = 64
"""Checks that a client may leave out at most after an address has failed."""
_MAX_PARAGRAPHS: Final = 25
"""Longer texts are not held against copies of others: random sentences repeat, so they resemble everything."""


def takedown_gates(
    scenario: Scenario,
    bases: Mapping[str, str],
    alerts: Iterable[LogEntry],
    access: Sequence[LogEntry],
    conditions: Conditions,
    problems: list[str],
) -> list[Gate]:
    """Return the gates over the alerts about pages that are gone, and about those that came back.

    A page that was gone before its site had a robots.txt, or soon after, was never seen.
    """
    opened = first_robots_txt(access)
    reported, reported_back = _reported(alerts)
    true: set[str] = set()
    certain: set[str] = set()
    for article in scenario.schedule.articles:
        url = identity(bases[article.outlet] + article.path)
        for fault in scenario.faults[article.key]:
            if fault.kind in {FaultKind.GONE, FaultKind.MISSING, FaultKind.AWAY}:
                true |= {url, identity(bases[article.outlet] + article.path + MOVED_SUFFIX)}
            until = min(fault.end, conditions.end)
            visible = until - fault.start - conditions.seconds_unwatched(fault.start, until)
            visible -= sum(outage.seconds_within(fault.start, until) for outage in scenario.outages[article.outlet])
            hidden = any(outage.covers(fault.start) for outage in scenario.outages[article.outlet])
            enough = _CHECKS_UNTIL_CERTAIN * conditions.interval
            seen_from = max(article.editions[0].at, opened.get(article.outlet, math.inf))
            known = fault.start > seen_from + enough and not scenario.is_disallowed(article)
            if fault.kind in {FaultKind.GONE, FaultKind.AWAY} and known and not hidden and visible > enough:
                certain.add(url)
    back = _back(scenario, bases, reported, conditions)
    wrong, unreported, back_unreported = (
        sorted(reported - true),
        sorted(certain - reported),
        sorted(back - reported_back),
    )
    problems += [f"reported as taken down but online: {url}" for url in wrong]
    problems += [f"taken down but not reported: {url}" for url in unreported]
    problems += [f"back online but not reported: {url}" for url in back_unreported]
    return [
        share_gate("takedowns reported that were true", len(wrong), len(reported), at_least=1.0),
        share_gate("takedowns reported", len(unreported), len(certain), at_least=0.98),
        share_gate("returns reported", len(back_unreported), len(back), at_least=0.98),
    ]


def _back(scenario: Scenario, bases: Mapping[str, str], reported: set[str], conditions: Conditions) -> set[str]:
    """Return the pages that were reported as gone and have been back long enough for that to be reported."""
    found = set()
    for article in scenario.schedule.articles:
        url = identity(bases[article.outlet] + article.path)
        if any(fault.kind in {FaultKind.GONE, FaultKind.MISSING} for fault in scenario.faults[article.key]):
            continue
        for fault in scenario.faults[article.key]:
            backoff = min(fault.end - fault.start, MAX_BACKOFF_CHECKS * conditions.interval)
            seen = conditions.end - fault.end - backoff
            seen -= scenario.seconds_unreadable(article, fault.end, conditions.end)
            seen -= conditions.seconds_unwatched(fault.end, conditions.end)
            is_seen = seen > _CHECKS_UNTIL_CERTAIN * conditions.interval
            if fault.kind is FaultKind.AWAY and url in reported and is_seen:
                found.add(url)
    return found


def _reported(alerts: Iterable[LogEntry]) -> tuple[set[str], set[str]]:
    """Return the pages reported as gone and those reported as back."""
    gone: set[str] = set()
    back: set[str] = set()
    for entry in alerts:
        if entry["status"] != 204:
            continue
        rule, url, _, event = parse_alert(entry["payload"])
        if rule == TAKEN_DOWN and event == UNPUBLISHED:
            gone.add(identity(url))
        elif rule == TAKEN_DOWN and entry["payload"].get("type") == RESTORED:
            back.add(identity(url))
    return gone, back


def first_robots_txt(access: Sequence[LogEntry]) -> dict[str, float]:
    """Return when each outlet, by its key, first served its robots.txt; before that, nothing may be fetched from it."""
    first: dict[str, float] = {}
    for entry in access:
        if entry["path"] == "/robots.txt" and entry["status"] == 200:
            first.setdefault(entry["outlet"], entry["t"])
    return first


def request_gates(scenario: Scenario, access: Sequence[LogEntry]) -> list[Gate]:
    """Return the gates over the requests that the outlets received."""
    pages = [entry for entry in access if entry["article"]]
    conditional = sum(entry["conditional"] for entry in pages)
    disallowed = {article.key for article in scenario.schedule.articles if scenario.is_disallowed(article)}
    forbidden = sum(entry["path"].startswith(_DISALLOWED) or entry["article"] in disallowed for entry in access)
    has_robots_txt: defaultdict[str, bool] = defaultdict(bool)
    early = 0
    for entry in access:
        if entry["path"] == "/robots.txt":
            has_robots_txt[entry["outlet"]] = entry["status"] == 200
        else:
            early += not has_robots_txt[entry["outlet"]]
    at_once = max((entry["at_once"] for entry in access), default=0)
    return [
        share_gate("conditional requests", len(pages) - conditional, len(pages), at_least=0.6, min_of=100),
        zero_gate("requests that robots.txt forbids", forbidden, len(access), min_of=100),
        zero_gate("requests without a robots.txt", early, len(access), min_of=100),
        Gate("concurrent requests per host", at_once, at_most=1, of=len(access)),
    ]


def copy_gates(
    scenario: Scenario, keys: Mapping[str, str], pairs: Iterable[CopyPair], problems: list[str]
) -> list[Gate]:
    """Return the gates over the reprints that were found; `keys` has the scenario's key of each archived article."""
    found = {frozenset((keys.get(pair.first, pair.first), keys.get(pair.second, pair.second))) for pair in pairs}
    originals: dict[str, str] = {}  # the first article with each text, by the key of every article with that text
    for copy, source in scenario.reprints:
        originals.setdefault(source, source)
        originals[copy] = originals[source]
    due = {frozenset(pair) for pair in scenario.reprints if set(keys.values()).issuperset(pair)}
    missed = sorted(sorted(pair) for pair in due - found)
    long = {each.key for each in scenario.schedule.articles if len(each.editions[-1].paragraphs) > _MAX_PARAGRAPHS}
    wrong = sorted(
        sorted(pair) for pair in found if not pair & long and len({originals.get(key, key) for key in pair}) > 1
    )
    problems += [f"copy not found: {' of '.join(pair)}" for pair in missed]
    problems += [f"found as a copy but is none: {', '.join(pair)}" for pair in wrong]
    return [
        share_gate("copies found", len(missed), len(due), at_least=0.9),
        zero_gate("false copies", len(wrong), len(found), min_of=1),
    ]
