"""How alike words are that took each other's place, by the senses of WordNet."""

import pytest

from tracker.classify.senses import Likeness, exchanged_likeness, is_adjective


def likeness(old: str, new: str, lang: str = "en") -> Likeness:
    before, after = old.lower().split(), new.lower().split()
    return exchanged_likeness(
        (old, [word for word in before if word not in after]),
        (new, [word for word in after if word not in before]),
        lang,
    )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("prices rose", "prices climbed", Likeness.SAME),  # irregular and regular forms
        ("he lives there", "he resides there", Likeness.NEAR),  # "lives" is a form of two words
        ("they rejected it", "they turned down it", Likeness.SAME),  # a verb with its particle
        ("the crowd gathered in front", "the crowd assembled in front", Likeness.SAME),  # "in" is not a particle here
        ("the president spoke", "the leader spoke", Likeness.NEAR),  # two steps up
        ("a big house burned", "a huge house burned", Likeness.NEAR),  # similar adjectives
        ("the children began it", "the kids started it", Likeness.SAME),  # two pairs
        ("the children began it", "the pupils stopped it", Likeness.UNLIKE),  # as alike as the least alike pair
        ("teachers left", "pupils left", Likeness.UNLIKE),
        ("they ignored it", "they raised it", Likeness.UNLIKE),
        ("the Xyzzy fell", "the council fell", Likeness.UNKNOWN),
        ("the PANEL met", "the committee met", Likeness.UNKNOWN),  # initials are no word
        ("he left quickly", "he left town", Likeness.UNKNOWN),  # words of two kinds
        ("sales fell slightly", "sales fell sharply", Likeness.UNLIKE),
        ("one two three four", "five six seven eight", Likeness.UNKNOWN),  # too many to know what took whose place
        ("he left", "he left town", Likeness.UNKNOWN),
    ],
)
def test_words_are_as_alike_as_their_senses(old, new, expected):
    assert likeness(old, new) is likeness(new, old) is expected


def test_the_senses_of_other_languages_are_not_known():
    assert likeness("er begann", "er startete", "de") is Likeness.UNKNOWN


def test_adjectives_are_told_from_other_words():
    assert [word for word in ("urban", "female", "village", "quickly", "xyzzy") if is_adjective(word, "en")] == [
        "urban",
        "female",
    ]
    assert not is_adjective("urban", "de")
