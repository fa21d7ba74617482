"""An archive whose changes release 0.1 judged reads in today's words, and its log still holds.

`judged_by_0_1/` was written by the code of that release: three articles with the same five versions. Of the second, a
page was read again; of the third, the pages were pruned and version 3 was taken down. One alert waits, one change was
judged by a person, and `package.zip` is an evidence package about versions 1 and 2 of the first.
"""

import gzip
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, change, intent, minutes
from tests.command_line import command
from tests.counted_anew import counted_anew
from tests.integration.web.conftest import client_of
from tests.migrations.test_fixtures import fill
from tests.postgres import Server
from tracker.alerts.message import compose
from tracker.archive import migrations
from tracker.archive.archive import Archive
from tracker.archive.articles import get_article
from tracker.archive.commits import commit_check
from tracker.archive.ledger.log import list_checkpoints
from tracker.archive.ledger.verify import verify
from tracker.archive.opening import open_archive
from tracker.archive.outbox import list_deliveries
from tracker.archive.readings import list_outdated, save_readings
from tracker.archive.summaries import labelled_of_source, latest_labelled, list_summaries
from tracker.archive.verdicts import list_verdicts
from tracker.archive.versions import count_changes, get_changes, get_version, iter_versions, list_history
from tracker.evidence.verifier import OK, examine
from tracker.extraction.learned_boilerplate import LearnedBoilerplate
from tracker.model.change import CLASSIFIER, EditUnit, LabelKind, Noted, Significance, Substance
from tracker.model.version import VersionQuery
from tracker.pipeline.reread import review
from tracker.views.change import ChangeView
from tracker.views.version import VersionView

STORED = Path(__file__).parent / "judged_by_0_1"
EXTRACTOR = "0"  # of most pages of the archive
ADDRESSES = (URL, f"{URL}/2", f"{URL}/3")


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Archive]:
    """Give the archive, upgraded."""
    if request.param == "sqlite":
        path = tmp_path / "archive.db"
        path.write_bytes(gzip.decompress((STORED / "archive.db.gz").read_bytes()))
        with open_archive(f"sqlite:///{path}", migrate=True) as archive:
            yield archive
        return
    server: Server = request.getfixturevalue("postgres")
    url = server.create()
    migrations.upgrade(url, "0014")
    fill(url, gzip.decompress((STORED / "archive.postgres.jsonl.gz").read_bytes()).decode())
    with open_archive(url, migrate=True) as archive:
        yield archive
    server.drop(url)


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
    package = STORED / "package.zip"
    with zipfile.ZipFile(package) as members:
        key = members.read("key.pub").decode()
    code, findings = examine(package, key)
    assert code == OK, findings


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
    path.write_bytes(gzip.decompress((STORED / "archive.db.gz").read_bytes()))
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
