"""Archives for tests: copies of an empty SQLite archive that is migrated once a process; what only tests do to them."""

import atexit
import itertools
import shutil
import tempfile
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, cast

from alembic import command

from tests.archive_samples import NOW, URL
from tracker.archive import migrations
from tracker.archive.archive import Archive
from tracker.archive.database.drivers import archive_url
from tracker.archive.opening import open_archive
from tracker.archive.thread import ArchiveThread
from tracker.archive.versions import ChangeCounts, iter_versions
from tracker.model.change import LabelKind
from tracker.model.version import VersionQuery

ARTICLE = "abcdefghjkmn"
_numbers = itertools.count(1)
_opened: list[Archive] = []


@cache
def _folder() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="writethru-tests-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


@cache
def template() -> Path:
    """Return an empty archive to copy: migrating one takes longer than most tests."""
    path = _folder() / "template.db"
    open_archive(f"sqlite:///{path}", migrate=True).close()
    return path


def new_archive_at(path: Path) -> str:
    """Put an empty archive at *path* and return its URL."""
    shutil.copyfile(template(), path)
    return f"sqlite:///{path}"


def archive_at(path: Path) -> Archive:
    """Return an open, empty archive at *path*, which is closed after the test at the latest."""
    return opened(new_archive_at(path))


def opened(url: str, *, readonly: bool = False) -> Archive:
    """Open the archive at *url*, which is closed after the test at the latest."""
    archive = open_archive(url, readonly=readonly)
    _opened.append(archive)
    return archive


def close_opened() -> None:
    """Close the archives that tests left open: from Python 3.13 on, a lost connection is a ResourceWarning.

    A closed archive can still be used; it opens a connection for each transaction then.
    """
    while _opened:
        _opened.pop().close()


def temporary_url() -> str:
    """Return the URL of an empty archive of its own, which goes with the test process."""
    return new_archive_at(_folder() / f"{next(_numbers)}.db")


def temporary_archive() -> Archive:
    """Return an open, empty archive of its own, which is closed after the test."""
    return opened(temporary_url())


class _Inline:
    """Runs functions of an archive where they are asked for: tests look at the same archive between two calls."""

    def __init__(self, archive: Archive, before: Callable[[Any], None]) -> None:
        self._archive = archive
        self._before = before
        self.is_sqlite = archive.is_sqlite

    async def run(self, function: Any, *args: Any, **kwargs: Any) -> Any:
        self._before(function)
        return function(self._archive, *args, **kwargs)

    run_grouped = run


def saved_states(archive: Archive) -> dict[str, str]:
    """Return every value that is stored by name."""
    with archive.read() as connection:
        return {row.name: row.value for row in connection.all("SELECT name, value FROM state ORDER BY name")}


def inline(archive: Archive, before: Callable[[Any], None] = lambda _: None) -> ArchiveThread:
    """Return what replaces `ArchiveThread` in tests that hold the archive themselves.

    *before* is told of every function that is to run, and may raise in its place.
    """
    return cast("ArchiveThread", _Inline(archive, before))


def make_at(url: str, revision: str) -> None:
    """Make an archive with an older schema, and put an article into it."""
    migrations.upgrade(url, revision)
    article: dict[str, object] = {"id": 1, "ident": ARTICLE, "source_id": 1, "first_seen_at": NOW, "state": "active"}
    article |= {"url": URL, "host": "herald.example"} | dict.fromkeys(("checks", "versions", "failures"), 0)
    article |= dict.fromkeys(("etag", "last_modified", "signature", "title", "feed_title"), "")
    with Archive(archive_url(url)) as archive, archive.write() as connection:
        connection.insert_many("source", [{"id": 1, "name": "Herald", "paused": False, "created_at": NOW}])
        connection.insert_many("article", [article])


def check_schema(url: str) -> None:
    """Raise CommandError, which names them, for differences between an archive and the tables that we define."""
    command.check(migrations.config(url))


def counted_anew(archive: Archive, source: str) -> ChangeCounts:
    """Return the counts of the changes of a source."""
    versions = iter_versions(archive, VersionQuery(source=source, changes_only=True))
    found = [each.change for each in versions if each.change is not None]
    labelled = [{label.kind for label in each.labels} for each in found]
    announced = [each.announced for each, kinds in zip(found, labelled, strict=True) if LabelKind.FLAP not in kinds]
    by_kind = Counter(kind for kinds in labelled for kind in kinds)
    return ChangeCounts(
        changes=len(announced),
        factual=len(announced) - announced.count(None),
        announced=announced.count(True),
        kinds=tuple(sorted(by_kind.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
