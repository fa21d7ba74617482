"""`writethru export` and `writethru import` as people run them, also on files from strangers."""

import codecs
import csv
import gzip
import io
import json
import sys
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import brotli
import lxml.etree
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.archive_samples import NOW, grow, intent, minutes, watch
from tests.archives import archive_at, new_archive_at
from tests.articles import article
from tests.command_line import outputs as run
from tests.integration.exchange.pages import job, page
from tracker import compare
from tracker.archive.articles import list_articles
from tracker.archive.commits import commit_check
from tracker.archive.database.locking import lock
from tracker.archive.opening import open_archive
from tracker.archive.takedowns import take_down
from tracker.archive.versions import get_version
from tracker.errors import PageError
from tracker.exchange import files, lists, tables, warc_read
from tracker.exchange.warc import record
from tracker.exchange.warc_read import Warcs
from tracker.model.article import Notice, NoticeKind

HERE = "sqlite:///writethru.db"


pytestmark = pytest.mark.usefixtures("folder")


@pytest.fixture
def kept() -> str:
    """Make an archive with three versions of one article; return its id."""
    with archive_at(Path("writethru.db")) as store:
        tracked = watch(store)
        grow(store, tracked, 3)
        return tracked.id


def fails(code: int, told: str, *args: str) -> None:
    """Assert that a command exits with *code* and says *told*."""
    done = run(*args)
    assert (done.exit_code, told in done.stderr) == (code, True), done.stderr


def empty(name: str) -> str:
    new_archive_at(Path(name))
    return name


def test_versions_go_to_stdout(kept):
    done = run("export", "--format", "jsonl")
    assert done.exit_code == 0
    assert [json.loads(line)["version"] for line in done.stdout.splitlines()] == [1, 2, 3]
    assert done.stderr == ""
    assert len(run("export", "--format", "csv", kept[:6]).stdout.splitlines()) == 4


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "a.jsonl.zst"])
def test_out_and_in_again(kept, name):
    done = run("export", "--format", "jsonl", "--with-captures", "--out", name, "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) | {"out": ""} == {
        "schema": 1, "format": "jsonl", "out": "", "versions": 3, "pages": 3, "without_page": 0, "damaged": [],
    }  # fmt: skip
    assert "3 versions, 3 pages" in done.stderr
    other = empty("other.db")
    assert run("--db", other, "import", name).stdout == "versions: 3 imported\n"
    assert run("--db", other, "import", name).stdout == "versions: 0 imported, 3 already stored\n"
    run("--db", other, "export", "--format", "jsonl", "--with-captures", "--out", f"b{name}")
    assert Path(f"b{name}").read_bytes() == Path(name).read_bytes()


def test_a_version_that_was_imported_says_so_and_one_that_was_fetched_does_not(kept):
    started = datetime.now(UTC)
    run("export", "--format", "jsonl", "--with-captures", "--out", "a.jsonl")
    other = empty("other.db")
    run("--db", other, "import", "a.jsonl")
    imported = json.loads(run("--db", other, "show", f"{kept}@v2", "--json").stdout)["imported"]
    assert started - timedelta(milliseconds=1) < datetime.fromisoformat(imported) <= datetime.now(UTC)
    said = run("--db", other, "show", f"{kept}@v2", "--meta").stdout
    assert f"imported       {imported}; the archive did not fetch it" in said
    assert json.loads(run("show", f"{kept}@v2", "--json").stdout)["imported"] is None
    assert "imported" not in run("show", f"{kept}@v2", "--meta").stdout


def test_a_warc_file_and_its_index(kept):
    done = run("export", "--format", "warc", "--out", "a.warc.gz", "-q")
    assert (done.exit_code, done.stdout, done.stderr) == (0, "", "")
    assert sorted(path.name for path in Path().glob("a.*")) == ["a.cdxj", "a.warc.gz"]
    fails(2, "name a file with --out", "export", "--format", "warc")


def crawled(day: int, block: bytes) -> bytes:
    """Return the record of a response, as another crawler might have made it."""
    named = [("WARC-Date", f"2020-01-{day:02}T03:04:05Z"), ("WARC-Target-URI", "https://other.example/a")]
    return record("response", named, block, packed=True)


def pages_of(*counts: int) -> list[bytes]:
    """Return records of one page as it stood on one day after the other."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n"
    return [crawled(day, head + page(count)) for day, count in enumerate(counts, 1)]


def test_history_is_read_from_warc_files(kept):
    missing = crawled(1, b"HTTP/1.1 404 Not Found\r\n\r\n")
    Path("old.warc.gz").write_bytes(pages_of(3)[0] + missing)
    done = run("import", "old.warc.gz", "--source", "Other: World", "--json")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout) == {
        "schema": 1, "kept": 1, "known": 0, "refused": 0, "checks": 0, "reasons": [],
        "unchanged": 0, "other": 0, "unreadable": 0,
    }  # fmt: skip
    assert "skipped 1 response without a readable page" in done.stderr
    with open_archive(HERE, readonly=True) as store:
        assert list_articles(store, source="Other: World")[0].title == "Harbour closed"


def test_what_an_index_names_is_read_and_no_more(kept):
    records = pages_of(3, 4, 5)
    Path("old.warc.gz").write_bytes(b"".join(records))
    place = {"url": "https://other.example/a", "filename": "old.warc.gz", "offset": str(len(records[0]))}
    Path("old.cdxj").write_text(f"example,other)/a 20200102030405 {json.dumps(place)}")
    done = run("import", "old.cdxj", "--source", "Other")
    assert (done.exit_code, done.stdout) == (0, "versions: 1 imported\n")
    with open_archive(HERE, readonly=True) as store:
        (tracked,) = list_articles(store, source="Other")
        assert "4 boats" in get_version(store, tracked.id, 1).content.text
    Path("old.warc.gz").unlink()
    fails(2, "old.warc.gz is not in the folder of the index", "import", "old.cdxj")


def test_an_index_of_our_own_brings_all_that_the_file_says(kept):
    run("export", "--format", "warc", "--out", "a.warc.gz")
    other, whole = empty("other.db"), empty("whole.db")
    assert run("--db", other, "import", "a.cdxj").stdout == run("--db", whole, "import", "a.warc.gz").stdout
    same = [run("--db", name, "log", "--all", "--json").stdout for name in (other, whole)]
    assert same[0] == same[1]


def test_texts_without_pages_that_0_1_imported_from_newsedits_stay_readable():
    store = empty("writethru.db")
    file = Path(__file__).parent / "fixtures" / "newsedits_of_0_1.jsonl"
    assert run("--db", store, "import", str(file)).stdout == "versions: 2 imported\n"
    assert "Nine boats." in run("show", "https://post.example/a").stdout
    assert "imported from NewsEdits" in run("show", "https://post.example/a", "--raw").stderr
    assert "no page" in run("evidence", "https://post.example/a", "1..2", "e.zip").stderr
    assert run("verify").exit_code == 0


@pytest.mark.parametrize("form", ["wacz", "xlsx"])
def test_formats_that_need_a_place(kept, form):
    done = run("export", "--format", form, "--out", f"a.{form}")
    assert (done.exit_code, done.stdout) == (0, "")
    assert f"a.{form}: 3 versions" in done.stderr
    assert Path(f"a.{form}").stat().st_size
    assert run("export", "--format", form).exit_code == 2


def test_nothing_selected_is_no_error(kept):
    done = run("export", "--format", "jsonl", "--since", "2030-01-01")
    assert (done.exit_code, done.stdout) == (0, "")
    assert "No versions match." in done.stderr


@pytest.mark.parametrize(
    ("args", "told"),
    [
        (("export",), "--format"),
        (("export", "--format", "docx"), "docx"),
        (("export", "--format", "jsonl", "--source", "Heralt"), "did you mean 'Herald'?"),
        (("export", "--format", "jsonl", "0000"), "no such article"),
        (("export", "--format", "jsonl", "all.jsonl"), "-o all.jsonl"),
        (("export", "--format", "jsonl", "--out", "no/where/a.jsonl"), "mkdir -p no/where"),
        (("export", "--format", "csv", "--with-captures"), "csv cannot contain captures"),
        (("export", "--format", "jsonl", "--since", "soon"), "not a valid time"),
        (("import", "."), "the file name does not show the format"),
        (
            ("import", "sheet.csv"),
            "sheet.csv: CSV cannot be imported; formats that can: jsonl, warc, wacz, cdx, opml, ",
        ),
        (("import", "thing.bin"), "thing.bin: there is no such file"),
        (("import", "missing.jsonl"), "missing.jsonl: the file cannot be read"),
        (("import", "missing.warc.gz"), "missing.warc.gz: the file cannot be read"),
    ],
)
def test_mistakes_are_told(kept, args, told):
    Path("sheet.csv").touch()
    fails(2, told, *args)


def test_what_cannot_be_kept_ends_with_4(kept):
    lines = run("export", "--format", "jsonl").stdout.splitlines(keepends=True)
    Path("gap.jsonl").write_text(lines[0] + lines[2])
    done = run("--db", empty("other.db"), "import", "gap.jsonl")
    assert done.exit_code == 4
    assert done.stdout == "versions: 1 imported, 1 refused\n"
    assert f"{kept}@3: version 2 is missing" in done.stderr


def test_a_line_that_is_none_ends_with_1(kept):
    Path("bad.jsonl").write_text("{}\n")
    fails(1, "bad.jsonl: line 1 cannot be imported", "import", "bad.jsonl")


def test_a_damaged_page_ends_with_4_and_one_that_was_taken_out_is_told(kept):
    with open_archive(HERE) as store:
        take_down(store, kept, "court order", NOW, 2)
    fails(0, "1 version without a stored page", "export", "--format", "warc", "--out", "a.warc")
    with open_archive(HERE) as store, store.write() as connection:
        connection.run("UPDATE capture SET sha256 = :sha256 WHERE version_id = 1", sha256=bytes.fromhex("11" * 32))
    fails(4, f"{kept}@1: the stored page is damaged", "export", "--format", "warc", "--out", "b.warc")


def test_one_writer_at_a_time(kept):
    run("export", "--format", "jsonl", "--out", "a.jsonl")
    with lock(HERE):
        assert run("import", "a.jsonl").exit_code == 75


def test_a_file_that_cannot_be_written_is_told(kept):
    Path("a.jsonl").mkdir()
    told = "a.jsonl: the file cannot be written: is a directory"
    fails(1, told, "export", "--format", "jsonl", "--out", "a.jsonl", "--force")
    assert not Path("a.jsonl.part").exists()


URLWATCH = """\
url: https://herald.example/news/flood
---
url: https://herald.example/feed.xml
name: The Herald
---
command: uptime
"""


@pytest.fixture
def configured() -> Path:
    assert run("init").exit_code == 0
    Path("urls.yaml").write_text(URLWATCH)
    return Path("writethru.toml")


def test_a_list_goes_into_the_configuration(configured):
    done = run("import", "urls.yaml", "--format", "urlwatch")
    assert done.exit_code == 4
    assert done.stdout.splitlines() == [
        "article  https://herald.example/news/flood: watched in herald.example",
        "feed     https://herald.example/feed.xml: watched in The Herald",
        "article  uptime: a command, not an address",
    ]
    assert "https://herald.example/feed.xml" in configured.read_text()
    done = run("import", "urls.yaml", "--format", "urlwatch", "--json")
    assert [json.loads(line)["added"] for line in done.stdout.splitlines()] == [False, False, False]


def test_a_dry_run_changes_nothing(configured):
    before = configured.read_text()
    done = run("import", "urls.yaml", "--format", "webchanges", "--dry-run")
    assert ": would be watched in herald.example" in done.stdout
    assert configured.read_text() == before


def test_opml_goes_into_the_configuration(configured):
    outline = '<outline text="Post" xmlUrl="https://post.example/rss"/>'
    Path("feeds.opml").write_text(f'<opml version="2.0"><body>{outline}</body></opml>')
    for what in ("watched", "already watched"):
        done = run("import", "feeds.opml")
        assert (done.exit_code, done.stdout) == (0, f"feed     https://post.example/rss: {what} in Post\n")


def test_a_list_needs_a_configuration():
    Path("urls.yaml").write_text(URLWATCH)
    fails(78, "writethru init", "import", "urls.yaml", "--format", "urlwatch")


def test_a_data_directory_of_changedetection_gives_its_watches_and_pages(tmp_path):
    empty("writethru.db")
    Path("writethru.toml").touch()
    form = {"url": "https://herald.example/", "method": "POST"}
    for name, about in (("a-1", {"url": "https://herald.example/news/harbour"}), ("a-2", form)):
        (tmp_path / "datastore" / name).mkdir(parents=True)
        (tmp_path / "datastore" / name / "watch.json").write_text(json.dumps(about), encoding="utf-8")
    for count in (3, 4):
        (tmp_path / "datastore" / "a-1" / f"160000000{count}.html.br").write_bytes(brotli.compress(page(count)))
    done = run("import", "datastore", "--format", "changedetection")
    assert done.exit_code == 4  # a form cannot be watched
    assert "versions: 2 imported" in done.stdout
    assert "https://herald.example/news/harbour" in Path("writethru.toml").read_text(encoding="utf-8")
    with open_archive(HERE, readonly=True) as store:
        (tracked,) = list_articles(store)
        assert "4 boats" in get_version(store, tracked.id, 2).content.text


def test_a_row_a_version(full):
    out = io.BytesIO()
    made = job(full, stdout=out)
    tables.write_csv(made)
    rows = list(csv.DictReader(io.StringIO(out.getvalue().decode("utf-8-sig"), newline="")))
    assert out.getvalue().startswith(codecs.BOM_UTF8)  # Excel takes UTF-8 for another coding without it
    assert made.tally.versions == len(rows) == 5
    assert rows[0]["title"] == "River floods 1 streets"
    assert rows[0]["words_added"] == rows[0]["announced"] == rows[0]["previous_seen"] == ""
    expected = {"source": "Post", "seen": "2026-11-25T09:09:00Z", "byline": "Ada Lark; Jo Reed", "announced": "yes"}
    expected |= {"labels": "correction; name", "evidence": "correction: 1 → 2; name: 1 → 2"}
    expected |= {"notices": "update-note: Updates with 2"}
    assert {name: rows[-1][name] for name in expected} == expected


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", " =", "＝", "\0="])
def test_no_cell_is_a_formula(start):
    cell = tables.guarded(f'{start}HYPERLINK("https://evil.example")')
    assert cell.startswith("'")
    assert "\0" not in cell


def test_no_cell_controls_a_terminal():
    assert tables.guarded("A \x1b]0;note\x07\x9b2J\x7f\tof\ntwo lines") == "A ]0;note2J\tof\ntwo lines"


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))))
def test_cells_come_back(cells):
    out = io.StringIO(newline="")
    csv.writer(out).writerow([tables.guarded(cell) for cell in cells])
    (back,) = list(csv.reader(io.StringIO(out.getvalue(), newline=""))) or [[]]
    assert back == [tables.guarded(cell) for cell in cells]


@pytest.fixture
def corrected() -> str:
    """Make an archive of an article whose second version corrects a figure and whose headline is like a formula."""
    end = "The ferry to the islands stayed in port all day."
    first = article("Storm hit 3 villages on Monday.", end, title="Storm", lang="en")
    notices = (Notice(NoticeKind.CORRECTION, "An earlier version said that 3 villages were hit."),)
    text = ("Storm hit 5 villages on Monday.", f"{end} It will sail again at noon.")
    second = article(*text, title="=1+1", lang="en", notices=notices)
    with archive_at(Path("writethru.db")) as store:
        tracked = watch(store)
        commit_check(store, intent(tracked, 1, minutes(1), content=first))
        commit_check(store, intent(tracked, 2, minutes(2), content=second, change=compare(first, second)))
        return tracked.id


def test_a_row_an_edit(corrected):
    done = run("export", "--format", "csv", "--rows", "edits")
    assert done.exit_code == 0, done.stderr
    rows = list(csv.DictReader(io.StringIO(done.stdout.removeprefix("\ufeff"), newline="")))
    told = [tuple(row[name] for name in ("where", "edit", "substance", "kind", "noted")) for row in rows]
    assert told == [
        ("title", "edited", "claim", "number", ""),
        ("text", "edited", "claim", "number", "yes"),
        ("text", "added", "claim", "date", ""),
        ("notice", "added", "", "correction", ""),
    ]
    assert (rows[1]["before"][:16], rows[1]["after"][:16]) == ("Storm hit 3 vill", "Storm hit 5 vill")
    assert (rows[2]["before"], rows[2]["after"]) == ("", "It will sail again at noon.")
    assert {row["seen"] for row in rows} == {"2026-11-25T09:02:00Z"}
    assert {(row["article"], row["version"], row["source"]) for row in rows} == {(corrected, "2", "Herald")}
    assert rows[0]["after"] == "'=1+1"


def cells_of(name: str) -> list[list[tuple[str, str]]]:
    """Return the type and the text of each cell in the first sheet of a workbook."""
    with zipfile.ZipFile(name) as book:
        sheet = lxml.etree.fromstring(book.read("xl/worksheets/sheet1.xml"))
    assert not sheet.findall(".//{*}f")
    rows = sheet.findall(".//{*}row")
    return [[(cell.get("t", "n"), str(cell.xpath("string()"))) for cell in row] for row in rows]


@pytest.mark.parametrize("rows", ["versions", "edits"])
def test_a_workbook_has_dates_and_numbers_and_no_formulas(corrected, rows):
    done = run("export", "--format", "xlsx", "--rows", rows, "-o", "a.xlsx")
    assert (done.exit_code, done.stderr) == (0, "a.xlsx: 2 versions\n")
    head, *body = cells_of("a.xlsx")
    last = dict(zip([text for _, text in head], body[-1], strict=False))
    assert last["version"] == ("n", "2")
    assert last["title"] == ("inlineStr", "=1+1")
    # Days since 1900; 9:02 is 0.376 of a day.
    assert last["seen"][0] == "n"
    assert float(last["seen"][1]) == pytest.approx(46351.37639, abs=1e-4)


def test_a_workbook_goes_to_a_file_and_only_tables_have_edits(corrected, monkeypatch):
    fails(2, "name a file with --out", "export", "--format", "xlsx")
    fails(2, "formats that can: csv, xlsx", "export", "--format", "jsonl", "--rows", "edits")
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    fails(2, "pip install 'writethru[xlsx]'", "export", "--format", "xlsx", "-o", "a.xlsx")


def test_nor_is_a_part_of_a_cell():
    assert tables.guarded("Ada; =1; Jo;+2") == "Ada;' =1; Jo;'+2"
    assert tables.guarded('a\n=1;"=2') == "a\n'=1;'\"=2"
    assert tables.guarded("5 - 3; a=b") == "5 - 3; a=b"


HEAD = b"WARC/1.1\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\n\r\n\r\n\r\n"


@pytest.mark.parametrize("filler", [b"A" * 1000, b"A: b\r\n" * 200], ids=["one line", "many lines"])
def test_a_record_whose_head_does_not_end_is_refused(tmp_path: Path, filler: bytes) -> None:
    path = tmp_path / "a.warc.gz"
    with gzip.open(path, "wb") as out:
        out.write(HEAD + b"WARC/1.1\r\nX-A: ")
        for _ in range(2 * warc_read.MAX_HEAD_BYTES // 1000):
            out.write(filler)
    with Warcs([path]) as warcs, pytest.raises(PageError, match="damaged") as caught:
        list(warcs.captures())
    assert caught.value.hint == "the headers of a record are too long"


def test_an_index_that_leads_behind_the_end_of_its_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.warc"
    path.write_bytes(HEAD)
    with Warcs([path], {path: [len(HEAD)]}) as warcs, pytest.raises(PageError, match="the index leads to no records"):
        list(warcs.captures())


def test_a_package_of_zeros_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("archive/data.warc", HEAD + b"\0" * 5_000_000)
    with pytest.raises(PageError, match="fill the disk"):
        Warcs([path])


def test_a_package_whose_members_are_the_same_bytes_is_not_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        package.writestr("archive/data.warc", HEAD + bytes(range(256)) * 4 + b"\0" * 200_000)
        package.filelist *= 50
    # Newer versions of zipfile find them to overlap.
    with pytest.raises(PageError, match=r"fill the disk|damaged"):
        Warcs([path])


@pytest.mark.parametrize(
    ("at", "value"),
    [(8, b"\1"), (10, b"\1"), (6, b"\xff"), (42, b"\xff\xff\xff\xfe")],
    ids=["encrypted", "an unknown packing", "of a later version", "a place before the file"],
)
def test_a_package_that_cannot_be_unpacked_is_damaged(tmp_path: Path, at: int, value: bytes) -> None:
    path = tmp_path / "a.wacz"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("archive/data.warc", HEAD)
    made = bytearray(path.read_bytes())
    start = made.index(b"PK\x01\x02") + at
    made[start : start + len(value)] = value
    path.write_bytes(made)
    with pytest.raises(PageError, match="damaged") as caught:
        Warcs([path])
    assert caught.value.hint == "get a complete copy of the file", "the error already ends with its cause"


def test_a_line_of_gigabytes_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_LINE_BYTES", 1000)
    path = tmp_path / "a.jsonl.gz"
    path.write_bytes(gzip.compress(b"{}\n" + b"A" * 2_000))
    given = files.lines(path)
    assert next(given) == b"{}\n"
    with pytest.raises(PageError, match="longer than"):
        next(given)


def test_a_name_that_repeats_itself_a_billion_times_is_none() -> None:
    levels = [b"a0: &a0 [lol, lol]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]".encode() for n in range(1, 30)]
    [found] = lists.read("urlwatch", b"\n".join([*levels, b"url: https://a.example/x", b"name: *a29"]))
    assert (found.url, found.title) == ("https://a.example/x", "")


def test_what_nobody_fetches_is_refused_without_its_password() -> None:
    body = b"file:///etc/passwd\nsource:file:///etc/passwd\njavascript:alert(1)\nhttps://u:p4ssw0rd@a.example/\nhttp://[x/\n"
    found = lists.read("changedetection", body)
    assert len(found) == 5
    assert all(each.problem and each.kind is None for each in found)
    assert not any("p4ssw0rd" in str(each) for each in found)


def test_a_list_that_is_encrypted_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("url-watches.json", "{}")
    made = bytearray(path.read_bytes())
    made[made.index(b"PK\x01\x02") + 8] = 1
    with pytest.raises(PageError, match="not a changedetection list"):
        lists.read("changedetection", bytes(made))
