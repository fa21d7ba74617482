"""A byline that changes alone is believed when it is in two places of the page, or is found twice."""

from datetime import timedelta

import pytest

from tests.fake_fetcher import page
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.versions import latest_version
from tracker.model.source import Target


class Visits:
    def __init__(self) -> None:
        self.world = World({})
        add_targets(self.world.archive, "s", [Target(STORY)], START)

    async def visit(self, shown: str, stated: str = "", text: str = "Four") -> str:
        """Serve the story with a byline that is *shown*, and one *stated* in its metadata; return the outcome."""
        html = story(text).replace("</h1>", f"</h1><p class=byline>By {shown}</p>" if shown else "</h1>")
        html = html.replace("</head>", f'<meta name="author" content="{stated}"></head>' if stated else "</head>")
        self.world.fetcher.pages[STORY] = page(STORY, html, etag=f'"{shown} {stated} {text}"')
        (*_, outcome) = await self.world.crawl(timedelta(hours=1))
        return outcome

    def byline(self) -> tuple[str, ...]:
        (tracked,) = list_articles(self.world.archive)
        latest = latest_version(self.world.archive, tracked.id)
        assert latest is not None
        return latest.content.byline


MOOR, STEIN = "Ada Moor", "Ida Stein"


@pytest.mark.parametrize(
    ("visited", "outcomes", "byline"),
    [
        pytest.param([(MOOR,), (STEIN,), (STEIN,)], ["unchanged", "changed"], STEIN, id="in one place, found again"),
        pytest.param([(MOOR,), *[(STEIN,), (MOOR,)] * 2], ["unchanged"] * 4, MOOR, id="it comes and goes"),
        pytest.param([(MOOR, MOOR), (STEIN, STEIN)], ["changed"], STEIN, id="named by page and metadata"),
        pytest.param(
            [("", MOOR), ("", STEIN), ("", STEIN), ("", ""), ("", ""), ("", STEIN, "Five")],
            [*["unchanged"] * 4, "changed"],
            STEIN,
            id="in the metadata alone, which no reader sees",
        ),
        pytest.param(
            [(MOOR, MOOR), ("", STEIN), ("", STEIN)], ["unchanged", "changed"], STEIN, id="it leaves the page alone"
        ),
        pytest.param([(MOOR,), (STEIN, "", "Five")], ["changed"], STEIN, id="with an edit of the text"),
        pytest.param([(MOOR,), ("",), ("",)], ["unchanged", "changed"], "", id="gone twice"),
    ],
)
async def test_when_a_byline_is_believed(visited: list[tuple[str, ...]], outcomes: list[str], byline: str):
    visits = Visits()
    assert [await visits.visit(*each) for each in visited] == ["new", *outcomes]
    assert visits.byline() == ((byline,) if byline else ())


async def test_the_first_visit_says_why_it_made_no_version():
    visits = Visits()
    await visits.visit("Ada Moor")
    await visits.visit("Ida Stein")
    (tracked,) = list_articles(visits.world.archive)
    assert list_checks(visits.world.archive, tracked.id, 1)[0].detail == (
        "byline: in one place of the page only, and for the first time: Ida Stein"
    )
    assert visits.byline() == ("Ada Moor",)


async def test_two_places_of_the_metadata_are_two_witnesses():
    visits = Visits()
    await visits.visit("", "Ada Moor")
    html = story().replace(
        "</head>", '<meta name="author" content="Ida Stein"><meta name="byl" content="Ida Stein"></head>'
    )
    visits.world.fetcher.pages[STORY] = page(STORY, html)
    (*_, outcome) = await visits.world.crawl(timedelta(hours=1))
    assert outcome == "changed"


async def test_a_name_that_nothing_marks_as_a_byline_makes_no_version_by_itself():
    visits = Visits()
    await visits.visit("")
    unmarked = story().replace("</article>", "<p>Ida Stein</p></article>")
    visits.world.fetcher.pages[STORY] = page(STORY, unmarked)
    for _ in range(3):
        (*_, outcome) = await visits.world.crawl(timedelta(hours=1))
        assert outcome == "unchanged"
    assert visits.byline() == ()
