import pytest

from tracker.classify.change_context import split_dateline

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
