import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.model.story import Decision, StoryDecisionKind
from tracker.stories.current_stories import CurrentDecisions, current_decisions


def settle(proposed: dict[str, list[str]], *decisions: Decision) -> dict[str, tuple[str, ...]]:
    return current_decisions(decisions).settle(proposed)


def decided(kind: StoryDecisionKind, article: str, story: str = "s", into: str = "") -> Decision:
    return Decision(kind, story, (article,), into)


PINNED, OUT = decided(StoryDecisionKind.PIN, "a"), decided(StoryDecisionKind.REJECT, "a")
SPLIT = StoryDecisionKind.SPLIT
ACCEPTED = [decided(StoryDecisionKind.ACCEPT, "a", story) for story in "st"]


@pytest.mark.parametrize(
    ("proposed", "decisions", "settled"),
    [
        ({"s": ["b", "a"], "t": []}, [], {"s": ("a", "b")}),
        ({"t": ["a", "b"]}, [PINNED], {"s": ("a",), "t": ("b",)}),
        ({}, ACCEPTED, {"s": ("a",), "t": ("a",)}),
        ({"s": ["a", "b"]}, [OUT], {"s": ("b",)}),
        ({}, [OUT, PINNED], {"s": ("a",)}),
        ({"s": ["a"]}, [PINNED, OUT], {}),
        ({"s": ["a", "b", "c"]}, [decided(SPLIT, "c", into="u")], {"s": ("a", "b"), "u": ("c",)}),
        ({}, [decided(SPLIT, "c", into="s")], {"s": ("c",)}),
    ],
    ids="proposals pinned-is-nowhere-else in-two rejected later-pin later-reject split split-into-itself".split(),
)
def test_a_decision_overrides_a_proposal_and_a_later_one_an_earlier(proposed, decisions, settled):
    assert settle(proposed, *decisions) == settled


def test_merge_makes_one_story_and_takes_its_title_origin_and_decisions_along():
    other = "0123456789ab"  # a story that has no name of its own
    said = current_decisions(
        [
            Decision(StoryDecisionKind.PIN, "s", ("x",)),
            Decision(StoryDecisionKind.REJECT, "s", ("y",)),
            Decision(StoryDecisionKind.RENAME, "s", into="Ferry fire"),
            Decision(StoryDecisionKind.ORIGIN, "s", ("x",)),
            Decision(StoryDecisionKind.OWN, "s", ("z",)),
            Decision(StoryDecisionKind.MERGE, "s", into=other),
        ]
    )
    assert said.settle({"s": ["a", "y"], other: ["b"]}) == {other: ("a", "b", "x")}
    assert said.titles == {other: "Ferry fire"}
    assert said.origins == {other: "x"}
    assert said.own == {("z", other)}


def test_a_story_with_a_name_keeps_it_when_another_is_merged_into_it():
    renamed = Decision(StoryDecisionKind.RENAME, "s", into="Ferry fire")
    assert current_decisions([renamed, Decision(StoryDecisionKind.MERGE, "s", into="Ferry")]).titles == {}


def test_merging_back_and_in_a_ring_ends():
    there, back = Decision(StoryDecisionKind.MERGE, "s", into="t"), Decision(StoryDecisionKind.MERGE, "t", into="s")
    assert settle({"s": ["a"], "t": ["b"]}, there, back) in ({"s": ("a", "b")}, {"t": ("a", "b")})
    onward = [Decision(StoryDecisionKind.MERGE, "a", into="b"), Decision(StoryDecisionKind.MERGE, "c", into="a")]
    assert settle({"a": ["1"], "b": ["2"], "c": ["3"]}, *onward) == {"b": ("1", "2", "3")}
    assert settle({"s": ["a"]}, Decision(StoryDecisionKind.MERGE, "s", into="s")) == {"s": ("a",)}


def test_a_split_into_a_merged_story_brings_it_back():
    merge = Decision(StoryDecisionKind.MERGE, "s", into="t")
    assert settle({"s": ["a"], "t": ["b"]}, merge, Decision(StoryDecisionKind.SPLIT, "t", ("b",), into="s")) == {
        "s": ("a", "b")
    }


def test_naming_an_origin_undoes_own():
    said = current_decisions(
        [Decision(StoryDecisionKind.OWN, "s", ("a",)), Decision(StoryDecisionKind.ORIGIN, "s", ("a",))]
    )
    assert said.own == frozenset()


names = st.sampled_from("stuv")
articles = st.lists(st.sampled_from("abcdef"), min_size=1, max_size=3, unique=True).map(tuple)
decisions = st.lists(st.builds(Decision, st.sampled_from(StoryDecisionKind), names, articles, names), max_size=12)
proposals = st.dictionaries(names, articles)


@given(decisions, proposals)
def test_settling_is_final(made, proposed):
    said = current_decisions(made)
    once = said.settle(proposed)
    assert said.settle(once) == once


@given(decisions, proposals, articles, names)
def test_no_proposal_undoes_the_last_word_of_a_person(made, proposed, chosen, story):
    held = current_decisions([*made, Decision(StoryDecisionKind.PIN, story, chosen)])
    assert set(chosen) <= set(held.settle(proposed)[held.name(story)])
    barred = current_decisions([*made, Decision(StoryDecisionKind.REJECT, story, chosen)])
    assert not set(chosen) & set(barred.settle(proposed).get(barred.name(story), ()))


@given(decisions, names)
def test_every_story_has_one_name(made, story):
    said = current_decisions(made)
    assert said.name(said.name(story)) == said.name(story)
    assert isinstance(said, CurrentDecisions)
