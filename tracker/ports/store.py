"""The seam to the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, runtime_checkable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from tracker.model import (
        Activity,
        Alert,
        ArticleState,
        Capture,
        Check,
        Committed,
        CopyPair,
        Counts,
        Decision,
        Delivery,
        DeliveryState,
        Habit,
        HintTally,
        Home,
        HostState,
        Hub,
        HubPoll,
        HubState,
        Intent,
        LineCounts,
        Reread,
        StoryBook,
        StoryPosting,
        StoryReading,
        Survey,
        Target,
        Tracked,
        UpdatedChange,
        Version,
        VersionQuery,
        VersionSummary,
    )


@runtime_checkable
class Store(Protocol):
    """All that is kept. Synchronous; called from one thread at a time. Times are aware UTC datetimes.

    What a method wrote is durable when it returns.
    """

    # -- what is watched
    def sync_source(
        self, source: str, hubs: Sequence[Hub], now: datetime, *, paused: bool = False, anew: bool = False
    ) -> None:
        """Make the archive know *source* with exactly these hubs; new hubs are due at once. Idempotent.

        While a source is *paused*, neither its hubs nor its articles are ever due; all that is stored stays. With
        *anew* every hub is due at once and is read whole: what is wanted of it has changed.
        """
        ...

    def add_targets(
        self, source: str, targets: Sequence[Target], now: datetime, stories: Sequence[str] = ()
    ) -> list[Tracked]:
        """Put addresses under watch, due at once; return the articles that are new.

        Known articles (by identity or alias) join *stories* and keep everything else.
        """
        ...

    def hasten(self, source: str, url: str, at: datetime) -> None:
        """Have the hub of *source* at *url* read at *at*, where it was to be read later."""
        ...

    def known(self, urls: Sequence[str]) -> list[Tracked | None]:
        """Return for each address the article it leads to, None where there is none."""
        ...

    def sources(self) -> list[str]:
        """Return the names of all sources."""
        ...

    def hub_states(self, source: str | None = None) -> list[HubState]:
        """Return the hubs of a source, or all, in the order they were configured."""
        ...

    def commit_poll(self, poll: HubPoll) -> list[Tracked]:
        """Carry out what one reading of a hub decided, in one transaction; return the articles that are new."""
        ...

    def force_due(self, now: datetime, *, source: str | None = None, articles: Sequence[str] = ()) -> None:
        """Make the named articles and the hubs and articles of *source* (None and no articles: everything) due now."""
        ...

    def set_state(self, article: str, state: ArticleState) -> None:
        """Pause or resume an article."""
        ...

    # -- what is due
    def due_hosts(self, now: datetime, limit: int = 1000) -> list[str]:
        """Return hosts that have a due hub or article and may be visited now, longest overdue first."""
        ...

    def due_hubs(self, host: str, now: datetime) -> list[HubState]:
        """Return the due hubs of *host*."""
        ...

    def due_articles(self, host: str, now: datetime, limit: int = 25) -> list[Tracked]:
        """Return due articles of *host* that are not paused (gone ones are looked at again), longest overdue first."""
        ...

    def host(self, host: str) -> HostState:
        """Return what is remembered of *host*; a fresh state where nothing is."""
        ...

    def save_host(self, state: HostState) -> None:
        """Remember *state*."""
        ...

    def clock_went_back(self, now: datetime) -> float:
        """Bring forward all that is planned where visits stand in the future; return by how many seconds, or 0."""
        ...

    # -- checks
    def commit(self, intent: Intent) -> Committed:
        """Carry out what one check decided: check, version, capture, change, labels and alerts, all or nothing.

        Refuses (``stale``) where the article has another number of versions than the intent expected.
        """
        ...

    # -- what later extractors read
    def outdated(self, extractor: str, *, source: str = "", article: str = "", everything: bool = False) -> list[str]:
        """Return the articles with a page that another extractor than this one read last, oldest first."""
        ...

    def history(self, article: str) -> list[Version]:
        """Return all versions of an article, oldest first, as they read now."""
        ...

    def reread(self, article: str, rereads: Sequence[Reread], changes: Sequence[UpdatedChange], now: datetime) -> None:
        """Keep what the pages of an article read like now, and the changes between them. Raises NotKnown."""
        ...

    def checks(self, article: str, limit: int = 100) -> list[Check]:
        """Return the latest checks of an article, newest first."""
        ...

    # -- reading
    def article(self, ident: str) -> Tracked:
        """Return the article by id, unique prefix of an id, or address. Raises NotKnown, with the nearest ids."""
        ...

    def articles(self, *, source: str | None = None, story: str | None = None) -> list[Tracked]:
        """Return articles, newest first."""
        ...

    def latest(self, article: str) -> Version | None:
        """Return the newest version of an article, or None."""
        ...

    def standing(self, article: str, source: str) -> tuple[Version | None, list[Habit]]:
        """Return what a page of *article* is held against: what `latest` gives, and `habits` of *source*."""
        ...

    def version(self, article: str, n: int) -> Version:
        """Return one version. Raises NotKnown."""
        ...

    def versions(self, query: VersionQuery) -> Iterator[Version]:
        """Stream versions."""
        ...

    def glance(self, query: VersionQuery) -> list[VersionSummary]:
        """Return the versions that `versions` streams, as a list shows them, without reading their contents."""
        ...

    def seen_before(self, article: str, sha256: str) -> int | None:
        """Return the number of the version of *article* with that identity, or None."""
        ...

    def capture(self, article: str, n: int) -> Capture:
        """Return the evidence of one version. Raises NotKnown; ArchiveError where its bytes do not match their hash."""
        ...

    def head(self, article: str, n: int) -> Capture:
        """Return the evidence of one version without its page: status and headers. Raises NotKnown, ArchiveError."""
        ...

    def counts(self) -> Counts:
        """Count what the archive holds."""
        ...

    # -- what a source's pages have taught
    def habits(self, source: str) -> list[Habit]:
        """Return the lines of *source* that are no news, in the order they were learned."""
        ...

    def line_counts(self, source: str, keys: Sequence[str]) -> LineCounts:
        """Return in how many articles of *source* the lines of these keys stand, and how many articles were counted."""
        ...

    # -- what is believed of updates
    def survey(self, now: datetime, limit: int = 2000) -> Survey:
        """Return how many articles are under watch with at most *limit* of them, and what the last day's visits found.

        Under watch is what has a next check and is neither paused nor of a paused source.
        """
        ...

    def tallies(self) -> dict[str, HintTally]:
        """Return how far the hubs of each source were right, the latest checks weighing most."""
        ...

    def memo(self, name: str) -> str:
        """Return what was saved under *name*, or an empty text."""
        ...

    def save_memo(self, name: str, text: str, now: datetime) -> None:
        """Save *text* under *name*, in place of what stands there; an empty text takes it away."""
        ...

    def memos(self, prefix: str) -> dict[str, str]:
        """Return what was saved under names that begin with *prefix*, by name."""
        ...

    def bustle(self, source: str, since: datetime, until: datetime) -> Activity:
        """Return what the visits to the articles of *source* after *since* and not after *until* found."""
        ...

    # -- stories
    def story_unread(self, limit: int = 50) -> list[Version]:
        """Return versions that were not read for their stories yet, oldest first; what was taken out is passed over."""
        ...

    def story_recent(self, since: datetime, limit: int) -> list[Version]:
        """Return the newest version of articles that were read for their stories and first seen since, newest first."""
        ...

    def story_postings(self, marks: Sequence[int]) -> list[StoryPosting]:
        """Return the articles that each of *marks* stands in."""
        ...

    def keep_story(self, reading: StoryReading) -> bool:
        """Keep what reading a version for its story came to, all or nothing; False where it was kept before.

        Raises NotKnown where there is no such version.
        """
        ...

    def story_book(self) -> StoryBook:
        """Return all that is known of stories; the homes of articles that are alone are left out."""
        ...

    def story_homes(self, articles: Sequence[str]) -> list[Home]:
        """Return where the machine put these articles; nothing for those that were not read yet."""
        ...

    def story_decisions(self) -> list[Decision]:
        """Return what persons decided, oldest first."""
        ...

    def story_versions(self, article: str, limit: int) -> list[Version]:
        """Return at most *limit* versions of an article, newest first."""
        ...

    def story_copies(self, articles: Sequence[str]) -> list[CopyPair]:
        """Return the pairs of copies that any of *articles* is part of."""
        ...

    def decide_story(
        self, said: Decision, joins: Sequence[tuple[str, str]] = (), leaves: Sequence[tuple[str, str]] = ()
    ) -> None:
        """Add a person's decision, and let articles join and leave named stories by it, in one transaction.

        *joins* and *leaves* are pairs of article and story. Raises NotKnown for an article that is not there.
        """
        ...

    # -- the outbox
    def enqueue(self, alerts: Sequence[Alert], now: datetime) -> int:
        """Put alerts into the outbox outside a check (`alerts test`); return how many keys were new."""
        ...

    def claim(self, now: datetime, lease_seconds: float, limit: int = 20, skip: Sequence[str] = ()) -> list[Delivery]:
        """Lease due deliveries: at most the oldest pending one per target and article, so that order is kept.

        Those in a lane are left to `claim_lane`, and those for the targets in *skip* where they are.
        """
        ...

    def claim_lane(
        self, now: datetime, lease_seconds: float, limit: int = 200, skip: Sequence[str] = ()
    ) -> list[Delivery]:
        """Lease the deliveries of one due lane to one target, in the order they were made; [] where none is due."""
        ...

    def release(self) -> int:
        """End every lease and return how many there were.

        For whoever has just taken the archive's lock: those who leased are dead, and need no more time to answer.
        """
        ...

    def delivered(self, delivery: int, now: datetime) -> None:
        """Record that the target took it."""
        ...

    def delivered_together(self, deliveries: Sequence[int], now: datetime) -> None:
        """Record that the target took all of these in one message, all or nothing."""
        ...

    def hold(self, delivery: int, lane: str, due_at: datetime) -> None:
        """Let a pending delivery wait until *due_at*, in *lane* if any; its lease ends, and no attempt is counted."""
        ...

    def reschedule(self, lane: str, due_at: datetime) -> int:
        """Let all that waits in lanes whose names end in *lane* be due at *due_at*; return how many there are."""
        ...

    def retry_now(self, target: str, now: datetime) -> int:
        """Let what waits for another attempt at *target* be due now; return how many there are."""
        ...

    def revive(self, keys: Sequence[str], now: datetime) -> int:
        """Make dead deliveries pending again, due now and with all attempts before them; return how many there were."""
        ...

    def sent_since(self, rule: str, target: str, since: datetime) -> int:
        """Return how many messages of *rule* the target took since; what was sent together is one."""
        ...

    def postpone(self, delivery: int, due_at: datetime, error: str) -> None:
        """Count a failed attempt and try again at *due_at*, with the same key."""
        ...

    def bury(self, delivery: int, error: str) -> None:
        """Give up on a delivery and keep the reason."""
        ...

    def deliveries(self, state: DeliveryState | None = None, limit: int = 100) -> list[Delivery]:
        """Return deliveries, newest first."""
        ...

    def close(self) -> None:
        """Let go of the database. Idempotent."""
        ...
