"""A reader of SQLite archives that starts in no time: named SQL over `sqlite3`, without SQLAlchemy.

Importing SQLModel alone costs 35 times what bare Python does; commands that only read need none of it.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote

from tracker.archive import codec
from tracker.archive.captures import frames
from tracker.archive.reading import finding
from tracker.archive.values import BUSY_SECONDS, DEFAULT_URL, HINT, OUTCOMES, SCHEMA, clean_text, from_ms
from tracker.errors import ArchiveError, SchemaMismatch
from tracker.model import (
    Capture,
    Check,
    Counts,
    Delivery,
    DeliveryState,
    Habit,
    HabitKind,
    HubState,
    LabelKind,
    Tracked,
    Version,
    VersionSummary,
)

from . import rows as quick_rows
from .search import QuickSearch
from .sql import SQL, version_query
from .stories import STORY_SQL, QuickStories

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Self

    from tracker.archive.store import SqlStore
    from tracker.model import VersionQuery

_PAGE: Final = 100
_CHUNK: Final = 500
_SCHEME: Final = "sqlite:///"
_SQL: Final = SQL | STORY_SQL


def quick_path(url: str | None = None) -> Path | None:
    """Return the file of a SQLite archive, None where *url* (as in `open_archive`) names another database."""
    named = url or os.environ.get("WRITETHRU_DB") or DEFAULT_URL
    return Path(named.removeprefix(_SCHEME)) if named.startswith(_SCHEME) and "?" not in named else None


class QuickReader(QuickStories, QuickSearch):
    """The reading half of `ports.Store` on a SQLite file. A context manager: leaving it closes."""

    def __init__(self, path: Path) -> None:
        """Open the archive at *path*. Raises ArchiveError where there is none, SchemaMismatch where it is another."""
        self._path = path
        if not path.is_file():
            raise ArchiveError("there is no archive here", resource=str(path), hint=HINT)
        file = f"file:{quote(str(path.absolute()))}?mode=ro"
        with self._told():
            self._file = sqlite3.connect(file, uri=True, timeout=BUSY_SECONDS, isolation_level=None)
            self._file.row_factory = sqlite3.Row
        try:
            self._check()
        except BaseException:
            self._file.close()
            raise

    def sources(self) -> list[str]:
        """Return the names of all sources."""
        return [row["name"] for row in self._rows("sources")]

    def hub_states(self, source: str | None = None) -> list[HubState]:
        """Return the hubs of a source, or all, in the order they were configured."""
        found = self._rows("hubs", source=None if source is None else clean_text(source))
        return [quick_rows.hub_state(row) for row in found]

    def habits(self, source: str) -> list[Habit]:
        """Return the lines of *source* that are no news, in the order they were learned."""
        found = self._rows("habits", source=clean_text(source))
        return [
            Habit(HabitKind(row["kind"]), row["key"], row["sample"], row["articles"], from_ms(row["learned_at"]))
            for row in found
        ]

    def article(self, ident: str) -> Tracked:
        """Return the article by id, unique prefix of an id, or address. Raises NotKnown, with the nearest ids."""
        named = ident.strip()
        if not finding.is_prefix(named):
            for key in finding.address_keys(named):
                found = self._rows("article_by_address", key=key)
                if found:
                    return self._tracked(found)[0]
            raise finding.no_address(named)
        found = self._rows("articles_by_prefix", start=named, end=finding.prefix_end(named), limit=finding.SHOWN + 1)
        if len(found) == 1:
            return self._tracked(found)[0]
        if found:
            names = [(row["ident"], row["title"] or row["feed_title"] or row["url"]) for row in found]
            raise finding.several(named, names)
        alike = self._rows("idents", start=named[0], end=finding.prefix_end(named[0]))
        raise finding.no_prefix(named, [row["ident"] for row in alike])

    def articles(self, *, source: str | None = None, story: str | None = None) -> list[Tracked]:
        """Return articles, newest first."""
        given = {"source": source and clean_text(source), "story": story and clean_text(story)}
        return self._tracked(self._rows("articles", **given))

    def checks(self, article: str, limit: int = 100) -> list[Check]:
        """Return the latest checks of an article, newest first."""
        return [
            Check(
                article,
                from_ms(row["at"]),
                OUTCOMES[row["outcome"]],
                row["detail"] or "",
                row["status"],
                row["elapsed"],
            )
            for row in self._rows("checks", ident=article, limit=limit)
        ]

    def latest(self, article: str) -> Version | None:
        """Return the newest version of an article, or None."""
        found = self._versions(self._rows("latest", ident=article))
        return found[0] if found else None

    def version(self, article: str, n: int) -> Version:
        """Return one version. Raises NotKnown."""
        found = self._versions(self._rows("version", ident=article, n=n))
        if not found:
            raise finding.no_version(article, n, self._have(article))
        return found[0]

    def versions(self, query: VersionQuery) -> Iterator[Version]:
        """Stream versions by when they were seen, those of one article by number, newest first unless *query* says."""
        left, after = query.limit, None
        while left is None or left > 0:
            size = _PAGE if left is None else min(_PAGE, left)
            statement, given = version_query(query, after, size)
            with self._told():
                found = self._file.execute(statement, given).fetchall()
            yield from self._versions(found)
            if len(found) < size:
                return
            after = (found[-1]["n" if query.article else "seen_at"], found[-1]["id"])
            left = None if left is None else left - size

    def glance(self, query: VersionQuery) -> list[VersionSummary]:
        """Return the versions that `versions` streams, as a list shows them, without reading their contents."""
        statement, given = version_query(query, None, -1 if query.limit is None else query.limit, glance=True)
        with self._told():
            found = self._file.execute(statement, given).fetchall()
        kinds: dict[int, list[LabelKind]] = {}
        for row in self._many("labels", (row["id"] for row in found)):
            kinds.setdefault(row["version_id"], []).append(LabelKind(row["kind"]))
        return [quick_rows.glance(row, tuple(kinds.get(row["id"], ()))) for row in found]

    def seen_before(self, article: str, sha256: str) -> int | None:
        """Return the number of the newest version of *article* with that identity, or None."""
        (row,) = self._rows("seen_before", ident=article, sha256=bytes.fromhex(sha256))
        return None if row["n"] is None else int(row["n"])

    def capture(self, article: str, n: int) -> Capture:
        """Return the evidence of one version. Raises NotKnown; ArchiveError where its bytes do not match their hash."""
        row = self._evidence(article, n)
        if row["reason"] is not None:
            raise finding.gone(row["parts"], row["reason"], f"{article}@{n}")
        raw = self._blobs((row["head_id"], row["body_id"]))
        body, sha256 = raw[row["body_id"]], row["sha256"].hex()
        if hashlib.sha256(body).hexdigest() != sha256:
            raise ArchiveError(
                "the stored page does not match its hash",
                resource=f"{article}@{n}",
                hint="writethru verify names what is damaged",
            )
        fetched_at = from_ms(row["fetched_at"])
        return codec.load(Capture, raw[row["head_id"]], body=body, sha256=sha256, fetched_at=fetched_at)

    def head(self, article: str, n: int) -> Capture:
        """Return the evidence of one version without its page: status and headers. Raises NotKnown, ArchiveError."""
        row = self._evidence(article, n)
        if row["reason"] is not None and row["parts"] != finding.BODY:
            raise finding.gone(row["parts"], row["reason"], f"{article}@{n}")
        raw = self._blobs((row["head_id"],))
        fetched_at = from_ms(row["fetched_at"])
        return codec.load(Capture, raw[row["head_id"]], body=b"", sha256=row["sha256"].hex(), fetched_at=fetched_at)

    def _evidence(self, article: str, n: int) -> sqlite3.Row:
        found = self._rows("capture", ident=article, n=n)
        if not found:
            raise finding.no_version(article, n, self._have(article))
        return found[0]

    def counts(self) -> Counts:
        """Count what the archive holds; *bytes* is the size of the database."""
        (row,) = self._rows("counts")
        named = dict(row)
        return Counts(**named | {"oldest_pending_at": quick_rows.instant(named["oldest_pending_at"])})

    def deliveries(self, state: DeliveryState | None = None, limit: int = 100) -> list[Delivery]:
        """Return deliveries, newest first."""
        return [quick_rows.delivery(row) for row in self._rows("deliveries", state=state and state.value, limit=limit)]

    def memos(self, prefix: str) -> dict[str, str]:
        """Return what was saved under names that begin with *prefix*, by name, in the order of the names."""
        return {row["name"]: row["text"] for row in self._rows("memos", prefix=prefix)}

    def close(self) -> None:
        """Let go of the file. Idempotent."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _check(self) -> None:
        if not self._rows("has_schema"):
            raise SchemaMismatch("there is no archive here yet", resource=str(self._path), hint=HINT)
        schema = [row["version_num"] for row in self._rows("schema")]
        if schema != [SCHEMA]:
            said = f"its schema is {schema[0] if schema else 'none'}, this release needs {SCHEMA}"
            raise SchemaMismatch(said, resource=str(self._path), hint=HINT)

    def _run(self, statement: str, given: dict[str, Any]) -> list[sqlite3.Row]:
        with self._told():
            return self._file.execute(statement, given).fetchall()

    def _rows(self, name: str, **given: Any) -> list[sqlite3.Row]:  # noqa: ANN401 - what sqlite3 takes
        with self._told():
            return self._file.execute(_SQL[name], given).fetchall()

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            from tracker.archive.database.faults import explain

            raise explain(error, str(self._path)) from error

    def _have(self, ident: str) -> int | None:
        found = self._rows("have", ident=ident)
        return int(found[0]["versions"]) if found else None

    def _tracked(self, found: Sequence[sqlite3.Row]) -> list[Tracked]:
        names = self._stories({row["id"] for row in found})
        return [quick_rows.tracked(row, names.get(row["id"], ())) for row in found]

    def _stories(self, keys: Iterable[int]) -> dict[int, tuple[str, ...]]:
        stories: dict[int, tuple[str, ...]] = {}
        for row in self._many("stories", keys):
            stories[row["article_id"]] = (*stories.get(row["article_id"], ()), row["name"])
        return stories

    def _versions(self, found: Sequence[sqlite3.Row]) -> list[Version]:
        wanted = (key for row in found if row["parts"] != quick_rows.ALL for key in quick_rows.texts_of(row))
        contents = self._blobs(wanted)
        stories = self._stories({row["article_id"] for row in found})
        return [quick_rows.version(row, contents, stories.get(row["article_id"], ())) for row in found]

    def _blobs(self, ids: Iterable[int]) -> dict[int, bytes]:
        wanted = set(ids)
        chain = {row["id"]: row for row in self._many("blobs", wanted)}
        decoded: dict[int, bytes] = {}
        for each in wanted:
            path, at = [], each
            while at is not None and at not in decoded:
                if at not in chain:
                    raise ArchiveError(f"blob {at} is missing", hint="writethru verify names what is damaged")
                path.append(chain[at])
                at = chain[at]["base_id"]
            for row in reversed(path):
                base = None if row["base_id"] is None else decoded[row["base_id"]]
                decoded[row["id"]] = frames.decode(row["data"], row["raw_len"], base, crc=row["crc"])
        return decoded

    def _many(self, name: str, keys: Iterable[int]) -> Iterator[sqlite3.Row]:
        wanted = sorted(set(keys))
        for start in range(0, len(wanted), _CHUNK):
            chunk = wanted[start : start + _CHUNK]
            statement = _SQL[name].replace("(:ids)", f"({', '.join('?' * len(chunk))})")
            with self._told():
                yield from self._file.execute(statement, chunk).fetchall()


def open_reader(url: str | None = None) -> QuickReader | SqlStore:
    """Open an archive for reading only, fast: `QuickReader` on SQLite, else the store. Errors are theirs."""
    path = quick_path(url)
    if path is not None:
        return QuickReader(path)
    from tracker.archive.opening import open_archive

    return open_archive(url, readonly=True)
