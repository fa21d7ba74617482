"""Holds the result of a soak test against its scenario: gates over the archive, the access log, the alerts,
takedowns and returns, and reprints.

docs/explanation/reliability.md lists the gates.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import Any, Final

from tests.soak.scoring import UNPUBLISHED, VERSION, align, article_key, edition_key, parse_alert
from tracker.addresses.urls import identity
from tracker.demo.http_server import LogEntry
from tracker.demo.schedule import ScheduledArticle
from tracker.model.change import LabelKind
from tracker.model.story import CopyPair
from tracker.model.version import Version
from tracker.model.watch import WatchedArticle

from .fault_server import MOVED_SUFFIX
from .scenario import MAX_LISTING_DELAY_SECONDS, READABLE_FAULTS, FaultKind, FeedFault, Scenario


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


EVERY: Final = "Every change"
"""The rule that asks for every change."""
_FROZEN_CHECKS: Final = 21
"""Checks after which an edition must be found whose validators never change: every twentieth is unconditional."""
_CHECKS_PER_EDITION: Final = 1.1
_SLACK_SECONDS: Final = 30.0
_FEED_FAULT_CHECKS: Final = 6
"""Checks of a feed after which it has listed even the articles that it lists wrongly."""
_MAX_PROBLEMS_SHOWN: Final = 40


@dataclass(slots=True)
class _Archived:
    """What the archive has of one article.

    Attributes:
        editions: the index of the edition that each version matches, or None.
        excused: whether each version that does not match the next edition is still not false: it shows the other
            headline of a test or the text of a lagging cache, or is labelled as a flap and was stored before.
    """

    article: ScheduledArticle
    tracked: WatchedArticle
    versions: list[Version] = field(default_factory=list)
    ids: list[str] = field(default_factory=list)
    editions: list[int | None] = field(default_factory=list)
    excused: list[bool] = field(default_factory=list)

    def stored(self) -> set[int]:
        """Return the indexes of the stored editions.

        An edition with the same words as the last stored one counts as stored if those between were not seen.
        """
        keys = [edition_key(edition) for edition in self.article.editions]
        places = [index for index in self.editions if index is not None]
        found = set(places)
        for place, until in pairwise([*places, len(keys)]):
            found |= {later for later in range(place + 1, until) if keys[later] == keys[place]}
        return found

    def matches(self) -> Iterator[tuple[Version, int | None, bool]]:
        """Yield each version, the index of the edition it matches, and whether it is excused."""
        return zip(self.versions, self.editions, self.excused, strict=True)


@dataclass(frozen=True)
class ArchiveContents:
    """What an archive holds: each article with its versions, oldest first, and the pairs of copies."""

    articles: Sequence[tuple[WatchedArticle, Sequence[Version]]]
    copies: Sequence[CopyPair]


@dataclass(frozen=True)
class Assessment:
    """The gates, the problems in words, and the editions that were due and stored, by article and index."""

    gates: tuple[Gate, ...]
    problems: tuple[str, ...]
    due: frozenset[tuple[str, int]] = frozenset()
    stored: frozenset[tuple[str, int]] = frozenset()

    @property
    def holds(self) -> bool:
        """Whether every gate holds."""
        return all(gate.holds for gate in self.gates)


def assess(
    archive: ArchiveContents,
    scenario: Scenario,
    bases: Mapping[str, str],
    access: Sequence[LogEntry],
    alerts: Sequence[LogEntry],
    conditions: Conditions,
) -> Assessment:
    """Hold an archive, an access log and the log of alerts against a scenario."""
    problems: list[str] = []
    archived = _archived(archive, scenario, bases)
    # The editions that were served whole, under their own title, to a service that lived to store them.
    served: set[tuple[str, int]] = set()
    for entry in access:
        whole = entry["status"] == 200 and entry["fault"] in {"", *READABLE_FAULTS} and entry["edition"] is not None
        late = entry["t"] > conditions.end - 2 * conditions.interval
        killed = conditions.seconds_unwatched(entry["t"], entry["t"] + conditions.interval)
        other_title = entry["article"] and scenario.traits[entry["article"]].other_title and entry["n"] % 2
        if whole and not late and not killed and not other_title:
            served.add((entry["article"], entry["edition"] - 1))
    due = _due(scenario, served, conditions, first_robots_txt(access))
    stored = {(key, index) for key, each in archived.items() for index in each.stored()}
    keys = {ident: each.article.key for each in archived.values() if each.versions for ident in each.ids}
    lost = sorted(served - stored)
    gates = [
        *_completeness_gates(scenario, stored, due, problems),
        share_gate("served completeness", len(lost), len(served), at_least=1.0, min_of=20),
        *_false_version_gates(archived, problems),
        *_alert_gates(archived, alerts, problems),
        *takedown_gates(scenario, bases, alerts, access, conditions, problems),
        *request_gates(scenario, access),
        *copy_gates(scenario, keys, archive.copies, problems),
        _delay_gate(archived, access, conditions),
    ]
    problems += [f"served but not stored: {key} edition {index + 1}" for key, index in lost]
    return Assessment(tuple(gates), tuple(problems), frozenset(due), frozenset(stored))


def same_versions_gate(calm: Assessment, with_faults: Assessment) -> Gate:
    """Return whether a run with faults stored what one without stored, except what was online only in its outages."""
    wanted = calm.stored & with_faults.due
    lost = len(wanted - with_faults.stored)
    return share_gate("stored as without faults", lost, len(wanted), at_least=1.0, min_of=1)


def _archived(archive: ArchiveContents, scenario: Scenario, bases: Mapping[str, str]) -> dict[str, _Archived]:
    by_identity = {
        identity(bases[article.outlet] + article.path + suffix): article
        for article in scenario.schedule.articles
        for suffix in ("", MOVED_SUFFIX)
    }
    found: dict[str, _Archived] = {}
    for tracked, versions in archive.articles:
        article = by_identity.get(identity(tracked.url))
        if article is None:
            continue
        each = found.setdefault(article.key, _Archived(article, tracked))
        each.versions += versions
        each.ids.append(tracked.id)
    for each in found.values():
        traits = scenario.traits[each.article.key]
        published = [edition_key(edition) for edition in each.article.editions]
        editions = each.article.editions if traits.other_title else ()
        variants = [edition_key(edition, traits.other_title) for edition in editions]
        keys = [article_key(version.content) for version in each.versions]
        seen: set[str] = set()
        for version, key, index in zip(each.versions, keys, align(keys, published), strict=True):
            late = published.index(key) if index is None and key in published and any(traits.lags) else None
            shown = variants.index(key) if index is None and key in variants else None
            each.editions.append(next((at for at in (index, late, shown) if at is not None), None))
            came_back = _is_flap(version) and key in seen
            each.excused.append(index is None and (late is not None or key in variants or came_back))
            seen.add(key)
    return found


def _is_flap(version: Version) -> bool:
    return version.change is not None and any(label.kind is LabelKind.FLAP for label in version.change.labels)


def _due(
    scenario: Scenario, served: set[tuple[str, int]], conditions: Conditions, first_fetch: Mapping[str, float]
) -> dict[tuple[str, int], float]:
    """Return the editions that were online long enough to be seen, with how long they could be read."""
    due: dict[tuple[str, int], float] = {}
    for article in scenario.schedule.articles:
        if scenario.is_disallowed(article):
            continue
        for index, edition in enumerate(article.editions):
            if scenario.traits[article.key].other_title and (article.key, index) not in served:
                continue  # a client that was shown only the other title, and 304 after that, could not know
            ends = [*(later.at for later in article.editions[index + 1 :]), conditions.end]
            start, end = max(edition.at, first_fetch.get(article.outlet, 0.0)), min(ends[0], conditions.end)
            backoff = MAX_BACKOFF_CHECKS * conditions.interval
            unreadable = scenario.seconds_unreadable(article, start, end, max_backoff=backoff)
            readable = end - start - unreadable - conditions.seconds_unwatched(start, end)
            if readable >= _seconds_needed(scenario, article, index, conditions.interval):
                due[article.key, index] = readable
    return due


def _seconds_needed(scenario: Scenario, article: ScheduledArticle, index: int, interval: float) -> float:
    """Return how long an edition must have been readable to be due."""
    traits = scenario.traits[article.key]
    checks = _FROZEN_CHECKS if traits.is_frozen and index else _CHECKS_PER_EDITION
    # A headline test or a lagging cache shows something else to some of the requests.
    checks *= 2 if traits.other_title or any(traits.lags) else 1
    listing = 0.0 if index else 2 * interval
    if not index and scenario.feed_faults[article.key] is not FeedFault.NONE:
        listing = MAX_LISTING_DELAY_SECONDS + _FEED_FAULT_CHECKS * interval
    return checks * interval + _SLACK_SECONDS + max(traits.lags) + listing


def _completeness_gates(
    scenario: Scenario, stored: set[tuple[str, int]], due: Mapping[tuple[str, int], float], problems: list[str]
) -> list[Gate]:
    missed = [each for each in due if each not in stored]
    problems += [f"missed: {key} edition {index + 1}, readable for {due[key, index]:.0f} s" for key, index in missed]
    reverts = [
        (key, index) for key, index in due if LabelKind.RESTORED in scenario.schedule.article(key).editions[index].kinds
    ]
    reverts_missed = sum(each not in stored for each in reverts)
    return [
        share_gate("completeness", len(missed), len(due), at_least=0.995, min_of=20),
        share_gate("true reverts stored", reverts_missed, len(reverts), at_least=0.95),
    ]


def _false_version_gates(archived: Mapping[str, _Archived], problems: list[str]) -> list[Gate]:
    false = total = flaps = duplicates = 0
    for each in archived.values():
        duplicates += len(set(each.ids)) - 1
        before: set[str] = set()
        for version, index, excused in each.matches():
            total += 1
            name = f"{each.article.key} v{version.n} “{version.content.title}”"
            if index is None and not excused:
                false += 1
                problems.append(f"false version: {name}")
            key = article_key(version.content)
            if excused and key in before and not _is_flap(version):
                flaps += 1
                problems.append(f"flap reported as news: {name}")
            before.add(key)
    return [
        zero_gate("false versions", false, total),
        zero_gate("flaps reported as news", flaps, total),
        zero_gate("articles under two ids", duplicates, len(archived), min_of=10),
    ]


def _alert_gates(archived: Mapping[str, _Archived], alerts: Sequence[LogEntry], problems: list[str]) -> list[Gate]:
    ids: dict[tuple[str, str, int, str], list[str]] = defaultdict(list)
    order: dict[tuple[str, str], list[int]] = defaultdict(list)
    for entry in alerts:
        if entry["status"] != 204 or entry["payload"].get("type") == RESTORED:
            continue
        rule, url, number, event = parse_alert(entry["payload"])
        alert = (rule, identity(url), number, event)
        if alert not in ids and event == VERSION:
            order[rule, identity(url)].append(number)
        ids[alert].append(entry["id"])
    known = {(identity(each.tracked.url), version.n) for each in archived.values() for version in each.versions}
    due = {
        (identity(each.tracked.url), version.n)
        for each in archived.values()
        for version, index, excused in each.matches()
        if version.n > 1 and index is not None and not excused
    }
    received = {(url, number) for (rule, url, number, event) in ids if rule == EVERY and event == VERSION}
    missing, unknown = sorted(due - received), sorted(received - known)
    problems += [f"alert not delivered: {url} v{number}" for url, number in missing]
    problems += [f"alert without a version: {url} v{number}" for url, number in unknown]
    duplicates = sum(len(set(each)) - 1 for each in ids.values())
    disorder = sum(later < earlier for numbers in order.values() for earlier, later in pairwise(numbers))
    return [
        share_gate("alerts delivered", len(missing), len(due), at_least=1.0, min_of=20),
        zero_gate("alerts without a version", len(unknown), len(received)),
        zero_gate("alerts under two ids", duplicates, len(received)),
        zero_gate("alerts out of order", disorder, len(received)),
    ]


def _delay_gate(archived: Mapping[str, _Archived], access: Sequence[LogEntry], conditions: Conditions) -> Gate:
    """Return the gate over the median delay between publication and capture, in checks."""
    start = datetime.fromisoformat(access[0]["at"]).astimezone(UTC) if access else datetime.now(UTC)
    end = datetime.fromisoformat(access[-1]["at"]).astimezone(UTC) if access else start
    seconds = (end - start).total_seconds()
    speed = (access[-1]["t"] - access[0]["t"]) / seconds if seconds else 1.0
    published = [
        (version.seen, each.article.editions[index].at)
        for each in archived.values()
        for version, index, excused in each.matches()
        if index and not excused
    ]
    delays = sorted(
        ((seen - start).total_seconds() * speed - at) / conditions.interval
        for seen, at in published
        if not conditions.seconds_unwatched(at, at + conditions.interval)
    )
    median = delays[len(delays) // 2] if delays else 0.0
    return Gate("median delay in check intervals", median, at_most=0.75, of=len(delays), min_of=20)


def format_lines(assessment: Assessment) -> list[str]:
    """Return the gates as a table, and the first problems."""
    out = []
    for gate in assessment.gates:
        limit = f">= {gate.at_least:g}" if gate.at_least is not None else f"<= {gate.at_most:g}"
        mark = "ok" if gate.holds else "FAILS" if gate.is_tested else f"FAILS: fewer than {gate.min_of}"
        out.append(f"{gate.name:35} {gate.value:10.4g}   {limit:>9}   of {gate.of:6}   {mark}")
    return [*out, *(f"  {problem}" for problem in assessment.problems[:_MAX_PROBLEMS_SHOWN])]


def as_dict(assessment: Assessment) -> dict[str, Any]:
    """Return the figures, ready for JSON."""
    gates = {gate.name: {"value": gate.value, "of": gate.of, "holds": gate.holds} for gate in assessment.gates}
    return {"schema": 1, "holds": assessment.holds, "gates": gates, "problems": len(assessment.problems)}
