"""Why an article is as it is: its last checks, when it is checked next, and whether its page is set aside."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from tracker.archive.articles import get_article
from tracker.archive.checks import list_checks
from tracker.archive.hosts import get_host
from tracker.archive.memos import get_memo
from tracker.archive.watch_state import QUARANTINE_PREFIX
from tracker.model.check import ArticleState
from tracker.render import one_line
from tracker.render.counted import counted
from tracker.render.times import ago

if TYPE_CHECKING:
    from tracker.archive.archive import Archive

MAX_SHOWN_CHECKS = 10


def explain_article(store: Archive, ident: str, now: datetime) -> Iterator[str]:
    """Yield lines that explain one article. Raises NotKnown."""
    tracked = get_article(store, ident)
    host = get_host(store, tracked.host)
    yield one_line(f"{tracked.id} {tracked.url}")
    yield f"  state         {tracked.state}, {counted(tracked.versions, 'version')}, {counted(tracked.checks, 'check')}"
    if tracked.failures:
        yield f"  failures      {tracked.failures} in a row"
    due = tracked.next_check_at
    if tracked.state is ArticleState.PAUSED or due is None:
        yield "  next check    none: it is paused, or no longer watched"
    else:
        yield f"  next check    {'due now' if due <= now else ago(due, now)}"
    if host.not_before is not None and host.not_before > now:
        why = f" after {host.failures} failures in a row" if host.failures else ""
        yield one_line(f"  host          {tracked.host} rests until {host.not_before:%H:%M:%S} UTC{why}")
    if get_memo(store, f"{QUARANTINE_PREFIX}{tracked.id}"):
        yield f"  set aside     its page hung or crashed extraction: writethru show {tracked.id[:8]} --quarantined"
    for check in list_checks(store, tracked.id, MAX_SHOWN_CHECKS):
        status = f" {check.status}" if check.status else ""
        detail = f": {check.detail}" if check.detail else ""
        yield one_line(f"  {check.at:%Y-%m-%d %H:%M:%S}  {check.outcome}{status}{detail}")
