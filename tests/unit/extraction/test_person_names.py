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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada Moor, breaking stories", ["Ada Moor"]),
        ("By Ada MoorSept. 19, 2016", ["Ada Moor"]),
        ("By Ada MoorStaff Writer", ["Ada Moor"]),
        ("Ada MoorRedakteur", ["Ada Moor"]),
        ("by Ada Moor @adamoor November 29, 2016: 3:42 PM ET", ["Ada Moor"]),
        ("By Ada Moor on December 13, 2016", ["Ada Moor"]),
        ("By Ada Moor Published in Front Page", ["Ada Moor"]),
        ("Wednesday January 18, 2017 10:44 am PST by Ada Moor", ["Ada Moor"]),
        ("By W. K. Moor, T.C. Field and Ada K. Stein", ["W. K. Moor", "T.C. Field", "Ada K. Stein"]),
        ("Autorin/Autor Ada Moor", ["Ada Moor"]),
        ("著者 Ada Moor", ["Ada Moor"]),
        ("Kommentar von Ada Moor", ["Ada Moor"]),
        ("Ada Moor Korrespondent von der Küste, 3. Mai", []),
        ("Photo Ada Moor?", []),
        ("By Friday Updated", []),
    ],
)
def test_names_among_times_roles_and_handles(text, expected):
    assert names(text, strict=True) == expected


@pytest.mark.parametrize(
    ("text", "person"),
    [
        ("Ludwig van der Beek", True),
        ("William K. Moor", True),
        ("김민수", True),
        ("Newsroom", False),
        ("the quick fox", False),
        ("WDR Studio", False),
    ],
)
def test_names_are_people_and_no_institutions(text, person):
    assert is_name(text) is person


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
