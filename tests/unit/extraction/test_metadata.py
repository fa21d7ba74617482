import json
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.dates.parsing import DateContext
from tracker.extraction import metadata
from tracker.extraction.extractor import read
from tracker.model.article import BlockKind, PageKind

from .pages import PARAGRAPHS, TEXT, article, kinds, ld, plain_page
from .test_extractor import NOISE


def test_reading_is_deterministic_and_prefers_the_container_of_the_last_version():
    other = "".join(f"<p>{p} And so on.</p>" for p in PARAGRAPHS)
    page = f"<html><body><main><section>{other}</section><div>{other}</div></main></body></html>".encode()
    signature = read(page).signature
    assert read(page, prefer=signature).signature == signature
    assert read(page, prefer="html>body>main>div").signature != ""
    assert read(page, prefer="body>main>section").container == "body>main>section"
    assert read(page, prefer="nowhere").signature == signature
    one = read(article(NOISE["aside"]))
    read(article(NOISE["comments"]))
    assert read(article(NOISE["aside"])) == one


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


def test_hidden_text_is_believed_where_it_is_most_and_many_boxes_are_read_generously():
    assert read(plain_page(f'<div style="display: none">{TEXT}</div>')).article.text == "\n\n".join(PARAGRAPHS)
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


THIRD = datetime(2024, 5, 3, tzinfo=UTC)
AT_TWO = datetime(2024, 5, 3, 14, 2, tzinfo=UTC)


@pytest.mark.parametrize(
    ("page", "url", "when", "source"),
    [
        (article(before='<time datetime="2024-05-03T14:02:00Z">3 May</time>'), "", AT_TWO, "time"),
        (article(before='<span itemprop="datePublished" content="2024-05-03">x</span>'), "", THIRD, "time"),
        (article(before="<div>3 May 2024, 14:02</div>"), "", AT_TWO, "page"),
        (article(), "https://x.test/2024/05/03/a", THIRD, "address"),
        (article("<p>Printed on 3 May 2024 in Harbourton.</p>"), "", THIRD, "page"),
        (article(head='<meta name="date" content="3 May 2024">'), "", THIRD, "date"),
        (
            article(
                before="<div><img><p>Cranes over the old ferry terminal of Harbourton, 24 April 2024</p></div>",
                after="<ul><li>Date 3 May 2024</li></ul>",
            ),
            "",
            THIRD,
            "page",
        ),
    ],
)
def test_the_time_of_publication(page, url, when, source):
    found = read(page, url).article
    assert found.published == when
    assert dict(found.fields)["published"] == source


def test_a_clock_takes_its_zone_from_its_twin_and_labels_of_dates_are_seen():
    meta = '<meta property="article:published_time" content="2024-05-03T14:02:00+02:00">'
    assert read(article(head=ld(datePublished="2024-05-03T14:02:00") + meta)).article.published == datetime(
        2024, 5, 3, 12, 2, tzinfo=UTC
    )
    page = article(before="<div>2024年5月3日 9時02分</div>").replace(b'lang="en"', b'lang="ja"')
    assert read(page).article.published == datetime(2024, 5, 3, 0, 2, tzinfo=UTC)
    assert metadata.is_date_label("Published 3 May 2024")
    assert metadata.is_date_label("Datum: 03.05.2024")
    assert not metadata.is_date_label("Dated furniture sells")
    assert not metadata.is_date_label("Published " + "x" * 90)
    assert metadata.names_zone("2024-05-03T14:02:00+02:00")
    assert not metadata.names_zone("2024-05-03T14:02:00")


@pytest.mark.parametrize(
    "text",
    [
        "Fri, 03 May 2024 15:02:00 CET",
        "2024-05-03 15:02 CET",
        "3 May 2024 15:02 CET",
        "May 3, 2024 10:02 am ET",
        "Fri May 03 2024 16:02:00 GMT+0200 (Central European Summer Time)",
        "2024-05-03T16:02:00[Europe/Paris]",
        "2024-05-03T14:02:00.123Z",
    ],
)
def test_a_time_is_in_the_zone_that_it_names(text):
    assert read(article(head=f'<meta name="date" content="{text}">')).article.published == AT_TWO


def test_the_date_of_the_article_goes_before_those_of_events_pictures_and_teasers():
    page = article(title="Races of 2024/5/1-2: all results", before="<div>2024/5/3 | Races</div>")
    assert read(page).article.published == THIRD
    figure = "<figure><figcaption>The pier on April 1, 2019</figcaption></figure>"
    page = article(before=figure, after="<ul><li>Date 3 May 2024</li></ul>")
    assert read(page).article.published == THIRD
    filler = "".join(f"<div>Line {n} of the page's tools</div>" for n in range(20))
    page = article(before=filler, after="<h3>Storm, 1 April 2019</h3><ul><li>Datum 03.05.2024</li></ul>")
    assert read(page).article.published == THIRD


NOWHERE = DateContext()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-05-03T14:02:00Z", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("2024-05-03T14:02:09.123+02:00", datetime(2024, 5, 3, 14, 2, 9, tzinfo=timezone(timedelta(hours=2)))),
        ("2024-05-03 14:02 -0530", datetime(2024, 5, 3, 14, 2, tzinfo=timezone(-timedelta(hours=5, minutes=30)))),
        ("2024-05-03", datetime(2024, 5, 3, tzinfo=UTC)),
        ("20240503T140200Z", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("1714744920", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("Fri, 03 May 2024 14:02:00 GMT", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("Fri, 03 May 2024 14:02:00 -0000", datetime(2024, 5, 3, 14, 2, tzinfo=UTC)),
        ("1675-01-01", None),
        ("2024-13-40", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("yesterday", None),
        ("", None),
        ("x" * 200, None),
    ],
)
def test_machine_dates(text, expected):
    assert metadata.read_time(text, NOWHERE) == expected


@pytest.mark.parametrize(
    ("url", "day"),
    [
        ("https://x.test/2024/05/03/ferry", (2024, 5, 3)),
        ("https://x.test/news/2024-5-3-ferry", (2024, 5, 3)),
        ("https://x.test/a/20240503.html", (2024, 5, 3)),
        ("https://x.test/2024/may/03/ferry", (2024, 5, 3)),
        ("https://x.test/2024/xyz/03/ferry", None),
        ("https://x.test/2024/02/31/ferry", None),
        ("https://x.test/id/123456789", None),
        ("https://x.test/20241105/a", (2024, 11, 5)),
        ("https://x.test/2024111/a", None),
    ],
)
def test_days_in_addresses(url, day):
    found = metadata.day_in_address(url)
    assert (found and (found.year, found.month, found.day)) == day


@given(st.text(max_size=60))
def test_never_raise(text):
    for value in (
        metadata.day_in_address("https://x.test/" + text),
        metadata.read_time(text, NOWHERE),
    ):
        assert value is None or value.tzinfo is not None


def test_the_date_near_the_headline_counts_and_not_the_time_of_another_item():
    other = (
        '<div class=item><h3>Gulls return</h3><time datetime="2020-12-03T07:32:49+00:00">3 December</time></div>' * 2
    )
    far = "".join(f"<p>{text}</p>" for text in PARAGRAPHS * 3)
    found = read(article(before="<p>31 October 2023</p>", after=f"{far}{other}")).article
    assert found.published == datetime(2023, 10, 31, tzinfo=UTC)


@pytest.mark.parametrize(
    ("stated", "shown", "hours"),
    [
        ("2024-02-25T02:25:54Z", "February 24, 2024, 9:25 p.m.", -5),
        ("2024-05-03T12:02:00Z", "3. Mai 2024, 14:02 Uhr", 2),
        ("2024-05-03T12:02:00Z", "Updated 3 May 2024, 15:17", 0),
        ("2024-05-03T12:02:00Z", "3 May 2024", 0),
        ("2024-05-03T12:02:00+01:00", "3 May 2024, 13:02", 1),
    ],
)
def test_an_instant_in_utc_gets_the_zone_of_the_time_that_readers_see(stated, shown, hours):
    head = f'<meta property="article:published_time" content="{stated}">'
    found = read(article(head=head, before=f"<p>{shown}</p>")).article.published
    assert found == datetime.fromisoformat(stated)
    assert found.utcoffset() == timedelta(hours=hours)
