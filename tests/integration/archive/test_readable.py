"""What people with SQL or data frames read: the views, on each database, `writethru sql`, and versions as rows."""

import asyncio
import csv
import io
import json
import sqlite3
import sys
from datetime import UTC
from typing import cast

import pytest

from tests.archive_samples import NOW, content, grow, look, minutes, watch
from tests.archives import new_archive_at, temporary_archive
from tests.command_line import command, objects
from tracker import VersionQuery, read_changes, read_labels, read_versions
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.readable import ask
from tracker.errors import UsageError
from tracker.model.watch import CheckOutcome


def rows(archive: Archive, query: str) -> list[dict[str, object]]:
    names, *found = ask(archive, query)
    return [dict(zip(map(str, names), row, strict=True)) for row in found]


@pytest.fixture
def filled(tmp_path):
    url = new_archive_at(tmp_path / "news.db")
    with open_archive(url) as archive:
        tracked = watch(archive, stories=("flood",))
        grow(archive, tracked, 2)
    return url


def test_views_have_times_and_names(archive):
    tracked = watch(archive, stories=("water", "flood"))
    grow(archive, tracked, 2)
    commit_check(archive, look(tracked, 2, minutes(3), CheckOutcome.NOT_MODIFIED))
    _, second = rows(archive, "SELECT * FROM versions_readable ORDER BY version")
    assert second["article"] == tracked.id
    assert second["source"] == "Herald"
    assert second["seen"] == "2026-11-25T09:02:00.000Z"
    assert second["previous_seen"] == "2026-11-25T09:01:00.000Z"
    assert set(str(second["stories"]).split(", ")) == {"flood", "water"}
    assert second["sha256"] == content(2).sha256
    (change,) = rows(archive, "SELECT * FROM changes_readable")
    assert (change["version"], change["announced"], change["labels"]) == (2, "yes", "number")
    checks = rows(archive, "SELECT outcome, checks, day, at FROM checks_readable ORDER BY at")
    assert [check["outcome"] for check in checks] == ["new", "changed", "not-modified"]
    assert checks[2]["at"] == "2026-11-25T09:03:00.000Z"
    assert checks[2]["day"] == "2026-11-25"


def test_any_sqlite_client_reads_the_views_that_sql_lists(filled, tmp_path):
    with sqlite3.connect(tmp_path / "news.db") as plain:
        assert plain.execute("SELECT count(*) FROM versions_readable").fetchone() == (2,)
    plain.close()
    views = {each["view"]: each["columns"] for each in objects(command("--db", filled, "sql", "--json", stdin=""))}
    assert list(views) == ["versions_readable", "changes_readable", "checks_readable", "verdicts_readable"]
    assert "text" in views["versions_readable"]


def test_texts_and_labels_are_decoded_only_where_their_columns_are_asked_for(filled):
    with open_archive(filled, readonly=True) as archive:
        _, second = rows(archive, "SELECT title, text, words, byline FROM versions_readable ORDER BY version")
        assert second["title"] == content(2).title
        assert second["text"] == content(2).text
        assert json.loads(str(second["byline"])) == ["Ada Lark", "Jo Reed"]
        (change,) = rows(archive, "SELECT substance, noted, evidence FROM changes_readable")
        assert (change["substance"], change["noted"]) == ("claim", "yes")
        assert json.loads(str(change["evidence"])) == [{"kind": "number", "evidence": "1 → 2", "blocks": [0]}]
        assert rows(archive, "SELECT writethru_text(99) AS text") == [{"text": None}]
    with open_archive(filled, readonly=True) as archive, archive.read() as connection:
        rows(archive, "SELECT 1")
        called: list[int] = []
        cast("sqlite3.Connection", connection.driver).create_function(
            "writethru_version", 1, called.append, deterministic=True
        )
        rows(archive, "SELECT source, count(*) FROM versions_readable GROUP BY source")
    assert called == []


def test_sql_writes_csv_json_and_tables(filled):
    query = "SELECT version, title FROM versions_readable ORDER BY version"
    assert list(csv.reader(io.StringIO(command("--db", filled, "sql", query, "--csv").stdout))) == [
        ["version", "title"],
        ["1", "River floods 1 streets"],
        ["2", "River floods 2 streets"],
    ]
    assert objects(command("--db", filled, "sql", query, "--json"))[1] == {
        "schema": 1,
        "version": 2,
        "title": content(2).title,
    }
    assert command("--db", filled, "sql", stdin=query).stdout.splitlines()[0] == "1\tRiver floods 1 streets"


@pytest.mark.parametrize(
    "query", ["SELECT nothing FROM versions_readable", "DELETE FROM version", "BEGIN", "SELECT 1; DROP TABLE version"]
)
def test_what_is_no_query_is_an_error_and_changes_nothing(filled, query):
    assert command("--db", filled, "sql", query, code=2).stdout == ""
    assert objects(command("--db", filled, "sql", "SELECT count(*) AS n FROM version", "--json")) == [
        {"schema": 1, "n": 2}
    ]


def test_days_of_checks_that_are_not_kept_apart_are_counted(archive):
    tracked = watch(archive)
    with archive.write() as connection:
        key = connection.value(int, "SELECT id FROM article WHERE ident = :ident", ident=tracked.id)
        connection.run(
            "INSERT INTO visit_day (article_id, day, outcome, checks, elapsed) VALUES (:key, :day, 2, 7, 1.5)",
            key=key,
            day=(NOW.date() - NOW.date().replace(year=1970, month=1, day=1)).days,
        )
    (day,) = rows(archive, "SELECT day, at, outcome, checks FROM checks_readable")
    assert day == {"day": "2026-11-25", "at": None, "outcome": "unchanged", "checks": 7}


def test_datasette_shows_texts(filled, tmp_path):
    pytest.importorskip("datasette", reason="uv pip install datasette")
    from datasette.app import Datasette

    query = "select title, text from versions_readable where version = 2"
    app = Datasette([str(tmp_path / "news.db")])

    async def answer() -> tuple[list[dict[str, str]], str]:
        await app.invoke_startup()
        found = await app.client.get("/news.json", params={"sql": query, "_shape": "array"})
        return found.json(), (await app.client.get("/news/changes_readable")).text

    shown, page = asyncio.run(answer())
    assert shown == [{"title": content(2).title, "text": content(2).text}]
    assert "evidence" in page


@pytest.fixture
def four_versions():
    with temporary_archive() as opened:
        grow(opened, watch(opened), 3)
        grow(opened, watch(opened, "https://post.example/a", source="Post"), 1)
        yield opened


def test_versions_changes_and_labels_are_rows(four_versions):
    rows = list(read_versions(four_versions, VersionQuery(source="Herald", since=minutes(2))))
    assert [row["version"] for row in rows] == [2, 3]
    assert rows[0]["text"] == content(2).text
    assert rows[0]["byline"] == ["Ada Lark", "Jo Reed"]
    (second, third) = read_changes(four_versions)
    assert (second["substance"], second["noted"], second["labels"]) == ("claim", "yes", ["number"])
    assert third["previous_seen"] == minutes(2)
    assert [(row["label"], row["evidence"]) for row in read_labels(four_versions)] == [
        ("number", "1 → 2"),
        ("number", "2 → 3"),
    ]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_rows_become_data_frames(four_versions, library):
    pytest.importorskip(library, reason=f"uv pip install {library}")
    frame = getattr(read_versions(four_versions), f"to_{library}")()
    assert list(frame.columns) == list(read_versions(four_versions).columns)
    assert frame.shape[0] == 4
    assert frame["seen"].to_list()[0] == minutes(1).astimezone(UTC)
    nothing = VersionQuery(source="Nobody")
    for read in (read_versions, read_changes, read_labels):
        empty = getattr(read(four_versions, nothing), f"to_{library}")()
        assert (empty.shape[0], list(empty.columns)) == (0, list(read(four_versions).columns))


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_a_library_that_is_missing_is_named(four_versions, library, monkeypatch):
    monkeypatch.setitem(sys.modules, library, None)
    with pytest.raises(UsageError) as raised:
        getattr(read_labels(four_versions), f"to_{library}")()
    assert raised.value.hint == f"pip install 'writethru[{library}]'"
