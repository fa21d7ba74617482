import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tracker.model.article import Article
from tracker.model.story import Decision, Home, StoryDecisionKind
from tracker.stories import clusters as clusters_module
from tracker.stories.clusters import StoryIndex
from tracker.stories.current_stories import current_decisions
from tracker.stories.features import Features, features_of
from tracker.stories.recent_texts import ClusterArticle

from .samples import MORNING, OTHER, TOLD_ANEW, WIRE, article, hours

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


def entry(name: str, content: Article, at: float = 0) -> ClusterArticle:
    return ClusterArticle(name, features_of(content), hours(at))


def entries() -> list[ClusterArticle]:
    told = [("wire", article(WIRE), 0), ("own", OWN, 5), ("sale", SALE, 6), ("council", article(OTHER), 1)]
    return [entry(*each) for each in told] + [entry(f"x{n:02}", filler(n), n / 4) for n in range(30)]


JACKSON = (
    "Vincent Jackson of the Harwich Harriers was arrested on suspicion of drunk driving in January 2009.",
    "Officers stopped the striker Vincent Jackson near the station in the early hours, two days before the cup match.",
    "Jackson was released on bail of 2,500. The Harriers play in Ipswich on Sunday; coach Turner wants him to start.",
    "It was the second arrest of Jackson for drunk driving, after one in 2006.",
)
WILLIAMS = (
    "Jamal Williams, defender of the Harriers, faces a charge of drunk driving after a patrol in February 2010.",
    "A patrol saw the car of Jamal Williams weave over the coast road and measured twice the limit.",
    "Williams played twelve seasons for the Harriers. Lawyer Michael Lamb said that Williams had taken medicine.",
    "The club let Williams go last week, before the arrest was known.",
)


def arrest(name: str, texts: tuple[str, ...]) -> list[ClusterArticle]:
    """Return three articles on one arrest, each of other sentences."""
    chosen = ((0, 1), (0, 2), (3, 2))
    return [
        entry(f"{name}{n}", article([texts[at] for at in each], title=texts[0].split(" of the Ha")[0]))
        for n, each in enumerate(chosen)
    ]


def cluster(articles: Iterable[ClusterArticle]) -> dict[str, tuple[str, ...]]:
    """Place each article, in the order given."""
    known = StoryIndex()
    for each in articles:
        known.place(each)
    return {name: tuple(sorted(members)) for name, members in known.stories.items()}


def home(stories: dict[str, tuple[str, ...]], name: str) -> str:
    return next(story for story, members in stories.items() if name in members)


def test_different_texts_on_one_event_are_one_story_and_look_alikes_are_not():
    stories = cluster(entries())
    assert home(stories, "own") == home(stories, "wire") == "wire"
    assert home(stories, "sale") == home(stories, "council")
    assert set(stories[home(stories, "wire")]) == {"own", "wire"}
    one, other = arrest("a", JACKSON), arrest("b", WILLIAMS)
    mixed = [each for pair in zip(one, other, strict=True) for each in pair]
    for order in (one + other, mixed, mixed[::-1]):
        found = sorted(cluster(order).values())
        assert found == [("a0", "a1", "a2"), ("b0", "b1", "b2")]


def test_a_proposal_says_what_tipped_it_and_what_speaks_against_it():
    index = StoryIndex()
    index.add(entry("wire", article(WIRE)), Home("wire", "Ferry"))
    (found,) = index.place(entry("own", OWN, 5))
    assert (found.article, found.story, found.copy) == ("own", "Ferry", False)
    assert found.score is not None
    assert 0.5 < found.score <= clusters_module.MAX_SCORE
    names, figures, words, apart, *_ = found.reasons
    assert "Aurelia" in names
    assert figures == "figures: 340"
    assert "passengers" in words
    assert apart == "5 h apart"
    index = StoryIndex()
    index.place(entry("a", article(JACKSON[:2])))
    (found,) = index.place(entry("b", article([text.replace("Vincent", "Jamal") for text in JACKSON[:2]])))
    assert "against: names Jamal here, Vincent" in found.reasons[-1]


def test_words_of_all_news_are_not_called_rare():
    index = StoryIndex()
    index.place(entry("a", article(["Three men said before noon that they will have been by the quay before three."])))
    (found,) = index.place(
        entry("b", article(["Three men said before ten that they will have been by the quay before three."]))
    )
    (words,) = (reason for reason in found.reasons if reason.startswith("rare words"))
    assert "quay" in words
    assert {"three", "said", "before", "by"}.isdisjoint(words.removeprefix("rare words: ").split(", "))


def test_credits_zones_and_first_words_of_headlines_speak_against_no_story():
    index = StoryIndex()
    index.place(entry("wire", article(WIRE)))
    (found,) = index.place(entry("own", article(TOLD_ANEW, title="Ferry had faulty sprinklers")))
    assert not [reason for reason in found.reasons if reason.startswith("against") and "Ferry" in reason]
    index.place(entry("a", article([*JACKSON[:2], "Written by CNS at noon EDT, with a report from Harwich."])))
    told = [text.replace("Vincent", "Jamal") for text in JACKSON[:2]]
    (found,) = index.place(entry("b", article([*told, "Written by NRP at noon GMT, with a report from Harwich."])))
    assert found.reasons[-1] == "against: names Jamal here, Vincent there"


def test_the_same_words_weeks_later_tell_of_something_else():
    def story_of_the_second(apart: timedelta) -> str:
        index = StoryIndex()
        index.place(entry("wire", article(WIRE[:3])))
        features = features_of(article(WIRE[2:5], title="Ferry burns"))
        return index.place(ClusterArticle("own", features, MORNING + apart))[0].story

    assert story_of_the_second(timedelta(hours=1)) == "wire"
    assert story_of_the_second(timedelta(days=15)) == "own"


def test_what_is_empty_is_a_story_of_its_own_and_one_that_fills_the_archive_is_found():
    index = StoryIndex()
    assert index.place(entry("a", Article())) == (Home("a", "a"),)
    assert index.place(entry("b", Article())) == (Home("b", "b"),)
    told = [entry(f"a{n:02}", article(WIRE[n % 3 : n % 3 + 5]), n / 9) for n in range(24)]
    assert [len(members) for members in cluster(told).values()] == [24]
    fire = [paragraph for event, _, *paragraphs in PRINTED if event == "fire" for paragraph in paragraphs]
    printed = tuple(("fire", "Boathouse burns", a, b) for a, b in combinations(fire, 2))
    assert len(stories_of(printed)) == 15


def test_an_index_forgets():
    index = StoryIndex()
    made = entries()
    for each in made:
        index.place(each)
    index.place(made[0])
    assert len(index) == len(made)
    assert "wire" in index
    index.forget("wire")
    index.forget("wire")
    assert "wire" not in index
    assert index.home("wire") is None
    for each in made:
        index.forget(each.article)
    assert len(index) == 0
    assert dict(index.stories) == {}


def test_a_copy_is_where_its_text_is_and_stands_for_it_once_that_is_forgotten():
    index = StoryIndex()
    index.place(entry("wire", article(WIRE)))
    copy, another = Home("copy", "wire", 0.9, copy=True), Home("another", "wire", 0.9, copy=True)
    assert index.place(ClusterArticle("copy", Features(), hours(1), copy_of="wire"), copy) == (copy,)
    assert index.place(ClusterArticle("another", Features(), hours(2), False, copy_of="copy"), another) == (another,)
    assert index.place(ClusterArticle("another", Features(), hours(2), False, copy_of="copy"), another) == ()
    index.forget("wire")
    (found,) = index.place(entry("own", OWN, 5))
    assert found.story == "wire"
    index.forget("copy")
    index.forget("own")
    (found,) = index.place(entry("own", OWN, 5))
    assert found.story == "wire"
    index.forget("another")
    assert set(index.stories["wire"]) == {"own"}


def test_the_text_of_a_copy_makes_no_room_for_it(monkeypatch):
    monkeypatch.setattr(clusters_module, "MAX_ARTICLES", 2)
    index = StoryIndex()
    index.place(entry("wire", article(WIRE)))
    index.place(entry("other", article(OTHER)))
    index.place(ClusterArticle("copy", Features(), hours(1), copy_of="wire"), Home("copy", "wire", 0.9, copy=True))
    assert ["wire" in index, "other" in index, "copy" in index] == [True, False, True]


def test_the_article_that_came_in_first_makes_room(monkeypatch):
    monkeypatch.setattr(clusters_module, "MAX_ARTICLES", 3)
    index = StoryIndex()
    for n in range(5):
        index.place(entry(f"x{n}", filler(n)))
    assert [f"x{n}" in index for n in range(5)] == [False, False, True, True, True]


def test_what_people_hold_or_merged_stays_whole_and_draws_others():
    index = StoryIndex()
    index.place(entry("council", article(OTHER)), Home("council", "Marl"), held=True)
    index.place(entry("wire", article(WIRE)), Home("wire", "Ferry"), held=True)
    index.place(entry("sale", SALE), Home("sale", "Ferry"), held=True)
    (found,) = index.place(entry("own", OWN))
    assert found.story == "Ferry"
    assert index.home("sale") == Home("sale", "Ferry")
    merged = current_decisions([Decision(StoryDecisionKind.MERGE, "council", into="wire")])
    index = StoryIndex(merged)
    index.add(entry("wire", article(WIRE)), Home("wire", "wire"))
    index.add(entry("council", article(OTHER)), Home("council", "council"))
    (found,) = index.place(entry("own", OWN))
    assert merged.name(found.story) == "wire"
    assert set(index.stories["wire"]) == {"wire", "council", "own"}


@settings(max_examples=8)
@given(st.permutations(entries()[:12]))
def test_stories_part_the_articles_and_hardly_depend_on_the_order(shuffled):
    stories = cluster(shuffled)
    assert sorted(name for members in stories.values() for name in members) == sorted(e.article for e in shuffled)
    assert home(stories, "own") == home(stories, "wire")
    assert home(stories, "sale") == home(stories, "council")


# The event and the headline, then two paragraphs: three events are told twice.
TEXTS = Path(__file__).with_name("local_paper.txt").read_text(encoding="utf-8")
PRINTED = tuple(
    tuple(re.sub(r"\n {4}", " ", piece).replace(": ", "\n  ", 1).split("\n  "))
    for piece in re.split(r"\n(?! )", TEXTS.strip())
)


def stories_of(printed: Sequence[Sequence[str]]) -> set[tuple[int, int]]:
    """Return the pairs of texts, by their places, that are in one story."""
    index = StoryIndex()
    for n, (_, title, *paragraphs) in enumerate(printed):
        index.place(ClusterArticle(f"{n:02}", features_of(article(paragraphs, title=title)), MORNING, dated=False))
    return {
        (int(one), int(other)) for members in index.stories.values() for one, other in combinations(sorted(members), 2)
    }


@pytest.mark.parametrize("printed", [PRINTED, PRINTED[::-1]], ids=["as printed", "backwards"])
def test_what_most_articles_of_a_local_paper_name_ties_no_two_of_them(printed):
    same = {(a, b) for a, b in combinations(range(len(printed)), 2) if printed[a][0] == printed[b][0]}
    found = stories_of(printed)
    assert same <= found
    # Four pieces quote one sergeant, which ties some of them; the town and the mayor tied 164 pairs and more.
    assert len(found - same) <= 6
