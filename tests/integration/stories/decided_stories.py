"""Archives of random articles in stories of every kind, with random decisions about them.

Release 0.1 made decisions of kinds that are only read today; they are stored here as it stored them.
"""

from random import Random

from tests.archive_samples import intent, minutes, watch
from tests.archives import temporary_url
from tracker.archive.archive import Archive
from tracker.archive.commits import commit_check
from tracker.archive.opening import open_archive
from tracker.archive.stories import get_story_book, save_decision, save_readings
from tracker.model.story import Decision, Home, StoryDecisionKind, StoryReading
from tracker.model.watch import WatchedArticle
from tracker.stories.current_stories import CurrentStories, current_stories, is_ident

NAMES = ("Ferry", "Storm", "Élection", "Zoo", "Bridge", "Harbour", "Mayor", "Rail")


def watched(store: Archive, dice: Random) -> list[WatchedArticle]:
    """Put articles under watch, some in named stories, and keep a version of most, several at one time."""
    found = []
    for n in range(24):
        names = tuple(dice.sample(NAMES, dice.choice((0, 0, 0, 1, 1, 2))))
        found.append(watch(store, f"https://herald.example/{n}", source=dice.choice(("Herald", "Post")), stories=names))
    for tracked in found[4:]:
        commit_check(store, intent(tracked, 1, minutes(dice.randrange(8))))
    return found


def read(store: Archive, articles: list[WatchedArticle], dice: Random) -> None:
    """Put most articles with a version into a story that was found automatically, or into one of their own."""
    homes = [dice.choice(articles[4:14]).id if dice.random() < 0.8 else each.id for each in articles]
    readings = [
        StoryReading(each.id, 1, minutes(1), homes=(Home(each.id, home, 0.8, ("why",)),))
        for each, home in zip(articles, homes, strict=True)
        if dice.random() < 0.9 and each in articles[4:]
    ]
    save_readings(store, readings)


def decide(store: Archive, articles: list[WatchedArticle], dice: Random) -> None:
    """Decide about random stories, each in a way that people may."""
    for kind in dice.choices(list(StoryDecisionKind), k=dice.choice((0, 0, 1, 3, 6))):
        settled = current_stories(get_story_book(store))
        story, other = dice.choice(list(settled.stories)), dice.choice(list(settled.stories))
        some = tuple(each.id for each in dice.sample(articles, 2))
        into = {"split": "New", "rename": "A title", "merge": other}.get(kind.value, "")
        given = () if kind.value in {"rename", "merge"} else some
        decision = Decision(kind, story, given, into, at=minutes(9), by="Ada")
        save_as_0_1(store, settled, decision)


def save_as_0_1(store: Archive, settled: CurrentStories, decision: Decision) -> None:
    """Store a decision with what it changed of named stories, as release 0.1 did."""
    name = settled.decisions.name
    story, articles, into = name(decision.story), decision.articles, decision.into
    out = ""
    match decision.verdict.value:
        case "reject":
            into, out = "", story
        case "split":
            out = "" if into == story else story
        case "merge":
            articles, into = tuple(sorted(settled.stories.get(story, ()))), name(into)
        case kind:
            into = story if kind in {"accept", "pin"} else ""
    joins, leaves = ([(each, to) for each in articles if to and not is_ident(to)] for to in (into, out))
    save_decision(store, decision, joins, leaves)


def decided_stories(seed: int) -> str:
    """Return the URL of an archive, the same one for each *seed*."""
    dice, made = Random(seed), temporary_url()
    with open_archive(made) as store:
        articles = watched(store, dice)
        read(store, articles, dice)
        decide(store, articles, dice)
    return made
