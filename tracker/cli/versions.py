"""Parse names of versions: v3, 3, first, last, -1 (the newest), @2h (the version of two hours ago), an ISO time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from tracker.archive.archive import Archive
from tracker.archive.versions import iter_versions
from tracker.errors import ArchiveError, NotKnown, UsageError
from tracker.model.version import Version, VersionQuery
from tracker.model.watch import WatchedArticle

from .options import parse_when

_SPEC = r"h\d+|v?-?\d+|first|last|@.+|\d{4}-\d\d-\d\d(?:[T ][\d:.]+(?:Z|[+-]\d\d:?\d\d)?)?"
_AGE = r"\d+(?:\.\d+)?(?:ms|s|m|h|d|w)"
_ID = re.compile(rf"(?P<id>.+?)@(?P<spec>{_SPEC}|(?:{_AGE})+)")
HANDIN = re.compile(r"h(\d{1,9})")
"""The name of a page that was handed in."""
_HINT = "write v3, first, last, -1 (the newest), @2h or 2026-11-25T09:00"


def split(ident: str) -> tuple[str, str]:
    """Split ID@V into ID and V; V is empty if there is none. An @ inside an address is kept."""
    # People paste ids from tables, which cut them short with this sign.
    ident = ident.rstrip("…")
    # What follows the last @ must look like a version: addresses may contain an @ too, as in /@author/story.
    found = _ID.fullmatch(ident)
    if found is None:
        return ident, ""
    spec = found["spec"]
    return found["id"], f"@{spec}" if re.fullmatch(rf"(?:{_AGE})+", spec) else spec


@dataclass(frozen=True)
class Numbers:
    """Turns names of versions of one article into version numbers. `now` is the time that @2h counts from."""

    archive: Archive
    article: WatchedArticle
    now: datetime

    def one(self, spec: str) -> int:
        """Return the version number. Raises NotKnown if there is no such version, UsageError if `spec` is not valid."""
        most = self.article.versions
        if not most:
            raise NotKnown(
                "no version has been stored yet",
                resource=self.article.url,
                hint=f"run: writethru check {self.article.id[:8]}",
            )
        if spec in {"", "last"}:
            return most
        if spec == "first":
            return 1
        counted = re.fullmatch(r"v?(-?\d+)", spec)
        if counted:
            number = int(counted[1])
            found = number if number > 0 else most + 1 + number
            if number and 1 <= found <= most:
                return found
            hint = f"versions are v1 to v{most}" if most > 1 else "there is only v1"
            raise NotKnown(f"there is no version {number}", resource=self.article.url, hint=hint)
        try:
            when = parse_when(spec, self.now)
        except UsageError:
            raise UsageError("not a valid version or time", resource=spec, hint=_HINT) from None
        # `until` is exclusive, as in lists: a version seen at that very moment does not count yet.
        for version in iter_versions(self.archive, VersionQuery(article=self.article.id, until=when, limit=1)):
            return version.n
        raise NotKnown(
            f"there is no version before {when:%Y-%m-%d %H:%M} UTC",
            resource=self.article.url,
            hint=f"it was first seen on {self.article.first_seen_at:%Y-%m-%d at %H:%M} UTC",
        )

    def instant(self, spec: str) -> datetime | None:
        """Return the time that `spec` names; None if it names a version by its number or place."""
        if spec in {"", "last", "first"} or re.fullmatch(r"v?-?\d+", spec):
            return None
        return parse_when(spec, self.now)

    def pair(self, text: str) -> tuple[int, int]:
        """Return both numbers of A..B or 1-2. A alone means the change that led to A; "" means the newest change."""
        text = re.sub(r"^(v?\d+)[-–](v?\d+)$", r"\1..\2", text)
        if ".." in text:
            left, _, right = text.partition("..")
            return self.one(left or "first"), self.one(right)
        new = self.one(text)
        if new == 1 and self.article.versions == 1:
            raise NotKnown(
                "it has only one version, so there is nothing to compare",
                resource=self.article.url,
                hint=f"writethru show {self.article.id[:8]}",
            )
        return max(new - 1, 1), max(new, 2) if not text else new


def not_deleted(version: Version, name: str = "") -> Version:
    """Return `version`. Raises ArchiveError, with the reason, if it was taken down."""
    if version.removed:
        resource = name or f"{version.article[:8]}@v{version.n}"
        raise ArchiveError(f"this version was deleted: {version.removed}", resource=resource)
    return version
