"""Archives of earlier releases open, with all that is in them, and are read as before once they are upgraded.

`fixtures/RELEASE-SCHEMA.*` were written by those releases: an article of five versions whose oldest pages were pruned,
one of three with alerts, one of which a version was taken down; the log was sealed after the first two. From schema
0007 on there is a fourth article too, which a later extractor has read again, and from 0021 on there are a citation, a
hand-in and a read mark. `make_archive` writes that of this release.

`made_by_0_1/` was written by the commands and services of that release over a day of an invented web: articles that
were edited, taken down and restored, recaptures, a storm, links that a story follows, a decision of every kind,
verdicts, texts of NewsEdits, subscriptions of WebSub, fitted rates, a quarantined page, pages that were pruned, taken
down and repacked, and alerts that wait. `archive.postgres.jsonl.xz` is the same archive after its `db move`.

`said.json.xz` has what the commands of that release said of it: `log`, `stories`, `story decisions`, `story show`,
`note` and `alerts list`, and hashes of all texts and pages. `early.note` is a checkpoint of the first hour, `notes/`
has a later one with its time stamps, and `every_key.toml` is a configuration with every key of that release.

`judged_by_0_1/` is about changes that the code of that release judged: three articles with the same five versions. Of
the second, a page was read again; of the third, the pages were pruned and version 3 was taken down. One alert waits,
one change was judged by a person, and `package.zip` is an evidence package about versions 1 and 2 of the first.

`repacked_by_0_1/` holds frames of its `db compact --repack`: three articles of one source with three versions each. The
first page of article 2 is encoded against that of article 1.
"""

import gzip
import json
import lzma
import shutil
import zipfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import psycopg
import pytest
import time_machine
from psycopg import sql

from tests.archive_samples import NOW, URL, capture, change, content, intent, minutes, with_body
from tests.archives import check_schema, counted_anew
from tests.command_line import command, objects
from tests.integration.web.conftest import client_of
from tests.postgres import Server
from tracker import __version__
from tracker.alerts.message import compose
from tracker.archive import migrations, move
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.captures import get_capture
from tracker.archive.citations import list_citations
from tracker.archive.commits import commit_check
from tracker.archive.handins import get_handin
from tracker.archive.ledger.log import list_checkpoints
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import SCHEMA, examine, open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.readings import list_outdated, save_readings
from tracker.archive.recaptures import get_recapture, list_recaptures
from tracker.archive.search import search_passages
from tracker.archive.sources import list_habits
from tracker.archive.state import get_read_mark
from tracker.archive.stories import list_decisions, list_homes
from tracker.archive.summaries import labelled_of_source, latest_labelled, list_summaries
from tracker.archive.takedowns import list_tombstones, prune_pages, take_down
from tracker.archive.verdicts import list_verdicts
from tracker.archive.versions import count_changes, get_changes, get_version, iter_versions, list_history
from tracker.config.root import load
from tracker.demo.http_server import HttpRequest, HttpResponse, LoopbackServer
from tracker.errors import ArchiveError, SchemaMismatch
from tracker.evidence import verifier
from tracker.extraction.learned_boilerplate import LearnedBoilerplate
from tracker.model.alert import Batch
from tracker.model.capture import Capture
from tracker.model.change import CLASSIFIER, EditUnit, LabelKind, Noted, Significance, Substance
from tracker.model.source import Habit, HabitKind
from tracker.model.story import Home
from tracker.model.version import VersionQuery
from tracker.pipeline.reread import review
from tracker.render.json import dumps
from tracker.views.change import ChangeView
from tracker.views.version import VersionView

FIXTURES = Path(__file__).parent / "fixtures"
RELEASES = sorted(path.name.removesuffix(".db.gz") for path in FIXTURES.glob("*.db.gz"))
LATER = [name for name in RELEASES if name.rpartition("-")[2] >= "0007"]
WITH_CITATIONS = [name for name in RELEASES if name.rpartition("-")[2] >= "0021"]


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def released(request: pytest.FixtureRequest, release: str, folder: Path) -> Iterator[str]:
    """Give the address of an archive as the release left it."""
    database, lines = (
        gzip.decompress((FIXTURES / f"{release}.{form}.gz").read_bytes()) for form in ("db", "postgres.jsonl")
    )
    with placed(request, database, lines, release.rpartition("-")[2]) as made:
        yield made


def fill(url: str, lines: str) -> None:
    """Enter the rows of every table as they were."""
    with psycopg.connect(url.replace("+psycopg", "")) as server:
        for line in lines.splitlines():
            given = json.loads(line)
            if given["table"] == "alembic_version":
                continue
            table, columns = sql.Identifier(given["table"]), [sql.Identifier(name) for name in given["columns"]]
            kind = sql.SQL("%s::tsvector") if given["table"] == "fts_passage" else sql.SQL("%s")
            values = [kind if name == "words" else sql.SQL("%s") for name in given["columns"]]
            insert = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
                table, sql.SQL(", ").join(columns), sql.SQL(", ").join(values)
            )
            for row in given["rows"]:
                server.execute(insert, [bytes.fromhex(each["hex"]) if isinstance(each, dict) else each for each in row])
            if "id" in given["columns"] and given["rows"]:
                server.execute(
                    sql.SQL("SELECT setval(pg_get_serial_sequence({}, 'id'), (SELECT max(id) FROM {}))").format(
                        sql.Literal(given["table"]), table
                    )
                )


def test_there_is_one_for_each_release() -> None:
    made = "run: python -m tests.migrations.make_archive"
    assert any(name.startswith(f"{__version__}-") for name in RELEASES), made
    assert all((FIXTURES / f"{name}.postgres.jsonl.gz").is_file() for name in RELEASES)
    assert sum(path.stat().st_size for path in FIXTURES.iterdir()) < 200_000


def test_it_opens_with_all_that_is_in_it(released: str, release: str) -> None:
    if release.rpartition("-")[2] != SCHEMA:
        with pytest.raises(SchemaMismatch, match="this release needs"):
            open_archive(released)
    with open_archive(released, migrate=True) as store:
        pruned, told, taken = (get_article(store, each) for each in (URL, URL + "/2", URL + "/3"))
        for tracked, count in ((pruned, 5), (told, 3)):
            assert [each.content for each in list_history(store, tracked.id)] == [
                content(n) for n in range(1, count + 1)
            ]
        assert pruned.stories == ("Floods",)
        assert pruned.checks == 6
        for n in (4, 5):
            assert get_capture(store, pruned.id, n) == capture(n, minutes(n), URL)
        with pytest.raises(ArchiveError, match="deleted: retention"):
            get_capture(store, pruned.id, 3)
        assert list_tombstones(store, taken.id) == {2: "court"}
        assert get_version(store, taken.id, 2).removed == "court"
        assert [each.key for each in list_deliveries(store)] == ["k3", "k2", "k1"]
        assert {hit.article for hit in search_passages(store, '"over 3 streets"')} == {pruned.id, told.id, taken.id}
        for source in ("Herald", "Post"):
            assert count_changes(store, source) == counted_anew(store, source)
            assert count_changes(store, source).changes > 0
        (note,) = list_checkpoints(store)
        assert verify(store, against=note).damage == []


@pytest.mark.parametrize("release", LATER, indirect=True)
def test_what_the_first_schemas_had_no_place_for_is_there(released: str) -> None:
    with open_archive(released, migrate=True) as store:
        told, read = get_article(store, URL + "/2"), get_article(store, URL + "/4")
        assert [each.extractor for each in list_history(store, read.id)] == ["8", "8"]
        assert get_version(store, read.id, 2).content == replace(content(2), title="River ebbs")
        (again,) = list_recaptures(store, read.id)
        assert get_recapture(store, again.key) == capture(7, minutes(11), read.url)
        assert list_habits(store, "Post") == [Habit(HabitKind.HOUSE, "00000000000000aa", "Do you know more?", 4, NOW)]
        joined = Home(read.id, told.id, 0.5, ("names: Aurelia",))
        assert set(list_homes(store, [told.id, read.id])) == {joined, Home(told.id, told.id)}
        assert {each.key: each.batch for each in list_deliveries(store)} == {
            "k1": None,
            "k2": None,
            "k3": Batch("daily"),
        }
        assert verify(store).damage == []


@pytest.mark.parametrize("release", WITH_CITATIONS, indirect=True)
def test_citations_hand_ins_and_read_marks_are_there(released: str) -> None:
    with open_archive(released, migrate=True) as store:
        cited, handed = get_article(store, URL), get_article(store, URL + "/2")
        (citation,) = list_citations(store)
        assert (citation.article, citation.version, citation.note) == (cited.id, 5, "page 3")
        assert citation.passage == content(5).blocks[0].text
        handin, file = get_handin(store, handed.id, 1)
        assert (handin.by, handin.page.content, file) == ("ada", content(1), b"<html>")
        assert get_read_mark(store, "ada", cited.id) == (4, minutes(22))


def test_it_can_be_worked_with(released: str) -> None:
    with open_archive(released, migrate=True) as store:
        tracked = get_article(store, URL)
        assert commit_check(store, intent(tracked, 6, minutes(60))).version == 6
        assert get_capture(store, tracked.id, 6) == capture(6, minutes(60), URL)
        assert tracked.id in list_outdated(store, "99")
        take_down(store, tracked.id, "court", NOW, 6)
        assert verify(store).damage == []
    check_schema(released)
    examine(released)


STORED = Path(__file__).parent / "made_by_0_1"
KEY = (STORED / "key.pub").read_text().strip()
# Words that later releases have for the same things, and what they say in other ways or in more detail.
RENAMED = {"stealth": "not-noted", "unclear": "words", "wording": "words"}
SAID_OTHERWISE = {"schema", "significance", "held", "evidence"}


@cache
def said() -> dict[str, Any]:
    """Return what release 0.1 said of the archive."""
    return dict(json.loads(lzma.decompress((STORED / "said.json.xz").read_bytes())))


@contextmanager
def placed(request: pytest.FixtureRequest, database: bytes, lines: bytes, schema: str = "0014") -> Iterator[str]:
    """Put an archive, which is not upgraded, into this folder or into PostgreSQL, and give its address."""
    if request.param == "sqlite":
        Path("archive.db").write_bytes(database)
        yield f"sqlite:///{Path.cwd()}/archive.db"
        return
    server: Server = request.getfixturevalue("postgres")
    made = server.create()
    migrations.upgrade(made, schema)
    fill(made, lines.decode())
    yield made
    server.drop(made)


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Give the address of the archive, upgraded, in a folder with its checkpoints and its configuration."""
    monkeypatch.setenv("WRITETHRU_ALLOW_PRIVATE", "1")
    shutil.copytree(STORED / "notes", "notes")
    for name in ("writethru.key", "archive.db.key"):
        shutil.copyfile(STORED / "writethru.key", name)
    lines = (STORED / "archive.postgres.jsonl.xz").read_bytes()
    with placed(request, lzma.decompress((STORED / "archive.db.xz").read_bytes()), lzma.decompress(lines)) as made:
        configuration = (STORED / "writethru.toml").read_text().replace("DATABASE", made)
        Path("writethru.toml").write_text(configuration.replace("[[sources]]", "[[sources]]\npaused = true"))
        command("db", "upgrade")
        yield made


def holds(now: object, then: object, place: str = "") -> None:
    """Assert that what was said then is said now, in today's words; what is new may stand beside it."""
    if isinstance(then, dict):
        assert isinstance(now, dict), place
        for key in then.keys() - SAID_OTHERWISE:
            holds(now[key], then[key], f"{place}.{key}")
    elif isinstance(then, list):
        assert isinstance(now, list), place
        assert len(now) == len(then), place
        for each, before in zip(now, then, strict=True):
            holds(each, before, f"{place}[]")
    else:
        assert now == then or (isinstance(then, str) and now == RENAMED.get(then)), place


def test_every_version_verdict_story_and_decision_reads_as_before(url: str) -> None:
    told = command("--db", url, "verify", "--against", str(STORED / "early.note"), "--key", KEY).stderr
    assert "Verified 31 versions (contents of 30 read): everything matches the log." in told
    assert "with 12 checkpoints in the archive" in told
    assert "The log begins with the 11 entries of the checkpoint" in told
    holds(objects(command("--db", url, "log", "--all", "--json")), said()["log"])
    holds(objects(command("--db", url, "note", "--json")), said()["verdicts"])
    for name, digest in said()["texts"].items():
        shown = json.loads(command("--db", url, "show", name.replace("@", "@v"), "--json").stdout)
        texts = [block["text"] for block in shown["content"]["blocks"]]
        assert sha256("\n".join(texts).encode()).hexdigest() == digest, name
    for name, digest in said()["pages"].items():
        page = command("--db", url, "show", name.replace("@", "@v"), "--raw", code=int(digest == "-"))
        assert digest == "-" or sha256(page.stdout_bytes).hexdigest() == digest, name
    assert {each["verdict"] for each in said()["decisions"]} == {
        *("accept", "reject", "split", "merge", "rename", "pin", "origin", "own")
    }
    with open_archive(url) as archive:
        holds([json.loads(dumps(each)) for each in list_decisions(archive)], said()["decisions"])
    listed = {each["story"]: each for each in objects(command("--db", url, "stories", "--json"))}
    holds(listed, {each["story"]: each for each in said()["stories"]})
    assert len(listed) == len(said()["stories"])
    for story, then in said()["timelines"].items():
        holds(json.loads(command("--db", url, "story", "show", story, "--json").stdout), then, story)


def test_alerts_that_wait_go_out_once(url: str) -> None:
    then = {each["id"]: each for each in said()["alerts"]}
    holds(objects(command("--db", url, "alerts", "list", "--json", "-n", "500")), [*then.values()])
    waiting = {each["id"] for each in then.values() if each["state"] == "pending"}
    assert {then[each]["rule"] for each in waiting} == {"all", "failing", "daily", "quiet", "stealth", "editions"}
    got: list[dict[str, Any]] = []

    def receive(request: HttpRequest) -> HttpResponse:
        got.append(json.loads(request.body)["data"])
        return HttpResponse(204)

    # A minute that is in the quiet hours of no rule.
    with LoopbackServer(receive) as receiver, time_machine.travel("2026-12-01T23:59:05Z"):
        file = Path("writethru.toml")
        file.write_text(file.read_text().replace("http://127.0.2.9:18432", receiver.base))
        for _ in range(2):
            command("check", "--due")
    told = Counter(alert["id"] for each in got for alert in each.get("alerts", [each]) if "note" not in alert)
    assert set(told) == waiting
    assert set(told.values()) == {1}
    left = [each["state"] for each in objects(command("alerts", "list", "--json", "-n", "500"))]
    assert set(left) == {"delivered"}


def test_its_time_stamps_are_packed_into_evidence(url: str) -> None:
    changed = next(each for each in said()["log"] if each["url"].endswith("/news/ferry") and each["version"] == 2)
    packed = command("evidence", changed["article"], "1..2", "e.zip", "--checkpoint", "notes/000000000057.note")
    assert url
    with zipfile.ZipFile("e.zip") as members:
        names = " ".join(members.namelist())
    assert packed.exit_code == 0
    for stamp in ("stamps.test.tsr", "calendar.test.ots", "slow.test.ots"):
        assert stamp in names
    command("evidence", "--check", "e.zip", "--key", KEY)


def test_a_configuration_with_every_key_starts_with_warnings() -> None:
    warned = load(STORED / "every_key.toml").warnings
    for key in ("service.callback", "archive.checkpoint_mail", "archive.timestamp", "labels", "significance"):
        assert sum(key in each for each in warned) == 1, key
    assert len(warned) == 5, warned


JUDGED = Path(__file__).parent / "judged_by_0_1"
EXTRACTOR = "0"  # of most pages of the archive
ADDRESSES = (URL, f"{URL}/2", f"{URL}/3")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, folder: Path) -> Iterator[Archive]:
    """Give the archive, upgraded."""
    lines = (JUDGED / "archive.postgres.jsonl.gz").read_bytes()
    with (
        placed(request, gzip.decompress((JUDGED / "archive.db.gz").read_bytes()), gzip.decompress(lines)) as url,
        open_archive(url, migrate=True) as archive,
    ):
        yield archive


def test_its_changes_are_told_in_todays_words(store: Archive) -> None:
    made = [each.change for each in list_history(store, get_article(store, URL).id) if each.change is not None]
    assert [each.significance for each in made] == ["high", "low", "high", "low"]
    assert [each.substance for each in made] == ["claim", "words", "claim", "form"]
    assert [each.noted for each in made] == [Noted.NO, Noted.UNCLEAR, Noted.YES, None]
    assert [LabelKind.NOT_NOTED in each.kinds for each in made] == [True, False, False, False]
    words = [EditUnit(Substance.WORDS, block=1), EditUnit(Substance.WORDS, block=3)]
    assert list(made[1].units) == words
    assert all(each.is_judged_by_earlier_rules for each in made)
    assert [each.evidence for each in made[0].labels if each.kind is LabelKind.HEDGE] == ["– → never (negation)"]


def test_what_is_stored_stays_and_the_log_holds(store: Archive) -> None:
    (note,) = list_checkpoints(store)
    assert verify(store, against=note).damage == []
    with store.read() as connection:
        scores = connection.column(float, "SELECT significance FROM change ORDER BY version_id LIMIT 4")
        kinds = connection.column(str, "SELECT DISTINCT kind FROM label")
    assert scores == [0.765, 0.368, 0.901, 0.05]
    assert "stealth" in kinds
    assert "not-noted" not in kinds


def test_queries_by_todays_words_find_what_was_stored_by_others(store: Archive) -> None:
    of_kind = list_summaries(store, VersionQuery(kinds=(LabelKind.NOT_NOTED,)))
    assert [(each.url, each.n) for each in of_kind] == [(ADDRESSES[1], 4), *((url, 2) for url in ADDRESSES[::-1])]
    assert all(LabelKind.NOT_NOTED in each.kinds for each in of_kind)
    assert len(latest_labelled(store, [LabelKind.NOT_NOTED])) == 3
    assert {n for _, n in labelled_of_source(store, "Post", LabelKind.NOT_NOTED, 5)} == {2, 4}
    assert dict(count_changes(store, "Post").kinds)[LabelKind.NOT_NOTED] == 3
    for source in ("Herald", "Post"):
        assert count_changes(store, source) == counted_anew(store, source)
    found = [
        list(iter_versions(store, VersionQuery(article=of_kind[-1].article, min_significance=least)))
        for least in Significance
    ]
    assert [[each.n for each in versions] for versions in found] == [[4, 2], [4, 2], [5, 4, 3, 2, 1]]


def test_what_people_see_has_todays_words(store: Archive) -> None:
    (verdict,) = list_verdicts(store)
    assert LabelKind.NOT_NOTED in verdict.shown
    assert verdict.labels == (LabelKind.NOT_NOTED, LabelKind.NUMBER)
    version = get_version(store, get_article(store, URL).id, 2)
    assert version.change is not None
    for shown in (VersionView.of(version).as_json(), ChangeView.of(version.change).as_json()):
        assert shown["schema"] == 2
    summary = VersionView.of(version).as_json()["change"]
    assert isinstance(summary, dict)
    assert (summary["significance"], summary["classifier"]) == ("high", 1)
    with store.read() as connection:
        (row,) = connection.all(
            "SELECT * FROM changes_readable WHERE article = :id AND version = 2", id=version.article
        )
        (judged,) = connection.all("SELECT * FROM verdicts_readable")
    assert (row.significance, row.classifier) == ("high", 1)
    assert row.labels.endswith("not-noted")
    assert judged.labels == "not-noted, number"
    (alert,) = list_deliveries(store)
    assert compose(alert.payload).subject.startswith("Herald · edit not noted by the outlet: ")


def test_new_changes_are_hashed_in_a_form_of_their_own(store: Archive) -> None:
    tracked = get_article(store, URL)
    commit_check(store, intent(tracked, 6, minutes(90), change=change(6, LabelKind.NOT_NOTED)))
    assert verify(store).damage == []
    assert len(list_summaries(store, VersionQuery(kinds=(LabelKind.NOT_NOTED,)))) == 5
    for column, value in (
        ("significance", "0.41"),
        ("significance", "0.7"),
        ("classifier", "1"),
        ("announced", "NULL"),
    ):
        _alter(store, tracked.id, 6, column, value)
        assert [each.what for each in verify(store, article=tracked.id).damage] == [f"{tracked.id}@6"], (column, value)
        _alter(store, tracked.id, 6, "significance", "0.4")
        _alter(store, tracked.id, 6, "classifier", "2")
        _alter(store, tracked.id, 6, "announced", "TRUE")
    assert verify(store).damage == []


@pytest.mark.parametrize(("column", "value"), [("significance", "0.8"), ("significance", "0.7"), ("classifier", "2")])
def test_a_change_of_release_0_1_that_was_altered_is_found(store: Archive, column: str, value: str) -> None:
    tracked = get_article(store, URL)
    _alter(store, tracked.id, 2, column, value)
    assert [each.what for each in verify(store, article=tracked.id).damage] == [f"{tracked.id}@2"]


def test_reextract_judges_them_anew_where_both_texts_are_there(store: Archive) -> None:
    (note,) = list_checkpoints(store)
    idents = [get_article(store, url).id for url in ADDRESSES]
    assert list_outdated(store, EXTRACTOR) == idents
    for ident in idents:
        made = review(list_history(store, ident), {}, LearnedBoilerplate(), EXTRACTOR)
        save_readings(store, ident, made.rereads, made.changes, NOW)
    assert list_outdated(store, EXTRACTOR) == []
    numbers = [(ident, n) for ident in idents for n in range(2, 6)]
    judged = {key: made.classifier for key, made in get_changes(store, numbers).items()}
    # The versions on both sides of one that was taken down cannot be compared.
    earlier = {key for key, classifier in judged.items() if classifier < CLASSIFIER}
    assert earlier <= {(idents[2], 3), (idents[2], 4)}
    assert not any(made.is_judged_by_earlier_rules for made in get_changes(store, numbers[:8]).values())
    assert verify(store, against=note).damage == []


def test_an_evidence_package_of_release_0_1_verifies() -> None:
    package = JUDGED / "package.zip"
    with zipfile.ZipFile(package) as members:
        key = members.read("key.pub").decode()
    code, findings = verifier.examine(package, key)
    assert code == verifier.OK, findings


def _alter(store: Archive, ident: str, n: int, column: str, value: str) -> None:
    with store.write() as connection:
        key = connection.number(
            "SELECT v.id FROM version v JOIN article a ON a.id = v.article_id WHERE a.ident = :ident AND v.n = :n",
            ident=ident,
            n=n,
        )
        connection.run(f"UPDATE change SET {column} = {value} WHERE version_id = :key", key=key)


def test_the_command_line_says_who_judged_and_reextract_judges_anew(tmp_path: Path) -> None:
    path = tmp_path / "archive.db"
    path.write_bytes(gzip.decompress((JUDGED / "archive.db.gz").read_bytes()))
    command("--db", str(path), "db", "upgrade")
    said = "judged by the rules of release 0.1; `writethru reextract` judges it anew"
    assert said in command("--db", str(path), "diff", URL, "1..2").stdout
    command("--db", str(path), "reextract")
    assert said not in command("--db", str(path), "diff", URL, "1..2").stdout
    command("--db", str(path), "verify")


async def test_the_page_of_a_change_says_who_judged_it(store: Archive) -> None:
    ident = get_article(store, URL).id
    async with client_of(store.url.text) as client:
        page = (await client.get(f"/articles/{ident}/1..2")).text
    assert "Judged by the rules of release 0.1" in page
    assert "high significance" in page
    assert "stealth" not in page


REPACKED = Path(__file__).parent / "repacked_by_0_1" / "archive.db.gz"
REPACKED_ADDRESSES = [f"https://herald.example/{place}" for place in range(3)]


@pytest.fixture(params=["sqlite", pytest.param("moved to postgres", marks=pytest.mark.postgres)])
def repacked(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """Give the archive, upgraded."""
    path = tmp_path / "archive.db"
    path.write_bytes(gzip.decompress(REPACKED.read_bytes()))
    with open_archive(f"sqlite:///{path}", migrate=True) as archive:
        if request.param == "sqlite":
            yield archive
            return
        server: Server = request.getfixturevalue("postgres")
        url = server.create()
        with move.open_target(url) as target:
            assert move.move(archive, target, lambda *_: None).ok
            yield target
        server.drop(url)


def page(n: int, url: str) -> Capture:
    plain = capture(n, minutes(n), url)
    name = "odd" if url.endswith("/0") else "usual"
    ids = (sha256(f"{name}{each}".encode()).hexdigest() for each in range(200))
    markup = "".join(f'<li class="m"><a href="/s/{each}">more</a></li>' for each in ids)
    return with_body(plain, markup.encode() + plain.body)


def assert_stored(repacked: Archive, url: str, versions: range = range(1, 4)) -> None:
    ident = get_article(repacked, url).id
    for n in versions:
        assert get_capture(repacked, ident, n) == page(n, url)
        found = get_version(repacked, ident, n)
        assert (found.content, found.change) == (content(n), change(n) if n > 1 else None)


def test_every_version_reads_as_it_was_and_another_follows(repacked: Archive) -> None:
    with repacked.read() as connection:
        across = (
            "SELECT count(*) FROM capture c JOIN blob b ON b.id = c.body_id JOIN capture d ON d.body_id = b.base_id"
        )
        assert connection.number(f"{across} JOIN version v ON v.id = c.version_id WHERE v.n = 1") == 1
    for url in REPACKED_ADDRESSES:
        tracked = get_article(repacked, url)
        assert commit_check(repacked, intent(tracked, 4, minutes(4), capture=page(4, url))).version == 4
        assert_stored(repacked, url, range(1, 5))
    assert verify(repacked).ok


def test_a_page_that_another_article_is_encoded_against_can_be_deleted(repacked: Archive) -> None:
    take_down(repacked, get_article(repacked, REPACKED_ADDRESSES[1]).id, "court order", minutes(9))
    assert_stored(repacked, REPACKED_ADDRESSES[0])
    assert_stored(repacked, REPACKED_ADDRESSES[2])
    assert verify(repacked).ok


def test_old_pages_can_be_pruned(repacked: Archive) -> None:
    assert prune_pages(repacked, "Herald", minutes(9), keep=1) == 6
    for url in REPACKED_ADDRESSES:
        assert_stored(repacked, url, range(3, 4))
    assert verify(repacked).ok
