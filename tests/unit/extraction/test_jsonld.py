import json

import pytest

from tracker.extraction.extractor import read

from .pages import article

OWN = {
    "@type": "NewsArticle",
    "headline": "Council closes ferry terminal",
    "datePublished": "2026-11-28T10:00:00Z",
    "author": {"@type": "Person", "name": "Ada Moor"},
    "mainEntityOfPage": {"@type": "WebPage", "@id": "https://x.test/ferry"},
}
RELATED = {
    "@type": "NewsArticle",
    "headline": "Storm forces thousands out",
    "datePublished": "2025-02-03T10:00:00Z",
    "author": {"@type": "Person", "name": "Ben Field"},
    "mainEntityOfPage": "https://x.test/storm",
}


def page(*objects: object, head: str = "") -> bytes:
    scripts = "".join(f'<script type="application/ld+json">{json.dumps(each)}</script>' for each in objects)
    return article(head=head + scripts)


@pytest.mark.parametrize(
    "found",
    [
        page([RELATED, OWN]),
        page(RELATED, OWN),
        page({"@graph": [RELATED, OWN]}),
        page(
            RELATED,
            OWN | {"headline": "Ferries: the end of a line"},
            head='<link rel="canonical" href="https://x.test/ferry">',
        ),
        page(OWN, RELATED),
    ],
)
def test_an_article_that_is_described_beside_related_ones_keeps_its_own_author_and_date(found: bytes) -> None:
    got = read(found).article
    assert got.byline == ("Ada Moor",)
    assert got.published is not None
    assert got.published.year == 2026


def test_the_first_article_described_counts_where_none_has_a_headline_that_the_page_shows() -> None:
    found = page(OWN | {"headline": "Ferries: the end of a line"}, RELATED)
    assert read(found).article.byline == ("Ada Moor",)


@pytest.mark.parametrize("author", [{"@id": "#ada"}, [{"@id": "#ada"}]])
def test_an_author_may_be_named_by_reference(author: object) -> None:
    ada = {"@type": "Person", "@id": "#ada", "name": "Ada Moor"}
    assert read(page({"@graph": [OWN | {"author": author}, ada]})).article.byline == ("Ada Moor",)


@pytest.mark.parametrize("graph", [[], [{"@id": "#ada"}], [{"@id": ["#ada"], "name": "Ada Moor"}]])
def test_a_reference_to_nothing_names_nobody(graph: list[object]) -> None:
    assert read(page({"@graph": [OWN | {"author": {"@id": "#ada"}}, *graph]})).article.byline == ()


ADA = {"@type": "Person", "@id": "#ada", "name": "Ada Moor"}


def script(text: str) -> bytes:
    return article(head=f'<script type="application/ld+json">{text}</script>')


@pytest.mark.parametrize(
    "found",
    [
        page({"@type": "WebPage", "name": "Ferry", "hasPart": [{"@type": "WebPageElement"}, OWN]}),
        page({"@graph": [[OWN | {"author": {"@type": "Person", "@id": "#ada"}}], [ADA]]}),
        page({"@graph": [OWN | {"author": {"@id": "#ada"}}, ADA, {"@type": "Person", "@id": "#ada"}]}),
        script(json.dumps({"@type": "BreadcrumbList"}) + json.dumps(OWN)),
        script(json.dumps({"@type": "BreadcrumbList"}) + ",\n" + json.dumps(OWN) + "; window.ready = true"),
    ],
)
def test_the_article_is_found_in_parts_graphs_and_second_objects(found: bytes) -> None:
    got = read(found).article
    assert got.byline == ("Ada Moor",)
    assert dict(got.fields)["published"] == "json-ld"
