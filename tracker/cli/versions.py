"""How people name versions: v3, 3, first, last, -1 (the newest), @2h (as it stood two hours ago), an ISO time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tracker.archive.versions import iter_versions
from tracker.errors import NotKnown, UsageError
from tracker.model import VersionQuery

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.model import Tracked

_SPEC = r"v?-?\d+|first|last|@.+|\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"
_AGE = r"\d+(?:\.\d+)?(?:ms|s|m|h|d|w)"
_ID = re.compile(rf"(?P<id>.+?)@(?P<spec>{_SPEC}|(?:{_AGE})+)")
_HINT = "name a version as v3, first, last, -1 (the newest), @2h or 2026-11-25T09:00"


def split(ident: str) -> tuple[str, str]:
    """Split ID@V into both; V is empty where there is none. An @ within an address stays."""
    ident = ident.rstrip("…")
    found = _ID.fullmatch(ident)
    if found is None:
        return ident, ""
    spec = found["spec"]
    return found["id"], f"@{spec}" if re.fullmatch(rf"(?:{_AGE})+", spec) else spec


@dataclass(frozen=True)
class Numbers:
    """Turns names of versions of one article into numbers; *now* is what @2h counts from."""

    store: Archive
    article: Tracked
    now: datetime

    def one(self, spec: str) -> int:
        """Return the number. Raises NotKnown where the article has no such version, UsageError for nonsense."""
        most = self.article.versions
        if not most:
            raise NotKnown(
                "no version of it has been kept yet",
                resource=self.article.url,
                hint=f"run: writethru check {self.article.id[:8]}",
            )
        if spec in {"", "last"}:
            return most
        if spec == "first":
            return 1
        counted = re.fullmatch(r"v?(-?\d+)", spec)
        return self._counted(int(counted[1]), most) if counted else self._standing_at(parse_when(spec, self.now))

    def pair(self, text: str) -> tuple[int, int]:
        """Return both ends of A..B; A alone is what led to A, nothing at all the newest change."""
        if ".." in text:
            left, _, right = text.partition("..")
            return self.one(left or "first"), self.one(right)
        new = self.one(text)
        if new == 1 and self.article.versions == 1:
            raise NotKnown(
                "it has one version, so nothing changed yet",
                resource=self.article.url,
                hint=f"writethru show {self.article.id[:8]}",
            )
        return max(new - 1, 1), max(new, 2) if not text else new

    def _counted(self, number: int, most: int) -> int:
        wanted = number if number > 0 else most + 1 + number
        if 1 <= wanted <= most and number:
            return wanted
        raise NotKnown(f"there is no version {number}", resource=self.article.url, hint=f"it has v1 to v{most}")

    def _standing_at(self, when: datetime) -> int:
        query = VersionQuery(article=self.article.id, until=when, limit=1)
        for version in iter_versions(self.store, query):
            return version.n
        raise NotKnown(
            f"nothing was kept before {when:%Y-%m-%d %H:%M} UTC",
            resource=self.article.url,
            hint=f"it was first seen on {self.article.first_seen_at:%Y-%m-%d at %H:%M} UTC",
        )


def parse_when(text: str, now: datetime) -> datetime:
    """Read 24h or @24h (so long ago), or an ISO date or time, UTC where it names no zone. Raises UsageError."""
    from tracker.durations import parse_duration

    bare = text.removeprefix("@")
    try:
        return now - parse_duration(bare)
    except (ValueError, OverflowError):
        pass
    try:
        when = datetime.fromisoformat(bare)
    except ValueError:
        raise UsageError("this is no version and no time", resource=text, hint=_HINT) from None
    return when.astimezone(UTC) if when.tzinfo else when.replace(tzinfo=UTC)
