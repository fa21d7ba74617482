"""Words are counted in any script."""

import pytest

from tests.articles import article
from tracker import compare
from tracker.model.article import count_words


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", 0),
        ("Two  words\n", 2),
        ("“Ça alors !” – 3,5", 3),
        ("5 % – 3 $", 4),
        ("- … .", 0),
        ("市长辞职。", 4),
        ("東京でG7が開かれた", 9),
        ("ข่าว", 4),
        ("대통령이 말했다", 2),
    ],
)
def test_words_are_what_stands_between_spaces_or_characters_where_there_are_none(text: str, words: int) -> None:
    assert count_words(text) == words


def test_an_article_in_chinese_counts_what_was_added() -> None:
    old, new = (article(text, title="桥梁") for text in ("两人受伤。", "五人受伤，一人死亡。"))
    change = compare(old, new)
    assert new.words > old.words >= 4
    assert change.words_added >= 4


def test_a_comma_that_an_edit_adds_is_not_a_word() -> None:
    change = compare(article("The mayor spoke on Friday."), article("The mayor, Ann Lee, spoke on Friday."))
    assert (change.words_added, change.words_removed) == (2, 0)
