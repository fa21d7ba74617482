import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.archive.search_words import fold, parse, positioned
from tracker.errors import UsageError


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The  Mayor’s office — 14% more!", "the mayor s office 14 more"),
        ("Café Ångström, Straße", "cafe angstrom strasse"),
        ("東京で火事", "東 京 で 火 事"),
        ("서울 화재", "서 울 화 재"),
        ("snake_case a\0b\ud800", "snake case a b"),
        ("كَتَبَ שָׁלוֹם", "كتب שלום"),
        ("", ""),
    ],
)
def test_words_are_the_same_everywhere(text: str, words: str) -> None:
    assert fold(text) == words


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_text_goes_the_short_way_to_the_same_words(text: str) -> None:
    assert f"e {fold(text)}".strip() == fold(f"é {text}")


def test_words_have_their_places_and_what_is_too_long_for_postgresql_has_none() -> None:
    assert positioned(f"the mayor {'x' * 512} the") == "the:1 mayor:2 the:4"
    assert positioned("") == ""


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ('river "old town', "the quotation mark at character 7 is not closed"),
        ("", "no word"),
        ("-river", "no word"),
        ("++ --", "no word"),
        ("OR river", "OR needs a word"),
        ("river OR", "OR needs a word"),
        ("river OR OR lake", "OR needs a word"),
        ("river OR -lake", "OR cannot be followed"),
        ("river OR NOT lake", "OR cannot be followed"),
        ("river NOT", "NOT needs a word"),
    ],
)
def test_what_makes_no_sense_is_explained(asked: str, said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        parse(asked)
    assert '"a phrase"' in caught.value.hint
