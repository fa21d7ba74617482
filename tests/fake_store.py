"""An archive in memory: it passes the same contract suite as the real one, and starts in no time."""

from __future__ import annotations

import hashlib
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.fake_beliefs import FakeBeliefs
from tests.fake_clock import FakeClock
from tests.fake_hubs import FakeHubs
from tests.fake_outbox import FakeOutbox, cleaned, to_milliseconds
from tests.fake_readings import FakeReadings
from tests.fake_state import STANDING, State
from tests.fake_stories import FakeStories
from tracker.errors import ArchiveError, NotKnown, UsageError
from tracker.model import (
    ArticleState,
    Change,
    Check,
    Committed,
    Counts,
    DeliveryState,
    HostState,
    HubState,
    Tracked,
    Version,
    VersionSummary,
)
from tracker.urls import article_id, fetchable, host_of, identity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tracker.model import Capture, Habit, Hub, Intent, LineCounts, Target, VersionQuery


class FakeStore(FakeHubs, FakeReadings, FakeStories, FakeOutbox, FakeBeliefs, FakeClock):
    """`ports.Store` in memory."""

    _now: State

    def __init__(self) -> None:
        self._now = State()

    @contextmanager
    def _all_or_nothing(self) -> Iterator[State]:
        before = self._now
        self._now = State(**{name: value.copy() for name, value in vars(before).items()})
        try:
            yield self._now
        except BaseException:
            self._now = before
            raise

    def sync_source(
        self, source: str, hubs: Sequence[Hub], now: datetime, *, paused: bool = False, anew: bool = False
    ) -> None:
        with self._all_or_nothing() as state:
            self._know(source)
            (state.paused.add if paused else state.paused.discard)(source)
            mine = {each.hub: each for each in state.hubs if each.hub.source == source}
            others = [each for each in state.hubs if each.hub.source != source]
            placed = [mine.get(each, HubState(each, next_poll_at=to_milliseconds(now))) for each in hubs]
            if anew:
                due = to_milliseconds(now)
                placed = [replace(each, etag="", last_modified="", next_poll_at=due) for each in placed]
            order = {name: place for place, name in enumerate(state.sources)}
            state.hubs = sorted(others + placed, key=lambda each: order[each.hub.source])

    def add_targets(
        self, source: str, targets: Sequence[Target], now: datetime, stories: Sequence[str] = ()
    ) -> list[Tracked]:
        with self._all_or_nothing():
            self._know(source)
            return self._take(source, targets, now, stories)

    def hasten(self, source: str, url: str, at: datetime) -> None:
        due = to_milliseconds(at)
        for place, each in enumerate(self._now.hubs):
            mine = (each.hub.source, each.hub.url) == (source, url)
            if mine and each.next_poll_at and due and each.next_poll_at > due:
                self._now.hubs[place] = replace(each, next_poll_at=due)

    def known(self, urls: Sequence[str]) -> list[Tracked | None]:
        idents = [self._now.addresses.get(identity(url)) if self._is_address(url) else None for url in urls]
        return [self._now.articles[ident] if ident else None for ident in idents]

    def sources(self) -> list[str]:
        return list(self._now.sources)

    def force_due(self, now: datetime, *, source: str | None = None, articles: Sequence[str] = ()) -> None:
        state = self._now
        everything = source is None and not articles
        for ident, tracked in state.articles.items():
            wanted = everything or ident in articles or tracked.source == source
            if wanted and (tracked.next_check_at is None or tracked.next_check_at > now):
                state.articles[ident] = replace(tracked, next_check_at=to_milliseconds(now))
        for place, each in enumerate(state.hubs):
            wanted = everything or each.hub.source == source
            if wanted and (each.next_poll_at is None or each.next_poll_at > now):
                state.hubs[place] = replace(each, next_poll_at=to_milliseconds(now))

    def set_state(self, article: str, state: ArticleState) -> None:
        if article not in self._now.articles:
            raise NotKnown("no such article", resource=article, hint="writethru log lists what is kept")
        self._now.articles[article] = replace(self._now.articles[article], state=state)

    def due_hosts(self, now: datetime, limit: int = 1000) -> list[str]:
        due: dict[str, datetime] = {}
        watched = [(each.host, each.next_check_at) for each in self._now.articles.values() if self._watched(each)]
        hubs = [(host_of(fetchable(each.hub.url)), each.next_poll_at) for each in self._polled()]
        for host, at in watched + hubs:
            waits = self._now.hosts[host].not_before if host in self._now.hosts else None
            if at is not None and at <= now and (waits is None or waits <= now):
                due[host] = min(at, due.get(host, at))
        return sorted(due, key=lambda host: (due[host], host))[:limit]

    def due_articles(self, host: str, now: datetime, limit: int = 25) -> list[Tracked]:
        here = [each for each in self._now.articles.values() if each.host == host and self._watched(each)]
        due = [(each.next_check_at, each) for each in here if each.next_check_at and each.next_check_at <= now]
        return [each for _, each in sorted(due, key=lambda pair: pair[0])][:limit]

    def host(self, host: str) -> HostState:
        return self._now.hosts.get(host, HostState(host))

    def save_host(self, state: HostState) -> None:
        robots = state.robots
        if robots is not None:
            fetched_at = to_milliseconds(robots.fetched_at)
            assert fetched_at is not None
            robots = replace(robots, body=cleaned(robots.body), fetched_at=fetched_at)
        self._now.hosts[state.host] = replace(
            state,
            not_before=to_milliseconds(state.not_before),
            last_failure_at=to_milliseconds(state.last_failure_at),
            robots=robots,
        )

    def commit(self, intent: Intent) -> Committed:
        with self._all_or_nothing() as state:
            tracked = state.articles.get(intent.article)
            if tracked is None:
                raise NotKnown("no such article", resource=intent.article, hint="writethru add URL")
            if tracked.versions != intent.expected_versions:
                return Committed(stale=True)
            at = to_milliseconds(intent.check.at)
            assert at is not None
            if intent.version is not None:
                self._keep(tracked, intent, at)
            state.articles[tracked.id] = self._after(tracked, intent, at)
            state.checks.append(replace(intent.check, at=at, detail=cleaned(intent.check.detail)))
            for url in intent.aliases:
                if self._is_address(url):
                    state.addresses.setdefault(identity(url), tracked.id)
            state.lines.learn(tracked.source, intent)
            self._tell(tracked.source, intent)
            alerts = self._put(intent.alerts, at)
            if intent.host is not None:
                self.save_host(intent.host)
            return Committed(version=tracked.versions + 1 if intent.version else None, alerts=alerts)

    def checks(self, article: str, limit: int = 100) -> list[Check]:
        mine = [each for each in reversed(self._now.checks) if each.article == article]
        return sorted(mine, key=lambda each: each.at, reverse=True)[:limit]

    def article(self, ident: str) -> Tracked:
        wanted = ident.strip()
        if wanted and set(wanted) <= set("0123456789abcdef") and len(wanted) <= 12:
            return self._by_prefix(wanted)
        for candidate in (wanted, f"https://{wanted}"):
            if self._is_address(candidate) and identity(candidate) in self._now.addresses:
                return self._now.articles[self._now.addresses[identity(candidate)]]
        raise NotKnown("no such article", resource=wanted, hint=f"writethru add {wanted}")

    def articles(self, *, source: str | None = None, story: str | None = None) -> list[Tracked]:
        latest_first = list(self._now.articles.values())[::-1]
        newest = sorted(latest_first, key=lambda each: each.first_seen_at, reverse=True)
        return [
            each
            for each in newest
            if (source is None or each.source == source) and (story is None or story in each.stories)
        ]

    def latest(self, article: str) -> Version | None:
        mine = [each for each in self._now.versions if each.article == article]
        return self._told(mine[-1]) if mine else None

    def standing(self, article: str, source: str) -> tuple[Version | None, list[Habit]]:
        return self.latest(article), self.habits(source)

    def version(self, article: str, n: int) -> Version:
        for each in self._now.versions:
            if each.article == article and each.n == n:
                return self._told(each)
        raise self._no_version(article, n)

    def versions(self, query: VersionQuery) -> Iterator[Version]:
        found = sorted(self._now.versions, key=(lambda each: each.n) if query.article else (lambda each: each.seen))
        if not query.reverse:
            found.reverse()
        kept = [each for each in map(self._told, found) if self._fits(each, query)]
        yield from kept if query.limit is None else kept[: query.limit]

    def glance(self, query: VersionQuery) -> list[VersionSummary]:
        return [self._glance(each) for each in self.versions(query)]

    def _glance(self, kept: Version) -> VersionSummary:
        made = kept.change or Change()
        return VersionSummary(
            article=kept.article,
            n=kept.n,
            url=kept.url,
            seen=kept.seen,
            source=kept.source,
            title=self.article(kept.article).title,
            sha256=kept.content.sha256,
            previous_seen=kept.previous_seen,
            words=made.words_added + made.words_removed,
            significance=made.significance,
            announced=made.announced,
            kinds=tuple(label.kind for label in made.labels),
            removed=kept.removed,
        )

    def seen_before(self, article: str, sha256: str) -> int | None:
        same = [each.n for each in self._now.versions if each.article == article and each.content.sha256 == sha256]
        return max(same, default=None)

    def capture(self, article: str, n: int) -> Capture:
        if (article, n) not in self._now.captures:
            raise self._no_version(article, n)
        return self._now.captures[article, n]

    def head(self, article: str, n: int) -> Capture:
        return replace(self.capture(article, n), body=b"")

    def counts(self) -> Counts:
        states = [each.state for each in self._now.deliveries.values()]
        pending = [each.created_at for each in self._now.deliveries.values() if each.state is DeliveryState.PENDING]
        return Counts(
            articles=len(self._now.articles),
            versions=len(self._now.versions),
            captures=len(self._now.captures),
            checks=len(self._now.checks),
            pending_alerts=len(pending),
            dead_alerts=states.count(DeliveryState.DEAD),
            delivered_alerts=states.count(DeliveryState.DELIVERED),
            bytes=4096 + sum(len(each.body) for each in self._now.captures.values()),
            oldest_pending_at=min(pending, default=None),
        )

    def habits(self, source: str) -> list[Habit]:
        return self._now.lines.of(source)

    def line_counts(self, source: str, keys: Sequence[str]) -> LineCounts:
        counted = [each for each in self._now.articles.values() if each.source == source and each.versions]
        return self._now.lines.counted(source, keys, len(counted))

    def close(self) -> None:
        return None

    def _know(self, source: str) -> None:
        if source not in self._now.sources:
            self._now.sources.append(source)

    @staticmethod
    def _is_address(url: str) -> bool:
        try:
            identity(url)
        except UsageError:
            return False
        return True

    def _watched(self, tracked: Tracked) -> bool:
        return tracked.state is not ArticleState.PAUSED and tracked.source not in self._now.paused

    def _take(self, source: str, targets: Sequence[Target], now: datetime, stories: Sequence[str]) -> list[Tracked]:
        at = to_milliseconds(now)
        assert at is not None
        state, new = self._now, []
        for target in targets:
            key = identity(target.url)
            if key not in state.addresses:
                url = fetchable(target.url)
                fresh = Tracked(
                    id=article_id(url),
                    source=source,
                    url=url,
                    host=host_of(url),
                    first_seen_at=at,
                    next_check_at=at,
                    feed_title=cleaned(target.title),
                    published_at=to_milliseconds(target.published),
                    told_at=to_milliseconds(target.updated),
                    listed_until=to_milliseconds(target.listed_until),
                )
                state.articles[fresh.id] = fresh
                state.addresses[key] = fresh.id
                new.append(fresh.id)
            known = state.articles[state.addresses[key]]
            wanted = [name for name in stories if (known.id, name) not in state.shelf.out]
            joined = tuple(dict.fromkeys((*known.stories, *wanted)))
            state.articles[known.id] = replace(known, stories=joined)
        return [state.articles[ident] for ident in new]

    def _after(self, tracked: Tracked, intent: Intent, at: datetime) -> Tracked:
        new = intent.version
        return replace(
            tracked,
            state=tracked.state if tracked.state is ArticleState.PAUSED else intent.state,
            next_check_at=to_milliseconds(intent.next_check_at),
            last_check_at=at,
            last_seen_at=at if intent.check.outcome in STANDING else tracked.last_seen_at,
            last_change_at=at if new else tracked.last_change_at,
            checks=tracked.checks + 1,
            versions=tracked.versions + (1 if new else 0),
            failures=intent.failures,
            etag=cleaned(intent.etag),
            last_modified=cleaned(intent.last_modified),
            signature=cleaned(intent.signature),
            title=cleaned(new.content.title) if new else tracked.title,
            touched_at=None if intent.touched else tracked.touched_at,
            published_at=tracked.published_at or to_milliseconds(new.content.published if new else None),
        )

    def _keep(self, tracked: Tracked, intent: Intent, at: datetime) -> None:
        new = intent.version
        assert new is not None
        if hashlib.sha256(new.capture.body).hexdigest() != new.capture.sha256:
            raise ArchiveError("the capture does not match its hash; nothing was kept", resource=new.capture.url)
        n = tracked.versions + 1
        fetched_at = to_milliseconds(new.capture.fetched_at)
        assert fetched_at is not None
        self._now.captures[tracked.id, n] = replace(new.capture, fetched_at=fetched_at)
        self._now.versions.append(
            Version(
                article=tracked.id,
                n=n,
                url=tracked.url,
                seen=at,
                content=new.content,
                extractor=new.extractor,
                capture_sha256=new.capture.sha256,
                previous_seen=tracked.last_seen_at if tracked.versions else None,
                change=new.change,
                status=new.capture.status,
                signature=new.signature,
                source=tracked.source,
            )
        )

    def _told(self, version: Version) -> Version:
        return replace(version, stories=self._now.articles[version.article].stories)

    @staticmethod
    def _fits(version: Version, query: VersionQuery) -> bool:
        change = version.change
        words = change.words_added + change.words_removed if change else 0
        return (
            query.article in {"", version.article}
            and query.source in {"", version.source}
            and (not query.story or query.story in version.stories)
            and (not query.kinds or bool(change and change.kinds & set(query.kinds)))
            and (query.since is None or version.seen >= query.since)
            and (query.until is None or version.seen < query.until)
            and words >= query.min_words
            and (version.n > 1 or not query.changes_only)
        )

    def _by_prefix(self, prefix: str) -> Tracked:
        if len(prefix) < 3:
            raise NotKnown("an id needs at least 3 characters", resource=prefix)
        found = [each for each in self._now.articles.values() if each.id.startswith(prefix)]
        if len(found) == 1:
            return found[0]
        if found:
            names = ", ".join(sorted(f"{each.id} ({each.title or each.feed_title or each.url})" for each in found))
            raise NotKnown("several articles begin like this", resource=prefix, hint=names)
        near = [each.id for each in self._now.articles.values() if each.id[:2] == prefix[:2]]
        hint = f"did you mean {' or '.join(near)}?" if near else "writethru log lists what is kept"
        raise NotKnown("no such article", resource=prefix, hint=hint)

    def _no_version(self, article: str, n: int) -> NotKnown:
        if article not in self._now.articles:
            return NotKnown("no such article", resource=article, hint="writethru log lists what is kept")
        have = self._now.articles[article].versions
        hint = f"it has versions 1 to {have}" if have else "it has not been captured yet"
        return NotKnown("no such version", resource=f"{article}@{n}", hint=hint)
