"""A change of a long text: a way to its first edit, and lists of facts and labels that do not fill the page."""

from dataclasses import replace

import pytest

from tests.archive_samples import content
from tests.archives import new_archive_at
from tests.articles import article

from .conftest import client_of
from .newsroom_archive import NOW, store_article

LINES = [f"The harbor office counted {n + 3} boats at pier {n + 40} on the morning of the storm." for n in range(24)]


@pytest.fixture
def page_of_change(tmp_path):
    """Return what gives the HTML of the change from LINES to other paragraphs."""

    async def page(lines: list[str]) -> str:
        url = new_archive_at(tmp_path / "w.db")
        texts = [replace(content(1), blocks=article(*each).blocks) for each in (LINES, lines)]
        ident = store_article(url, "https://gazette.example/boats", [(NOW, b"x", each) for each in texts])
        async with client_of(url) as client:
            return (await client.get(f"/articles/{ident}/1..2")).text

    return page


async def test_a_link_leads_to_an_edit_far_below(page_of_change):
    html = await page_of_change([*LINES[:9], LINES[9].replace("12 boats", "13 boats"), *LINES[10:]])
    assert '<a href="#b9">First edit: ¶10</a>' in html


async def test_no_link_leads_to_an_edit_at_the_top(page_of_change):
    html = await page_of_change([LINES[0].replace("3 boats", "5 boats"), *LINES[1:]])
    assert "First edit" not in html


async def test_only_the_first_of_many_facts_and_labels_are_unfolded(page_of_change):
    html = await page_of_change([line.replace(" boats", "0 boats") for line in LINES])
    shown, folded = html.split('<h2 id="labels">')[1].split("</section>")[0].split('<details class="rest"><summary>')
    assert shown.count("<dt>") == 15
    assert folded.startswith(f"{folded.count('<dt>')} more")
    facts = html.split('<h2 id="facts">')[1].split("</section>")[0]
    assert facts.count("<tr>") - 2 > 15
    assert facts.split("<details")[0].count("<tr>") - 1 == 15


async def test_the_most_prominent_label_is_listed_first(page_of_change):
    html = await page_of_change([LINES[0].replace("3 boats", "5 boats"), *LINES[1:]])
    listed = html.split('<h2 id="labels">')[1].split("</section>")[0]
    assert listed.index(">not-noted<") < listed.index(">number<")
