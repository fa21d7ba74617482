"""Current stories, found by what people call them."""

import pytest

from tracker.errors import UsageError
from tracker.model.story import Decision, Home, StoryBook, StoryDecisionKind
from tracker.stories.current_stories import current_stories, find_story, is_ident

A, B, C, D = "a" * 12, "b" * 12, "c" * 12, "dd5" + "d" * 9


def book(*decisions: Decision, homes: tuple[Home, ...] = (), named: tuple[tuple[str, str], ...] = ()) -> StoryBook:
    return StoryBook(homes, named, decisions)


PAIR = (Home(A, A), Home(B, A, 0.4, ("names: Aurelia",)))


def test_a_story_needs_two_articles_or_a_name():
    assert current_stories(book(homes=PAIR)).stories == {A: (A, B)}
    assert current_stories(book(homes=(Home(A, A),))).stories == {}
    assert current_stories(book(named=((C, "Ferry"),))).stories == {"Ferry": (C,)}


def test_a_decision_wins_over_a_name_and_a_proposal():
    out = Decision(StoryDecisionKind.REJECT, "Ferry", (C,))
    assert current_stories(book(out, named=((C, "Ferry"), (A, "Ferry")))).stories == {"Ferry": (A,)}
    away = Decision(StoryDecisionKind.REJECT, A, (B,))
    assert current_stories(book(away, homes=PAIR)).stories == {}


def test_an_article_knows_its_stories():
    settled = current_stories(book(homes=PAIR, named=((C, "Ferry"), (C, "Sea"))))
    assert settled.of_article == {A: (A,), B: (A,), C: ("Ferry", "Sea")}


def test_who_is_accepted_and_why_the_machine_put_it_there():
    copy = Home(C, A, 0.9, ("90 %",), copy=True)
    settled = current_stories(book(Decision(StoryDecisionKind.ACCEPT, A, (B,)), homes=(*PAIR, copy, Home(D, A, 0.2))))
    assert [settled.accepted(each, A) for each in (B, C, D)] == [True, True, False]
    assert settled.reason(C, A) == copy
    assert settled.reason(C, "Ferry") is None
    assert settled.reason("e" * 12, A) is None


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


def test_two_that_begin_alike_are_named():
    homes = (*PAIR, Home(C, "aaab" + "0" * 8), Home(D, "aaab" + "0" * 8))
    with pytest.raises(UsageError, match="several stories") as error:
        find_story(current_stories(book(homes=homes)), "aaa")
    assert A in error.value.hint


def test_an_id_is_told_from_a_name():
    assert is_ident(A)
    assert not is_ident("Ferry")
    assert not is_ident("abcdefabcdeg")


def test_naming_one_article_of_a_nameless_story_names_it_unless_that_is_unclear():
    assert current_stories(book(homes=PAIR, named=((B, "Ferry"),))).stories == {"Ferry": (A, B)}
    assert current_stories(book(homes=PAIR, named=((A, "Sea"), (B, "Ferry")))).stories == {"Sea": (A,), "Ferry": (B,)}
    split = Decision(StoryDecisionKind.SPLIT, A, (B,), "Ferry")
    assert current_stories(book(split, homes=(*PAIR, Home(C, A)))).stories == {A: (A, C), "Ferry": (B,)}
