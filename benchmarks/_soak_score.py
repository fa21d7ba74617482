"""What a watcher's kept texts are worth: every one of them is held against the editions that were printed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tests.soak.scenario import READABLE_FAULTS, ROBOTS_DOWN_SECONDS, RobotsFault

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from _soak_watchers import State

    from tests.soak.scenario import Scenario, ServerTraits
    from tracker.demo.http_server import LogEntry
    from tracker.demo.schedule import Edition, ScheduledArticle

_LINK = re.compile(r"\]\([^)]*\)")
_WORD = re.compile(r"[^\W_]+")


def words(text: str) -> str:
    """Return the words of a text, whatever sets them apart; where Markdown links lead is no text."""
    return f" {' '.join(_WORD.findall(_LINK.sub(']', text).casefold()))} "


@dataclass
class Tally:
    """What one watcher made of a scenario."""

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
    """One article's editions, in words."""

    def __init__(self, article: ScheduledArticle, other_title: str = "") -> None:
        self.editions = article.editions
        self._parts = [_parts(edition) for edition in article.editions]
        other = {words(other_title)} if other_title else set[str]()
        self._titles = [{words(edition.title)} | other for edition in article.editions]
        every = {part for parts in self._parts for part in parts} | {words(e.title) for e in article.editions}
        self._foreign = [
            {part for part in every if part not in "".join(parts) and not any(part in title for title in titles)}
            for parts, titles in zip(self._parts, self._titles, strict=True)
        ]

    def matching(self, text: str) -> list[int]:
        """Return which editions a text is: it has all of an edition, and nothing that only others have."""
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
    """How the scenario was watched: `began` is when second 0 was; `poll` and `end` are in simulated seconds."""

    scenario: Scenario
    began: float
    speed: float
    poll: float
    end: float


def tally(watch: Watch, access: Sequence[LogEntry], kept: Mapping[str, Sequence[State]]) -> Tally:
    """Score one watcher by its own log of requests and what it kept of each article (by key)."""
    found = Tally(requests=len(access))
    scenario = watch.scenario
    by_article: dict[str, list[LogEntry]] = {article.key: [] for article in scenario.schedule.articles}
    for entry in access:
        if entry["article"]:
            by_article[entry["article"]].append(entry)
    for article in scenario.schedule.articles:
        entries = by_article[article.key]
        found.looks += len(entries)
        found.unchanged += sum(entry["status"] == 304 for entry in entries)
        found.forbidden += sum(_is_forbidden(scenario, article, entry["t"]) for entry in entries)
        seen = _judge(watch, article, entries, kept.get(article.key, ()), found)
        served = _served(watch, article, entries)
        stood = {index for index in range(len(article.editions)) if _readable(watch, article, index) > 2 * watch.poll}
        found.served += len(served)
        found.seen_of_served += len(served & seen)
        found.stood += len(stood)
        found.seen_of_stood += len(stood & seen)
        found.samples += [f"served and not kept: {article.key} edition {index + 1}" for index in sorted(served - seen)]
    return found


def _judge(
    watch: Watch, article: ScheduledArticle, entries: Sequence[LogEntry], states: Sequence[State], found: Tally
) -> set[int]:
    printed = Printed(article, watch.scenario.traits[article.key].other_title)
    seen: set[int] = set()
    last: list[int] = []
    for state in states:
        found.states += 1
        second = (state.at - watch.began) * watch.speed
        # Some note the hour when they began to look, or in whole seconds.
        known = [i for i in printed.matching(state.text) if not i or article.editions[i].at <= second + watch.poll]
        fresh = [i for i in known if i > max(seen, default=-1)] or [i for i in known if i not in seen]
        if fresh:
            seen.add(fresh[0])
        elif known:
            kind = "again" if set(known) & set(last) else "earlier"
            setattr(found, kind, getattr(found, kind) + 1)
            found.marked += state.flaps
            found.count(f"{kind}: {_excuse(watch.scenario.traits[article.key]) if last else 'after no edition'}")
        else:
            found.nothing += 1
            reason = _reason(entries, state)
            found.count(f"no edition: {reason}")
            found.samples.append(f"no edition ({reason}): {article.key} {' '.join(state.text.split())[:300]!r}")
        last = known
    return seen


def _excuse(traits: ServerTraits) -> str:
    """Name why a page may show by turns what it showed before."""
    return "headline test" if traits.other_title else "edge that lags" if any(traits.lags) else "other"


def _reason(entries: Sequence[LogEntry], state: State) -> str:
    """Name what the address answered when the text was taken."""

    def apart(entry: LogEntry) -> float:
        return abs(datetime.fromisoformat(entry["at"]).timestamp() - state.at)

    return str(min(entries, key=apart)["fault"] or "the news") if entries else "unknown"


def _served(watch: Watch, article: ScheduledArticle, entries: Sequence[LogEntry]) -> set[int]:
    """Return the editions that were sent whole, under their own title, in time to be kept."""
    other = watch.scenario.traits[article.key].other_title
    return {
        entry["edition"] - 1
        for entry in entries
        if entry["status"] == 200
        and entry["edition"] is not None
        and entry["fault"] in {"", *READABLE_FAULTS}
        and entry["t"] <= watch.end - 2 * watch.poll
        and not (other and entry["n"] % 2)
    }


def _readable(watch: Watch, article: ScheduledArticle, index: int) -> float:
    """Return for how many seconds an edition could be read; 0 where robots.txt kept robots out, whoever cared."""
    if watch.scenario.is_disallowed(article) or watch.scenario.robots_faults[article.outlet] is RobotsFault.DOWN:
        return 0.0
    start = article.editions[index].at
    later = article.editions[index + 1].at if index + 1 < len(article.editions) else watch.end
    end = min(later, watch.end)
    return end - start - watch.scenario.seconds_unreadable(article, start, end) if end > start else 0.0


def _is_forbidden(scenario: Scenario, article: ScheduledArticle, seconds: float) -> bool:
    down = scenario.robots_faults[article.outlet] is RobotsFault.DOWN and seconds < ROBOTS_DOWN_SECONDS
    return down or scenario.is_disallowed(article)
