import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.extractor import read
from tracker.model.article import BlockKind, PageKind

from .pages import PARAGRAPHS, TEXT, article, kinds, plain_page
from .test_extractor import NOISE


def test_the_container_of_the_last_version_is_preferred():
    other = "".join(f"<p>{p} And so on.</p>" for p in PARAGRAPHS)
    page = f"<html><body><main><section>{other}</section><div>{other}</div></main></body></html>".encode()
    signature = read(page).signature
    assert read(page, prefer=signature).signature == signature
    assert read(page, prefer="html>body>main>div").signature != ""
    assert read(page, prefer="body>main>section").container == "body>main>section"
    assert read(page, prefer="nowhere").signature == signature


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"hi",
        b"just a line of text",
        b"<frameset><frame src=x></frameset>",
        b"\x00\xff",
        b"<p>",
        b"<html><body hidden><p>x",
    ],
)
def test_tiny_pages_do_not_crash(page):
    assert read(page).page is PageKind.EMPTY


def test_reading_is_deterministic_whatever_was_read_before():
    one = read(article(NOISE["aside"]))
    read(article(NOISE["comments"]))
    assert read(article(NOISE["aside"])) == one


PIECES = st.sampled_from(
    [
        "<p>",
        "</p>",
        "<div class='related'>",
        "</div>",
        "<br>",
        "<br><br>",
        "<ul><li>",
        "</ul>",
        "<h1>",
        "</h1>",
        "<table><tr><td>",
        "<a href=/x>",
        "</a>",
        "<template>",
        "<!--",
        "-->",
        "text that goes on for a while, and then ends.",
        "<time datetime='2024'>",
        '<script type=\'application/ld+json\'>{"@type":["NewsArticle"],"author":[[]]}</script>',
        "<meta name=author content='x'>",
        "<body hidden>",
        "<frameset>",
        "&#0;",
        "\ud83d".encode("utf-8", "surrogatepass").decode("utf-8", "replace"),
        "<article>",
        "<svg><p>",
    ]
)


@given(st.lists(PIECES, max_size=40))
def test_any_page_is_read(pieces):
    reading = read("".join(pieces).encode(), "https://x.test/a")
    assert reading == read("".join(pieces).encode(), "https://x.test/a")
    assert all(block.text == " ".join(block.text.split()) and block.text for block in reading.article.blocks)


def test_a_line_of_the_author_below_the_headline_is_a_credit():
    head = '<meta name="author" content="Ada Moor">'
    page = article(head=head, before="<p>Ada Moor in Harbourton</p>")
    assert kinds(page)["Ada Moor in Harbourton"] in {BlockKind.CREDIT, BlockKind.BOILERPLATE}
    page = article("<p>Ada Moor</p>", head=head, at=0)
    assert kinds(page)["Ada Moor"] is BlockKind.CREDIT
    page = article('<p class="byline">Our own people</p>', at=0)
    assert kinds(page)["Our own people"] is BlockKind.CREDIT
    page = article("<p>By Our Man in Harbourton</p>", at=0)
    assert "Our Man" not in read(page).article.text


def test_a_first_paragraph_is_no_standfirst_because_the_description_is_cut_from_it():
    head = f'<meta name="description" content="{PARAGRAPHS[0][:100]}">'
    body = f"<section><p>{PARAGRAPHS[0]}</p></section>"
    found = read(article(head=head, before=body, paragraphs=PARAGRAPHS[1:])).article
    assert found.dek == ""
    assert found.text.startswith(PARAGRAPHS[0])


def test_hidden_text_is_believed_where_it_is_most_of_the_text():
    assert read(plain_page(f'<div style="display: none">{TEXT}</div>')).article.text == "\n\n".join(PARAGRAPHS)


def test_a_page_of_many_kinds_of_boxes_is_read_generously():
    boxes = "".join(
        f"<div><section><h3>Part {n}</h3><div><div><span>{text}</span></div></div></section></div>"
        for n, text in enumerate(PARAGRAPHS)
    )
    page = article("<div><table><tr><td>Ferries a day</td><td>14</td></tr></table></div>", paragraphs=PARAGRAPHS[:3])
    mixed = page.replace(b"</article>", f"{boxes}</article>".encode())
    assert PARAGRAPHS[4] in read(mixed).article.text


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
