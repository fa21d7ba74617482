"""Files that are written whole, and those that ship with the package."""

import asyncio
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.waiting import holders, until
from tracker.classify.change_context import split_dateline
from tracker.durations import MAX_RETRY_PAUSE, Backoff, backoff, jitter
from tracker.errors import MAX_LISTED_NAMES, TrackerError, unknown
from tracker.files import shipped_folder, write_whole
from tracker.patterns import PatternError, found, pattern, spans
from tracker.tasks import finish_tasks, run_program


def test_a_write_that_fails_leaves_the_folder_as_it_was(tmp_path):
    taken = tmp_path / "taken"
    taken.mkdir()
    with pytest.raises(IsADirectoryError):
        write_whole(taken, b"new")
    assert list(tmp_path.iterdir()) == [taken]


def test_an_installation_without_its_files_says_so():
    with pytest.raises(TrackerError, match="part of writethru, is missing"):
        shipped_folder("_config", "config", "none.txt")


@pytest.mark.parametrize(
    ("known", "hint"),
    [
        (["Herald", "Courier"], "did you mean 'Herald'?"),
        (["Courier", "Ledger"], "known: Courier, Ledger"),
        ([], "no source is known yet"),
    ],
)
def test_a_name_that_is_not_known_gets_the_nearest_or_all(known, hint):
    assert unknown("source", "Hearld", known).hint == hint


def test_of_many_names_some_are_listed():
    names = [f"{n:04}" for n in range(MAX_LISTED_NAMES + 970)]
    hint = unknown("source", "Herald", names).hint
    assert hint.endswith(f", {MAX_LISTED_NAMES - 1:04} and 970 more")


async def test_a_program_reads_its_input_and_says_how_it_ended_or_that_it_is_missing():
    code = "import sys; print(sys.stdin.read().upper()); print('a', 'b', sep='\\n', file=sys.stderr); sys.exit(3)"
    ended = await run_program((sys.executable, "-c", code), b"read", timeout=60)
    assert (ended.status, ended.output, ended.last_error) == (3, b"READ\n", "b")
    with pytest.raises(FileNotFoundError):
        await run_program(("/nowhere/at/all",), b"", timeout=1)


async def test_a_program_that_takes_too_long_is_ended_with_what_it_started(tmp_path: Path):
    with holders(tmp_path / "held") as is_held:
        with pytest.raises(TimeoutError):
            await run_program(("sh", "-c", f"exec 3>{tmp_path}/held; sleep 300 & sleep 300"), b"", timeout=0.5)
        await until(lambda: not is_held())


async def fail() -> None:
    raise ValueError("failed")


async def test_tasks_that_end_in_time_are_left_alone_and_late_ones_cancelled():
    tasks = [asyncio.create_task(asyncio.sleep(0, "done")), asyncio.create_task(fail())]
    assert await finish_tasks(tasks, 5)
    assert tasks[0].result() == "done"
    assert isinstance(tasks[1].exception(), ValueError)
    late, done = asyncio.create_task(asyncio.Event().wait()), asyncio.create_task(asyncio.sleep(0))
    assert not await finish_tasks([late, done], 0.01)
    assert late.cancelled()
    assert done.done()
    assert await finish_tasks([], 5)


def test_a_pattern_is_found_says_where_and_never_runs_away():
    assert found(r"\d+ dead", "at least 12 dead")
    assert not found(r"^\d+ dead", "at least 12 dead")
    assert spans("(?i)öl", "Öl, öl") == [(0, 2), (4, 6)]
    assert spans("x*", "ax") == [(0, 0), (1, 2), (2, 2)]
    assert not found(r"(a+)+$", "a" * 5000 + "!")
    assert not found(r"(.*)(.*)(.*)(.*)(.*)x", "b" * 5000)
    assert spans(r"b", "a\ud800b") == [(2, 3)]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(", "missing )"),
        (r"(?=dead)", "look-ahead"),
        (r"(?!dead)", "look-ahead"),
        (r"(?<=\d) dead", "look-behind"),
        (r"(a)\1", "back-references"),
        ("a{5000}", "invalid repetition size"),
    ],
)
def test_what_cannot_be_run_is_refused_with_the_reason(text, said):
    with pytest.raises(PatternError, match="is not a usable regular expression") as error:
        pattern(text)
    assert said in str(error.value)


@given(st.text())
def test_any_text_can_be_searched_and_places_count_characters(text):
    for start, end in spans(".", text):
        assert 0 <= start < end <= len(text)
    found("a|b", text)


NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def test_a_pause_doubles_after_each_failure_up_to_a_limit_and_is_spread():
    pauses = [backoff(MINUTE, failures, 7 * MINUTE) for failures in (0, 1, 2, 3, 4, 10**6)]
    assert pauses == [MINUTE, MINUTE, 2 * MINUTE, 4 * MINUTE, 7 * MINUTE, 7 * MINUTE]
    assert len({jitter(f"wt_{n}", 1) for n in range(50)}) == 50


def test_a_service_that_fails_is_left_alone_until_it_has_succeeded():
    service = Backoff()
    assert not service.is_waiting(NOW)
    assert [service.fail(NOW) for _ in range(8)][-3:] == [32 * MINUTE, MAX_RETRY_PAUSE, MAX_RETRY_PAUSE]
    assert service.is_waiting(NOW + 59 * MINUTE)
    assert not service.is_waiting(NOW + 60 * MINUTE)
    assert not service.is_waiting(NOW - MINUTE), "the clock was set back"
    service.succeed()
    assert not service.is_waiting(NOW)
    assert service.fail(NOW) == MINUTE


@given(st.text(), st.integers(1, 10))
def test_jitter_is_the_same_for_the_same_key_and_count(key, count):
    assert jitter(key, count) == jitter(key, count)
    assert -1 <= jitter(key, count) <= 1


SENTENCE = "The storm has killed three people, police said."


@pytest.mark.parametrize(
    "dateline",
    [
        "LONDON (Reuters) - ",
        "LONDON, Nov 28 (Reuters) - ",
        "HARWICK, England (AP) — ",
        "Berlin, 28. November (dpa) - ",
        "Paris, 29 nov 2026 (AFP) - ",
        "MADRID, 28 Nov. (EUROPA PRESS) – ",
        "(ANSA) - ",
        "ROMA, 29 NOV - ",
        "WASHINGTON — ",
        "SÃO PAULO, 3 de março (Reuters) - ",
    ],
)
def test_place_date_and_agency_before_a_sentence(dateline):
    assert split_dateline(dateline + SENTENCE) == (dateline, SENTENCE)


@pytest.mark.parametrize(
    "text",
    [
        "",
        SENTENCE,
        "Harwick (population 4,000) – The town is the largest of the county, and the oldest too.",
        "Ann Smith (Labour) – who lost her seat in May – said that she would stand again.",
        "REAL MADRID – Barcelona 2:1",
        "The mayor - A man of few words, as all who know him say - was not there.",
        "Three people died – “a tragedy”, the mayor said, and asked for help from the capital.",
        "LONDON (Reuters)",
        "USA 2-1 England - The match of the night, and the last of the year, said all who saw it.",
    ],
)
def test_what_is_no_dateline(text):
    assert split_dateline(text) == ("", text)
