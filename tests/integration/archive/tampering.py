"""Alterations of an archive by somebody who controls the database, for `test_tampering.py`."""

import hashlib
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import psycopg

from tests.archive_samples import URL, capture, change, content, grow, intent, look, minutes, watch
from tests.postgres import Server
from tracker.archive import blobs, codec
from tracker.archive.archive import Archive
from tracker.archive.articles import add_targets, set_article_state
from tracker.archive.commits import commit_check
from tracker.archive.database.connection import Connection, to_ms
from tracker.archive.database.drivers import archive_url, connect
from tracker.archive.handins import save_handin
from tracker.archive.ledger import log
from tracker.archive.ledger.checkpoints import Checkpoint, Signer
from tracker.archive.ledger.log import SELECT_ENTRIES, SELECT_EVIDENCE, EventKind, evidence_of, seal_log
from tracker.archive.ledger.verify import Report, verify
from tracker.archive.opening import open_archive
from tracker.archive.readings import save_readings
from tracker.archive.recaptures import OutsideCapture, list_unsaved, save_outside_capture
from tracker.archive.takedowns import prune_pages, take_down, take_down_handin
from tracker.archive.verdicts import save_verdict
from tracker.model.change import Change, LabelKind, Verdict, Weight
from tracker.model.source import Target
from tracker.model.version import Handin, Raw, Reread, Rereading, UpdatedChange, Version
from tracker.model.watch import ArticleState, CheckOutcome

Alter = Callable[[Connection], None]


def version(name: str, n: int) -> str:
    """Return SQL for the row of a version."""
    return f"(SELECT v.id FROM version v WHERE v.article_id = {article(name)} AND v.n = {n})"


def article(name: str) -> str:
    """Return SQL for the row of an article."""
    return f"(SELECT id FROM article WHERE url = '{URL}/{name}')"


def sql(*statements: str) -> Alter:
    """Return what runs statements, each of which must change something."""

    def alter(connection: Connection) -> None:
        for statement in statements:
            assert connection.run(statement), statement

    return alter


def field(table: str, column: str, value: str, where: str) -> Alter:
    return sql(f"UPDATE {table} SET {column} = {value} WHERE {where}")


def flipped(table: str, column: str, key: str, where: str) -> Alter:
    """Return what flips a bit in the middle of bytes."""

    def alter(connection: Connection) -> None:
        row = connection.first(f"SELECT {key} AS key, {column} AS data FROM {table} WHERE {where}")
        assert row is not None
        data = bytearray(row.data)
        data[len(data) // 2] ^= 4
        connection.run(f"UPDATE {table} SET {column} = :data WHERE {key} = :key", data=bytes(data), key=row.key)

    return alter


def emptied(where: str, *before: str) -> Alter:
    """Return what takes out the bytes of a blob, after other statements."""

    def alter(connection: Connection) -> None:
        sql(*before)(connection)
        assert connection.run(f"UPDATE blob SET data = :none WHERE {where}", none=b"")

    return alter


def swapped(table: str, column: str, key: str, one: str, other: str, unset: str = "NULL") -> Alter:
    """Return what exchanges the values of a column in two rows."""

    def alter(connection: Connection) -> None:
        read = f"SELECT {key} AS key, {column} AS value FROM {table} WHERE {key} = "
        (first,), (second,) = (connection.all(read + each) for each in (one, other))
        assert first.value != second.value
        statement = f"UPDATE {table} SET {column} = :value WHERE {key} = :key"
        connection.run(f"UPDATE {table} SET {column} = {unset} WHERE {key} = :key", key=first.key)
        connection.run(statement, key=second.key, value=first.value)
        connection.run(statement, key=first.key, value=second.value)

    return alter


def fit_leaf(connection: Connection, key: str) -> None:
    """Make the leaf of a version, given as SQL for its row, that of what the tables say by now."""
    (row,) = connection.all(f"{SELECT_EVIDENCE} WHERE v.id = {key}")
    leaf = evidence_of(row).leaf()
    connection.run(f"UPDATE leaf SET hash = :leaf WHERE version_id = {key}", leaf=leaf)


def enter_event(connection: Connection, name: str, kind: EventKind, **fields: object) -> None:
    """Enter in the log what happened to an article."""
    (row,) = connection.all(f"SELECT id, ident FROM article WHERE id = {article(name)}")
    log.enter(connection, (row.id, row.ident), kind, **fields)


def without_version(name: str, n: int, *, leaf: bool) -> Alter:
    tables = ("label", "change", "capture", "tombstone", "reading", *(("leaf",) if leaf else ()))

    def alter(connection: Connection) -> None:
        for table in tables:
            connection.run(f"DELETE FROM {table} WHERE version_id = {version(name, n)}")
        assert connection.run(f"DELETE FROM version WHERE id = {version(name, n)}")
        connection.run(f"UPDATE article SET versions = versions - 1 WHERE id = {article(name)}")

    return alter


def without_article(*, leaves: bool) -> Alter:
    def alter(connection: Connection) -> None:
        for n in (1, 2, 3, 4):
            without_version("gone", n, leaf=leaves)(connection)
        connection.run(f"DELETE FROM address WHERE article_id = {article('gone')}")
        connection.run(f"DELETE FROM article WHERE id = {article('gone')}")

    return alter


def replaced_version(connection: Connection) -> None:
    """Put another text under a new row, with a leaf that no checkpoint covers, and leave the old leaf."""
    old = connection.first(f"SELECT * FROM version WHERE id = {version('gone', 4)}")
    assert old is not None
    new = max_id(connection, "version") + 1
    text = codec.dump(replace(content(4), title="Minister admits bribes"))
    (blob,) = blobs.put(connection, [blobs.coded(blobs.Part.of(text))])
    without_version("gone", 4, leaf=False)(connection)
    columns = "article_id, n, seen_at, previous_seen_at, status, extractor, signature"
    values = {name: getattr(old, name) for name in columns.split(", ")}
    marks = ", ".join(f":{name}" for name in values)
    connection.run(
        f"INSERT INTO version (id, {columns}, sha256, content_id) VALUES (:id, {marks}, :sha256, :content_id)",
        **values,
        id=new,
        sha256=bytes(32),
        content_id=blob,
    )
    connection.run("INSERT INTO leaf (version_id, hash) VALUES (:id, :hash)", id=new, hash=bytes(32))
    connection.run(f"UPDATE article SET versions = 4 WHERE id = {article('gone')}")


def newest_deleted(connection: Connection) -> None:
    without_version("plain", 5, leaf=True)(connection)
    connection.run(f"UPDATE article SET title = 'River floods 4 streets' WHERE id = {article('plain')}")


def max_id(connection: Connection, table: str) -> int:
    return connection.number(f"SELECT max(id) FROM {table}")


def forged_reading(*, entered: bool) -> Alter:
    """Return what puts another text in front of a version's, with or without an event."""

    def alter(connection: Connection) -> None:
        text = replace(content(4), title="River floods 4 streets", byline=("Nobody",))
        part = blobs.Part.of(codec.dump(text))
        (blob,) = blobs.put(connection, [blobs.coded(part)])
        row: dict[str, object] = {
            "at": minutes(200), "extractor": "9", "came_to": "code", "no_edit": False, "signature": "main",
        }  # fmt: skip
        connection.run(
            "INSERT INTO reading (version_id, extractor, at, came_to, no_edit, signature, sha256, content_id) VALUES"
            f" ({version('gone', 4)}, :extractor, :at, :came_to, :no_edit, :signature, :sha256, :content_id)",
            **row,
            sha256=bytes.fromhex(text.sha256),
            content_id=blob,
        )
        if entered:
            at = connection.value(int, "SELECT max(at) FROM reading")
            record = row | {"at": at, "n": 4, "identity": text.sha256, "content": part.sha256}
            enter_event(connection, "gone", EventKind.READING, **record)

    return alter


def backdated_recapture(connection: Connection) -> None:
    connection.run(
        "INSERT INTO recapture (article_id, n, fetched_at, status, sha256, head_id, body_id, leaf, removed)"
        " SELECT article_id, n, fetched_at + 1, status, sha256, head_id, body_id, leaf, '' FROM recapture LIMIT 1"
    )


def backdated_version(connection: Connection) -> None:
    """Move the version after the newest checkpoint to before it, with a leaf that fits."""
    connection.run(f"UPDATE version SET seen_at = seen_at - 6000000 WHERE id = {version('plain', 5)}")
    fit_leaf(connection, version("plain", 5))


def backdated_verdict(connection: Connection) -> None:
    """Add a verdict to the table and the log that says that it was given before the newest checkpoint."""
    fields = "at, weight, shown, labels, note, link"
    row = connection.first(f"SELECT version_id, {fields}, 'eve' AS author FROM verdict WHERE author = 'ada'")
    assert row is not None
    values = {name: getattr(row, name) for name in ("author", *fields.split(", "))}
    connection.insert("verdict", version_id=row.version_id, **values)
    of_version = "SELECT a.id, a.ident, v.n FROM version v JOIN article a ON a.id = v.article_id WHERE v.id = :key"
    (about,) = connection.all(of_version, key=row.version_id)
    log.enter(connection, (about.id, about.ident), EventKind.VERDICT, n=about.n, **values)


def sealed_again(connection: Connection) -> None:
    """Alter a version, make its leaf and all later ones of the article fit, and take out the checkpoints."""
    connection.run(f"UPDATE version SET seen_at = seen_at + 1 WHERE id = {version('gone', 2)}")
    for n in (2, 3, 4):
        fit_leaf(connection, version("gone", n))
    connection.run("DELETE FROM checkpoint")


def renumbered(table: str, where: str, *after: str) -> Alter:
    """Return what exchanges the row numbers of the first two rows of a table, which no leaf covers."""

    def alter(connection: Connection) -> None:
        one, other, *_ = connection.column(int, f"SELECT id FROM {table} WHERE {where} ORDER BY id")
        for old, new in ((one, -1), (other, one), (-1, other)):
            connection.run(f"UPDATE {table} SET id = :new WHERE id = :old", old=old, new=new)
        sql(*after)(connection)

    return alter


def older_reading_last(connection: Connection) -> None:
    """Let a text that was read anew since be the newest, in the log's events and in the table."""
    renumbered("event", f"kind = 'reading' AND article_id = {article('read')} AND n = 2")(connection)
    of_version = f"version_id = {version('read', 2)}"
    renumbered("reading", of_version)(connection)
    first, second = connection.all(f"SELECT id, at FROM reading WHERE {of_version} ORDER BY id")
    connection.run("UPDATE reading SET superseded_at = :at WHERE id = :id", id=first.id, at=second.at)
    connection.run("UPDATE reading SET superseded_at = NULL WHERE id = :id", id=second.id)


def event_of_other_types(connection: Connection) -> None:
    enter_event(connection, "gone", EventKind.ALIAS, url=["x"], key=["x"])


def view_of_lies(connection: Connection) -> None:
    connection.run("DROP VIEW verdicts_readable")
    connection.run("CREATE VIEW verdicts_readable AS SELECT 'Minister admits bribes' AS note")


def backdated_import(connection: Connection) -> None:
    """Say of a version behind the newest checkpoint that it was imported, long before that."""
    backdated_version(connection)
    enter_event(connection, "plain", EventKind.IMPORT, n=5, at=to_ms(minutes(-90 * 1440)))


def backdated_behind_a_checkpoint_of_another_key(connection: Connection) -> None:
    """Backdate a version, and add a checkpoint without it that says that it was made before even that."""
    backdated_version(connection)
    enter_event(connection, "plain", EventKind.ALIAS_END, key="")
    size = len(connection.all(SELECT_ENTRIES))
    connection.run("UPDATE event SET position = :size WHERE position IS NULL", size=size)
    root = log.root(connection.column(bytes, SELECT_ENTRIES))
    signer = Signer.new("herald.example/key-of-last-year")
    note = signer.sign(Checkpoint(signer.name, size + 1, root.hex(), minutes(0)))
    connection.insert("checkpoint", size=size + 1, root=root, at=minutes(0), note=note)


def version_of_no_article(number: object) -> Alter:
    """Return what hides the newest version of an article under an article row that there cannot be."""

    def alter(connection: Connection) -> None:
        hide = f"UPDATE version SET article_id = :number WHERE id = {version('gone', 4)}"
        assert connection.run(hide, number=number)
        connection.run(
            f"UPDATE article SET versions = 3, title = 'River floods 3 streets' WHERE id = {article('gone')}"
        )

    return alter


def version_deleted_behind_a_recapture(connection: Connection) -> None:
    """Delete a version, and let a recapture with a number below 1 keep its entry in the log."""
    leaf = connection.first(f"SELECT hash, position FROM leaf WHERE version_id = {version('gone', 4)}")
    assert leaf is not None
    without_version("gone", 4, leaf=True)(connection)
    connection.run(f"UPDATE article SET title = 'River floods 3 streets' WHERE id = {article('gone')}")
    columns = "article_id, n, fetched_at, status, sha256, head_id, body_id, removed"
    connection.run(
        f"INSERT INTO recapture (id, leaf, position, {columns}) SELECT -1, :hash, :position, {columns} FROM recapture"
        " WHERE id = (SELECT min(id) FROM recapture)",
        hash=leaf.hash,
        position=leaf.position,
    )


def article_renumbered(connection: Connection) -> None:
    """Give an article a number below 1, and another state."""
    for table in ("address", "version"):
        connection.run(f"UPDATE {table} SET article_id = -1 WHERE article_id = {article('gone')}")
    connection.run(f"UPDATE article SET id = -1, state = 'gone' WHERE id = {article('gone')}")


SIGNER = Signer.new("herald.example/archive")


def build(store: Archive) -> str:
    """Make an archive with all that a log can cover, seal it, add a version, and return the newest note."""
    plain, all_pages, no_pages, taken, read, aliased, paused, gone, judged = (
        watch(store, f"{URL}/{name}")
        for name in ("plain", "all", "none", "taken", "read", "aliased", "paused", "gone", "judged")
    )
    for tracked in (plain, taken, read, aliased, paused, gone, judged):
        grow(store, tracked, 4)
    commit_check(store, intent(all_pages, 1, minutes(1), raw=Raw.ALL))
    for at in (2, 3, 4):
        seen = capture(at, minutes(at), all_pages.url)
        commit_check(store, look(all_pages, 1, minutes(at), CheckOutcome.UNCHANGED, recapture=seen, raw=Raw.ALL))
    for n in (1, 2):
        commit_check(store, intent(no_pages, n, minutes(n), raw=Raw.NONE))
    other = watch(store, f"{URL}/post", source="Post")
    grow(store, other, 2)
    seal_log(store, SIGNER, minutes(60))
    take_down(store, taken.id, "court", minutes(61), 2)
    better = [replace(content(n), title=f"River floods {n} roads") for n in (2, 3)]
    rereads = [Reread(n, "8", Rereading.CODE, text, "main") for n, text in zip((2, 3), better, strict=True)]
    save_readings(store, read.id, rereads, [UpdatedChange(2, change(2, LabelKind.HEADLINE))], minutes(62))
    rereads = [Reread(2, "9", Rereading.CODE, replace(better[0], title="River ebbs"), "main")]
    save_readings(store, read.id, rereads, [UpdatedChange(2, Change())], minutes(63))
    commit_check(store, look(aliased, 4, minutes(64), CheckOutcome.UNCHANGED, aliases=(f"{aliased.url}?print=1",)))
    set_article_state(store, paused.id, ArticleState.PAUSED, minutes(69))
    commit_check(store, replace(intent(other, 3, minutes(3)), imported_at=minutes(65)))
    prune_pages(store, "Post", minutes(66), keep=2)
    # Do with an article what people and other archives do; it is watched in the end, by another outlet.
    save_verdict(
        store, Verdict(judged.id, 3, minutes(67), "ada", Weight.ROUTINE, (LabelKind.NUMBER,), note="A recount.")
    )
    save_verdict(store, Verdict(judged.id, 3, minutes(68), "ben", labels=(LabelKind.NAME,), link="https://x.example/1"))
    (version,) = [each for each in list_unsaved(store, ["Herald"], 0, 100) if each.article == judged.id]
    save_outside_capture(store, version, OutsideCapture(4, minutes(69), "wayback", "https://w.example/4", "{}"))
    set_article_state(store, judged.id, ArticleState.PAUSED, minutes(69))
    set_article_state(store, judged.id, ArticleState.ACTIVE, minutes(69))
    add_targets(store, "Post", [Target(judged.url.replace("https:", "http:"))], minutes(70), claimed=[judged.id])
    for text in (content(1), content(2)):
        page = Version("", 0, other.url, minutes(70), text, "8", hashlib.sha256(b"<html>").hexdigest())
        save_handin(store, Handin(page, "ada", minutes(69)), b"<html>")
    take_down_handin(store, other.id, 2, "court", minutes(70))
    note = seal_log(store, SIGNER, minutes(120))
    commit_check(store, intent(plain, 5, minutes(130)))
    return note


class Refused(Exception):
    """The database itself refuses an alteration, by a constraint."""


_CONSTRAINTS: Final = (sqlite3.IntegrityError, psycopg.IntegrityError, psycopg.DataError)


class Sealed:
    """A sealed archive to copy, and the note that is kept elsewhere.

    The archive has a version that no checkpoint covers, unless the note is made at `sealed_at`.
    """

    def __init__(self, url: str, server: Server | None, sealed_at: float | None = None) -> None:
        self.url = url
        self._server = server
        with open_archive(url) as store:
            self.note = build(store)
            if sealed_at is not None:
                self.note = seal_log(store, SIGNER, minutes(sealed_at))
        self._shape, self._rows = (server.shape(url), server.rows(url)) if server else ("", {})

    @contextmanager
    def copy(self, folder: Path) -> Iterator[str]:
        """Give a copy of the archive; on a server itself, to which its rows are given back."""
        if self._server is None:
            path = archive_url(self.url).path
            assert path is not None
            yield f"sqlite:///{shutil.copyfile(path, folder / 'copy.db')}"
            return
        try:
            yield self.url
        finally:
            if not self._server.empty(self.url, self._shape):
                # Rows that are put back hundreds of times leave dead ones behind.
                with psycopg.connect(self.url.replace("+psycopg", ""), autocommit=True) as connection:
                    connection.execute("VACUUM FULL")
                assert self._server.empty(self.url, self._shape)
            self._server.fill(self.url, self._rows)

    def verified(self, url: str) -> Report:
        """Verify a copy as its owner would, with the note."""
        with open_archive(url) as store:
            return verify(store, against=self.note, public=SIGNER.public, keys=[SIGNER.public])

    def altered(self, folder: Path, alter: Alter) -> Report:
        """Alter a copy of the archive and verify it. Raises Refused."""
        with self.copy(folder) as url:
            where = archive_url(url)
            with closing(connect(where)) as driver:
                cursor: Any = driver.cursor()
                is_sqlite = where.path is not None
                cursor.execute("PRAGMA foreign_keys=OFF" if is_sqlite else "SET session_replication_role = replica")
                try:
                    alter(Connection(driver, is_sqlite=is_sqlite))
                except Exception as error:
                    driver.rollback()
                    if isinstance(error.__cause__ or error, (*_CONSTRAINTS, Refused)):
                        raise Refused(str(error)) from error
                    raise
                driver.commit()
            return self.verified(url)
