import math
from collections.abc import Callable

from hypothesis import given
from hypothesis import strategies as st

from tracker.stories.clusters import Group, agglomerate, stories_of_groups
from tracker.stories.features import StoryModel

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


def test_one_text_joins_where_two_large_groups_do_not():
    groups = [Group(["a", "b", "c"], 0, 0, ["a", "b", "c"]), Group(["d", "e", "f"], 0, 0, ["d", "e", "f"])]
    assert len(parts(groups, lambda _a, _b: 0.5)) == 2
    assert len(parts([groups[0], single("x")], lambda _a, _b: 0.5)) == 1


def test_time_between_groups_counts_against_them():
    assert len(parts([single("a"), single("b", 3.0)], lambda _a, _b: 1.0)) == 2
    assert len(parts([single("a"), single("b", 1.0)], lambda _a, _b: 1.0)) == 1


def test_a_text_without_a_time_may_be_of_any_time():
    undated = Group(["b"], math.inf, -math.inf, ["b"])
    assert len(parts([single("a"), undated], lambda _a, _b: 1.0)) == 1
    assert len(parts([undated, Group(["c"], math.inf, -math.inf, ["c"])], lambda _a, _b: 1.0)) == 1


def test_stories_that_people_hold_never_merge():
    held = [single("a", story="One"), single("b", story="Two"), single("c")]
    found = agglomerate(held, lambda _a, _b: 5.0, MODEL)
    assert sorted(group.story or "" for group in found) == ["One", "Two"]


def test_a_story_goes_on_in_the_group_that_has_most_of_it():
    groups = [Group(["a", "b"], 0, 0, ["a", "b"]), Group(["c"], 0, 0, ["c"]), Group(["d"], 0, 0, ["d"], "Held")]
    found = stories_of_groups(groups, {"a": "s", "b": "s", "c": "s", "d": "s"}, lambda _: False)
    assert found == {"s": ("a", "b"), "c": ("c",), "Held": ("d",)}


def test_a_new_group_is_not_called_as_another_story_is():
    groups = [Group(["a", "b"], 0, 0, ["a", "b"]), Group(["c", "d"], 0, 0, ["c", "d"])]
    found = stories_of_groups(groups, {"a": "s", "b": "s", "c": "s", "d": "s"}, lambda name: name == "c")
    assert found == {"s": ("a", "b"), "d": ("c", "d")}
