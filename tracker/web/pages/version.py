"""The page of a version: its text as extracted, its metadata and its evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import ClassVar, Self

from tracker.archive.captures import get_capture
from tracker.archive.recaptures import list_recaptures
from tracker.archive.verdicts import verdicts_by_version
from tracker.archive.versions import import_time, iter_versions
from tracker.diff.blame import blame
from tracker.errors import ArchiveError
from tracker.model.capture import Capture
from tracker.model.change import Verdict
from tracker.model.version import Recaptured, Version, VersionQuery
from tracker.model.watch import WatchedArticle
from tracker.views.article import ContentView
from tracker.views.json import Part, from_fields
from tracker.views.version import StoredAgain, VersionView
from tracker.web.page_request import PageRequest, View

from .article import max_shown_versions


class ParagraphView(Part, frozen=True):
    """A paragraph, and the versions that added and edited it; `first_version` is null if that was not determined."""

    text: str
    first_version: int | None
    edited_in: tuple[int, ...]


class ScreenshotView(Part, frozen=True):
    """A picture of a page as it was stored."""

    sha256: str
    bytes: int


class EvidenceView(Part, frozen=True):
    """The response that a version came from.

    Attributes:
        screenshot: the picture of the page at .../screenshot.jpg, if there is one
    """

    url: str
    final_url: str
    status: int
    fetched: datetime
    sha256: str
    bytes: int
    remote_ip: str
    hops: tuple[str, ...]
    headers: tuple[tuple[str, str], ...]
    screenshot: ScreenshotView | None
    request_headers: tuple[tuple[str, str], ...]

    @classmethod
    def of(cls, kept: Capture) -> Self:
        """Return the object of a response."""
        picture = ScreenshotView(sha256(kept.picture).hexdigest(), len(kept.picture)) if kept.screenshot else None
        return from_fields(cls, kept, fetched=kept.fetched_at, bytes=len(kept.body), screenshot=picture)


class WholeVersion(VersionView, frozen=True, kw_only=True):
    """A version, as `show --json` writes it, and its evidence.

    Attributes:
        imported: when it was read from a file; None if it was fetched from its outlet
    """

    content: ContentView
    paragraphs: list[ParagraphView]
    evidence: EvidenceView | None
    evidence_missing: str
    imported: datetime | None
    stored_again: list[StoredAgain]


@dataclass(frozen=True)
class VersionPage(View):
    """A version. `capture` is None if the page as served is no longer stored; `why` says why."""

    template: ClassVar[str] = "version.html"
    title: str
    tracked: WatchedArticle
    version: Version
    paragraphs: list[ParagraphView]
    capture: Capture | None
    why: str
    again: tuple[Recaptured, ...]
    imported: datetime | None
    verdicts: tuple[Verdict, ...]

    def answer(self) -> WholeVersion:
        """Return the JSON object of the page."""
        return WholeVersion.of(
            self.version,
            self.verdicts,
            with_content=True,
            paragraphs=self.paragraphs,
            evidence=self.capture and EvidenceView.of(self.capture),
            evidence_missing=self.why,
            imported=self.imported,
            stored_again=list(map(StoredAgain.of, self.again)),
        )


def version(request: PageRequest) -> VersionPage:
    """Return the page of a version. Raises NotKnown."""
    archive, tracked, n = request.archive, request.article(), request.number("n")
    found = request.version(tracked, n)
    paragraphs = [ParagraphView(block.text, None, ()) for block in found.content.editorial]
    # The versions that added and edited each paragraph are not looked up where there are too many versions.
    if n <= max_shown_versions(found):
        query = VersionQuery(article=tracked.id, reverse=True, limit=n)
        versions = [each for each in iter_versions(archive, query) if not each.removed]
        paragraphs = [
            ParagraphView(each.text, versions[each.first].n, tuple(versions[edit].n for edit in each.edits))
            for each in blame([each.content for each in versions], [each.change for each in versions])
        ]
    capture, why = None, ""
    try:
        capture = get_capture(archive, tracked.id, n)
    except ArchiveError as error:
        why = error.message
    return VersionPage(
        title=f"{found.content.title or tracked.url} · v{n}",
        tracked=tracked,
        version=found,
        paragraphs=paragraphs,
        capture=capture,
        why=why,
        again=tuple(list_recaptures(archive, tracked.id, n)[::-1]),
        imported=import_time(archive, tracked.id, n),
        verdicts=tuple(verdicts_by_version(archive, tracked.id).get((tracked.id, n), ())),
    )
