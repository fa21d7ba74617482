import pytest

from tracker.extraction.person_names import is_name, names, names_in_json, starts_byline


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("By Ada Moor and Ben Field", ["Ada Moor", "Ben Field"]),
        ("Von Clara Stein, Dirk Holm", ["Clara Stein", "Dirk Holm"]),
        ("Par Émile Roux et Zoé Blanc", ["Émile Roux", "Zoé Blanc"]),
        ("Ada Moor, Political Editor", ["Ada Moor"]),
        ("Ada Moor (amo), Ben Field (bef)", ["Ada Moor", "Ben Field"]),
        ("https://x.test/author/ada", []),
        ("ada@x.test", []),
        ("김민수 기자", ["김민수"]),
        ("Ada Moor | Updated 14:02", ["Ada Moor"]),
        ("Ada Moor & ADA MOOR", ["Ada Moor"]),
    ],
)
def test_names_of_a_byline(text, expected):
    assert names(text) == expected


def test_strict_names_are_people():
    assert names("Ada Moor, breaking stories", strict=True) == ["Ada Moor"]
    assert is_name("Ludwig van der Beek")
    assert is_name("김민수")
    assert not is_name("Newsroom")
    assert not is_name("the quick fox")


def test_json_ld_authors_of_any_shape():
    assert names_in_json({"@type": "Person", "name": "Ada Moor"}) == ["Ada Moor"]
    assert names_in_json([{"name": ["Ada Moor", "Ben Field"]}, "Clara Stein"]) == [
        "Ada Moor",
        "Ben Field",
        "Clara Stein",
    ]
    assert names_in_json({"name": 5}) == []
    assert names_in_json(None) == []


def test_bylines_begin_with_a_word():
    assert starts_byline("By Ada Moor")
    assert starts_byline("Author: Ada Moor")
    assert not starts_byline("Ada Moor says")
