"""A quotation is located in the stored versions, followed at each check, and told of when it no longer stands."""

from datetime import timedelta

from tests.fake_fetcher import page, status
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.alerts.message import compose
from tracker.archive.articles import add_targets, get_article
from tracker.archive.citations import add_citation, list_citations
from tracker.archive.outbox import list_deliveries
from tracker.archive.takedowns import take_down
from tracker.config.tables import RuleConfig
from tracker.model.citation import Citation, CitationState
from tracker.model.source import Target
from tracker.pipeline.citations import find_quotation, follow_citations

HOUR = timedelta(hours=1)
TOLL, SHIPS = "Four people were hurt on Tuesday", "the harbour stayed closed to all ships"


async def cited(*quotations: str) -> tuple[World, str]:
    """Return a world with an article whose first version is cited, and a rule about citations."""
    world = World({STORY: page(STORY, story())})
    add_targets(world.archive, "s", [Target(STORY)], START)
    world.config = world.config.model_copy(update={"rules": (RuleConfig(name="cited", to=("hook",), cites=True),)})
    await world.crawl()
    article = get_article(world.archive, STORY).id
    for each in quotations:
        (found,) = find_quotation(world.archive, article, each)
        where = (article, found.version, STORY, each, found.passage, found.place)
        add_citation(world.archive, Citation(0, *where, "", START))
    return world, article


def states(world: World) -> list[CitationState | None]:
    return [each.passage.state for each in follow_citations(world.archive, list_citations(world.archive))]


async def test_only_the_altered_passage_is_told_of_once():
    world, article = await cited(TOLL, SHIPS)
    assert get_article(world.archive, article).is_cited
    world.fetcher.pages[STORY] = page(STORY, story("Five"))
    await world.crawl(HOUR)
    await world.crawl(HOUR)
    assert states(world) == [CitationState.ALTERED, CitationState.STANDS]
    (alert,) = list_deliveries(world.archive)
    message = compose(alert.payload)
    assert "cited passage altered" in message.subject
    assert f"The passage that you cited was altered: “{TOLL}”." in message.text
    assert [(each["state"], each["quotation"]) for each in alert.payload["citations"]] == [("altered", TOLL)]


async def test_note_of_a_later_version_corrects_what_was_altered_before():
    world, _ = await cited(TOLL, SHIPS)
    world.fetcher.pages[STORY] = page(STORY, story("Five"))
    await world.crawl(HOUR)
    note = "Correction: An earlier version of this article said that four people were hurt. It was five."
    world.fetcher.pages[STORY] = page(STORY, story("Five").replace("</article>", f"<p>{note}</p></article>"))
    await world.crawl(HOUR)
    corrected, stands = follow_citations(world.archive, list_citations(world.archive))
    assert (corrected.passage.state, corrected.passage.notice) == (CitationState.CORRECTED, note)
    assert corrected.passage.version == 3
    assert corrected.passage.hunks
    assert stands.passage.state is CitationState.STANDS
    told = [[each["state"] for each in alert.payload["citations"]] for alert in list_deliveries(world.archive)]
    assert told == [["corrected"], ["altered"]]


async def test_page_that_is_gone_is_told_of_and_may_come_back():
    world, _ = await cited(TOLL)
    world.fetcher.pages[STORY] = status(STORY, 410)
    await world.crawl(HOUR)
    assert states(world) == [CitationState.GONE]
    (alert,) = list_deliveries(world.archive)
    assert "no longer online" in compose(alert.payload).text
    world.fetcher.pages[STORY] = page(STORY, story())
    await world.crawl(timedelta(days=8))
    (back,) = follow_citations(world.archive, list_citations(world.archive))
    assert (back.passage.state, back.since) == (CitationState.STANDS, world.clock.now)


async def test_other_rules_say_nothing_of_citations_and_changes_elsewhere_are_not_told():
    world, _ = await cited(SHIPS)
    world.fetcher.pages[STORY] = page(STORY, story("Five"))
    await world.crawl(HOUR)
    assert states(world) == [CitationState.STANDS]
    assert list_deliveries(world.archive) == []


async def test_quotation_of_an_earlier_version_is_found_there():
    world, article = await cited()
    world.fetcher.pages[STORY] = page(STORY, story("Five"))
    await world.crawl(HOUR)
    (found,) = find_quotation(world.archive, article, TOLL)
    assert (found.version, found.different_words) == (1, None)
    (nearly,) = find_quotation(world.archive, article, "Six people were hurt on Tuesday when")
    assert (nearly.version, nearly.different_words) == (2, 1)
    assert find_quotation(world.archive, article, "Nobody was hurt in the fire at all") == []


async def test_nothing_is_said_of_a_passage_whose_text_was_taken_down():
    world, article = await cited(TOLL)
    take_down(world.archive, article, "court order", START)
    assert states(world) == [None]
    assert TOLL not in {each.passage for each in list_citations(world.archive)}


async def test_page_that_alternates_is_told_of_once():
    world, _ = await cited(TOLL)
    for toll in ("Five", "Four", "Five", "Four", "Five"):
        world.fetcher.pages[STORY] = page(STORY, story(toll))
        await world.crawl(timedelta(minutes=10))
    assert states(world) == [CitationState.ALTERED]
    assert len(list_deliveries(world.archive)) == 1


async def test_passage_cited_after_the_page_began_to_alternate_is_told_of():
    world, article = await cited()
    for toll in ("Five", "Four"):
        world.fetcher.pages[STORY] = page(STORY, story(toll))
        await world.crawl(timedelta(minutes=10))
    (found,) = find_quotation(world.archive, article, TOLL)
    where = (article, found.version, STORY, TOLL, found.passage, found.place)
    add_citation(world.archive, Citation(0, *where, "", START))
    for toll in ("Five", "Four", "Five"):
        world.fetcher.pages[STORY] = page(STORY, story(toll))
        await world.crawl(timedelta(minutes=10))
    assert states(world) == [CitationState.ALTERED]
    assert len(list_deliveries(world.archive)) == 1
