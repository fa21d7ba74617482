"""NewsEdits into an archive: text and time, and no page."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.archive_samples import grow, watch
from tests.archives import archive_at, new_archive_at
from tests.command_line import outputs as run
from tracker.archive.articles import get_article, list_articles
from tracker.archive.captures import get_capture
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.versions import get_version
from tracker.errors import ArchiveError, PageError
from tracker.exchange.newsedits import TextVersion, text_versions
from tracker.service import texts

HERE = "sqlite:///writethru.db"
A, B, FERRIES = "https://post.example/a", "https://post.example/b", "Harbour &amp; ferries"
ROWS = (
    # entry_id, version, title, source, url, created, text
    (7, 0, FERRIES, "Post", A, "2018-03-01 10:00:00", "<p>Ten boats.</p><p>Calm.</p>"),
    (7, 1, FERRIES, "Post", A, "2018-03-01 11:00:00", "<p>Ten boats.</p>\n<p>Calm.</p>"),
    (7, 2, FERRIES, "Post", A, "2018-03-01T12:00:00+00:00", "Nine boats.\n\nCalm."),
    (9, 0, "Other", "Post", B, "2018-03-01 10:30:00", "One paragraph."),
    (9, 1, "Other", "Post", "", "2018-03-01 10:31:00", "No address."),
    (9, 2, "Other", "Post", B, "yesterday", "No time."),
    (9, 3, "Other", "Post", B, "2018-03-02 10:30:00", " <br> "),
    (9, 4, "Other", "Post", "ftp://post.example/b", "2018-03-02 10:30:00", "No web."),
)


@pytest.fixture(autouse=True)
def _archive(folder):
    new_archive_at(folder / "writethru.db")


def table(path: str = "corpus.db") -> str:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE entryversion (entry_id, version, title, source, url, created, text)")
        database.executemany("INSERT INTO entryversion VALUES (?, ?, ?, ?, ?, ?, ?)", ROWS)
        database.commit()
    return path


def test_each_text_that_differs_is_a_version():
    done = run("import", table(), "--format", "newsedits")
    assert done.exit_code == 4
    assert done.stdout == "versions: 3 imported, 4 refused, 1 unchanged\n"
    for said in (
        "9 version 1: it has no address",
        "9 version 2: its time",
        "9 version 3: it has no text",
        "9 version 4: only http",
    ):
        assert said in done.stderr
    with open_archive(HERE, readonly=True) as store:
        tracked = get_article(store, "https://post.example/a")
        first, second = (get_version(store, tracked.id, n) for n in (1, 2))
        assert (first.content.title, first.content.text) == ("Harbour & ferries", "Ten boats.\n\nCalm.")
        assert first.seen == datetime(2018, 3, 1, 10, tzinfo=UTC)
        assert second.previous_seen == datetime(2018, 3, 1, 11, tzinfo=UTC)
        assert second.change is not None
        assert second.source == "Post"
        assert second.extractor == "newsedits"
        assert verify(store).ok
        with pytest.raises(ArchiveError, match="contains text but no pages"):
            get_capture(store, tracked.id, 2)
    again = run("import", "corpus.db", "--format", "newsedits", "--json")
    assert json.loads(again.stdout)["known"] == 3
    assert "no page" in run("evidence", tracked.id, "1..2", "e.zip").stderr


def test_csv_says_the_same_in_any_order(monkeypatch):
    import csv

    monkeypatch.setattr(texts, "MAX_CACHED_TEXTS", 1)
    monkeypatch.setattr("tracker.exchange.store_records.MAX_GROUP_RECORDS", 1)
    with Path("corpus.csv").open("w", newline="") as file:
        out = csv.writer(file)
        out.writerow(["extra", "text", "created", "url", "title", "source", "entry_id", "version"])
        for entry, version, title, source, url, created, text in reversed(ROWS[:4]):
            out.writerow(["x", text, created, url, title, source, entry, version])
    assert run("import", "corpus.csv", "--format", "newsedits", "--source", "Own").stdout == (
        "versions: 3 imported, 1 unchanged\n"
    )
    with open_archive(HERE, readonly=True) as store:
        assert len(list_articles(store, source="Own")) == 2
        assert get_article(store, "https://post.example/a").versions == 2


def test_csv_of_a_spreadsheet_with_days_alone_is_read_by_the_numbers_of_its_versions(tmp_path):
    rows = "".join(f"{A},2020-01-01,Text {n}.,{n}\n" for n in reversed(range(12)))
    (tmp_path / "sheet.csv").write_text(f"url,created,text,version\n{rows}", encoding="utf-8-sig")
    read = [each.paragraphs for each in text_versions(tmp_path / "sheet.csv") if isinstance(each, TextVersion)]
    assert read == [(f"Text {n}.",) for n in range(12)]


def test_what_we_write_can_be_read_back():
    with archive_at(Path("other.db")) as store:
        grow(store, watch(store), 3)
        texts_before = [get_version(store, list_articles(store)[0].id, n).content.text for n in (1, 2, 3)]
    assert run("--db", "other.db", "export", "--format", "newsedits", "--out", "a.sqlite").exit_code == 0
    assert run("import", "a.sqlite", "--format", "newsedits").stdout == "versions: 3 imported\n"
    with open_archive(HERE, readonly=True) as store:
        assert [get_version(store, list_articles(store)[0].id, n).content.text for n in (1, 2, 3)] == texts_before


def test_what_is_no_table(tmp_path):
    Path("none.csv").write_text("a,b\n1,2\n")
    Path("empty.csv").write_text("")
    Path("odd.csv").write_text('url,created,text\n"x')
    sqlite3.connect("odd.db").execute("CREATE TABLE other (a)").connection.close()
    Path("torn.db").write_bytes(b"SQLite format 3\x00" + bytes(100))
    for name in ("none.csv", "empty.csv", "odd.csv", "odd.db", "torn.db"):
        with pytest.raises(PageError, match="not a NewsEdits table"):
            list(text_versions(tmp_path / name))
    assert run("import", "none.csv", "--format", "newsedits").exit_code == 1


@pytest.mark.parametrize(
    "made",
    [
        "CREATE VIEW entryversion AS WITH n AS (SELECT 1 url UNION ALL SELECT 1 FROM n) SELECT *,1 created,1 text",
        "CREATE TABLE entryversion (url, created, text AS (zeroblob(1000000000)))",
        "CREATE VIRTUAL TABLE entryversion USING fts5(url, created, text)",
    ],
)
def test_a_hostile_file_is_refused_at_once(tmp_path, made):
    with closing(sqlite3.connect("hostile.db")) as database:
        database.execute(made)
        database.commit()
    with pytest.raises(PageError, match="not a NewsEdits table"):
        list(text_versions(tmp_path / "hostile.db"))


def test_a_huge_cell_is_refused(tmp_path):
    with closing(sqlite3.connect("huge.db")) as database:
        database.execute("CREATE TABLE entryversion (url, created, text)")
        database.execute("INSERT INTO entryversion VALUES ('https://a.example/', '2018-03-01', zeroblob(60000000))")
        database.commit()
    with pytest.raises(PageError, match="too big"):
        list(text_versions(tmp_path / "huge.db"))


def test_times_of_any_form(tmp_path):
    with closing(sqlite3.connect("t.db")) as database:
        database.execute("CREATE TABLE entryversion (url, created, text)")
        times = ("2018-03-01 10:00:00.123456", "2018-03-01T11:00:00+01:00", 1_519_898_400, "9999-12-31 23:59:59")
        database.executemany(
            "INSERT INTO entryversion VALUES ('https://a.example/', ?, 'x')", [(each,) for each in times]
        )
        database.commit()
    found = [each.seen if isinstance(each, TextVersion) else each for each in text_versions(tmp_path / "t.db")]
    whole = datetime(2018, 3, 1, 10, tzinfo=UTC)
    unreadable = "https://a.example/ version: its time cannot be read: '9999-12-31 23:59:59'"
    assert found == [unreadable, whole, whole, whole.replace(microsecond=123000)]


def test_an_address_without_a_host_name_makes_a_source():
    Path("v6.csv").write_text("url,created,text\nhttp://[2001:db8::1]/a,2020-01-01,Calm.\n")
    assert run("import", "v6.csv", "--format", "newsedits").stdout == "versions: 1 imported\n"
    with open_archive(HERE, readonly=True) as store:
        assert get_article(store, "http://[2001:db8::1]/a").source == "2001 db8 1"
