from collections.abc import Iterable
from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model.article import Article
from tracker.stories import (
    ClusterArticle,
    Decision,
    StoryDecisionKind,
    StoryIndex,
    current_decisions,
    features_of,
    propose,
)
from tracker.stories.clusters import WINDOW
from tracker.stories.similarity import Vectors, Vocabulary, likeness, vectors

from .samples import MORNING, OTHER, WIRE, article, hours

OWN = article(
    [
        "Twelve people died when the ferry Aurelia burned off Sandvik, the worst accident at sea Norland has known.",
        "Passengers told the Courier how the car deck filled with smoke. The rescue of 340 passengers took hours.",
        "Norland Lines, the owner of the ship, said that it would help the families. Ida Brenner led the rescue.",
    ],
    title="Night of smoke on the Aurelia",
)
SALE = article(
    [
        "Marl sells its gasworks.",
        "Mayor Petra Lund defended the sale for 4.5 million of the gasworks in Marl to a developer.",
    ],
    title="Gasworks go to developer",
)
PLAIN = [
    "The {} of the valley was open on Sunday and many came to see the {} by the river.",
    "It had rained in the morning, but the {} of the village held their {} all the same.",
]


def filler(n: int) -> Article:
    things = ("market", "garden", "chapel", "stable", "orchard", "mill", "forge", "tavern", "school", "theater")
    return article(
        [PLAIN[n % 2].format(things[n % 10], things[(n * 7 + 3) % 10] + str(n))], title=f"Sunday {things[n % 10]}"
    )


def entries() -> list[ClusterArticle]:
    told = [("wire", article(WIRE), 0), ("own", OWN, 5), ("sale", SALE, 6), ("council", article(OTHER), 1)]
    made = [ClusterArticle(name, features_of(content), hours(at)) for name, content, at in told]
    return made + [ClusterArticle(f"x{n:02}", features_of(filler(n)), hours(n / 4)) for n in range(30)]


def wire_and_own() -> list[Vectors]:
    """Return both texts on the ferry as they are compared among all."""
    vocabulary = Vocabulary()
    for entry in entries():
        vocabulary.add(entry.features)
    return [vectors(features_of(each), vocabulary) for each in (article(WIRE), OWN)]


def cluster(articles: Iterable[ClusterArticle]) -> dict[str, tuple[str, ...]]:
    """Put each article, in the order of their times, into the story that is proposed first."""
    known = StoryIndex()
    stories: dict[str, tuple[str, ...]] = {}
    for entry in sorted(articles, key=lambda each: (each.at, each.article)):
        known.forget_before(entry.at - WINDOW)
        best = propose(entry, known, stories)[:1]
        stories[entry.article] = tuple(each.story for each in best) or (entry.article,)
        known.add(entry)
    names = dict.fromkeys(story for (story,) in stories.values())
    return {name: tuple(sorted(each for each, found in stories.items() if name in found)) for name in names}


def home(stories: dict[str, tuple[str, ...]], name: str) -> str:
    return next(story for story, members in stories.items() if name in members)


def test_different_texts_on_one_event_are_one_story():
    stories = cluster(entries())
    assert home(stories, "own") == home(stories, "wire") == "wire"
    assert home(stories, "sale") == home(stories, "council") == "council"
    assert stories["wire"] == ("own", "wire")
    assert stories["council"] == ("council", "sale")


def test_a_proposal_says_why():
    index = StoryIndex()
    for entry in entries():
        if entry.article != "own":
            index.add(entry)
    best, *_ = propose(next(e for e in entries() if e.article == "own"), index, {"wire": ["Ferry"]})
    assert (best.article, best.story) == ("own", "Ferry")
    assert best.beside == ("wire",)
    assert 0 < best.score <= 1
    names, figures, words, apart = best.reasons
    assert "Aurelia" in names
    assert figures == "figures: 340"
    assert "passengers" in words
    assert apart == "5 h apart"


def test_the_same_words_a_week_later_tell_of_something_else():
    one, other = wire_and_own()
    near, far = likeness(one, other, timedelta(hours=1)), likeness(one, other, timedelta(days=-9))
    assert far.score < near.score / 7
    assert far.apart == timedelta(days=9)


def test_what_has_nothing_in_common_or_is_empty_scores_nothing():
    nothing = vectors(features_of(Article()), Vocabulary())
    assert likeness(nothing, nothing, timedelta()).score == 0
    assert likeness(nothing, nothing, timedelta()).reasons == ("0 s apart",)
    index = StoryIndex()
    assert propose(ClusterArticle("a", features_of(Article()), MORNING), index, {}) == ()


def test_headlines_in_capitals_make_no_names():
    assert features_of(article([], title="Fire On The Ferry Kills Twelve")).names == ()
    assert dict(features_of(article([], title="Fire kills Brenner")).names)


def test_scripts_without_blanks_are_compared_by_pairs():
    assert "火災" in dict(features_of(article(["東京で火災。"])).words)


def test_years_and_single_digits_tell_nothing():
    assert features_of(article(["In 2026 he saw 3 of 58 ships"], title="")).figures == (("58", 1 + 0.4054651081081644),)


def test_what_any_two_texts_share_counts_against_them():
    one, other = wire_and_own()
    plain = likeness(one, other, timedelta()).score
    assert likeness(one, other, timedelta(), usual=0.05).score == pytest.approx(plain - 0.1)
    assert likeness(one, other, timedelta(), usual=0.9).score == 0


def test_a_story_is_found_where_it_fills_the_archive():
    told = [ClusterArticle(f"a{n:02}", features_of(article(WIRE[n % 3 : n % 3 + 5])), hours(n / 9)) for n in range(24)]
    assert [len(members) for members in cluster(told).values()] == [24]


def test_an_index_forgets():
    index = StoryIndex()
    made = entries()
    for entry in made:
        index.add(entry)
    index.add(made[0])
    assert len(index) == len(made)
    assert "wire" in index
    assert index.forget_before(hours(0.5)) == 3
    assert "wire" not in index
    index.forget("wire")
    for entry in made:
        index.forget(entry.article)
    assert len(index) == 0
    assert index.nearest(made[0]) == ()


def test_a_term_that_very_many_share_finds_nobody():
    index = StoryIndex()
    for n in range(405):
        index.add(ClusterArticle(f"{n}", features_of(article(["Everybody spoke of the Aurelia."])), MORNING))
    assert index.nearest(ClusterArticle("new", features_of(article(["Look at the Aurelia."])), MORNING)) == ()


def proposed(*decisions: Decision) -> list[str]:
    known = StoryIndex()
    for entry in entries():
        if entry.article != "own":
            known.add(entry)
    own = next(entry for entry in entries() if entry.article == "own")
    return [each.story for each in propose(own, known, {}, current_decisions(decisions))]


def test_what_a_person_ruled_out_is_not_proposed():
    assert "wire" in proposed()
    assert "wire" not in proposed(Decision(StoryDecisionKind.REJECT, "wire", ("own",)))
    assert proposed(Decision(StoryDecisionKind.PIN, "Council", ("own",))) == []


def test_a_merged_story_is_proposed_by_the_name_of_what_it_is_part_of():
    assert proposed(Decision(StoryDecisionKind.MERGE, "wire", into="Ferry"))[0] == "Ferry"


@settings(max_examples=25)
@given(st.permutations(entries()[:12]))
def test_stories_part_the_articles_in_any_order(shuffled):
    stories = cluster(shuffled)
    assert sorted(name for members in stories.values() for name in members) == sorted(e.article for e in shuffled)
    assert stories == cluster(shuffled[::-1])
