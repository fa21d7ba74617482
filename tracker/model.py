"""The values that flow between rooms: frozen, comparable, free of behaviour that needs anything else.

Times are aware datetimes in UTC; hashes are lower-case hexadecimal SHA-256.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import cached_property
from typing import Literal

# --- what a page says ---------------------------------------------------------------------------------------------


class BlockKind(StrEnum):
    """What a block of a page is; the first six are editorial."""

    PARAGRAPH = "paragraph"
    SUBHEAD = "subhead"
    LIST_ITEM = "list-item"
    QUOTE = "quote"
    DATELINE = "dateline"
    TABLE = "table"
    NOTICE = "notice"
    CREDIT = "credit"
    PROMO = "promo"
    CAPTION = "caption"
    BOILERPLATE = "boilerplate"


EDITORIAL = frozenset(
    {
        BlockKind.PARAGRAPH,
        BlockKind.SUBHEAD,
        BlockKind.LIST_ITEM,
        BlockKind.QUOTE,
        BlockKind.DATELINE,
        BlockKind.TABLE,
    }
)


class NoticeKind(StrEnum):
    """What the outlet itself says of an edit."""

    UPDATE = "update-note"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    EDITORS_NOTE = "editors-note"


class PageKind(StrEnum):
    """What a response turned out to be; only the first three make a version."""

    ARTICLE = "article"
    LIVE_BLOG = "live-blog"
    GALLERY = "gallery"
    PAYWALL = "paywall"
    CONSENT_WALL = "consent-wall"
    BOT_WALL = "bot-wall"
    SOFT_404 = "soft-404"
    LISTING = "listing"
    JS_SHELL = "js-shell"
    EMPTY = "empty"


VERSIONED = frozenset({PageKind.ARTICLE, PageKind.LIVE_BLOG, PageKind.GALLERY})


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph-sized piece of a page: its class, its text (one line, single blanks), why it got that class."""

    kind: BlockKind
    text: str
    reason: str = ""

    @property
    def editorial(self) -> bool:
        """Say whether the block belongs to the news text."""
        return self.kind in EDITORIAL


@dataclass(frozen=True, slots=True)
class Notice:
    """An update note, correction, clarification or editor's note, in the outlet's words."""

    kind: NoticeKind
    text: str


@dataclass(frozen=True, slots=True)
class Headlines:
    """Every surface a headline stands on; outlets edit them apart from one another."""

    h1: str = ""
    og: str = ""
    html: str = ""
    jsonld: str = ""
    feed: str = ""


@dataclass(frozen=True)
class Article:
    """One editorial state of an article, as extracted.

    *fields* says which source on the page gave each metadatum ("title" → "h1" …).
    """

    title: str = ""
    dek: str = ""
    byline: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    section: str = ""
    lang: str = ""
    blocks: tuple[Block, ...] = ()
    notices: tuple[Notice, ...] = ()
    headlines: Headlines = Headlines()
    canonical_url: str = ""
    fields: tuple[tuple[str, str], ...] = ()

    @cached_property
    def editorial(self) -> tuple[Block, ...]:
        """Return the blocks of the news text, in order; a Change counts blocks in this tuple."""
        return tuple(b for b in self.blocks if b.editorial)

    @cached_property
    def text(self) -> str:
        """Return the editorial blocks joined by a blank line."""
        return "\n\n".join(b.text for b in self.editorial)

    @cached_property
    def words(self) -> int:
        """Count the blank-separated words of the text."""
        return len(self.text.split())

    @cached_property
    def sha256(self) -> str:
        """Return the identity of this version: headline, dek, byline, editorial blocks and notices, nothing else."""
        identity = {
            "title": self.title,
            "dek": self.dek,
            "byline": list(self.byline),
            "blocks": [[b.kind.value, b.text] for b in self.editorial],
            "notices": [[n.kind.value, n.text] for n in self.notices],
        }
        canonical = json.dumps(identity, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
        return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the extractor made of one response.

    *signature* names the container the body was found in; *extractor* is the version of the code and rules.
    *detail* says why the page is what it is ("title says 'page not found'").
    """

    page: PageKind
    article: Article
    signature: str = ""
    extractor: str = ""
    detail: str = ""


# --- what lies between two versions -------------------------------------------------------------------------------


class Op(StrEnum):
    """What happened to a block."""

    SAME = "same"
    EDIT = "edit"
    INSERT = "insert"
    DELETE = "delete"
    MOVE = "move"


HunkOp = Literal["=", "-", "+"]
Hunk = tuple[HunkOp, str]


@dataclass(frozen=True, slots=True)
class Field:
    """A headline, dek or byline on both sides; joining "=" and "-" hunks gives *old*, "=" and "+" *new*."""

    old: str = ""
    new: str = ""
    hunks: tuple[Hunk, ...] = ()

    @property
    def changed(self) -> bool:
        """Say whether both sides differ."""
        return self.old != self.new


@dataclass(frozen=True, slots=True)
class SentenceChange:
    """A sentence of a block: *old* and *new* count sentences within their blocks.

    *old_block* and *new_block* say which blocks (indexes into `Article.editorial`); they differ from the block it is
    listed under where a sentence moved between paragraphs (split, merge).
    """

    op: Op
    old: int | None
    new: int | None
    old_text: str = ""
    new_text: str = ""
    old_block: int | None = None
    new_block: int | None = None


@dataclass(frozen=True, slots=True)
class BlockChange:
    """One block of the diff; *old* and *new* index `Article.editorial` of each side.

    Joining the "=" and "-" hunks gives the old block exactly, "=" and "+" the new one. A MOVE may carry edits too.
    """

    op: Op
    old: int | None
    new: int | None
    hunks: tuple[Hunk, ...]
    kind: BlockKind = BlockKind.PARAGRAPH
    sentences: tuple[SentenceChange, ...] = ()

    @property
    def old_text(self) -> str:
        """Return the block as it stood."""
        return "".join(text for op, text in self.hunks if op != "+")

    @property
    def new_text(self) -> str:
        """Return the block as it stands."""
        return "".join(text for op, text in self.hunks if op != "-")


@dataclass(frozen=True, slots=True)
class NoticeChange:
    """A notice that is new, gone or kept, and the diff blocks (indexes into `Change.blocks`) it explains."""

    kind: NoticeKind
    text: str
    op: Op
    explains: tuple[int, ...] = ()


class LabelKind(StrEnum):
    """What a change is."""

    HEADLINE = "headline"
    DEK = "dek"
    BYLINE = "byline"
    UPDATE_NOTE = "update-note"
    CORRECTION = "correction"
    CLARIFICATION = "clarification"
    EDITORS_NOTE = "editors-note"
    NUMBER = "number"
    NAME = "name"
    QUOTE = "quote"
    HEDGE = "hedge"
    DATE = "date"
    LEAD = "lead"
    INSERT = "insert"
    DELETE = "delete"
    MOVE = "move"
    REWRITE = "rewrite"
    COSMETIC = "cosmetic"
    STEALTH = "stealth"
    UNPUBLISHED = "unpublished"
    RESTORED = "restored"
    FLAP = "flap"


@dataclass(frozen=True, slots=True)
class Label:
    """What a change is, with its evidence: the words themselves, old → new; *blocks* index `Change.blocks`."""

    kind: LabelKind
    evidence: str
    blocks: tuple[int, ...] = ()


class FactKind(StrEnum):
    """What kind of statement a fact is."""

    NUMBER = "number"
    DATE = "date"
    NAME = "name"
    QUOTE = "quote"
    HEDGE = "hedge"
    NEGATION = "negation"
    SOURCE = "source"


@dataclass(frozen=True, slots=True)
class Fact:
    """One fact that differs: what was said, what is said; an empty side means it was not said at all.

    *role* says what a number counts ("killed", "percent", "money", "age", "time") or how a quotation changed
    ("added", "removed", "altered", "marks", "attribution"). *where* is "title", "dek", "byline" or "text"; *block*
    indexes `Change.blocks`. *standing* tells a fact that changed within a sentence that stands on both sides from one
    that came or went with its sentence.
    """

    kind: FactKind
    old: str
    new: str
    role: str = ""
    where: str = "text"
    block: int | None = None
    standing: bool = True


@dataclass(frozen=True)
class Change:
    """What lies between two versions.

    `diff.compare` fills the first six fields, `classify.classify` the rest. *announced*: the outlet said so (True),
    it changed facts and did not (False), nothing factual changed (None). *layout_only*: the blocks hold the same words,
    only the paragraph breaks moved, which is no change. *moved_words* stand in sentences that moved whole from one
    paragraph to another: hunks show them on both sides, they are neither added nor removed.
    """

    title: Field = Field()
    dek: Field = Field()
    byline: Field = Field()
    blocks: tuple[BlockChange, ...] = ()
    notices: tuple[NoticeChange, ...] = ()
    budget_hit: bool = False
    labels: tuple[Label, ...] = ()
    significance: float = 0.0
    announced: bool | None = None
    layout_only: bool = False
    moved_words: int = 0

    @cached_property
    def is_empty(self) -> bool:
        """Say whether nothing that counts as content differs."""
        return (
            not (self.title.changed or self.dek.changed or self.byline.changed)
            and (self.layout_only or all(b.op is Op.SAME for b in self.blocks))
            and all(n.op is Op.SAME for n in self.notices)
        )

    @cached_property
    def words_added(self) -> int:
        """Count the words of the new text that were not there, headline and dek included; a bare move adds none."""
        return max(0, sum(len(text.split()) for op, text in self._hunks if op == "+") - self.moved_words)

    @cached_property
    def words_removed(self) -> int:
        """Count the words of the old text that are gone, headline and dek included."""
        return max(0, sum(len(text.split()) for op, text in self._hunks if op == "-") - self.moved_words)

    @cached_property
    def kinds(self) -> frozenset[LabelKind]:
        """Return the kinds of the labels."""
        return frozenset(label.kind for label in self.labels)

    @property
    def _hunks(self) -> list[Hunk]:
        fields = [*self.title.hunks, *self.dek.hunks, *self.byline.hunks]
        return fields + [hunk for block in self.blocks for hunk in block.hunks]


# --- what was fetched ---------------------------------------------------------------------------------------------

Headers = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Capture:
    """One HTTP response kept whole as evidence: the decoded entity body and the exact header list."""

    url: str
    final_url: str
    status: int
    headers: Headers
    body: bytes
    fetched_at: datetime
    sha256: str
    elapsed: float = 0.0
    remote_ip: str = ""
    hops: tuple[str, ...] = ()
    request_headers: Headers = ()

    def header(self, name: str) -> str:
        """Return the first header of that name, or an empty string."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


class FailureKind(StrEnum):
    """Why a fetch gave no page. Each is a check outcome, never a version."""

    ROBOTS = "robots"
    BLOCKED_ADDRESS = "blocked-address"
    BAD_URL = "bad-url"
    DNS = "dns"
    CONNECT = "connect"
    TLS = "tls"
    TIMEOUT = "timeout"
    PROTOCOL = "protocol"
    TOO_LARGE = "too-large"
    BAD_ENCODING = "bad-encoding"
    TRUNCATED = "truncated"
    REDIRECTS = "redirects"
    HOST_WAITS = "host-waits"
    STATUS = "status"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Failure:
    """A fetch that gave no page: which kind, in plain words, and what the host asked for.

    *status* is the HTTP status where there was one; *retry_after* is in seconds, where the host named it.
    """

    kind: FailureKind
    reason: str
    url: str
    status: int | None = None
    retry_after: float | None = None
    final_url: str = ""
    elapsed: float = 0.0


@dataclass(frozen=True, slots=True)
class NotModified:
    """The host answered 304 to a conditional request."""

    url: str
    final_url: str
    headers: Headers = ()
    elapsed: float = 0.0


FetchResult = Capture | NotModified | Failure


@dataclass(frozen=True, slots=True)
class Request:
    """One page to fetch; *etag* and *last_modified* make it conditional. *accept* is the Accept header."""

    url: str
    etag: str = ""
    last_modified: str = ""
    accept: str = "text/html,application/xhtml+xml;q=0.9,*/*;q=0.5"


@dataclass(frozen=True, slots=True)
class RobotsRecord:
    """What a host's /robots.txt answered; *status* 0 stands for "could not be reached"."""

    status: int
    body: str
    fetched_at: datetime


@dataclass(frozen=True, slots=True)
class HostState:
    """What politeness must remember about a host between visits, restarts and workers."""

    host: str
    not_before: datetime | None = None
    failures: int = 0
    last_failure_at: datetime | None = None
    latency: float = 0.0
    robots: RobotsRecord | None = None


# --- what is watched ----------------------------------------------------------------------------------------------


class HubKind(StrEnum):
    """Where article addresses come from."""

    FEED = "feed"
    SITEMAP = "sitemap"
    PAGE = "page"


@dataclass(frozen=True, slots=True)
class Hub:
    """A page that lists articles: a feed, a sitemap or a section page with its link rules."""

    source: str
    kind: HubKind
    url: str
    selector: str = ""
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class Target:
    """An article address that a hub names, with what the hub says of it."""

    url: str
    title: str = ""
    published: datetime | None = None
    updated: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """What a hub's bytes hold: articles, and further hubs (a sitemap index, a feed named by a page)."""

    kind: HubKind
    targets: tuple[Target, ...] = ()
    hubs: tuple[str, ...] = ()
    title: str = ""
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A line as it is counted: *key* is the same for every number in it, *sample* is how it read when first seen."""

    key: str
    sample: str


class HabitKind(StrEnum):
    """Why a line of a source is no news: it stands in many articles, or it differs at every fetch."""

    HOUSE = "house"
    VOLATILE = "volatile"


@dataclass(frozen=True, slots=True)
class Habit:
    """A line that a source's own pages have taught us to set aside; *articles* is how many it was seen in."""

    kind: HabitKind
    key: str
    sample: str
    articles: int = 0
    learned_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class LineCounts:
    """In how many of a source's *articles* each line stands, by its key."""

    articles: int = 0
    lines: tuple[tuple[str, int], ...] = ()


class ArticleState(StrEnum):
    """Whether an article is still visited."""

    ACTIVE = "active"
    GONE = "gone"
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Tracked:
    """An article under watch as the archive knows it; *id* is a short prefix-unique hexadecimal string.

    *last_seen_at* is the last check that found the newest version standing (a 304 counts, a failure does not).
    """

    id: str
    source: str
    url: str
    host: str
    first_seen_at: datetime
    state: ArticleState = ArticleState.ACTIVE
    next_check_at: datetime | None = None
    last_check_at: datetime | None = None
    last_seen_at: datetime | None = None
    last_change_at: datetime | None = None
    checks: int = 0
    versions: int = 0
    failures: int = 0
    etag: str = ""
    last_modified: str = ""
    signature: str = ""
    title: str = ""
    feed_title: str = ""
    stories: tuple[str, ...] = ()


class CheckOutcome(StrEnum):
    """What one visit found."""

    NEW = "new"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    NOT_MODIFIED = "not-modified"
    GONE = "gone"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Check:
    """One visit, as it is counted; *detail* says why it was refused or failed."""

    article: str
    at: datetime
    outcome: CheckOutcome
    detail: str = ""
    status: int | None = None
    elapsed: float = 0.0


@dataclass(frozen=True)
class Version:
    """One editorial state of an article with the capture it came from and the change that led to it.

    *n* counts from 1. *seen* is when it was first fetched, *previous_seen* when its predecessor was last seen
    standing: the edit happened in between. *change* is None for the first version. *removed* says why the content was
    taken out of the archive; it is empty for what stands.
    """

    article: str
    n: int
    url: str
    seen: datetime
    content: Article
    extractor: str
    capture_sha256: str
    previous_seen: datetime | None = None
    change: Change | None = None
    status: int = 200
    signature: str = ""
    source: str = ""
    stories: tuple[str, ...] = ()
    removed: str = ""


@dataclass(frozen=True, slots=True)
class Glance:
    """A version as a list shows it, from columns alone: neither its content nor its change is read.

    *title* is the newest headline of the article; *words* counts those added and removed, 0 for the first version.
    """

    article: str
    n: int
    url: str
    seen: datetime
    source: str
    title: str
    sha256: str
    previous_seen: datetime | None = None
    words: int = 0
    significance: float = 0.0
    announced: bool | None = None
    kinds: tuple[LabelKind, ...] = ()
    removed: str = ""


# --- what the pipeline decides ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to be kept, with its evidence."""

    content: Article
    capture: Capture
    extractor: str
    signature: str
    change: Change | None


@dataclass(frozen=True, slots=True)
class Alert:
    """One thing to tell: a rule matched a change. *key* is its idempotency key; *payload* is frozen JSON text."""

    key: str
    rule: str
    target: str
    article: str
    version: int
    payload: str


@dataclass(frozen=True, slots=True)
class Intent:
    """What one check decided, to be carried out in one transaction by `Store.commit`.

    *expected_versions* is the number of versions the decision was made on: the store refuses an intent that was
    decided on an older state (compare and set). *aliases* are further addresses the article was seen under. *lines* are
    counted towards the source's house lines, *habits* are what was learned from them.
    """

    article: str
    check: Check
    expected_versions: int
    next_check_at: datetime | None
    state: ArticleState = ArticleState.ACTIVE
    failures: int = 0
    etag: str = ""
    last_modified: str = ""
    signature: str = ""
    aliases: tuple[str, ...] = ()
    version: NewVersion | None = None
    alerts: tuple[Alert, ...] = ()
    host: HostState | None = None
    lines: tuple[Line, ...] = ()
    habits: tuple[Habit, ...] = ()


@dataclass(frozen=True, slots=True)
class Committed:
    """What `Store.commit` did: the number of the version it stored, or None; *stale* where it refused."""

    version: int | None = None
    alerts: int = 0
    stale: bool = False


class DeliveryState(StrEnum):
    """How far a delivery has come."""

    PENDING = "pending"
    DELIVERED = "delivered"
    DEAD = "dead"


@dataclass(frozen=True, slots=True)
class Delivery:
    """An alert on its way: leased by one worker, tried again with the same key until taken or dead."""

    id: int
    key: str
    rule: str
    target: str
    article: str
    version: int
    payload: str
    created_at: datetime
    due_at: datetime
    state: DeliveryState = DeliveryState.PENDING
    attempts: int = 0
    last_error: str = ""
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HubState:
    """How a hub fares: when it was last read, when it is due again, what went wrong."""

    hub: Hub
    next_poll_at: datetime | None = None
    last_poll_at: datetime | None = None
    last_ok_at: datetime | None = None
    failures: int = 0
    last_error: str = ""
    etag: str = ""
    last_modified: str = ""
    articles: int = 0


@dataclass(frozen=True, slots=True)
class HubPoll:
    """What one reading of a hub decided, to be carried out in one transaction by `Store.commit_poll`."""

    hub: Hub
    at: datetime
    next_poll_at: datetime
    outcome: CheckOutcome
    detail: str = ""
    etag: str = ""
    last_modified: str = ""
    targets: tuple[Target, ...] = ()
    stories: tuple[str, ...] = ()
    host: HostState | None = None


@dataclass(frozen=True, slots=True)
class Counts:
    """How much an archive holds."""

    articles: int = 0
    versions: int = 0
    captures: int = 0
    checks: int = 0
    pending_alerts: int = 0
    dead_alerts: int = 0
    delivered_alerts: int = 0
    bytes: int = 0
    oldest_pending_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class VersionQuery:
    """Which versions to list: newest first unless *reverse*; empty fields do not restrict."""

    article: str = ""
    source: str = ""
    story: str = ""
    kinds: tuple[LabelKind, ...] = ()
    since: datetime | None = None
    until: datetime | None = None
    min_words: int = 0
    limit: int | None = None
    reverse: bool = False
    changes_only: bool = False
