"""A byline that changes alone is believed when it is in two places of the page, or is found twice."""

from datetime import timedelta

from tests.fake_fetcher import page
from tests.unit.pipeline.world import START, STORY, World, story
from tracker.archive.articles import add_targets, list_articles
from tracker.archive.checks import list_checks
from tracker.archive.versions import latest_version
from tracker.model.listing import Target


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


async def test_a_byline_in_one_place_alone_makes_a_version_when_it_is_found_again():
    visits = Visits()
    assert [await visits.visit(name) for name in ("Ada Moor", "Ida Stein", "Ida Stein")] == [
        "new", "unchanged", "changed"
    ]  # fmt: skip
    assert visits.byline() == ("Ida Stein",)


async def test_the_first_visit_says_why_it_made_no_version():
    visits = Visits()
    await visits.visit("Ada Moor")
    await visits.visit("Ida Stein")
    (tracked,) = list_articles(visits.world.archive)
    assert list_checks(visits.world.archive, tracked.id, 1)[0].detail == (
        "byline: in one place of the page only, and for the first time: Ida Stein"
    )
    assert visits.byline() == ("Ada Moor",)


async def test_a_byline_that_comes_and_goes_makes_no_version():
    visits = Visits()
    names = ("Ada Moor", "Ida Stein", "Ada Moor", "Ida Stein", "Ada Moor")
    assert [await visits.visit(name) for name in names][1:] == ["unchanged"] * 4


async def test_a_byline_that_page_and_metadata_name_is_believed_at_once():
    visits = Visits()
    await visits.visit("Ada Moor", "Ada Moor")
    assert await visits.visit("Ida Stein", "Ida Stein") == "changed"


async def test_two_places_of_the_metadata_are_two_witnesses():
    visits = Visits()
    await visits.visit("", "Ada Moor")
    html = story().replace(
        "</head>", '<meta name="author" content="Ida Stein"><meta name="byl" content="Ida Stein"></head>'
    )
    visits.world.fetcher.pages[STORY] = page(STORY, html)
    (*_, outcome) = await visits.world.crawl(timedelta(hours=1))
    assert outcome == "changed"


async def test_a_byline_in_one_place_of_the_metadata_which_no_reader_sees_makes_no_version_by_itself():
    visits = Visits()
    names = ("Ada Moor", "Ida Stein", "Ida Stein", "", "")
    assert [await visits.visit("", name) for name in names] == ["new"] + ["unchanged"] * 4
    assert await visits.visit("", "Ida Stein", text="Five") == "changed"
    assert visits.byline() == ("Ida Stein",)


async def test_a_byline_that_leaves_the_page_but_not_its_metadata_is_believed_when_that_is_found_again():
    visits = Visits()
    await visits.visit("Ada Moor", "Ada Moor")
    assert [await visits.visit("", "Ida Stein") for _ in range(2)] == ["unchanged", "changed"]


async def test_with_an_edit_of_the_text_the_byline_is_part_of_it():
    visits = Visits()
    await visits.visit("Ada Moor")
    assert await visits.visit("Ida Stein", text="Five") == "changed"
    assert visits.byline() == ("Ida Stein",)


async def test_a_byline_that_is_gone_twice_is_gone():
    visits = Visits()
    await visits.visit("Ada Moor")
    assert [await visits.visit(""), await visits.visit("")] == ["unchanged", "changed"]
    assert visits.byline() == ()


async def test_a_name_that_nothing_marks_as_a_byline_makes_no_version_by_itself():
    visits = Visits()
    await visits.visit("")
    unmarked = story().replace("</article>", "<p>Ida Stein</p></article>")
    visits.world.fetcher.pages[STORY] = page(STORY, unmarked)
    for _ in range(3):
        (*_, outcome) = await visits.world.crawl(timedelta(hours=1))
        assert outcome == "unchanged"
    assert visits.byline() == ()
