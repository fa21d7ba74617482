"""What the archive in memory believes of updates."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from tests.fake_outbox import cleaned, to_milliseconds
from tracker.model import Activity, ArticleState, CheckOutcome, HintTally, Survey

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.model import Intent, Mention


class FakeBeliefs:
    """The part of `ports.Store` that remembers what is believed."""

    _now: Any

    def survey(self, now: datetime, limit: int = 2000) -> Survey:
        since = now - timedelta(days=1)
        watched = [
            each
            for each in self._now.articles.values()
            if each.next_check_at and each.state is not ArticleState.PAUSED and each.source not in self._now.paused
        ]
        recent = [each.outcome for each in self._now.checks if each.at > since]
        every = max(-(-len(watched) // limit), 1)
        return Survey(
            articles=len(watched),
            sample=tuple(watched[every - 1 :: every][:limit]),
            fresh=sum(each.first_seen_at > since for each in watched),
            checks=len(recent),
            changed=recent.count(CheckOutcome.CHANGED),
            first=recent.count(CheckOutcome.NEW),
        )

    def tallies(self) -> dict[str, HintTally]:
        return dict(self._now.tallies)

    def memo(self, name: str) -> str:
        found: str = self._now.memos.get(cleaned(name), "")
        return found

    def save_memo(self, name: str, text: str, now: datetime) -> None:
        self._now.memos[cleaned(name)] = cleaned(text)

    def memos(self, prefix: str) -> dict[str, str]:
        return {name: text for name, text in sorted(self._now.memos.items()) if text and name.startswith(prefix)}

    def bustle(self, source: str, since: datetime, until: datetime) -> Activity:
        seen = {CheckOutcome.CHANGED, CheckOutcome.UNCHANGED, CheckOutcome.NOT_MODIFIED}
        mine = [
            each
            for each in self._now.checks
            if since < each.at <= until and each.outcome in seen and self._now.articles[each.article].source == source
        ]
        changed = [each.article for each in mine if each.outcome is CheckOutcome.CHANGED]
        return Activity(len({each.article for each in mine}), len(set(changed)), len(changed))

    def _mention(self, told: Mention) -> None:
        tracked = self._now.articles[told.article]
        due = to_milliseconds(told.next_check_at)
        planned = tracked.next_check_at
        self._now.articles[told.article] = replace(
            tracked,
            published_at=to_milliseconds(told.published_at),
            told_at=to_milliseconds(told.told_at),
            touched_at=to_milliseconds(told.touched_at),
            listed_until=to_milliseconds(told.listed_until),
            next_check_at=due if due and planned and due < planned else planned,
        )

    def _tell(self, source: str, intent: Intent) -> None:
        changed = intent.check.outcome is CheckOutcome.CHANGED
        if intent.touched is not None and (intent.touched or changed):
            before = self._now.tallies.get(source, HintTally()).faded(0.99)
            self._now.tallies[source] = before.after(touched=intent.touched, changed=changed)
