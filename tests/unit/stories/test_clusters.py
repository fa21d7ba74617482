import re
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import combinations

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
TEXTS = """\
fire: Fire guts Elden boathouse
  PORT ELDEN — A fire destroyed a boathouse on Canal Street early Wednesday, Port Elden police said. Nobody was hurt.
  Fire Chief Ron Abbey told the Elden Gazette that an old heater had probably set the varnish alight. Nine rowing
    boats of the regatta club were lost.
fire: Regatta club loses nine boats in blaze
  The regatta club of Port Elden lost nine rowing boats when its boathouse on Canal Street burned down on Wednesday.
  A heater is thought to have lit the varnish, Fire Chief Ron Abbey said. Mayor Olga Farrow offered the club a hall of
    the city.
budget: Mayor Farrow presents budget for Port Elden
  Mayor Olga Farrow of Port Elden presented a budget of $38 million on Tuesday, with more money for sidewalks and none
    for new police cars.
  The council will vote in December. “We have to live within our means,” Farrow told the Elden Gazette.
burglary: Port Elden police seek burglar of three pharmacies
  Port Elden police are looking for a man who broke into three pharmacies on Monday and Tuesday night.
  He took cash and cough syrup, Sergeant Dale Pruitt said. Callers may reach police in Port Elden at any hour.
school: Lincoln school gets a new roof
  Pupils of the Lincoln school in Port Elden will be taught in tents until May while the roof is replaced.
  Principal Joyce Amber said the children liked it. Mayor Olga Farrow visited the tents on Wednesday.
marathon: Kenyan wins Port Elden marathon
  Peter Kiprop of Kenya won the marathon of Port Elden on Sunday in two hours and eleven minutes.
  Some 1,900 runners took part, the Elden Gazette counted; police closed the bridge road until noon.
bakery: Bakery on Main Street closes after 90 years
  The bakery Oller on Main Street in Port Elden will close at Christmas after 90 years.
  Hanna Oller, 71, said that she had found nobody to rise at two in the morning. Mayor Olga Farrow called it a loss
    for Port Elden.
crash: Two hurt as truck hits tram in Port Elden
  Two women were hurt on Wednesday when a truck hit a tram at the station of Port Elden, police said.
  The driver had looked at his telephone, Sergeant Dale Pruitt told the Elden Gazette. The line was closed for three
    hours.
crash: Truck and tram collide, two women hurt
  A truck drove into a tram at the station on Wednesday. Two women were taken to hospital with broken arms.
  Police say the truck driver was on his telephone. The tram line stood still for three hours, Sergeant Dale Pruitt
    said.
zoo: Otters born at Elden zoo
  The zoo of Port Elden has three young otters, the first in eleven years.
  Keeper Sam Wray will show them to visitors from Wednesday on. Mayor Olga Farrow is to name one of them.
court: Landlord fined over mold in Port Elden
  A court in Port Elden fined the landlord Victor Hask $12,000 on Wednesday for mold in 40 apartments.
  Tenants had complained to the city for two years, Judge Nora Timm said. Hask will appeal, his lawyer told the Elden
    Gazette.
library: Library opens on Sundays
  The public library in Port Elden will open on Sundays from March, the council decided on Tuesday.
  Librarian Theo Marsh needs four volunteers. The Elden Gazette gives its old volumes to the reading room.
bridge: Iron bridge to be painted green
  The iron bridge in Port Elden will be painted green next summer, Mayor Olga Farrow said on Wednesday.
  A poll of 800 readers of the Elden Gazette had preferred red. The paint lasts for thirty years, engineer Lutz Brand
    said.
flu: Flu fills the hospital of Port Elden
  The hospital in Port Elden has no free beds since Monday because so many people have influenza.
  Doctor Amy Sands asked visitors to stay at home. Surgery is put off for a week, the Elden Gazette learned.
theater: Curtain rises again at the Rialto
  The Rialto theater in Port Elden reopens on Wednesday with a comedy by Molière after two years of repairs.
  Director Paula Weems rebuilt the stage for $3 million. Mayor Olga Farrow will sit in the first row.
dog: Lost dog rides bus across Port Elden
  A terrier rode the number 7 bus through Port Elden alone on Tuesday until a driver recognized it.
  Police brought the dog, Biscuit, home to its owner, Jill Crane. It had ridden 14 miles, the Elden Gazette reckons.
strike: Garbage collectors walk out
  Garbage in Port Elden stays on the streets from Wednesday: the collectors are on strike for higher wages.
  Union leader Bo Sterling wants five percent. Mayor Olga Farrow called the demand unreal; talks begin on Friday.
strike: Trash piles up as union strikes
  Trash was piling up on Thursday, the second day of the strike of garbage collectors in Port Elden.
  The union of Bo Sterling insists on five percent more wages. Talks with the city are to begin on Friday.
football: Elden Rovers lose the derby
  The Elden Rovers lost the derby against Marlow 0:3 on Saturday and fell to last place.
  Coach Ted Nash spoke of a lack of will. Police led two drunk fans out of the stadium in Port Elden.
museum: Ship model stolen from museum
  A model of a whaler from 1820 was stolen from the museum of Port Elden on Tuesday night, police said.
  It is worth $50,000, curator Ines Gold told the Elden Gazette. The thief came through a skylight.
trees: City plants 500 lindens
  Port Elden will plant 500 lindens along its avenues by April, Mayor Olga Farrow announced on Wednesday.
  Each tree costs $300. Gardener Phil Root is looking for people who water one in front of their door.
well: Wells in the north run dry
  Forty wells in the north of Port Elden have run dry after the dry summer.
  Farmers bring water in tankers, Gus Holt of the water board told the Elden Gazette. Rain is not in sight before
    Wednesday.
choir: Choir sings in Vienna
  The girls' choir of Port Elden sang in Vienna on Sunday before 2,000 listeners.
  Conductor Mia Vale had tears in her eyes. Mayor Olga Farrow sent flowers.
hoax: Bomb hoax empties college
  Port Elden police emptied the college on Wednesday after a caller had spoken of a bomb. None was found.
  A student of 19 has confessed, Sergeant Dale Pruitt said. He had wanted to miss an examination in chemistry.
fishing: Eels return to the Elden river
  Eels swim in the river at Port Elden again, for the first time since 1974, biologist Kate Moss-Ray found.
  She caught 60 on Monday. The Elden Gazette ate none, as they are protected.
market: Market square gets a fountain
  The market square in Port Elden gets a fountain of basalt, the council decided on Wednesday with one vote more.
  The sculptor Ugo Ferri won over 22 others. Mayor Olga Farrow had wanted a clock.
hotel: Grand hotel is for sale
  The grand hotel in Port Elden is for sale for $9 million, its owner, Carl Vance, told the Elden Gazette.
  It has 80 rooms and a ghost, he said. Bids are taken until Wednesday of next week.
internet: Fiber for the western quarters
  The western quarters of Port Elden get fiber in the spring, the company Telnor said on Tuesday.
  Streets will be dug up from February. Mayor Olga Farrow asked residents for patience.
chess: Boy of nine wins chess title
  Arjun Patel, nine years old and from Port Elden, won the chess title of the state on Sunday.
  He beat a teacher of 54 in the final game. The Elden Gazette plays him on Wednesday, and expects to lose.
lake: Swimming banned in Mirror Lake
  The city of Port Elden has banned swimming in Mirror Lake since Wednesday because of blue algae.
  Two dogs have died. Samples are taken every week, chemist Rita Cole said.
"""
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
