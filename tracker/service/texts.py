"""Import versions of which only the text is known, such as those of the NewsEdits corpus."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Final

from tracker import compare
from tracker.archive.articles import get_article
from tracker.archive.versions import get_version
from tracker.errors import NotKnown, UsageError
from tracker.exchange.record import EMPTY_SHA256, Record
from tracker.exchange.store_records import ImportResult
from tracker.model.article import Article, Block, BlockKind
from tracker.model.capture import Capture
from tracker.model.version import Version
from tracker.urls import article_id, fetchable

from .backfill import import_records
from .watchlist import source_of

if TYPE_CHECKING:
    from tracker.archive.archive import Archive
    from tracker.config.root import Config
    from tracker.exchange.newsedits import TextVersion

NO_PAGE: Final = "imported from NewsEdits, which contains text but no pages"
EXTRACTOR: Final = "newsedits"
MAX_CACHED_TEXTS: Final = 5_000


@dataclass(slots=True)
class Texts:
    """Turns texts, oldest first, into versions: one for each text that differs from the one before it.

    Articles belong to `source` if given, else to the source named in the file, else to that of their host.
    """

    archive: Archive
    config: Config
    source: str = ""
    history: ImportResult = field(default_factory=ImportResult)
    _numbers: dict[str, int] = field(default_factory=dict)
    _last: OrderedDict[str, Article] = field(default_factory=OrderedDict)
    _last_seen: dict[str, datetime] = field(default_factory=dict)

    def keep(
        self, found: Iterable[TextVersion | str], now: datetime, progress: Callable[[ImportResult], None] | None = None
    ) -> ImportResult:
        """Import all texts. Versions already in the archive are skipped, so an interrupted import can be repeated."""
        self.history.add(import_records(self.archive, self._records(found), self.config, now, progress))
        return self.history

    def _records(self, found: Iterable[TextVersion | str]) -> Iterator[Record]:
        for each in found:
            if isinstance(each, str):
                self.history.refuse(*each.split(": ", 1))
                continue
            try:
                url = fetchable(each.url)
            except UsageError as error:
                self.history.refuse(each.name, error.message)
                continue
            record = self._record(url, each)
            if record is None:
                self.history.unchanged += 1
            else:
                yield record

    def _record(self, url: str, found: TextVersion) -> Record | None:
        blocks = tuple(Block(BlockKind.PARAGRAPH, paragraph) for paragraph in found.paragraphs)
        content = Article(title=found.title, blocks=blocks)
        before = self._before(url)
        if before is not None and before.sha256 == content.sha256:
            self._last_seen[url] = found.seen
            return None
        self._numbers[url] = n = self._numbers.get(url, 0) + 1
        self._last[url] = content
        if len(self._last) > MAX_CACHED_TEXTS:
            self._last.popitem(last=False)
        version = Version(
            article=article_id(url),
            n=n,
            url=url,
            seen=found.seen,
            content=content,
            extractor=EXTRACTOR,
            capture_sha256=EMPTY_SHA256,
            previous_seen=self._last_seen.pop(url, None),
            change=None if before is None else compare(before, content),
            source=self.source or found.source or source_of(self.config, url).name,
        )
        return Record(version, Capture(url, url, 200, (), b"", found.seen, EMPTY_SHA256), page_removed=NO_PAGE)

    def _before(self, url: str) -> Article | None:
        n = self._numbers.get(url)
        if n is None:
            return None
        if url in self._last:
            self._last.move_to_end(url)
            return self._last[url]
        # No longer cached, so it was written to the archive earlier in this run.
        try:
            return get_version(self.archive, get_article(self.archive, url).id, n).content
        except NotKnown:
            return None
