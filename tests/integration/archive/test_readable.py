"""What people with SQL or data frames read: the views, on each database, `writethru sql`, and versions as rows."""

import csv
import io
import json
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta, timezone
from itertools import islice, product
from typing import cast

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.archive_samples import NOW, URL, capture, content, grow, intent, look, minutes, watch
from tests.archives import new_archive_at, temporary_archive
from tests.articles import article
from tests.command_line import command, objects
from tracker import VersionQuery, read_changes, read_labels, read_versions
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.readable import ask
from tracker.archive.search import search_passages
from tracker.archive.takedowns import take_down
from tracker.errors import UsageError
from tracker.model.version import NewVersion
from tracker.model.watch import CheckOutcome, WatchedArticle


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
    with closing(sqlite3.connect(tmp_path / "news.db")) as plain:
        assert plain.execute("SELECT count(*) FROM versions_readable").fetchone() == (2,)
    views = {each["view"]: each["columns"] for each in objects(command("--db", filled, "sql", "--json", stdin=""))}
    assert list(views) == ["versions_readable", "changes_readable", "checks_readable", "verdicts_readable"]
    assert "text" in views["versions_readable"]


@pytest.mark.parametrize(
    "query",
    [
        "PRAGMA journal_mode", "PRAGMA user_version = 3", "ATTACH 'other.db' AS other",
        "/**/ ATTACH 'other.db' AS /**/ show", "PRAGMA main.user_version = 3", "VACUUM INTO 'other.db'",
        "CREATE TEMP TABLE t AS SELECT 1", "DELETE FROM article RETURNING id", "BEGIN", "SELECT load_extension('x')",
        "SELECT 1; SELECT 2", "\0", "SELECT '\ud800'", "",
    ],
)  # fmt: skip
def test_what_does_more_than_read_is_refused_and_leaves_nothing(filled, tmp_path, monkeypatch, query):
    monkeypatch.chdir(tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    with open_archive(filled, readonly=True) as archive:
        with pytest.raises(UsageError, match=r"not a query|cannot be run"):
            rows(archive, query)
        assert len(rows(archive, "PRAGMA table_info(version)")) == 10
        assert rows(archive, "SELECT count(*) AS n FROM fts_passage WHERE fts_passage MATCH 'streets'") == [{"n": 4}]
    assert {path.name for path in tmp_path.iterdir()} - {"news.db-shm", "news.db-wal"} == before


@pytest.mark.postgres
@pytest.mark.parametrize(
    "query",
    [
        "COPY article TO '/tmp/writethru-copied'", "SELECT 1; COMMIT; DELETE FROM host RETURNING name",
        "DELETE FROM host RETURNING name", "SET transaction_read_only = off",
    ],
)  # fmt: skip
def test_a_server_runs_only_one_statement_that_reads(postgres_url, query):
    with open_archive(postgres_url, migrate=True, readonly=False):
        pass
    with open_archive(postgres_url, readonly=True) as archive:
        with pytest.raises(UsageError, match=r"not a query|cannot be run"):
            rows(archive, query)
        assert rows(archive, "-- one\n SELECT 1 AS n") == [{"n": 1}]
        with pytest.raises(UsageError, match=r"took longer than 0\.2 s"):
            list(ask(archive, "SELECT pg_sleep(30)", 0.2))


ENDLESS = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n WHERE i < 0"


@pytest.mark.parametrize("what", ["i", "writethru_text(i)"])
def test_a_query_without_end_is_ended(filled, what):
    query = ENDLESS.format(what)
    done = command("--db", filled, "sql", "--timeout", "0.3", query, code=2)
    assert "the query took longer than 0.3 s and was stopped" in done.stderr
    with open_archive(filled, readonly=True) as archive:
        assert rows(archive, "SELECT count(*) AS n FROM version") == [{"n": 2}]


@pytest.mark.parametrize("query", [ENDLESS.format("i"), ENDLESS.format("writethru_text(i)").replace("i < 0", "i > 1")])
def test_ctrl_c_ends_a_query(filled, query):
    # Processes that a shell starts in the background ignore interrupts, and so do their children.
    interruptible = "import signal; signal.signal(signal.SIGINT, signal.default_int_handler); "
    main = interruptible + "from tracker.cli.main import main; main()"
    program = [sys.executable, "-c", main, "--db", filled, "sql", query]
    with subprocess.Popen(program, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as running:
        errors = None
        for _ in range(3):
            # Python ignores an exception in a callback, as of the end of an import: people press Ctrl-C again.
            time.sleep(3)
            running.send_signal(signal.SIGINT)
            with suppress(subprocess.TimeoutExpired):
                _, errors = running.communicate(timeout=15)
                break
    assert errors is not None, "the query goes on after three signals"
    assert (running.returncode, errors.strip().splitlines()[-1]) == (130, "writethru: interrupted"), errors


def test_a_version_that_cannot_be_decoded_is_named_with_the_reason(filled):
    with closing(sqlite3.connect(filled.removeprefix("sqlite:///"), isolation_level=None)) as database:
        database.execute("UPDATE blob SET data = zeroblob(10) WHERE id = (SELECT content_id FROM version WHERE id = 2)")
    for query in ("SELECT title FROM versions_readable", "SELECT writethru_text(2)"):
        done = command("--db", filled, "sql", query, code=1)
        assert done.stderr.splitlines() == [
            "writethru: version_id 2: this version cannot be decoded: stored data is damaged",
            "hint: run writethru verify to list the damage",
        ]
    assert command("--db", filled, "sql", "SELECT writethru_text(1) LIKE '%1 streets%'").stdout == "1\n"


def test_a_table_of_a_query_controls_no_terminal(filled):
    done = command("--db", filled, "sql", "--csv", "SELECT 'a' || char(27) || ']0;x' AS said, 1 AS n")
    assert done.stdout.splitlines() == ["said,n", "a]0;x,1"]


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


def test_dates_of_pages_are_in_utc_so_that_they_sort_as_text(filled):
    with open_archive(filled) as archive:
        tracked = get_article(archive, URL)
        page = replace(content(3), published=minutes(0).astimezone(timezone(timedelta(hours=-10))), modified=None)
        new = NewVersion(page, capture(3, minutes(3)), "7", "", None)
        commit_check(archive, intent(tracked, 3, minutes(3), version=new))
        query = "SELECT published, modified FROM versions_readable ORDER BY version DESC LIMIT 1"
        assert rows(archive, query) == [{"published": "2026-11-25T09:00:00.000Z", "modified": None}]


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


def test_days_of_checks_that_are_not_kept_apart_are_counted(archive, tracked):
    with archive.write() as connection:
        key = connection.value(int, "SELECT id FROM article WHERE ident = :ident", ident=tracked.id)
        connection.run(
            "INSERT INTO visit_day (article_id, day, outcome, checks, elapsed) VALUES (:key, :day, 2, 7, 1.5)",
            key=key,
            day=(NOW.date() - NOW.date().replace(year=1970, month=1, day=1)).days,
        )
    (day,) = rows(archive, "SELECT day, at, outcome, checks FROM checks_readable")
    assert day == {"day": "2026-11-25", "at": None, "outcome": "unchanged", "checks": 7}


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


def keep(
    store: Archive, tracked: WatchedArticle, n: int, *paragraphs: str, title: str = "Flood", dek: str = ""
) -> None:
    new = NewVersion(article(*paragraphs, title=title, dek=dek), capture(n, minutes(n), tracked.url), "7", "", None)
    assert commit_check(store, intent(tracked, n, minutes(n), version=new)).version == n


@pytest.fixture
def searchable(store: Archive) -> Archive:
    first, second = watch(store), watch(store, URL + "/2", source="Post")
    keep(store, first, 1, "The river rose over 14 streets.", "Nobody was hurt, Café Müller said.", dek="Old town wet")
    keep(store, first, 2, "The river rose over 15 streets.", "Nobody was hurt, Café Müller said.")
    keep(store, first, 3, "Nobody was hurt, Café Müller said.", "The river fell.", "The river fell.")
    keep(store, second, 1, "東京で火事、三人けが", "River trade grows in the U.S. and beyond", title="Trade")
    return store


def test_what_stood_is_found_with_its_time_and_asked_for_by_less(searchable: Archive) -> None:
    (gone,) = search_passages(searchable, "river 14")
    assert (gone.text, gone.place, gone.title) == ("The river rose over 14 streets.", "text", "Flood")
    assert (gone.first_version, gone.last_version, gone.since, gone.until) == (1, 1, minutes(1), minutes(2))
    (standing,) = search_passages(searchable, "nobody hurt")
    assert (standing.first_version, standing.last_version, standing.since, standing.until) == (
        1,
        None,
        minutes(1),
        None,
    )
    (dek,) = search_passages(searchable, "wet")
    assert (dek.place, dek.last_version) == ("dek", 1)
    assert {hit.place for hit in search_passages(searchable, "flood OR trade")} == {"title", "text"}
    assert {hit.last_version for hit in search_passages(searchable, "river", where="current")} == {None}
    assert {hit.last_version for hit in search_passages(searchable, "river", where="removed")} == {1, 2}
    assert [hit.source for hit in search_passages(searchable, "river", source="Post")] == ["Post"]
    assert len(search_passages(searchable, "river", since=minutes(2))) == 4
    assert {hit.source for hit in search_passages(searchable, "riv* OR trade", ranked=True)} == {"Herald", "Post"}
    assert len(search_passages(searchable, "river", ranked=True, limit=2)) == 2
    newest = search_passages(searchable, "river", limit=2)
    assert [hit.text for hit in newest] == ["River trade grows in the U.S. and beyond", "The river fell."]
    with pytest.raises(UsageError):
        search_passages(searchable, '"river')


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("river", 5),
        ("riv*", 5),
        ("river rose", 2),
        ('"river rose"', 2),
        ('"rose river"', 0),
        ("river -rose", 3),
        ('river -"rose over"', 3),
        ("river AND streets NOT 15", 1),
        ("river Rose*", 2),
        ("14 OR 15 OR fell", 4),
        ("cafe muller", 1),
        ("CAFÉ", 1),
        ("火事", 1),
        ("東京で火事", 1),
        ("事火", 0),
        ("U.S.", 1),
        ("U.S. beyond -", 1),
        ("14 OR 15", 2),
        ("lake", 0),
    ],
)
def test_what_is_found(searchable: Archive, asked: str, found: int) -> None:
    assert len(search_passages(searchable, asked)) == found
    assert len(search_passages(searchable, asked, ranked=True)) == found


def test_the_best_are_searched_for_among_the_newest_matches(
    searchable: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(searchable, watch(searchable, URL + "/4"), 1, "The river, the river, the river.")
    best = search_passages(searchable, "river", ranked=True, limit=1)
    assert [hit.text for hit in best] == ["The river, the river, the river."]
    keep(searchable, watch(searchable, URL + "/3"), 1, "On the other side of the river nobody has seen any water yet.")
    assert search_passages(searchable, "river", ranked=True, limit=1) == best
    monkeypatch.setattr("tracker.archive.search.MAX_RANKED_MATCHES", 1)
    (newest,) = search_passages(searchable, "river", ranked=True, limit=1)
    assert newest.text.startswith("On the other side")
    assert len(search_passages(searchable, "river", ranked=True, limit=3)) == 3


def test_words_around_one_that_is_too_long_for_postgresql_are_found(store: Archive, tracked: WatchedArticle) -> None:
    keep(store, tracked, 1, f"The mayor {'x' * 3000} spoke.")
    assert [hit.article for hit in search_passages(store, "mayor spoke")] == [tracked.id]


def test_what_was_taken_out_is_not_found(searchable: Archive) -> None:
    ident = get_article(searchable, URL).id
    take_down(searchable, ident, "no", minutes(60), 1)
    assert search_passages(searchable, "14") == []
    assert search_passages(searchable, "wet") == []
    (standing,) = search_passages(searchable, "nobody hurt")
    assert (standing.first_version, standing.last_version) == (2, None)
    take_down(searchable, ident, "no", minutes(60))
    assert [hit.source for hit in search_passages(searchable, "river")] == ["Post"]


def test_a_paragraph_of_a_whole_book_is_stored(store: Archive) -> None:
    words = ("".join(letters) for letters in product("абвгдежзик", repeat=5))
    tracked = watch(store)
    keep(store, tracked, 1, " ".join(islice(words, 83_000)))
    assert [hit.article for hit in search_passages(store, "аааав")] == [tracked.id]


def test_a_table_of_very_many_rows_is_stored(store: Archive, tracked: WatchedArticle) -> None:
    keep(store, tracked, 1, *(f"runner {n}" for n in range(33_000)))
    assert [hit.text for hit in search_passages(store, "32000")] == ["runner 32000"]


def test_promos_and_notices_are_not_searched(store: Archive, tracked: WatchedArticle) -> None:
    commit_check(store, replace(intent(tracked, 1, minutes(1))))
    assert content(1).blocks[1].text == "Read more"
    assert search_passages(store, "read more") == []


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(text=st.text(max_size=40))
def test_no_question_breaks_it(searchable: Archive, text: str) -> None:
    try:
        search_passages(searchable, text)
    except UsageError:
        return
