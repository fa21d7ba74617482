from collections import defaultdict
from dataclasses import replace

from tests.unit.stories.samples import MORNING, OTHER, TOLD_ANEW, WIRE, article, hours
from tracker.model.article import Article
from tracker.model.story import Decision, Home, StoryDecisionKind, StoryPostings, StoryReading
from tracker.model.version import Version
from tracker.stories.clusters import StoryIndex
from tracker.stories.copies import MAX_ARTICLES_A_MARK, candidates, confirm_copies, new_marks, sign
from tracker.stories.current_stories import current_decisions
from tracker.stories.features import features_of, text_of
from tracker.stories.placing import StoryContext, UnreadVersion, entry_of, place, prepare, sign_all
from tracker.stories.recent_texts import ClusterArticle


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
