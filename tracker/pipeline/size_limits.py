"""Long texts: what is too long for an article is refused, what takes long to compare is compared in a child.

To compare and to label a text takes time that grows faster than the text; a page that changes at every visit must not
block the service, which has one thread for all sources.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from tracker.archive.quarantine import quarantine
from tracker.model.capture import Capture, Failure, FailureKind, FetchResult
from tracker.model.intent import Intent

from .decide import CheckVerdict, decide

if TYPE_CHECKING:
    from tracker.model.article import Article, Reading
    from tracker.model.check import Tracked

    from .decide import CheckPolicy, Schedule
    from .decision_context import DecisionContext
    from .host_session import HostSession
    from .reader import Pool

MAX_ARTICLE_CHARS: Final = 500_000
"""Letters of an article: some 80,000 words, a short book."""
MAX_COMPARED_HERE_CHARS: Final = 60_000
"""Letters of two texts that are compared in the service's own thread: a third of a second in the worst case."""


def letters(article: Article) -> int:
    """Count the letters of all that is compared."""
    lines = article.headlines
    surfaces = (lines.h1, lines.og, lines.html, lines.jsonld, lines.feed)
    heads = (article.title, article.heading, article.dek, *article.byline, *surfaces)
    texts = (*(block.text for block in article.blocks), *(notice.text for notice in article.notices))
    return sum(map(len, heads + texts))


def refused(found: Capture, reading: Reading) -> Failure | None:
    """Say that a text is too long to be an article's; None if it is not."""
    count = letters(reading.article)
    if count <= MAX_ARTICLE_CHARS:
        return None
    why = f"the page has a text of {count:,} letters; {MAX_ARTICLE_CHARS:,} is the limit"
    return Failure(FailureKind.UNREADABLE, why, found.url, found.status, final_url=found.final_url)


async def decided(
    pool: Pool,
    session: HostSession,
    tracked: Tracked,
    found: FetchResult,
    reading: Reading | None,
    now: datetime,
    *,
    policy: CheckPolicy,
    schedule: Schedule,
    context: DecisionContext,
) -> Intent:
    """Decide what a visit leaves behind, in a child where two long texts are to be compared.

    `pool` are the children: one that hangs is killed, and the page is stored as unreadable. `session` is the visit to
    the host. All else is as in `decide`.
    """
    latest = context.latest
    short = (
        reading is None
        or latest is None
        or letters(reading.article) + letters(latest.content) <= MAX_COMPARED_HERE_CHARS
    )
    if not short and isinstance(found, Capture):
        work = partial(decide, policy=policy, schedule=_unscheduled, host=session.state, context=context)
        intent = await pool.run((Intent,), work, tracked, found, reading, now, about=found)
        if not isinstance(intent, Failure):
            verdict = CheckVerdict(intent.check.outcome, intent.check.detail, intent.failures)
            return replace(intent, next_check_at=schedule(tracked, now, verdict))
        found = await session.archive.run(quarantine, tracked.id, found, intent)
        reading = None
    return decide(tracked, found, reading, now, policy=policy, schedule=schedule, host=session.state, context=context)


def _unscheduled(_tracked: Tracked, _now: datetime, _verdict: CheckVerdict) -> None:
    """Leave open when to look again: a schedule belongs to the process that asked."""
