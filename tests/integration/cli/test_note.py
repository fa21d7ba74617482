"""`writethru note`, and where verdicts are shown."""

import csv
import io
from pathlib import Path

import pytest

from tests.archive_samples import intent, minutes, watch
from tests.archives import archive_at
from tests.command_line import command, objects
from tracker.archive.commits import commit_check
from tracker.model.change import LabelKind


@pytest.fixture
def ident(run):
    with archive_at(Path("writethru.db")) as archive:
        tracked = watch(archive)
        kinds = {2: (LabelKind.NUMBER,), 3: (LabelKind.NUMBER, LabelKind.NOT_NOTED)}
        for n in range(1, 4):
            commit_check(archive, intent(tracked, n, minutes(n), kinds=kinds.get(n, ())))
    return tracked.id


def test_a_verdict_is_recorded_and_shown(ident):
    said = command("note", f"{ident}@v3", "Asked the desk.", "--significant", "--wrong", "not-noted",
                   "--right", "name", "--link", "https://herald.example/corrections", "--by", "ada")  # fmt: skip
    line = "significant · not not-noted, but name · Asked the desk. · https://herald.example/corrections · by ada"
    assert line in said.stdout
    assert line in command("log", ident).stdout
    assert f"verdict        {line}" in command("show", ident, "--meta").stdout
    assert f"verdict: {line}" in command("diff", ident).stdout
    assert "verdict" not in command("diff", ident, "1..3").stdout
    for shown in (("log", ident, "-n", "1"), ("show", ident), ("diff", ident)):
        (found,) = objects(command(*shown, "--json"))
        (one,) = found["verdicts"]
        assert (one["weight"], one["shown"]) == ("significant", ["number", "not-noted"])
        assert one["labels"] == ["number", "name"]
    assert "verdicts" not in objects(command("show", f"{ident}@v2", "--json"))[0]


def test_verdicts_are_found(ident):
    command("note", f"{ident}@2", "--routine", "--labels-right")
    command("note", f"{ident}@3", "Called the desk")
    assert len(objects(command("note", "--json"))) == 2
    assert len(objects(command("note", ident, "--json"))) == 2
    (found,) = objects(command("note", "--find", "CALLED", "--json"))
    assert found["version"] == 3
    (found,) = objects(command("search", "--in", "verdicts", '"desk"', "called", "--json"))
    assert (found["version"], found["note"]) == (3, "Called the desk")
    assert "Called the desk" in command("search", "--in", "verdicts", "desk").stdout
    assert objects(command("search", "--in", "verdicts", "desk", "nowhere", "--json")) == []
    assert "1 verdict too: writethru search --in verdicts called" in command("search", "called").stderr
    for word, versions in (
        ("any", [3, 2]), ("routine", [2]), ("significant", []), ("labels-right", [2]), ("wrong-label", []),
    ):  # fmt: skip
        shown = objects(command("log", "--verdict", word, "--json"))
        assert [each["version"] for each in shown] == versions


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("@1", "--routine"), "first version"),
        (("@2", "--wrong", "quote"), "does not have the label quote"),
        (("@2", "--wrong", "nonsense"), "there is no such label"),
        (("@2", "--link", "nowhere"), "nowhere"),
        (("@9", "--routine"), "no version 9"),
        (("@2", "note", "--find", "x"), "--find"),
    ],
)
def test_a_verdict_that_makes_no_sense_is_refused(ident, given, message):
    version, *rest = given
    assert message in command("note", ident + version, *rest, code=2).output
    assert objects(command("note", "--json")) == []


def test_a_version_whose_predecessor_was_taken_down_has_no_change_to_judge(ident):
    command("takedown", f"{ident}@v2", "--reason", "by order of a court")
    said = command("note", f"{ident}@v3", "--routine", code=2).output
    assert "the version before it was taken down, so there is no change to judge" in said


def test_stats_labels_counts_how_often_the_program_is_right(ident):
    command("note", f"{ident}@2", "--labels-right", "--routine")
    command("note", f"{ident}@3", "--labels-right")
    command("note", f"{ident}@3", "--wrong", "not-noted", "--right", "name", "--significant")
    (found,) = objects(command("stats", "labels", "--json"))
    assert (found["judged"], found["all_right"]) == (2, 1)
    assert {each["kind"]: (each["right"], each["wrong"], each["missing"]) for each in found["labels"]} == {
        "number": (2, 0, 0),
        "not-noted": (0, 1, 0),
        "name": (0, 0, 1),
    }
    assert (found["significant"], found["routine"], found["ordered"], found["pairs"]) == (1, 1, 0.5, 1)
    text = command("stats", "labels").stdout
    assert "1 of 2 changes judged" in text
    assert "not-noted\t0\t1\t0" in text


def test_verdicts_are_exported(ident):
    command("note", f"{ident}@2", "no news", "--routine", "--by", "ada")
    table = csv.DictReader(io.StringIO(command("export", "--format", "csv").stdout))
    assert [row["verdicts"] for row in table] == ["", "routine · no news · by ada", ""]
    (row,) = objects(command("sql", "SELECT weight, author, note FROM verdicts_readable", "--json"))
    assert row == {"schema": 1, "weight": "routine", "author": "ada", "note": "no news"}


@pytest.mark.parametrize(("value", "weight"), [("1", "significant"), ("0", None)])
def test_a_variable_that_is_0_chooses_nothing(ident, monkeypatch, value, weight):
    monkeypatch.setenv("WRITETHRU_NOTE_SIGNIFICANT", value)
    command("note", f"{ident}@v3", "Asked the desk.", "--wrong", "not-noted")
    (line,) = objects(command("note", ident, "--json"))
    assert line["weight"] == weight
