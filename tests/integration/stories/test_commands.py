import asyncio
import shlex
import tomllib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result

from tests.archives import archive_at, inline
from tests.command_line import command, objects
from tests.integration.stories.decided_stories import decided_stories, save_as_0_1
from tests.integration.stories.outlets import look, publish, stripped, url_of
from tests.unit.stories.samples import CORRECTION, OTHER, TOLD_ANEW, WIRE, article, corrected, hours
from tracker.archive.articles import get_article
from tracker.archive.opening import open_archive
from tracker.archive.stories import get_story_book, list_decisions
from tracker.config.root import Config
from tracker.errors import UsageError
from tracker.model.story import Decision, StoryDecisionKind
from tracker.service.story_list import named_stories, stories_with, unknown_story
from tracker.service.story_worker import StoryWorker
from tracker.stories.current_stories import CurrentStories, current_stories, find_story

Run = Callable[..., Result]

LINK = "/2026/11/24/ferry-failed-its-inspections"
BODY = f'<html><body><article><p>A fire <a href="{LINK}">failed</a></p></article></body></html>'.encode()


@pytest.fixture
def run(folder: Path) -> Run:
    """Run a command where an archive with a story at three outlets and an article of none is."""
    (folder / "writethru.toml").write_text("", encoding="utf-8")
    with archive_at(folder / "writethru.db") as store:
        publish(store, "Agency", 0, article(WIRE), body=BODY)
        herald = publish(store, "Herald", 1, stripped(article((*WIRE[:3], "Our own reporter saw it.", *WIRE[3:]))))
        publish(store, "Times", 2, article(TOLD_ANEW, title="Ferry had faulty sprinklers"))
        publish(store, "Council", 2, article(OTHER, title="Gasworks sold"))
        publish(store, "Agency", 2, article(corrected(), notices=[CORRECTION]), body=BODY)
        look(store, herald, 8)
        asyncio.run(StoryWorker(inline(store)).catch_up(Config(), hours(9), 60))

    return command


def ident(run: Run, outlet: str) -> str:
    with open_archive("sqlite:///writethru.db") as store:
        return get_article(store, url_of(outlet)).id


def members(run: Run, story: str) -> dict[str, str]:
    (shown,) = objects(run("story", "show", story, "--json"))
    return {each["source"]: each["role"] for each in shown["articles"]}


def test_stories_streams_one_object_a_story_without_the_details(run, monkeypatch):
    (shown,) = objects(run("stories", "--json"))
    assert shown["schema"] == 1
    assert shown["story"] == ident(run, "Agency")
    assert shown["title"] == "Fire on ferry kills 12"
    assert [sorted(each) for each in shown["articles"]] == [["article", "role", "url"]] * 3
    assert run("stories").stdout == run("story").stdout == run("story", "list").stdout
    assert run("stories", shown["story"]).stdout == run("story", "show", shown["story"]).stdout
    assert run("stories").stdout == f"{shown['story'][:8]}\t3\t3\t1\tFire on ferry kills 12\n"
    assert run("stories", "--named").stdout == ""
    assert run("stories", "--named").stderr.count("\n") == 1
    monkeypatch.setenv("WRITETHRU_STORY_LIST_NAMED", "1")
    assert run("story").stdout == ""
    monkeypatch.delenv("WRITETHRU_STORY_LIST_NAMED")
    assert objects(run("stories", "--copies", "--source", "Times", "--json")) == [shown]
    assert "there is no such source" in run("stories", "--source", "Nobody", code=2).stderr


def test_a_copy_that_was_not_visited_since_a_correction_is_not_said_to_lack_it(run):
    with open_archive("sqlite:///writethru.db") as store:
        publish(store, "Mirror", 1, article(WIRE[:6]))
        asyncio.run(StoryWorker(inline(store)).catch_up(Config(), hours(9), 60))
    text = run("story", "show", ident(run, "Agency")).stdout
    (shown,) = objects(run("story", "show", ident(run, "Agency"), "--json"))
    unclear = {each["source"]: each["behind_unclear"] for each in shown["articles"]}
    assert unclear.pop("Mirror")
    assert not any(unclear.values())
    assert "2 copies · 1 behind · 1 lacks a notice · 1 unclear" in text
    assert "Mirror: not visited since, last seen" in text
    assert "Mirror: text not corrected" not in text
    assert "Mirror\tcopy\tv1 of 2\tunclear\t1 notice" in text
    assert "Mirror: not visited since 25 Nov 08:00 UTC, when the text it copies changed" in text


def test_show_says_who_is_behind_and_what_was_never_taken(run):
    agency, herald = ident(run, "Agency"), ident(run, "Herald")
    (shown,) = objects(run("story", "show", agency[:6], "--json"))
    origin, copy, own = shown["articles"]
    assert (origin["role"], origin["runs"], origin["behind_since"]) == ("origin", 2, None)
    assert (copy["article"], copy["role"], copy["runs"], copy["own_edits"]) == (herald, "copy", 1, 1)
    assert copy["behind_since"] == "2026-11-25T08:00:00Z"
    assert [each["text"] for each in copy["missing_notices"]] == [CORRECTION.text]
    assert (own["role"], own["runs"], own["missing_notices"], own["accepted"]) == ("own", None, [], False)
    assert "Aurelia" in own["reasons"][0]
    text = run("story", "show", herald, "--own", "--history").stdout
    assert f"{herald[:8]}\tHerald\tcopy\tv1 of 2\t6 h\t1 notice\t1" in text
    assert "Not run by every copy: Agency v2" in text
    assert "Herald: text not corrected either" in text
    assert "Agency v2 " in text
    assert "not at Herald (runs v1)" in text
    assert "added: Our own reporter saw it." in text
    assert "ran v1" in text
    assert "proposed, 0." in text


def test_show_has_one_time_line_over_all_outlets(run):
    agency, herald, times = (ident(run, name) for name in ("Agency", "Herald", "Times"))
    (shown,) = objects(run("story", "show", agency, "--json"))
    first, second, third = shown["timeline"]
    assert (first["article"], [each["source"] for each in first["copies"]]) == (agency, ["Herald"])
    assert {second["article"], third["article"]} == {agency, times}
    assert next(each for each in (second, third) if each["article"] == agency)["lacking"] == [herald]
    assert run("story", agency).stdout == run("story", "show", agency).stdout
    assert "No such command" in run("story", "shwo", agency, code=2).stderr
    text = run("story", agency, "--texts", agency, herald).stdout
    assert "left: Agency v2" in text
    assert "Our own reporter saw it." in text
    (beside,) = objects(run("story", agency, "--texts", agency, herald, "--json"))
    assert ["+", "Our own reporter saw it."] in [hunk for block in beside["blocks"] for hunk in block["hunks"]]
    council = ident(run, "Council")
    assert "not part of the story" in run("story", "show", agency, "--texts", agency, council, code=2).stderr


def test_a_person_decides_and_it_holds(run):
    agency, herald, times, council = (ident(run, name) for name in ("Agency", "Herald", "Times", "Council"))
    answer = f"Added 1 article ({agency[:8]}) to Ferry. Only a person can remove it now.\n"
    assert run("story", "add", "Ferry", agency).stdout == answer
    assert members(run, "ferry") == {"Agency": "origin", "Herald": "copy", "Times": "own"}
    run("story", "add", "Ferry", herald, times)
    assert run("log", "--story", "Ferry", "--json").stdout.count("\n") == 4
    answer = f"Removed 1 article ({times[:8]}) from Ferry. The service never adds it back.\n"
    assert run("story", "remove", "Ferry", times[:8]).stdout == answer
    assert "Times" not in members(run, "Ferry")
    run("story", "rename", "Ferry", " Fire on  the Aurelia")
    assert objects(run("story", "show", "Fire on the Aurelia", "--json"))[0]["title"] == "Fire on the Aurelia"
    run("story", "pin", "Ferry", times)
    run("story", "reject", "Fire on the Aurelia", herald)
    assert members(run, "Ferry") == {"Agency": "own", "Times": "own"}
    with open_archive("sqlite:///writethru.db") as store:
        said = [each.verdict.value for each in list_decisions(store)]
    assert said == ["pin", "pin", "reject", "rename", "pin", "reject"]
    assert council not in run("stories", "--json").stdout


def test_decisions_that_release_0_1_stored_hold(run):
    agency, herald, times = (ident(run, name) for name in ("Agency", "Herald", "Times"))

    def decided(kind: StoryDecisionKind, *articles: str, story: str = "Ferry", into: str = "") -> dict[str, str]:
        with open_archive("sqlite:///writethru.db") as store:
            save_as_0_1(store, current_stories(get_story_book(store)), Decision(kind, story, articles, into, hours(9)))
        run("verify")
        return members(run, into if kind is StoryDecisionKind.SPLIT else "Ferry")

    assert decided(StoryDecisionKind.PIN, agency) == {"Agency": "origin", "Herald": "copy", "Times": "own"}
    decided(StoryDecisionKind.ACCEPT, agency, herald, times)
    assert run("log", "--story", "Ferry", "--json").stdout.count("\n") == 4
    assert decided(StoryDecisionKind.REJECT, times) == {"Agency": "origin", "Herald": "copy"}
    assert decided(StoryDecisionKind.OWN, herald) == {"Agency": "own", "Herald": "own"}
    assert decided(StoryDecisionKind.ORIGIN, herald) == {"Herald": "origin", "Agency": "copy"}
    assert decided(StoryDecisionKind.SPLIT, herald, into="Herald’s ferry") == {"Herald": "own"}
    assert decided(StoryDecisionKind.MERGE, story="Herald’s ferry", into="Ferry") == {
        "Agency": "copy", "Herald": "origin",
    }  # fmt: skip
    decided(StoryDecisionKind.RENAME, into="Fire on the Aurelia")
    assert "Times" not in members(run, "fire on the aurelia")
    run("story", "add", "Ferry", times)
    assert set(members(run, "Herald’s ferry")) == {"Agency", "Herald", "Times"}


def test_mistakes_are_answered_with_what_to_do(run):
    council, agency = ident(run, "Council"), ident(run, "Agency")
    assert "no such story" in run("story", "show", "Fery", code=2).stderr
    assert "story add NAME ARTICLE" in run("story", "show", council, code=2).stderr
    assert "not part of" in run("story", "remove", agency, council, code=2).stderr
    assert "at least one character" in run("story", "rename", agency, " ", code=2).stderr
    assert "not a valid story name" in run("story", "add", "a/b", council, code=2).stderr
    run("story", "add", "One", council)
    run("story", "add", "Two", council)
    assert "several stories" in run("story", "show", council, code=2).stderr


def test_follow_reads_the_stored_pages(run):
    agency = ident(run, "Agency")
    found = f"https://agency.example{LINK}"
    assert run("story", "follow", agency, "--dry-run").stdout == f"{found}\n"
    assert objects(run("story", "follow", agency, "--json"))[0] | {"story": ""} == {
        "schema": 1, "story": "", "url": found, "added": True,
    }  # fmt: skip
    assert run("story", "follow", agency).stdout == ""
    run("story", "add", "Ferry", agency)
    with open_archive("sqlite:///writethru.db") as store:
        assert get_article(store, found).next_check_at is not None


def test_follow_does_not_bring_back_what_a_person_took_out(run):
    agency = ident(run, "Agency")
    run("story", "follow", agency)
    run("story", "remove", agency, f"https://agency.example{LINK}")
    assert run("story", "follow", agency).stdout == ""


def test_add_follow_writes_it_into_the_configuration(run, tmp_path):
    url = url_of("Agency")
    run("add", "--as", "article", "--story", "Ferry", "--follow", "--links", "5", url)
    written = tomllib.loads((tmp_path / "writethru.toml").read_text(encoding="utf-8"))
    assert written["stories"] == [{"name": "Ferry", "urls": [url], "follow": 5}]
    run("add", "--as", "article", "--story", "Ferry", "--follow", "--links", "3", url)
    again = tomllib.loads((tmp_path / "writethru.toml").read_text(encoding="utf-8"))
    assert again["stories"][0]["follow"] == 5
    assert "--follow needs --story" in run("add", "--follow", url, code=2).stderr


@pytest.mark.parametrize("seed", range(6))
def test_pages_of_stories_together_are_the_whole_list(seed: int) -> None:
    url = decided_stories(seed)
    whole = objects(command("--db", url, "stories", "--json"))
    found = objects(command("--db", url, "stories", "--json", "--limit", "4"))
    while more := objects(command("--db", url, "stories", "--json", "--limit", "4", "--after", found[-1]["story"])):
        found += more
    assert found == whole


def test_the_list_says_how_to_see_the_rest_and_similar_names_are_offered() -> None:
    url = decided_stories(1)
    whole = command("--db", url, "stories").stdout.splitlines()
    first = command("--db", url, "stories", "--limit", "2")
    assert first.stdout.splitlines() == whole[:2]
    last = shlex.quote(whole[1].partition("\t")[0])
    assert f"More stories follow: add --after {last}" in first.stderr
    assert "More stories" not in command("--db", url, "stories", "--limit", str(len(whole))).stderr
    assert "no such story" in command("--db", url, "stories", "--after", "nothing of the kind", code=2).stderr
    with open_archive(decided_stories(0), readonly=True) as store:
        titles = [current_stories(get_story_book(store)).title(story) for story in named_stories(store, 100)]
        assert f"did you mean {titles[0]!r}" in unknown_story(store, titles[0] + "x").hint
        assert "writethru story" in unknown_story(store, "%%%").hint


@pytest.mark.parametrize("seed", range(6))
def test_a_story_is_the_same_when_it_is_read_alone(seed: int) -> None:
    with open_archive(decided_stories(seed), readonly=True) as store:
        whole = current_stories(get_story_book(store))
        for story in {*whole.stories, *whole.decisions.merged}:
            found, name = stories_with(store, story), whole.decisions.name(story)
            assert find_story(found, story) == find_story(whole, story) == name
            assert found.stories[name] == whole.stories[name]
            assert found.title(name) == whole.title(name)
            for each in found.stories[name]:
                assert found.reason(each, name) == whole.reason(each, name)
                assert found.accepted(each, name) == whole.accepted(each, name)


@pytest.mark.parametrize("seed", range(6))
def test_a_story_is_found_without_reading_the_others(seed: int) -> None:
    with open_archive(decided_stories(seed), readonly=True) as store:
        whole = current_stories(get_story_book(store))
        titles = {whole.title(story).upper() for story in whole.stories if whole.title(story)}
        for wanted in {*whole.stories, *titles, *(story[:7] for story in whole.stories), "no such story"}:
            assert found_or_error(stories_with(store, wanted), wanted) == found_or_error(whole, wanted)
        assert find_story(whole, "") is find_story(stories_with(store, ""), "") is None


def found_or_error(stories: CurrentStories, wanted: str) -> str | None:
    try:
        return find_story(stories, wanted)
    except UsageError as error:
        return error.hint


@pytest.mark.parametrize("seed", range(6))
def test_named_stories_are_found_without_reading_the_others(seed: int) -> None:
    with open_archive(decided_stories(seed), readonly=True) as store:
        whole = current_stories(get_story_book(store))
        named = {story for story in whole.stories if whole.title(story)}
        found = named_stories(store, 100)
        assert set(found) == named
        titles = [whole.title(story).casefold() for story in found]
        assert titles == sorted(titles)
        assert len(named_stories(store, 2)) == min(2, len(named))


def test_after_a_flap_the_time_line_and_the_table_say_one_thing_and_who_printed_no_note(folder):
    """The wire corrects a figure, takes that back and corrects it again; others take the figure without the note."""
    noted = article([text.replace("340", "320") for text in WIRE], notices=[CORRECTION])
    first, silent = article(WIRE), replace(noted, notices=())
    printed = [("Wire", 0, first), ("Courier", 0.2, first), ("Bay", 0.3, first)]
    printed += [("Wire", 1, noted), ("Courier", 1.1, silent), ("Bay", 1.2, silent)]
    printed += [("Wire", 2, first), ("Courier", 2.1, first), ("Wire", 3, noted)]
    (folder / "writethru.toml").write_text("", encoding="utf-8")
    with archive_at(folder / "writethru.db") as store:
        found = {outlet: publish(store, outlet, at, text) for outlet, at, text in printed}
        for each in found.values():
            look(store, each, 5)
        asyncio.run(StoryWorker(inline(store)).catch_up(Config(), hours(9), 60))
    wire, courier, run = found["Wire"], found["Courier"], command
    (shown,) = objects(run("story", "show", wire.id, "--json"))
    events = [
        ([(each["source"], each["without_note"]) for each in event["copies"]], event["lacking"])
        for event in shown["timeline"]
    ]
    assert events == [
        ([("Courier", False), ("Bay", False)], []),
        ([("Courier", True), ("Bay", True)], []),
        ([("Courier", False)], []),
        ([], [courier.id]),
    ]
    rows = {each["source"]: each for each in shown["articles"]}
    assert [[seen["runs"] for seen in rows[name]["history"]] for name in ("Courier", "Bay")] == [[1, 2, 3], [1, 2]]
    assert [(rows[name]["runs"], rows[name]["behind"]) for name in ("Courier", "Bay")] == [(3, 1), (4, 0)]
    text = run("story", "show", wire.id).stdout
    assert "  2 of 3 outlets printed no note\n" in text
    assert "Courier: text not corrected either" in text
    assert "Bay: text corrected without the note" in text
    assert "and at Courier, 6 min later, without the note · Bay, 12 min later, without the note" in run("log").stdout
