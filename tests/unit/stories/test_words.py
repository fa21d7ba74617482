import pytest
from hypothesis import given
from hypothesis import strategies as st

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
