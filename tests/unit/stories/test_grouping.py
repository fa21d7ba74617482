import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.stories.clusters import Group, agglomerate, stories_of_groups
from tracker.stories.features import StoryModel, features_of, sentences_of, without_dateline, words_of

from .samples import article

MODEL = StoryModel(intercept=-5, words=9, names=7, dates=4, join=0.0, size=1.0, time=1.0)


def single(name: str, day: float = 0.0, story: str | None = None) -> Group[str]:
    return Group([name], day, day, [name], story)


def parts(groups: list[Group[str]], likeness: Callable[[str, str], float]) -> list[list[str]]:
    return sorted(sorted(group.members) for group in agglomerate(groups, likeness, MODEL))


def by_first_letter(one: str, other: str) -> float:
    return 2.0 if one[0] == other[0] else -1.0


@given(st.permutations([f"{letter}{n}" for letter in "abc" for n in range(4)]))
def test_what_is_alike_is_one_group_in_any_order(names):
    assert [len(part) for part in parts([single(name) for name in names], by_first_letter)] == [4, 4, 4]


def test_one_text_joins_where_large_groups_do_not_and_held_stories_never_merge():
    groups = [Group(["a", "b", "c"], 0, 0, ["a", "b", "c"]), Group(["d", "e", "f"], 0, 0, ["d", "e", "f"])]
    assert len(parts(groups, lambda _a, _b: 0.5)) == 2
    assert len(parts([groups[0], single("x")], lambda _a, _b: 0.5)) == 1
    held = [single("a", story="One"), single("b", story="Two"), single("c")]
    found = agglomerate(held, lambda _a, _b: 5.0, MODEL)
    assert sorted(group.story or "" for group in found) == ["One", "Two"]


def test_time_between_groups_counts_against_them_unless_a_text_has_none():
    assert len(parts([single("a"), single("b", 3.0)], lambda _a, _b: 1.0)) == 2
    assert len(parts([single("a"), single("b", 1.0)], lambda _a, _b: 1.0)) == 1
    undated = Group(["b"], math.inf, -math.inf, ["b"])
    assert len(parts([single("a"), undated], lambda _a, _b: 1.0)) == 1
    assert len(parts([undated, Group(["c"], math.inf, -math.inf, ["c"])], lambda _a, _b: 1.0)) == 1


def test_a_story_goes_on_in_the_group_that_has_most_of_it_and_a_new_group_gets_a_free_name():
    groups = [Group(["a", "b"], 0, 0, ["a", "b"]), Group(["c"], 0, 0, ["c"]), Group(["d"], 0, 0, ["d"], "Held")]
    found = stories_of_groups(groups, {"a": "s", "b": "s", "c": "s", "d": "s"}, lambda _: False)
    assert found == {"s": ("a", "b"), "c": ("c",), "Held": ("d",)}
    groups = [Group(["a", "b"], 0, 0, ["a", "b"]), Group(["c", "d"], 0, 0, ["c", "d"])]
    found = stories_of_groups(groups, {"a": "s", "b": "s", "c": "s", "d": "s"}, lambda name: name == "c")
    assert found == {"s": ("a", "b"), "d": ("c", "d")}


def test_case_and_forms_of_letters_make_no_difference_and_scripts_without_blanks_give_letters():
    assert words_of("China’s “Wall”, CAFE\u0301") == words_of("china's wall café")
    assert words_of("東京で火災 AP通信") == ["東", "京", "で", "火", "災", "ap", "通", "信"]


@given(st.text(st.characters(max_codepoint=0x24F) | st.sampled_from("‘’“”„–—•… \u2009ﬁ")))
def test_words_are_the_same_beside_another_script(text):
    assert words_of(f"{text} 東") == [*words_of(text), "東"]


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


def test_sentences_are_cut_with_any_dateline_or_none_and_without_blanks():
    text = "The ferry — the oldest of its line — burned (again)."
    assert without_dateline(text) == text
    one = sentences_of(article(["OSLO (AP) — The ship burned. Nobody knows why.", "“Stop!” he said. 12 died."]))
    other = sentences_of(article(["The ship burned. Nobody knows why. “Stop!” he said. 12 died."]))
    assert (
        [s.key for s in one]
        == [s.key for s in other]
        == ["the ship burned", "nobody knows why", "stop he said", "12 died"]
    )
    assert one[0].weight == 3
    assert [s.text for s in sentences_of(article(["船が燃えた。原因は不明。"]))] == ["船が燃えた。", "原因は不明。"]


@given(st.text(max_size=200))
def test_sentences_hold_every_word_of_the_text(text):
    stripped = without_dateline(text)
    said = " ".join(s.key for s in sentences_of(article([text])))
    assert said.replace(" ", "") == "".join(words_of(stripped)).replace(" ", "")


def test_names_figures_and_pairs_of_scripts_without_spaces_are_features():
    assert set(features_of(article([], title="Fire On The Ferry Kills Twelve")).names) <= {"ferry"}
    assert set(features_of(article([], title="Police say Brenner died")).names) == {"brenner"}
    names = features_of(article(["Yesterday the ship burned. Lohse saw it. Police came with Osten."], title="")).names
    assert set(names) == {"lohse", "osten"}
    assert "火災" in features_of(article(["東京で火災。"])).words
    assert "4.5" in features_of(article(["It cost 4.5 million."], title="")).words


def test_headline_and_lead_count_more_and_the_outlet_is_no_name_of_the_event():
    body = ["The harbor was closed.", " ".join(["and so on"] * 30), "The lighthouse was open."]
    words = features_of(article(body, title="Storm")).words
    assert (words["storm"], words["harbor"], words["lighth"]) == (3, 2, 1)
    texts = ["The mayor told the Selby Wire that the mill in Selby was shut. “No,” she told the Selby Wire."]
    names = features_of(article(texts, title=""), "Selby Wire").names
    assert names == {"selby": 2}
    assert "wire" in features_of(article(texts, title="")).names


def test_dates_are_the_same_however_they_are_written():
    for text in (
        "It began on Dec. 16, 2008, a Tuesday.",
        "It began on Tuesday, the 16th of December 2008.",
        "Es begann am Dienstag, dem 16. Dezember 2008.",
        "Tout a commencé mardi 16 décembre 2008.",
        "Comenzó el martes 16 de diciembre de 2008.",
    ):
        assert set(features_of(article([text], title="")).dates) == {"y2008", "m12", "d12-16", "w2"}
