"""One check of an article, or one poll of a hub: the only code that uses every stage."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from tracker.addresses.same_article import onward_address
from tracker.addresses.urls import identity, untracked
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, find_articles
from tracker.archive.checks import list_checks
from tracker.archive.commits import commit_check, commit_poll
from tracker.archive.quarantine import quarantine, release
from tracker.archive.readings import list_outdated
from tracker.config.root import Config
from tracker.config.tables import SourceConfig
from tracker.extraction import EXTRACTOR
from tracker.extraction.pool import ExtractPool
from tracker.fetch.responses import refusal
from tracker.model.article import Article, Reading, SamePage
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, HostState, NotModified, Request
from tracker.model.source import Hub, HubKind, Listing, Target
from tracker.model.watch import (
    ArticleState,
    Check,
    CheckOutcome,
    CheckVerdict,
    HubPoll,
    HubState,
    Intent,
    Remark,
    WatchedArticle,
)
from tracker.observe import logs, metrics

from .decide import CheckPolicy, decide
from .decision_context import DecisionContext, read_before, recall
from .host_session import HostSession
from .settle import CheckReport, settle, settle_redirect
from .targets import (
    UNCONDITIONAL_EVERY,
    Forward,
    decide_poll,
    filter_targets,
    owner_of,
    retry_wait,
    validators,
    with_known,
)

Schedule = Callable[[SourceConfig, WatchedArticle, datetime, CheckVerdict], datetime | None]

_ACCEPT_HUB = (
    "application/rss+xml,application/atom+xml,application/feed+json,application/xml;q=0.9,text/html;q=0.8,*/*;q=0.5"
)
# The wait after a check that raised (`POSTPONED`), and after two in a row (`PUT_ASIDE`).
POSTPONED: Final = timedelta(minutes=10)
PUT_ASIDE: Final = timedelta(days=1)
# Comparing and labelling takes time that grows faster than the text, and one thread of the service serves all sources.
MAX_ARTICLE_CHARS: Final = 500_000  # some 80,000 words, a short book
# Letters of two texts that are compared in the service's own thread: a third of a second in the worst case.
MAX_COMPARED_HERE_CHARS: Final = 60_000
_FAULT: Final = "internal error"
_log = logs.get("crawl")
# Every tenth visit reads the page in full: a fingerprint ignores class names, and these may hide text.
READ_IN_FULL_EVERY: Final = 10
MAX_PAGES: Final = 50_000  # some 300 bytes each; those read longest ago make room


@dataclass(slots=True)
class _Known:
    fingerprint: str
    versions: int  # of the article, after the visit that the fingerprint is of
    visits: int = 0


@dataclass(frozen=True, slots=True)
class KnownPages:
    """The fingerprints of the pages that were read last, in memory: after a start each page is read once in full."""

    _pages: OrderedDict[str, _Known] = field(default_factory=OrderedDict)

    def fingerprint(self, tracked: WatchedArticle) -> str:
        """Return the fingerprint to compare the next page with; empty if that page is to be read in full.

        A fingerprint holds while the newest version of the article is still the same, and was not taken down.
        """
        known = self._pages.get(tracked.id)
        # Another process may have stored a version, or somebody taken it down.
        if known is None or known.versions != tracked.versions or not tracked.capture_sha256:
            return ""
        known.visits += 1
        return known.fingerprint if known.visits < READ_IN_FULL_EVERY else ""

    def remember(self, report: CheckReport, reading: Reading | None) -> None:
        """Remember the page that a check read, or forget the article's page if it must be read again.

        A page is forgotten if its check had a detail (a layout, a clock), which the next check must be able to report
        again, and if another process stored a version first, with which the page must be compared. A page that was
        recognised, and so not read, changes nothing.
        """
        tracked, check = report.tracked, report.intent.check
        if report.committed.stale or report.intent.failures or check.detail:
            self._pages.pop(tracked.id, None)
        elif reading is not None and reading.fingerprint:
            self._pages[tracked.id] = _Known(reading.fingerprint, tracked.versions + check.outcome.made_version)
            self._pages.move_to_end(tracked.id)
            if len(self._pages) > MAX_PAGES:
                self._pages.popitem(last=False)


@dataclass(frozen=True, slots=True)
class PollReport:
    """The result of one committed poll."""

    poll: HubPoll
    new: tuple[WatchedArticle, ...]


Report = CheckReport | PollReport


@dataclass(frozen=True, slots=True)
class Pipeline:
    """Takes one article through fetch, extract, decide and settle. Holds no state but `known`, the pages it has read.

    `schedule` decides when to check an article of a source again, `forward` when after its hub reported an update
    (`jobs.cadence`). `listing` parses the body of a hub.
    """

    config: Config
    reader: ExtractPool
    schedule: Schedule
    forward: Forward
    listing: Callable[[Hub, Capture], Awaitable[Listing | Failure]]
    known: KnownPages = field(default_factory=KnownPages)

    async def check(self, tracked: WatchedArticle, session: HostSession) -> CheckReport:
        """Check one article and store the result in one transaction. Never raises for a fault of the site.

        The steps: fetch, read, recall, decide, settle. The crawler then announces the report, see `announce`.
        """
        archive, now = session.archive, session.clock()
        source = self.config.settings_of(tracked.source)
        # Fetch. Some servers' ETags never change, so the validators are left out now and then.
        request = Request(tracked.url, tracked.etag, tracked.last_modified, source=tracked.source)
        if tracked.checks and tracked.checks % UNCONDITIONAL_EVERY == 0:
            request = replace(request, etag="", last_modified="")
        fetcher = session.browser if source.render and session.browser else session.fetcher
        found = await fetcher.fetch(request, now, session.allow)
        # Before the page is read, which may take seconds: the pause of the host counts from its answer.
        await session.answered(found)
        found, reading, context = await self._read_and_recall(found, tracked, session, now)
        intent = await self._decide(tracked, source, found, reading, session, now, context)
        if tracked.is_cited and any(rule.cites for rule in self.config.rules):
            from .citations import with_citation_alerts  # loads the comparison of texts, and few articles are cited

            link = self.config.service.link
            intent = await archive.run(with_citation_alerts, tracked, intent, self.config.rules, link)
        # Settle in one transaction: everything that is logged or sent afterwards is stored by then.
        onward, storm = onward_address(tracked.url, found, reading, context.latest), self.config.service.storm
        if onward and isinstance(found, Capture) and reading is not None:
            targets = self._targets(tracked, onward)
            first = partial(self._decide_first, source=source, found=found, reading=reading, host=session.state)
            report = await archive.run(settle_redirect, tracked, intent, storm, targets, first)
        else:
            # On PostgreSQL, a version is not grouped: other processes would wait long for its locks.
            is_grouped = archive.is_sqlite or not (intent.version or intent.alerts)
            report = await (archive.run_grouped if is_grouped else archive.run)(settle, tracked, intent, storm)
        self.known.remember(report, reading)
        if tracked.failures and not intent.failures:
            await archive.run(release, tracked.id)
        for url in report.committed.released:
            await archive.run(add_targets, tracked.source, self._targets(tracked, url), now, tracked.stories)
        return report

    async def _read_and_recall(
        self, found: FetchResult, tracked: WatchedArticle, session: HostSession, now: datetime
    ) -> tuple[FetchResult, Reading | None, DecisionContext]:
        """Return the page or the failure, the reading of the page, and the context of the decision.

        A page with the fingerprint of the page that was read last is not read, and nothing is recalled: it is a Capture
        without a reading. A page with the bytes of the newest version's page is not read either: its reading is that of
        the version, unless the version's text was deleted or the extractor has changed.
        """
        archive = session.archive
        if isinstance(found, NotModified) and not tracked.failures and tracked.state is not ArticleState.GONE:
            return found, None, DecisionContext()  # Nothing to compare: most checks are 304s.
        reading: Reading | None = None
        if isinstance(found, Capture) and found.sha256 != tracked.capture_sha256:
            found, reading = await self._read(found, tracked, session, self.known.fingerprint(tracked))
            if isinstance(found, Capture) and reading is None:
                return found, None, DecisionContext()
        context = await archive.run(recall, tracked, found, reading, now)
        if isinstance(found, Capture) and reading is None:
            reading = read_before(found, context.latest, EXTRACTOR)
            if reading is None:
                found, reading = await self._read(found, tracked, session)
                context = await archive.run(recall, tracked, found, reading, now)
        if reading is not None and context.latest is not None and context.latest.extractor != reading.extractor:
            # Re-extract the newest version first, so that a difference between extractors is not taken for an edit.
            outdated = await archive.run(list_outdated, reading.extractor, article=tracked.id)
            if outdated:
                from .reread import read_again  # needed once a release, and loads the comparison of texts

                await read_again(archive, self.reader, tracked.id, reading.extractor, now)
                context = await archive.run(recall, tracked, found, reading, now)
        return found, reading, context

    async def _read(
        self, found: Capture, tracked: WatchedArticle, session: HostSession, fingerprint: str = ""
    ) -> tuple[Capture | Failure, Reading | None]:
        """Return the capture and its reading, or a Failure and None if it cannot be read.

        The reading is None, too, if the page has `fingerprint`, which means the same content as before.
        """
        if why := refusal(found):
            return Failure(FailureKind.UNREADABLE, why, found.url, found.status, final_url=found.final_url), None
        read: Reading | SamePage | Failure
        if fingerprint:
            read = await self.reader.read_unless_same(found, fingerprint, prefer=tracked.signature)
        else:
            read = await self.reader.read(found, prefer=tracked.signature)
        if isinstance(read, SamePage):
            return found, None
        if isinstance(read, Failure):
            return await session.archive.run(quarantine, tracked.id, found, read), None
        if (count := count_letters(read.article)) > MAX_ARTICLE_CHARS:
            why = f"the page has a text of {count:,} letters; {MAX_ARTICLE_CHARS:,} is the limit"
            return Failure(FailureKind.UNREADABLE, why, found.url, found.status, final_url=found.final_url), None
        return found, read

    async def _decide(
        self,
        tracked: WatchedArticle,
        source: SourceConfig,
        found: FetchResult,
        reading: Reading | None,
        session: HostSession,
        now: datetime,
        context: DecisionContext,
    ) -> Intent:
        """Decide what a check stores, in a child where two long texts are to be compared.

        A child that hangs is killed. The texts are then compared coarsely, in another one; if that fails too, the page
        is stored as unreadable.
        """
        policy = self._policy(source)
        work = partial(decide, policy=policy, host=session.state, context=context)
        schedule = partial(self.schedule, source)
        texts = [reading.article, context.latest.content] if reading and context.latest else []
        if isinstance(found, Capture) and sum(map(count_letters, texts)) > MAX_COMPARED_HERE_CHARS:
            for in_detail in (True, False):
                apart = partial(work, schedule=_unscheduled, policy=replace(policy, in_detail=in_detail))
                intent = await self.reader.run((Intent,), apart, tracked, found, reading, now, about=found)
                if isinstance(intent, Intent):
                    verdict = CheckVerdict(intent.check.outcome, intent.check.detail, intent.failures)
                    return replace(intent, next_check_at=schedule(tracked, now, verdict))
                failure = intent
            found = await session.archive.run(quarantine, tracked.id, found, failure)
            reading = None
        return work(tracked, found, reading, now, schedule=schedule)

    def _decide_first(
        self,
        archive: Archive,
        article: WatchedArticle,
        *,
        source: SourceConfig,
        found: Capture,
        reading: Reading,
        host: HostState,
    ) -> Intent | None:
        """Decide what to store of `article`, which a redirect led to; None if `found` is not its own page."""
        if identity(article.url) != identity(found.final_url):
            return None  # it is the address of an AMP page, for instance
        now, policy, schedule = found.fetched_at, self._policy(source), partial(self.schedule, source)
        context = recall(archive, article, found, reading, now)
        return decide(article, found, reading, now, policy=policy, schedule=schedule, host=host, context=context)

    def _policy(self, source: SourceConfig) -> CheckPolicy:
        return CheckPolicy(self.config.rules, self.config.service.link, source.raw, first=self.config.match == "first")

    def _targets(self, tracked: WatchedArticle, url: str) -> tuple[Target, ...]:
        """Return the target to watch for an address that `tracked` redirected to, if it is to be watched.

        On the site of another source, that source decides which articles to watch, and by which form of address.
        """
        if owner_of(self.config, tracked.source, url) != tracked.source:
            return ()
        title = tracked.feed_title if self.config.owners(url).keys() <= {tracked.source} else ""
        return filter_targets(self.config.settings_of(tracked.source), [Target(untracked(url), title)])

    async def record_crash(self, tracked: WatchedArticle, error: Exception, session: HostSession) -> CheckReport:
        """Store that the check of an article raised `error`, and postpone the article; after two in a row, by a day."""
        now, fault, wait = session.clock(), _FAULT, POSTPONED
        checks: list[Check] = await session.archive.run(list_checks, tracked.id, 1)
        if checks and checks[0].remark is Remark.INTERNAL_ERROR:
            fault, wait = f"{_FAULT} again, postponed for a day", PUT_ASIDE
        detail = f"{fault}: {type(error).__name__}: {error}"
        intent = Intent(
            article=tracked.id,
            check=Check(tracked.id, now, CheckOutcome.FAILED, detail, remark=Remark.INTERNAL_ERROR),
            expected_versions=tracked.versions,
            next_check_at=now + wait,
            state=tracked.state,
            failures=tracked.failures + 1,
            signature=tracked.signature,
            host=session.state,
        )
        return CheckReport(tracked, intent, await session.archive.run(commit_check, intent))

    async def record_poll_crash(self, known: HubState, error: Exception, session: HostSession) -> PollReport:
        """Store that the poll of a hub raised `error`, and postpone the hub as after any failed poll."""
        now, detail = session.clock(), f"{_FAULT}: {type(error).__name__}: {error}"
        next_poll_at = now + retry_wait(self.config, known)
        poll = HubPoll(known.hub, now, next_poll_at, CheckOutcome.FAILED, detail, host=session.state)
        return PollReport(poll, tuple(await session.archive.run(commit_poll, poll)))

    async def poll(self, known: HubState, session: HostSession) -> PollReport:
        """Poll one hub and put its articles under watch, in one transaction. Never raises for a fault of the site."""
        hub = known.hub
        now = session.clock()
        accept = _ACCEPT_HUB if hub.kind is not HubKind.PAGE else Request(hub.url).accept
        etag, last_modified = validators(known, now, self.config.settings_of(hub.source).poll)
        request = Request(hub.url, etag, last_modified, accept, hub.source)
        found = await session.fetcher.fetch(request, now, session.allow)
        await session.answered(found, is_list=True)
        listing: Listing | None = None
        if isinstance(found, Capture):
            read = await self.listing(hub, found)
            if isinstance(read, Failure):
                found = await session.archive.run(quarantine, hub.url, found, read)
            else:
                listing = read
        poll = decide_poll(self.config, known, found, listing, now, session.state)
        if poll.targets:
            known_here: list[WatchedArticle | None] = await session.archive.run(
                find_articles, [target.url for target in poll.targets]
            )
            poll = with_known(self.config, poll, known_here, now, self.forward)
        new: list[WatchedArticle] = await session.archive.run(commit_poll, poll)
        if known.failures and poll.outcome.saw_page:
            await session.archive.run(release, hub.url)
        return PollReport(poll, tuple(new))


def count_letters(article: Article) -> int:
    """Count the letters of all texts of an article that are compared."""
    lines = article.headlines
    surfaces = (lines.h1, lines.og, lines.html, lines.jsonld, lines.feed)
    heads = (article.title, article.heading, article.dek, *article.byline, *surfaces)
    texts = (*(block.text for block in article.blocks), *(notice.text for notice in article.notices))
    return sum(map(len, heads + texts))


def _unscheduled(_tracked: WatchedArticle, _now: datetime, _verdict: CheckVerdict) -> None:
    """Plan no next check: the parent process has the schedule."""


def announce(report: Report) -> None:
    """Log and count one committed check or poll. Called after the commit, so a logged version is always stored."""
    if isinstance(report, CheckReport):
        _announce_check(report)
        return
    poll = report.poll
    metrics.POLLS.labels(source=poll.hub.source, outcome=str(poll.outcome)).inc()
    fields = {"source": poll.hub.source, "url": poll.hub.url, "outcome": str(poll.outcome)}
    if poll.detail:
        fields["detail"] = poll.detail
    if poll.outcome.saw_nothing:
        _log.warning("hub", **fields, next_try=poll.next_poll_at.isoformat(timespec="seconds"))
    else:
        _log.info("hub", **fields, named=len(poll.targets), new=len(report.new))


def _announce_check(report: CheckReport) -> None:
    tracked, intent = report.tracked, report.intent
    if (storm := report.storm) is not None:
        _log.warning(
            "storm",
            source=storm.source,
            detail=f"{storm.changed} of {storm.seen} articles changed within ten minutes, probably a redesign;"
            " versions are stored, alerts are held",
            until=storm.until.isoformat(timespec="seconds"),
            hint=f"run writethru alerts release '{storm.source}' to send them now",
        )
    if (layout := report.layout) is not None:
        detail = "the page layout changed but not the text; no versions were made"
        _log.info("layout", source=layout.source, detail=detail, since=layout.began.isoformat(timespec="seconds"))
    metrics.CHECKS.labels(source=tracked.source, outcome=str(intent.check.outcome)).inc()
    if report.committed.stale:
        detail = "another process stored a version first; nothing was stored"
        _log.warning("stale", article=tracked.id, url=tracked.url, detail=detail)
    elif intent.version is not None and report.committed.version is not None:
        content, change = intent.version.content, intent.version.change
        metrics.VERSIONS.labels(source=tracked.source).inc()
        _log.info(
            "version",
            article=tracked.id,
            version=report.committed.version,
            source=tracked.source,
            url=tracked.url,
            sha256=content.sha256,
            title=content.title,
            labels=",".join(dict.fromkeys(str(label.kind) for label in change.labels)) if change else "",
            words_added=change.words_added if change else content.words,
            words_removed=change.words_removed if change else 0,
            alerts=report.committed.alerts,
        )
    elif intent.failures:
        since = report.possibly_gone_since
        _log.warning(
            "possibly taken down" if since else "check",
            article=tracked.id,
            url=tracked.url,
            outcome=str(intent.check.outcome),
            detail=intent.check.detail,
            next_try=intent.next_check_at.isoformat(timespec="seconds") if intent.next_check_at else "never",
        )
    else:
        _log.debug("check", article=tracked.id, url=tracked.url, outcome=str(intent.check.outcome))
