"""Pages read again, in the archive in memory."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tracker.errors import NotKnown
from tracker.model import Rereading

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from tests.fake_state import State
    from tracker.model import Change, Reread, UpdatedChange, Version


class FakeReadings:
    """The part of the store that keeps what later extractors read."""

    _now: State

    def outdated(self, extractor: str, *, source: str = "", article: str = "", everything: bool = False) -> list[str]:
        found = [
            each.article
            for each in self._now.versions
            if (everything or self._read_by(each) != extractor)
            and source in {"", each.source}
            and article in {"", each.article}
        ]
        return list(dict.fromkeys(found))

    def history(self, article: str) -> list[Version]:
        mine = [each for each in self._now.versions if each.article == article]
        return [replace(each, stories=self._now.articles[article].stories) for each in mine]

    def reread(self, article: str, rereads: Sequence[Reread], changes: Sequence[UpdatedChange], now: datetime) -> None:
        if article not in self._now.articles:
            raise NotKnown("no such article", resource=article, hint="writethru log lists what is kept")
        made = {each.n: each for each in rereads}
        led = {each.n: each.change for each in changes}
        self._now.versions = [
            each if each.article != article else self._changed(each, made.get(each.n), led)
            for each in self._now.versions
        ]
        newest = made.get(self._now.articles[article].versions)
        if newest is not None and newest.content is not None:
            known = self._now.articles[article]
            self._now.articles[article] = replace(known, title=newest.content.title, signature=newest.signature)

    def _changed(self, kept: Version, made: Reread | None, led: dict[int, Change]) -> Version:
        if kept.n in led:
            kept = replace(kept, change=led[kept.n])
        if made is None:
            return kept
        self._now.tried[kept.article, kept.n] = made.extractor
        if made.came_to is Rereading.UNREADABLE:
            return replace(kept, no_edit=made.no_edit)
        first = kept.first_extractor or kept.extractor
        return replace(
            kept,
            content=made.content or kept.content,
            extractor=made.extractor,
            signature=made.signature,
            no_edit=made.no_edit,
            first_extractor=first if first != made.extractor else "",
        )

    def _read_by(self, kept: Version) -> str:
        return self._now.tried.get((kept.article, kept.n), kept.extractor)
