import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stories.features import features_of
from tracker.stories.words import sentences_of, without_dateline, words_of

from .samples import article


def test_case_marks_and_forms_of_letters_make_no_difference():
    assert words_of("China’s “Wall”, CAFE\u0301") == words_of("china's wall café")


@given(st.text(st.characters(max_codepoint=0x24F) | st.sampled_from("‘’“”„–—•… \u2009ﬁ")))
def test_words_are_the_same_beside_another_script(text):
    assert words_of(f"{text} 東") == [*words_of(text), "東"]


def test_scripts_without_blanks_give_letters():
    assert words_of("東京で火災 AP通信") == ["東", "京", "で", "火", "災", "ap", "通", "信"]


@pytest.mark.parametrize(
    "opening",
    [
        "BEIJING (AP) — ",
        "(Bloomberg) — ",
        "(Bloomberg) -- ",
        "WASHINGTON, March 3 (Reuters) - ",
        "LONDON — ",
        "PORT ALDER, Oct. 3 (Coastal Press) — ",
        "Berlin (dpa) – ",
        "",
    ],
)
def test_a_dateline_is_taken_off(opening):
    assert without_dateline(f"{opening}The ferry burned.") == "The ferry burned."


def test_a_dash_within_the_first_sentence_is_no_dateline():
    text = "The ferry — the oldest of its line — burned (again)."
    assert without_dateline(text) == text


def test_sentences_are_cut_the_same_way_with_any_dateline():
    one = sentences_of(article(["OSLO (AP) — The ship burned. Nobody knows why.", "“Stop!” he said. 12 died."]))
    other = sentences_of(article(["The ship burned. Nobody knows why. “Stop!” he said. 12 died."]))
    assert (
        [s.key for s in one]
        == [s.key for s in other]
        == ["the ship burned", "nobody knows why", "stop he said", "12 died"]
    )
    assert one[0].weight == 3


def test_sentences_without_blanks_between_them_are_cut():
    assert [s.text for s in sentences_of(article(["船が燃えた。原因は不明。"]))] == ["船が燃えた。", "原因は不明。"]


@given(st.text(max_size=200))
def test_sentences_hold_every_word_of_the_text(text):
    stripped = without_dateline(text)
    said = " ".join(s.key for s in sentences_of(article([text])))
    assert said.replace(" ", "") == "".join(words_of(stripped)).replace(" ", "")


def test_headlines_in_capitals_make_no_names_of_common_words():
    assert set(features_of(article([], title="Fire On The Ferry Kills Twelve")).names) <= {"ferry"}
    assert set(features_of(article([], title="Police say Brenner died")).names) == {"brenner"}


def test_a_name_at_the_start_of_a_sentence_counts_and_a_common_word_does_not():
    names = features_of(article(["Yesterday the ship burned. Lohse saw it. Police came with Osten."], title="")).names
    assert set(names) == {"lohse", "osten"}


def test_scripts_without_spaces_are_compared_by_pairs():
    assert "火災" in features_of(article(["東京で火災。"])).words


def test_headline_and_lead_count_more():
    body = ["The harbor was closed.", " ".join(["and so on"] * 30), "The lighthouse was open."]
    words = features_of(article(body, title="Storm")).words
    assert (words["storm"], words["harbor"], words["lighth"]) == (3, 2, 1)


def test_dates_are_the_same_however_they_are_written():
    for text in (
        "It began on Dec. 16, 2008, a Tuesday.",
        "It began on Tuesday, the 16th of December 2008.",
        "Es begann am Dienstag, dem 16. Dezember 2008.",
        "Tout a commencé mardi 16 décembre 2008.",
        "Comenzó el martes 16 de diciembre de 2008.",
    ):
        assert set(features_of(article([text], title="")).dates) == {"y2008", "m12", "d12-16", "w2"}


def test_figures_are_words_with_their_points():
    assert "4.5" in features_of(article(["It cost 4.5 million."], title="")).words


def test_the_outlet_that_a_text_names_is_no_name_of_the_event():
    texts = ["The mayor told the Selby Wire that the mill in Selby was shut. “No,” she told the Selby Wire."]
    names = features_of(article(texts, title=""), "Selby Wire").names
    assert names == {"selby": 2}
    assert "wire" in features_of(article(texts, title="")).names
