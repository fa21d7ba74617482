import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import UsageError
from tracker.model.story import Decision, Home, StoryBook, StoryDecisionKind
from tracker.stories.current_stories import CurrentDecisions, current_decisions, current_stories, find_story, is_ident


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


def test_a_merged_story_keeps_its_name_and_a_split_brings_it_back():
    renamed = Decision(StoryDecisionKind.RENAME, "s", into="Ferry fire")
    assert current_decisions([renamed, Decision(StoryDecisionKind.MERGE, "s", into="Ferry")]).titles == {}
    there, back = Decision(StoryDecisionKind.MERGE, "s", into="t"), Decision(StoryDecisionKind.MERGE, "t", into="s")
    assert settle({"s": ["a"], "t": ["b"]}, there, back) in ({"s": ("a", "b")}, {"t": ("a", "b")})
    onward = [Decision(StoryDecisionKind.MERGE, "a", into="b"), Decision(StoryDecisionKind.MERGE, "c", into="a")]
    assert settle({"a": ["1"], "b": ["2"], "c": ["3"]}, *onward) == {"b": ("1", "2", "3")}
    assert settle({"s": ["a"]}, Decision(StoryDecisionKind.MERGE, "s", into="s")) == {"s": ("a",)}
    merge = Decision(StoryDecisionKind.MERGE, "s", into="t")
    assert settle({"s": ["a"], "t": ["b"]}, merge, Decision(StoryDecisionKind.SPLIT, "t", ("b",), into="s")) == {
        "s": ("a", "b")
    }


def test_an_origin_named_undoes_own_and_the_machine_says_why_it_accepted():
    said = current_decisions(
        [Decision(StoryDecisionKind.OWN, "s", ("a",)), Decision(StoryDecisionKind.ORIGIN, "s", ("a",))]
    )
    assert said.own == frozenset()
    copy = Home(C, A, 0.9, ("90 %",), copy=True)
    settled = current_stories(book(Decision(StoryDecisionKind.ACCEPT, A, (B,)), homes=(*PAIR, copy, Home(D, A, 0.2))))
    assert [settled.accepted(each, A) for each in (B, C, D)] == [True, True, False]
    assert settled.reason(C, A) == copy
    assert settled.reason(C, "Ferry") is None
    assert settled.reason("e" * 12, A) is None


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


A, B, C, D = "a" * 12, "b" * 12, "c" * 12, "dd5" + "d" * 9


def book(*decisions: Decision, homes: tuple[Home, ...] = (), named: tuple[tuple[str, str], ...] = ()) -> StoryBook:
    return StoryBook(homes, named, decisions)


PAIR = (Home(A, A), Home(B, A, 0.4, ("names: Aurelia",)))


def test_a_story_needs_two_articles_or_a_name_and_a_decision_wins_over_both():
    assert current_stories(book(homes=PAIR)).stories == {A: (A, B)}
    assert current_stories(book(homes=(Home(A, A),))).stories == {}
    assert current_stories(book(named=((C, "Ferry"),))).stories == {"Ferry": (C,)}
    out = Decision(StoryDecisionKind.REJECT, "Ferry", (C,))
    assert current_stories(book(out, named=((C, "Ferry"), (A, "Ferry")))).stories == {"Ferry": (A,)}
    away = Decision(StoryDecisionKind.REJECT, A, (B,))
    assert current_stories(book(away, homes=PAIR)).stories == {}
    settled = current_stories(book(homes=PAIR, named=((C, "Ferry"), (C, "Sea"))))
    assert settled.of_article == {A: (A,), B: (A,), C: ("Ferry", "Sea")}


def test_titles():
    named = Decision(StoryDecisionKind.RENAME, A, into="Fire at sea")
    settled = current_stories(book(named, homes=PAIR, named=((C, "Ferry"),)))
    assert settled.title(A) == "Fire at sea"
    assert settled.title("Ferry") == "Ferry"
    assert settled.title(B) == ""


def test_a_story_is_found_by_id_name_title_and_start():
    settled = current_stories(
        book(Decision(StoryDecisionKind.RENAME, A, into="Fire at sea"), homes=PAIR, named=((C, "Ferry"),))
    )
    assert find_story(settled, A) == find_story(settled, "aaaa") == find_story(settled, "fire AT sea") == A
    assert find_story(settled, "ferry") == "Ferry"
    assert find_story(settled, "aa") is None
    assert find_story(settled, "zzz") is None
    merged = current_stories(
        book(Decision(StoryDecisionKind.MERGE, A, into="Ferry"), homes=PAIR, named=((C, "Ferry"),))
    )
    assert find_story(merged, A) == "Ferry"


def test_stories_that_begin_alike_are_named_and_an_id_is_told_from_a_name():
    homes = (*PAIR, Home(C, "aaab" + "0" * 8), Home(D, "aaab" + "0" * 8))
    with pytest.raises(UsageError, match="several stories") as error:
        find_story(current_stories(book(homes=homes)), "aaa")
    assert A in error.value.hint
    assert is_ident(A)
    assert not is_ident("Ferry")
    assert not is_ident("abcdefabcdeg")


def test_naming_one_article_of_a_nameless_story_names_it_unless_that_is_unclear():
    assert current_stories(book(homes=PAIR, named=((B, "Ferry"),))).stories == {"Ferry": (A, B)}
    assert current_stories(book(homes=PAIR, named=((A, "Sea"), (B, "Ferry")))).stories == {"Sea": (A,), "Ferry": (B,)}
    split = Decision(StoryDecisionKind.SPLIT, A, (B,), "Ferry")
    assert current_stories(book(split, homes=(*PAIR, Home(C, A)))).stories == {A: (A, C), "Ferry": (B,)}
