"""blame and search: since when each paragraph has been there; log: when a page went and came back."""

import csv
import io
from datetime import timedelta
from pathlib import Path

import pytest

from tests.archive_samples import NOW, URL, article_id, grow, intent, minutes, watch
from tests.archives import archive_at
from tests.command_line import command, objects
from tests.integration.cli.conftest import Run
from tracker.archive.articles import get_article, list_articles
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.versions import list_history
from tracker.extraction.learned_boilerplate import line_key
from tracker.model.change import LabelKind
from tracker.model.source import Habit, HabitKind
from tracker.model.watch import ArticleState, Check, CheckOutcome, Intent

ID = article_id(URL)


def test_blame_names_first_versions_and_edits_of_any_version_in_any_form(kept):
    river, mayor = objects(kept("blame", ID, "--json"))
    assert (river["paragraph"], river["first"]["version"]) == (0, 1)
    assert [edit["version"] for edit in river["edits"]] == [2, 3]
    assert (mayor["first"]["version"], mayor["edits"]) == (1, [])
    assert river["schema"] == 1
    assert (river["article"], river["url"], river["version"]) == (ID, URL, 3)
    assert river["edits"][1]["previous_seen"] < river["edits"][1]["seen"]
    river, _ = objects(kept("blame", f"{ID}@2", "--json"))
    assert [edit["version"] for edit in river["edits"]] == [2]
    assert "2 streets" in river["text"]
    first = kept("blame", ID).stdout.splitlines()[0].split("\t")
    assert first[:2] == ["1", "v1 2026-11-25T09:01:00Z"]
    assert first[2].startswith("v2 2026-11-25T09:02:00Z, v3 ")
    shown = kept("blame", ID, "--color", "always").stdout
    assert "\x1b[32m+ v1 " in shown
    assert "\x1b[33m~ v3 " in shown


def test_a_line_learned_since_is_in_no_version(run):
    with archive_at(Path("writethru.db")) as store:
        tracked = watch(store)
        line = "Nobody was hurt, the mayor’s office said."
        learned = (Habit(HabitKind.HOUSE, line_key(line), line, 4, NOW + timedelta(minutes=2)),)
        commit_check(store, intent(tracked, 1, minutes(1)))
        commit_check(store, intent(tracked, 2, minutes(2), habits=learned))
    assert [each["paragraph"] for each in objects(run("blame", ID, "--json"))] == [0]


def test_stats_of_a_source_for_programs_and_people(kept):
    (found,) = objects(kept("stats", "source", "Herald", "--json"))
    assert (found["schema"], found["source"], found["changes"]) == (1, "Herald", 2)
    assert found["articles_changed"] == {"count": 1, "of": 1, "share": 1.0}
    assert found["announced"] == {"count": 2, "of": 2, "share": 1.0}
    assert found["clock_still"] == {"count": 0, "of": 0, "share": None}
    assert found["clock_moved_with_nothing_changed"] == 0
    assert found["unseen"] == {"count": 0, "of": 3, "hours": 0.0, "longest_hours": 0.0}
    assert objects(kept("stats", "outlets", "--json")) == [found]
    head, row = (line.split("\t") for line in kept("stats", "outlets").stdout.splitlines())
    assert (head[0], row[0], len(row)) == ("SOURCE", "Herald", len(head))
    assert row[1:4] == ["1", "100%", str(found["changes"])]
    shown = kept("stats", "source", "Herald").stdout
    assert "  articles         1 of 1 changed (100%), 0 gone\n" in shown
    assert "  to correction    no times known (0 timed," in shown
    assert "0 times with nothing changed at all" in shown
    assert "did you mean 'Herald'?" in kept("stats", "source", "Heral", code=2).stderr


def checked(*outcomes: tuple[int, CheckOutcome]) -> str:
    """Check the article at these minutes with these outcomes, and return its ID."""
    with open_archive("sqlite:///writethru.db") as store:
        (tracked,) = list_articles(store)
        for minute, outcome in outcomes:
            gone = outcome is CheckOutcome.GONE
            detail = "the server answered 410 Gone: the page was removed" if gone else ""
            check = Check(tracked.id, minutes(minute), outcome, detail, None)
            state = ArticleState.GONE if gone else ArticleState.ACTIVE
            commit_check(store, Intent(tracked.id, check, get_article(store, tracked.id).versions, None, state=state))
        return tracked.id


def test_lists_show_between_versions_when_a_page_was_found_gone(kept):
    ident = checked((30, CheckOutcome.GONE), (40, CheckOutcome.GONE))
    event = f"{ident[:8]} v3 2026-11-25T09:30:00Z unpublished"
    reason = "; the page is gone: the server answered 410 Gone"
    for asked in (("log",), ("log", ident), ("log", "--all", "--source", "Herald")):
        newest, *versions = kept(*asked).stdout.splitlines()
        assert newest.startswith(event)
        assert newest.endswith(reason)
        assert len(versions) == 3
    assert kept("log", "--reverse").stdout.splitlines()[-1].startswith(event)
    assert kept("log", "-n", "1").stdout.startswith(event)
    assert kept("watch").stdout.splitlines()[-1].startswith(event)
    assert kept("watch", "-n", "1").stdout.startswith(event)


def test_an_event_is_still_told_after_its_version_was_deleted(kept):
    ident = checked((30, CheckOutcome.GONE))
    kept("takedown", f"{ident}@v3", "--reason", "court order")
    event, version, *_ = kept("log", ident).stdout.splitlines()
    assert event.startswith(f"{ident[:8]} v3 2026-11-25T09:30:00Z unpublished; the page is gone")
    assert version.endswith(" removed: court order")


def test_lists_show_no_event_where_it_does_not_match_or_a_program_reads(kept):
    ident = checked((30, CheckOutcome.GONE))
    for filtered in (("--kind", "number"), ("--min-words", "1"), ("--noted", "yes"), ("--until", "2026-11-25T09:25")):
        for asked in (("log",), ("log", ident)):
            shown = kept(*asked, *filtered).stdout
            assert shown
            assert "unpublished" not in shown
    for asked in (("log",), ("log", ident), ("watch",)):
        assert not [each for each in objects(kept(*asked, "--json")) if "event" in each]


def test_the_log_of_an_article_shows_when_its_page_came_back(kept):
    ident = checked((30, CheckOutcome.GONE), (40, CheckOutcome.UNCHANGED))
    back, gone, *_ = kept("log", ident).stdout.splitlines()
    assert back.startswith(f"{ident[:8]} v3 2026-11-25T09:40:00Z restored")
    assert " unpublished " in gone


def test_the_log_of_an_article_shows_when_its_address_began_to_redirect(kept):
    moved = "https://herald.example/2026/flood"
    with open_archive("sqlite:///writethru.db") as store:
        (tracked,) = list_articles(store)
        for minute in (30, 40):
            check = Check(tracked.id, minutes(minute), CheckOutcome.UNCHANGED, "", 200)
            commit_check(store, Intent(tracked.id, check, tracked.versions, None, redirected_to=moved))
    event, *versions = kept("log", tracked.id).stdout.splitlines()
    assert event.startswith(f"{tracked.id[:8]} v3 2026-11-25T09:30:00Z address")
    assert event.endswith(f"; the address redirects there: {moved}")
    assert len(versions) == 3
    assert not [each for each in objects(kept("log", tracked.id, "--json")) if "event" in each]
    (asked,) = objects(kept("log", "--json", "--label", "address"))
    assert (asked["event"], asked["version"]) == ("address", 3)


def test_log_lists_when_a_page_was_taken_down_and_came_back(kept):
    ident = checked(
        (30, CheckOutcome.GONE),
        (35, CheckOutcome.GONE),
        (40, CheckOutcome.FAILED),
        (50, CheckOutcome.UNCHANGED),
        (60, CheckOutcome.GONE),
    )
    listed = objects(kept("log", "--json", "--kind", "unpublished,restored"))
    assert [(o["event"], o["seen"][11:16], o["previous_seen"][11:16]) for o in listed] == [
        ("unpublished", "10:00", "09:50"),
        ("restored", "09:50", "09:35"),
        ("unpublished", "09:30", listed[2]["previous_seen"][11:16]),
    ]
    assert [o["event"] for o in objects(kept("log", ident, "--json", "--kind", "restored"))] == ["restored"]
    with_edits = objects(kept("log", "--json", "--kind", "number,unpublished", "--reverse"))
    assert [o.get("event", "version") for o in with_edits] == ["version", "version", "unpublished", "unpublished"]
    assert len(objects(kept("log", "--json", "--kind", "unpublished", "-n", "1"))) == 1
    assert not objects(kept("log", "--json", "--kind", "unpublished", "--until", "2026-11-25T09:10"))
    assert not objects(kept("log", "--json", "--kind", "unpublished", "--min-words", "1"))
    line = kept("log", "--kind", "restored").stdout.splitlines()[0]
    assert f"{ident[:8]} v3 " in line
    assert " restored " in line


@pytest.fixture
def articles(run: Run) -> tuple[str, str]:
    """Return two articles with the same texts, of which the first is in a story."""
    with archive_at(Path("writethru.db")) as store:
        first = watch(store, stories=("Flood",))
        second = watch(store, "https://herald.example/news/river")
        for each in (first, second):
            grow(store, each, 3)
        assert all(each.seen > NOW for each in list_history(store, first.id)[1:])
        return first.id, second.id


def found(*options: str) -> set[tuple[str, int]]:
    return {(each["article"], each["first_version"]) for each in objects(command("search", "rose", "--json", *options))}


def test_a_story_and_a_time_restrict_the_paragraphs_that_are_found(articles: tuple[str, str]) -> None:
    first, second = articles
    assert {ident for ident, _ in found()} == {first, second}
    assert {ident for ident, _ in found("--story", "Flood")} == {first}
    result = command("search", "rose", "--story", "Flod", code=2)
    assert "no such story" in result.stderr
    assert "did you mean 'Flood'?" in result.stderr
    with open_archive("sqlite:///writethru.db", readonly=True) as store:
        second_seen = list_history(store, articles[0])[1].seen
    assert {n for _, n in found("--until", second_seen.isoformat())} == {1}
    assert {n for _, n in found("--until", minutes(100_000).isoformat())} == {1, 2, 3}
    assert "ARTICLE…" in command("stories", "add", "Flood", code=2).stderr


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
    assert "Also 1 verdict: writethru search --in verdicts called" in command("search", "called").stderr
    for word, versions in (
        ("any", [3, 2]), ("routine", [2]), ("significant", []), ("labels-right", [2]), ("wrong-label", []),
        ("confirmed", [2]), ("none", []),
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


def test_a_first_404_is_no_failing_source_and_is_withdrawn_when_the_page_is_back(desk, site, tmp_path):
    rules = [("first", 'gone = "suspected"'), ("sure", 'gone = "confirmed"'), ("label", 'labels = ["unpublished"]')]
    rules.append(("any", ""))
    text = "".join(f'[[rules]]\nname = "{name}"\nto = ["hook"]\n{condition}\n' for name, condition in rules)
    config = tmp_path / "writethru.toml"
    config.write_text(
        config.read_text() + f'{text}[[targets]]\nname = "hook"\ntype = "webhook"\nurl = "http://{site.address}/"\n'
    )
    path = "/2026/11/25/harbour-closed.html"
    page, since = (site.pages[path], "possibly taken down: 404 since ")

    def told() -> list[tuple[str, str]]:
        return [(each["rule"], each["type"]) for each in objects(desk("alerts", "list", "--json"))]

    desk("check", "--all", "--no-pace")
    del site.pages[path]
    assert f"missing      “Harbour closed”: {since}" in desk("check", "--all", "--no-pace").stdout
    (found,) = [each for each in objects(desk("check", "--all", "--no-pace", "--json")) if each["event"] == "check"]
    assert (found["outcome"], found["still_published"]) == ("failed", False)
    (listed,) = objects(desk("sources", "list", "--json"))
    assert (listed["source_failing"], listed["source_possibly_gone"], listed["source_error"]) == (0, 1, "")
    (shown,) = objects(desk("sources", "show", "Herald", "--json"))
    assert shown["failing_articles"] == []
    assert [each["since"] for each in shown["possibly_gone_articles"]] == [found["possibly_gone_since"]]
    assert since in desk("log").stdout.splitlines()[0]
    assert since in desk("log", found["article"], "--reverse").stdout.splitlines()[-1]
    assert f"ok       article http://{site.address}{path}: {since}" in desk("doctor", "--offline").stdout
    assert told() == [("first", "article.possibly-unpublished")], "once for two checks"
    site.pages[path] = page
    assert "the page is back" in desk("check", "--all", "--no-pace").stdout
    assert set(told()) == {("first", "article.possibly-unpublished"), ("first", "article.still-published")}
    assert since not in desk("log").stdout + desk("sources", "list").stderr


def test_a_rule_about_pages_that_are_gone_has_no_condition_about_edits(desk, tmp_path):
    config = tmp_path / "writethru.toml"
    config.write_text('[[rules]]\nname = "first"\nto = ["x"]\ngone = "suspected"\nlabels = ["correction"]\n')
    assert "put labels into a separate rule" in " ".join(desk("config", "check", code=78).stderr.split())
