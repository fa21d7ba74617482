"""Where one version belongs."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from tests.unit.stories.samples import MORNING, OTHER, TOLD_ANEW, WIRE, article, hours
from tracker.model.story import Decision, Home, StoryDecisionKind, StoryPosting
from tracker.model.version import Version
from tracker.stories import StoryIndex, current_decisions, features_of, signature
from tracker.stories.clusters import ClusterArticle
from tracker.stories.copies import MAX_ARTICLES_A_MARK, candidates, confirm_copies, new_marks
from tracker.stories.placing import StoryContext, entry_of, place

if TYPE_CHECKING:
    from tracker.model.article import Article

if TYPE_CHECKING:
    from tracker.model.article import Article


def version(name: str, content: Article, *, stories: tuple[str, ...] = (), n: int = 1) -> Version:
    return Version(name, n, f"https://{name}.test/ferry", MORNING, content, "x", "0" * 64, source=name, stories=stories)


def postings(*held: tuple[str, Article]) -> list[StoryPosting]:
    found = []
    for name, content in held:
        marks = signature(content).marks
        found += [StoryPosting(mark, name, len(marks)) for mark in marks]
    return found


def index(*held: tuple[str, Article, float]) -> StoryIndex:
    made = StoryIndex()
    for place_, (name, content, at) in enumerate(held):
        made.add(ClusterArticle(name, features_of(content), hours(at)))
        made.add(ClusterArticle(f"noise{place_}", features_of(article(OTHER)), hours(at)))
    return made


def put(each: Version, around: StoryContext, *held: tuple[str, Article]):
    signed, known = signature(each.content), postings(*held)
    contents = dict(held)
    likely = [found.article for found in candidates(each.article, signed, known)]
    links = confirm_copies(each.article, each.content, {name: [contents[name]] for name in likely})
    return place(each, entry_of(each, hours(1)), signed, known, links, around, hours(2))


def test_a_text_that_is_like_no_other_is_a_story_of_its_own():
    reading = put(version("a", article(WIRE)), StoryContext(StoryIndex(), {}))
    assert reading.home == Home("a", "a")
    assert reading.copies == reading.joins == ()
    assert reading.marks == signature(article(WIRE)).marks
    assert reading.size == len(reading.marks)
    assert reading.at == hours(2)


def test_a_copy_goes_where_its_text_is_and_says_why():
    around = StoryContext(StoryIndex(), {"a": ("s",)})
    reading = put(version("b", article(WIRE[:6])), around, ("a", article(WIRE)))
    assert reading.home is not None
    assert (reading.home.story, reading.home.copy) == ("s", True)
    assert "of the shorter text is in the other" in reading.home.reasons[0]
    assert [(pair.first, pair.second) for pair in reading.copies] == [("a", "b")]
    assert reading.copies[0].contained > 0.9


def test_a_copy_of_a_text_nobody_placed_joins_that_article():
    reading = put(version("b", article(WIRE)), StoryContext(StoryIndex(), {}), ("a", article(WIRE)))
    assert reading.home == replace(reading.home, story="a")


def test_another_text_on_the_event_is_proposed_with_reasons():
    around = StoryContext(index(("a", article(WIRE), 0)), {"a": ("s",)})
    reading = put(version("c", article(TOLD_ANEW)), around, ("a", article(WIRE)))
    assert reading.copies == ()
    assert reading.home is not None
    assert (reading.home.story, reading.home.copy) == ("s", False)
    assert 0 < (reading.home.score or 0) < 1
    assert "Aurelia" in reading.home.reasons[0]


def test_what_a_person_ruled_out_is_not_proposed_and_what_they_held_is_kept():
    no = current_decisions([Decision(StoryDecisionKind.REJECT, "s", ("b",))])
    around = StoryContext(StoryIndex(), {"a": ("s",)}, no)
    assert put(version("b", article(WIRE)), around, ("a", article(WIRE))).home == Home("b", "b")
    held = current_decisions([Decision(StoryDecisionKind.PIN, "t", ("b",))])
    around = StoryContext(StoryIndex(), {"a": ("s",)}, held)
    assert put(version("b", article(WIRE)), around, ("a", article(WIRE))).home == Home("b", "t")


def test_a_story_that_was_merged_is_the_one_it_is_part_of_now():
    merged = current_decisions([Decision(StoryDecisionKind.MERGE, "s", into="t")])
    reading = put(version("b", article(WIRE)), StoryContext(StoryIndex(), {"a": ("s",)}, merged), ("a", article(WIRE)))
    assert reading.home is not None
    assert reading.home.story == "t"


def test_an_article_that_is_not_alone_stays():
    around = StoryContext(StoryIndex(), {"a": ("s",)}, home=Home("b", "b"), alone=False)
    reading = put(version("b", article(WIRE)), around, ("a", article(WIRE)))
    assert reading.home is None
    assert len(reading.copies) == 1


def test_an_article_whose_home_does_not_change_writes_none():
    around = StoryContext(StoryIndex(), {}, home=Home("a", "a"))
    assert put(version("a", article(WIRE), n=2), around).home is None


def test_a_copy_at_another_outlet_joins_the_named_stories_of_its_text():
    around = StoryContext(StoryIndex(), {"a": ("Ferry",)}, names=frozenset({"Ferry"}), elsewhere=frozenset({"a"}))
    assert put(version("b", article(WIRE)), around, ("a", article(WIRE))).joins == ("Ferry",)
    member = version("b", article(WIRE), stories=("Ferry",))
    assert put(member, around, ("a", article(WIRE))).joins == ()
    assert put(version("b", article(WIRE)), replace(around, elsewhere=frozenset()), ("a", article(WIRE))).joins == ()
    no = current_decisions([Decision(StoryDecisionKind.REJECT, "Ferry", ("b",))])
    assert put(version("b", article(WIRE)), replace(around, decisions=no), ("a", article(WIRE))).joins == ()


def test_an_article_of_a_named_story_lives_there():
    around = StoryContext(StoryIndex(), {"b": ("Ferry",)}, names=frozenset({"Ferry"}))
    assert put(version("b", article(WIRE), stories=("Ferry",)), around).home == Home("b", "Ferry")


def test_a_version_that_brings_little_new_adds_no_marks():
    signed = signature(article(WIRE))
    own = postings(("a", article(WIRE)))
    assert new_marks("a", signed, own) == ()
    longer = signature(article((*WIRE, *OTHER)))
    fresh = new_marks("a", longer, [each for each in own if each.mark in longer.marks])
    assert set(fresh) == set(longer.marks) - {each.mark for each in own}


def test_a_mark_that_a_crowd_bears_is_not_added():
    signed = signature(article(WIRE))
    crowd = [StoryPosting(signed.marks[0], f"x{place_}", 9) for place_ in range(MAX_ARTICLES_A_MARK)]
    assert new_marks("a", signed, crowd) == signed.marks[1:]


def test_an_article_appeared_when_its_outlet_says_unless_that_is_later():
    early = article(WIRE, published=hours(-3))
    assert entry_of(version("a", early), hours(0)).at == hours(-3)
    assert entry_of(version("a", article(WIRE, published=hours(5))), hours(0)).at == hours(0)
    assert entry_of(version("a", article(WIRE)), hours(0)).at == hours(0)
