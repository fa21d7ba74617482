"""Decide the consequences of one check, as pure functions that can be tested without network or database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker.addresses.same_article import aliases, is_same_document, leads_elsewhere, onward_address, watched_apart
from tracker.alerts.matching import match_rules
from tracker.config.tables import RuleConfig
from tracker.extraction.learned_boilerplate import apply, is_mostly_original
from tracker.model.alert import Alert
from tracker.model.article import LONE_NAME, VERSIONED, Article, PageKind, Reading, container_path
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult, HostState, NotModified
from tracker.model.change import Change, Label, LabelKind, PageEvent, status_change
from tracker.model.source import Habit
from tracker.model.version import NewVersion, Raw, Version
from tracker.model.watch import (
    ArticleState,
    Check,
    CheckOutcome,
    CheckVerdict,
    Intent,
    Remark,
    WatchedArticle,
)

from .decision_context import NOT_FOUND, DecisionContext
from .targets import followed_hint

Schedule = Callable[[WatchedArticle, datetime, CheckVerdict], datetime | None]

# Time between two checks of an address that only leads to another article, which is watched in its place.
POINTER_INTERVAL: Final = timedelta(days=7)
# Consecutive checks, ten minutes apart, that must find a 404 before an article counts as gone; one 410 is enough.
GONE_AFTER: Final = 3

# A text that was replaced after less time than this was a test or a stale cache, not an edit.
MIN_EDIT_DURATION: Final = timedelta(minutes=30)
# A date this close to the visit comes from the server's clock, not from an edit.
MAX_STAMP_AGE: Final = timedelta(minutes=1)
# A server's clock may be ahead by this much; a date further ahead is not the time of an edit.
MAX_CLOCK_AHEAD: Final = timedelta(minutes=5)

MOVED: Final = "layout: same text, different markup"
READ_OTHERWISE: Final = "reading: same words, other parts of the page taken for the text"
LOST_TEXT: Final = "the text is missing, and no new notice says why"
CLOCK_MOVED: Final = "clock: nothing changed, and the page says it was modified "
BYLINE_UNCONFIRMED: Final = "byline: in one place of the page only, and for the first time: "

_GONE: Final = frozenset({404, 410})
_REFUSALS: Final = frozenset({401, 402, 403, 407, 451})
_WALLS: Final = frozenset({PageKind.PAYWALL, PageKind.CONSENT_WALL, PageKind.BOT_WALL})


@dataclass(frozen=True, slots=True)
class CheckPolicy:
    """The settings that a decision needs: the rules, where the reader's links lead, which pages are stored.

    With `first` only the first rule that matches makes an alert. Texts are compared coarsely unless `in_detail`.
    """

    rules: Sequence[RuleConfig] = ()
    link: str = ""
    raw: Raw = Raw.VERSIONS
    first: bool = False
    in_detail: bool = True


def judge(
    tracked: WatchedArticle, found: FetchResult, reading: Reading | None, context: DecisionContext
) -> CheckVerdict:
    """Return the outcome of one check.

    `reading` is the extractor's result for a Capture, None if it was recognised as the page that was read last.
    """
    latest = context.latest
    if isinstance(found, NotModified):
        return CheckVerdict(CheckOutcome.NOT_MODIFIED)
    if isinstance(found, Failure):
        if found.kind is FailureKind.STATUS and found.status in _GONE:
            is_sure = found.status == 410 or context.missing + 1 >= GONE_AFTER or tracked.state is ArticleState.GONE
            outcome = CheckOutcome.GONE if is_sure else CheckOutcome.FAILED
        else:
            refused = found.kind in {FailureKind.ROBOTS, FailureKind.BLOCKED_ADDRESS} or found.status in _REFUSALS
            outcome = CheckOutcome.REFUSED if refused else CheckOutcome.FAILED
        return CheckVerdict(outcome, found.reason, tracked.failures + 1)
    if reading is None:
        return CheckVerdict(CheckOutcome.UNCHANGED)
    # A text that is missing, with no new notice in its place: the page may only have failed to load.
    old, new = latest.content if latest else Article(), reading.article
    has_lost_text = bool(old.editorial) and not new.editorial and set(new.notices) <= set(old.notices)
    if has_lost_text or not reading.is_article:
        page = PageKind.EMPTY if reading.page in VERSIONED else reading.page
        why = LOST_TEXT if reading.is_article else reading.detail
        outcome = CheckOutcome.REFUSED if page in _WALLS else CheckOutcome.FAILED
        return CheckVerdict(outcome, f"{page}: {why}" if why else str(page), tracked.failures + 1)
    if elsewhere := leads_elsewhere(tracked, found, reading.article, latest):
        onward = onward_address(tracked.url, found, reading, latest)
        outcome, failures = (CheckOutcome.UNCHANGED, 0) if onward else (CheckOutcome.FAILED, tracked.failures + 1)
        return CheckVerdict(outcome, elsewhere, failures, onward)
    if latest is None:
        if context.watched:
            return CheckVerdict(CheckOutcome.UNCHANGED, watched_apart(context.watched), onward=context.watched)
        return CheckVerdict(CheckOutcome.NEW)
    return _judge_article(latest.content, reading.article, context.last_byline)


def _judge_article(old: Article, new: Article, last_byline: str | None) -> CheckVerdict:
    if old.sha256 == new.sha256:
        if new.modified is None or old.modified is None or new.modified == old.modified:
            return CheckVerdict(CheckOutcome.UNCHANGED)
        # The publisher's clock moved though nothing else did; `stats source` counts how often.
        moved = new.modified.isoformat()
        return CheckVerdict(CheckOutcome.UNCHANGED, CLOCK_MOVED + moved, remark=Remark.CLOCK, subject=moved)
    if _words(old) == _words(new):
        return CheckVerdict(CheckOutcome.UNCHANGED, "layout: same text, different paragraphs")
    # A new byline that is the only difference, and in only one place on the page, may be a mistake of the extractor.
    is_confirmed = bool(dict(new.fields).get("byline confirmed"))
    if is_confirmed or old.byline == new.byline or replace(new, byline=old.byline).sha256 != old.sha256:
        return CheckVerdict(CheckOutcome.CHANGED)
    unconfirmed = ", ".join(new.byline) or "nobody"
    # A name that nothing marks as a byline, or that no reader sees, is accepted only together with other edits.
    fields = [dict(each.fields) for each in (old, new)]
    is_lone = LONE_NAME in {each.get("byline") for each in fields}
    is_hidden = not any(
        each.get("byline") in {"page", "rule"} or each.get("byline confirmed") == "page" for each in fields
    )
    if is_lone or is_hidden or unconfirmed != last_byline:
        detail = BYLINE_UNCONFIRMED + unconfirmed
        return CheckVerdict(CheckOutcome.UNCHANGED, detail, remark=Remark.BYLINE, subject=unconfirmed)
    return CheckVerdict(CheckOutcome.CHANGED)


def decide(
    tracked: WatchedArticle,
    found: FetchResult,
    reading: Reading | None,
    now: datetime,
    *,
    policy: CheckPolicy,
    schedule: Schedule,
    host: HostState | None = None,
    context: DecisionContext = DecisionContext(),  # noqa: B008 - frozen
) -> Intent:
    """Decide which check, version and alerts one visit to an article stores.

    The boilerplate lines that `context` has of the source, and those learned from this reading, are applied to both
    versions alike. Then every paragraph that the newest version has too keeps its class there.
    """
    learned: tuple[Habit, ...] = ()
    otherwise = False
    if reading is not None:
        learned = context.learn(reading.article, now)
        habits = context.habits.with_habits(learned)
        article = kept = apply(habits, reading.article)
        if context.latest is not None:
            from tracker.diff.reading_changes import keep_reading  # as in judged_change

            latest = replace(context.latest, content=apply(habits, context.latest.content))
            context = replace(context, latest=latest)
            kept = keep_reading(latest.content, article)
        otherwise = kept.text != article.text
        reading = replace(reading, article=kept)
    verdict = judge(tracked, found, reading, context)
    version: NewVersion | None = None
    alerts: tuple[Alert, ...] = ()
    if verdict.outcome.made_version:
        assert isinstance(found, Capture)
        assert reading is not None
        version, alerts, verdict = _version(tracked, found, reading, now, policy, context)
    if verdict.outcome is CheckOutcome.UNCHANGED and not verdict.detail:
        old, new = tracked.signature, reading.signature if reading else ""
        if old and new and container_path(old) != container_path(new):
            verdict = replace(verdict, detail=MOVED, remark=Remark.LAYOUT)
        elif otherwise:
            verdict = replace(verdict, detail=READ_OTHERWISE)
    if verdict.outcome is CheckOutcome.GONE:
        state = ArticleState.GONE
    else:
        # Only a page brings a gone article back; a time-out does not.
        state = tracked.state if verdict.failures else ArticleState.ACTIVE
    check = Check(
        article=tracked.id,
        at=now,
        outcome=verdict.outcome,
        detail=verdict.detail,
        status=304 if isinstance(found, NotModified) else found.status,
        elapsed=found.elapsed,
        remark=verdict.remark,
        subject=verdict.subject,
    )
    if verdict.onward:
        # Check now and then whether an address that redirects has become an article, until the lists drop it.
        is_dropped = tracked.listed_until is not None and tracked.listed_until <= now
        next_check_at = None if is_dropped else now + POINTER_INTERVAL
    else:
        next_check_at = schedule(tracked, now, verdict)
    etag, last_modified = _validators(tracked, found, verdict)
    is_moved = verdict.is_of_article and not is_same_document(tracked.url, found.final_url)
    is_moved = is_moved or bool(verdict.onward and verdict.onward == found.final_url)
    is_recaptured = policy.raw is Raw.ALL and verdict.outcome is CheckOutcome.UNCHANGED
    return Intent(
        article=tracked.id,
        check=check,
        expected_versions=tracked.versions,
        next_check_at=next_check_at,
        state=state,
        failures=verdict.failures,
        etag=etag,
        last_modified=last_modified,
        signature=reading.signature if reading and verdict.is_of_article else tracked.signature,
        aliases=aliases(tracked, found, reading) if verdict.is_of_article and isinstance(found, Capture) else (),
        redirected_to=found.final_url if is_moved and isinstance(found, Capture) else "",
        version=version,
        alerts=alerts + _status_alerts(tracked, context, check, state, policy),
        host=host,
        # Lines of an article that is mostly text of others are not counted.
        lines=context.first_lines if version and is_mostly_original(context.first_lines, context.counts) else (),
        habits=learned if verdict.is_of_article else (),
        followed_hint=followed_hint(tracked, verdict.outcome, now),
        raw=policy.raw,
        recapture=found if is_recaptured and isinstance(found, Capture) else None,
        latest_removed=bool(context.latest and context.latest.removed),
    )


def _words(article: Article) -> tuple[str, ...]:
    text = " ".join(block.text for block in article.editorial)
    head = (article.title, article.heading, article.dek, *article.byline)
    return (*head, *(notice.text for notice in article.notices), text)


def _version(
    tracked: WatchedArticle,
    found: Capture,
    reading: Reading,
    now: datetime,
    policy: CheckPolicy,
    context: DecisionContext,
) -> tuple[NewVersion | None, tuple[Alert, ...], CheckVerdict]:
    content, latest = reading.article, context.latest
    if tracked.feed_title and not content.headlines.feed:
        content = replace(content, headlines=replace(content.headlines, feed=tracked.feed_title))
    change = judged_change(latest, content, now, context, in_detail=policy.in_detail) if latest else None
    if change is not None and change.is_empty:
        return None, (), CheckVerdict(CheckOutcome.UNCHANGED, READ_OTHERWISE if change.reading_changed else "")
    outcome = CheckOutcome.CHANGED if latest else CheckOutcome.NEW
    new = NewVersion(content, found, reading.extractor, reading.signature, change)
    version, before = as_version(new, tracked, now, latest), latest.content if latest else None
    alerts = match_rules(policy.rules, version, before, link=policy.link, first=policy.first, flapping=context.flaps)
    return new, alerts, CheckVerdict(outcome)


def as_version(new: NewVersion, tracked: WatchedArticle, now: datetime, latest: Version | None) -> Version:
    """Return `new`, seen at `now`, as the version of an article that follows `latest`."""
    return Version(
        article=tracked.id,
        n=tracked.versions + 1,
        url=tracked.url,
        seen=now,
        content=new.content,
        extractor=new.extractor,
        capture_sha256=new.capture.sha256,
        previous_seen=(tracked.last_seen_at or latest.seen) if latest else None,
        change=new.change,
        status=new.capture.status,
        source=tracked.source,
        stories=tracked.stories,
    )


def judged_change(
    latest: Version, content: Article, now: datetime, context: DecisionContext, *, in_detail: bool = True
) -> Change:
    """Return the change from the newest version to `content`, seen at `now`, with its labels."""
    # Their imports take a tenth of a short run, and most runs find no changed page.
    from tracker.classify.label import classify
    from tracker.diff.comparison import compare

    change = classify(latest.content, content, compare(latest.content, content, in_detail=in_detail))
    back = restored_label(context, content, latest, now)
    return replace(change, labels=(back, *change.labels)) if back else change


def restored_label(context: DecisionContext, article: Article, latest: Version, now: datetime) -> Label | None:
    """Return the label of a text that was seen before `latest`: a flap, or restored; None for a new text.

    It is restored, an edit that was taken back, if the texts since then stayed for some time, or if the page is dated
    later. Where it replaced the same text before, the two alternate, as in A/B tests and stale caches, however long
    they stay and whatever their dates.
    """
    runs = context.runs
    places = [place for place, run in enumerate(runs[:-1]) if run.sha256 == article.sha256]
    if not places:
        return None
    place = places[-1]
    alternates = any(run.sha256 == runs[-1].sha256 for run in runs[:place])
    longest = max(run.last - run.first for run in runs[place + 1 :])
    new, old = article.modified, latest.content.modified
    is_dated_later = False
    if new is not None and old is not None and max(old, runs[place].last) < new <= now + MAX_CLOCK_AHEAD:
        # A date that always says "now" shows nothing.
        is_dated_later = now - new > MAX_STAMP_AGE or latest.seen - old > MAX_STAMP_AGE
    is_edit = longest >= MIN_EDIT_DURATION or is_dated_later
    kind = LabelKind.RESTORED if is_edit and not alternates else LabelKind.FLAP
    return Label(kind, f"the text of version {context.first_run + place} is back")


def _status_alerts(
    tracked: WatchedArticle, context: DecisionContext, check: Check, state: ArticleState, policy: CheckPolicy
) -> tuple[Alert, ...]:
    """Return alerts when a page was possibly taken down, when that is sure, and when it is back, once each."""
    latest, is_gone, at = context.latest, state is ArticleState.GONE, check.at
    if (tracked.state is ArticleState.GONE) != is_gone:
        event = PageEvent.UNPUBLISHED if is_gone else PageEvent.RESTORED
    elif check.status == NOT_FOUND and not is_gone and context.missing_since is None:
        event = PageEvent.POSSIBLY_UNPUBLISHED
    elif check.outcome.saw_page and context.missing_since is not None:
        event = PageEvent.STILL_PUBLISHED
    else:
        return ()
    if latest is None:
        return ()
    seen = replace(latest, previous_seen=tracked.last_seen_at or latest.seen, seen=at, change=status_change(event))
    name = f"{event}:{at.isoformat()}"
    return match_rules(policy.rules, seen, latest.content, link=policy.link, event=name, first=policy.first)


def _validators(tracked: WatchedArticle, found: FetchResult, verdict: CheckVerdict) -> tuple[str, str]:
    if verdict.remark is Remark.BYLINE:
        return "", ""  # so that the next visit gets the page and not a 304
    # Do not store the validators of a paywall or error page: the next answer would be a 304 for that page.
    if isinstance(found, Capture) and verdict.is_of_article:
        return found.header("etag"), found.header("last-modified")
    if isinstance(found, NotModified):
        return tracked.etag, tracked.last_modified
    return "", ""
