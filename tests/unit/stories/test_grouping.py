import math
from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.unit.stories.samples import MORNING, OTHER, TOLD_ANEW, WIRE, article, hours
from tracker.model.article import Article
from tracker.model.story import Decision, Home, StoryDecisionKind, StoryPostings, StoryReading
from tracker.model.version import Version
from tracker.stories.clusters import Group, StoryIndex, agglomerate, stories_of_groups
from tracker.stories.copies import MAX_ARTICLES_A_MARK, candidates, confirm_copies, new_marks, sign
from tracker.stories.current_stories import current_decisions
from tracker.stories.features import StoryModel, features_of, sentences_of, text_of, without_dateline, words_of
from tracker.stories.placing import StoryContext, UnreadVersion, entry_of, place, prepare, sign_all
from tracker.stories.recent_texts import ClusterArticle

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


def version(name: str, content: Article, *, stories: tuple[str, ...] = (), n: int = 1) -> Version:
    return Version(name, n, f"https://{name}.test/ferry", MORNING, content, "x", "0" * 64, source=name, stories=stories)


def postings(*held: tuple[str, Article]) -> StoryPostings:
    articles: defaultdict[int, list[str]] = defaultdict(list)
    for name, content in held:
        for mark in sign(text_of(content)):
            articles[mark].append(name)
    return StoryPostings(articles, {name: len(sign(text_of(content))) for name, content in held})


def index(*held: tuple[str, Article, str]) -> StoryIndex:
    made = StoryIndex()
    for name, content, story in held:
        made.add(ClusterArticle(name, features_of(content), hours(0)), Home(name, story))
    return made


def put(each: Version, around: StoryContext, *held: tuple[str, Article]) -> StoryReading:
    signed, known = sign(text_of(each.content)), postings(*held)
    contents = dict(held)
    likely = candidates(each.article, signed, known)
    links = confirm_copies(each.article, text_of(each.content), {name: [text_of(contents[name])] for name in likely})
    unread = UnreadVersion(each, text_of(each.content), signed, new_marks(each.article, signed, known), ())
    return place(unread, links, around, hours(2))


def home_of(reading: StoryReading) -> Home:
    (home,) = reading.homes
    return home


def test_a_copy_goes_where_its_text_is_and_a_text_like_no_other_alone():
    reading = put(version("a", article(WIRE)), StoryContext(StoryIndex()))
    assert reading.homes == (Home("a", "a"),)
    assert (reading.copies, reading.joins) == ((), ())
    assert reading.marks == sign(text_of(article(WIRE)))
    assert reading.size == len(reading.marks)
    assert reading.at == hours(2)
    around = StoryContext(StoryIndex(), {"a": ("s",)})
    reading = put(version("b", article(WIRE[:6])), around, ("a", article(WIRE)))
    assert (home_of(reading).story, home_of(reading).copy) == ("s", True)
    assert "of the shorter text is in the other" in home_of(reading).reasons[0]
    assert [(pair.first, pair.second) for pair in reading.copies] == [("a", "b")]
    assert reading.copies[0].contained > 0.9
    assert home_of(put(version("b", article(WIRE)), StoryContext(StoryIndex()), ("a", article(WIRE)))).story == "a"


def test_another_text_on_the_event_is_proposed_unless_a_person_ruled_it_out():
    around = StoryContext(index(("a", article(WIRE), "s")))
    reading = put(version("c", article(TOLD_ANEW)), around, ("a", article(WIRE)))
    assert reading.copies == ()
    assert (home_of(reading).story, home_of(reading).copy) == ("s", False)
    assert 0 < (home_of(reading).score or 0) < 1
    assert "Aurelia" in home_of(reading).reasons[0]
    no = current_decisions([Decision(StoryDecisionKind.REJECT, "s", ("b",))])
    around = StoryContext(StoryIndex(no), {"a": ("s",)}, no)
    assert home_of(put(version("b", article(WIRE)), around, ("a", article(WIRE)))) == Home("b", "b")
    held = current_decisions([Decision(StoryDecisionKind.PIN, "t", ("b",))])
    around = StoryContext(StoryIndex(held), {"a": ("s",)}, held)
    assert home_of(put(version("b", article(WIRE)), around, ("a", article(WIRE)))) == Home("b", "t")


def test_a_story_that_was_merged_is_the_one_it_is_part_of_now():
    merged = current_decisions([Decision(StoryDecisionKind.MERGE, "s", into="t")])
    around = StoryContext(StoryIndex(merged), {"a": ("s",)}, merged)
    assert home_of(put(version("b", article(WIRE)), around, ("a", article(WIRE)))).story == "t"


def test_a_version_that_brings_little_leaves_its_article_where_it_is_and_writes_nothing():
    around = StoryContext(index(("b", article(WIRE), "b")), {"a": ("s",)}, home=Home("b", "b"))
    reading = put(version("b", article(WIRE), n=2), around, ("a", article(WIRE)), ("b", article(WIRE)))
    assert (reading.homes, reading.marks) == ((), ())
    assert len(reading.copies) == 1
    around = StoryContext(StoryIndex(), home=Home("a", "a"))
    assert put(version("a", article(WIRE), n=2), around).homes == ()


def test_a_copy_joins_the_named_stories_of_its_text_and_their_articles_live_there():
    around = StoryContext(StoryIndex(), {"a": ("Ferry",)}, names=frozenset({"Ferry"}), elsewhere=frozenset({"a"}))
    assert put(version("b", article(WIRE)), around, ("a", article(WIRE))).joins == ("Ferry",)
    member = version("b", article(WIRE), stories=("Ferry",))
    assert put(member, around, ("a", article(WIRE))).joins == ()
    assert put(version("b", article(WIRE)), replace(around, elsewhere=frozenset()), ("a", article(WIRE))).joins == ()
    no = current_decisions([Decision(StoryDecisionKind.REJECT, "Ferry", ("b",))])
    assert put(version("b", article(WIRE)), replace(around, decisions=no), ("a", article(WIRE))).joins == ()
    around = StoryContext(StoryIndex(), names=frozenset({"Ferry"}))
    assert home_of(put(version("b", article(WIRE), stories=("Ferry",)), around)) == Home("b", "Ferry")


def test_marks_of_little_news_or_of_a_crowd_are_not_added():
    signed = sign(text_of(article(WIRE)))
    own = postings(("a", article(WIRE)))
    assert new_marks("a", signed, own) == ()
    longer = sign(text_of(article((*WIRE, *OTHER))))
    assert set(new_marks("a", longer, own)) == set(longer) - own.articles.keys()
    crowd = StoryPostings({signed[0]: [f"x{n}" for n in range(MAX_ARTICLES_A_MARK)]})
    assert new_marks("a", signed, crowd) == signed[1:]


def test_an_article_appeared_when_its_outlet_says_unless_that_is_later():
    early = article(WIRE, published=hours(-3))
    assert entry_of(version("a", early), hours(0)).at == hours(-3)
    assert entry_of(version("a", article(WIRE, published=hours(5))), hours(0)).at == hours(0)
    assert entry_of(version("a", article(WIRE)), hours(0)).at == hours(0)


def test_a_version_that_brings_little_is_compared_with_no_text():
    stored = postings(("a", article(WIRE)), ("b", article(WIRE)))
    longer = article((*WIRE, *OTHER))
    versions = [version("a", article(WIRE), n=2), version("a", longer, n=3), version("c", article(WIRE))]
    unread = prepare(versions, sign_all(versions), stored)
    assert [each.candidates for each in unread] == [(), ("b",), ("a", "b")]
