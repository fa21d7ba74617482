import gc
import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import extract
from tracker.extraction.body import LinkBase
from tracker.extraction.extractor import read
from tracker.model.article import BlockKind, Link, NoticeKind, PageKind

from .pages import PARAGRAPHS, article, kinds, ld, news, plain_page

SEED = (
    "Foreign Minister Anton Vale told his colleague that the talks should not be delayed again this spring.",
    "(Harbour Wire) — Foreign Minister Anton Vale told his colleague that the talks should not be delayed again.",
    "Vale also urged both sides to keep the border crossing open, according to a statement on Wednesday.",
    "See: Vale Plans Trip to Capital in Bid to Mend Ties",
    "The trip would be part of an effort to restore some normalcy to a relationship that has been strained for years.",
    "More: Handshake Fails to Stem Fears of a New Dispute",
    "Earlier this month, a patrol vessel turned back a freighter in the strait, days after both signed a trade accord.",
    "(Updates with comments from the ministry on a potential visit.)",
    "More stories like this are available on harbourwire.test",
    "©2024 Harbour Wire L.P.",
)


def test_the_text_is_whole_and_boxes_whose_names_differ_by_number_count_together():
    reading = read(article())
    assert reading.page is PageKind.ARTICLE
    assert reading.article.text == "\n\n".join(PARAGRAPHS)
    assert reading.article.title == "Council closes ferry terminal"
    assert reading.signature
    tips = "".join(
        f'<section class="card tip-{n}"><h2>Tip {n}</h2><p>{p}</p></section>' for n, p in enumerate(PARAGRAPHS)
    )
    text = read(plain_page(tips, heading="Six tips")).article.text
    assert all(paragraph in text for paragraph in PARAGRAPHS)


def test_a_wire_story_with_its_furniture():
    found = read(article(paragraphs=SEED)).article
    assert [b.text for b in found.editorial] == [SEED[n] for n in (0, 1, 2, 4, 6)]
    assert [b.kind for b in found.blocks if not b.editorial] == [
        BlockKind.PROMO,
        BlockKind.PROMO,
        BlockKind.NOTICE,
        BlockKind.BOILERPLATE,
        BlockKind.BOILERPLATE,
        BlockKind.BOILERPLATE,  # the page's footer
    ]
    assert [(n.kind, n.text) for n in found.notices] == [(NoticeKind.UPDATE, SEED[7])]


NOISE = {
    "aside": "<aside><h3>Related</h3><ul><li><a href=/a>Storm forces thousands out</a></li></ul></aside>",
    ("named box"): (
        '<div class="newsletter-signup"><h3>Morning</h3><p>The day’s top stories, in your inbox, free.</p></div>'
    ),
    "bare link": "<p><a href=/b><strong>Storm forces thousands to leave</strong></a></p>",
    "read more": "<p><strong>Read more:</strong> <a href=/c>Parliament delays vote</a></p>",
    "see": "<p>See: <a href=/d>Airline cancels 200 flights</a></p>",
    "time": "<p>5 minutes ago</p>",
    "stamp": "<p>Last updated on May 3, 2024 at 2:02 pm</p>",
    "sign-up": "<p><em>Sign up for our newsletter to get the latest news in your inbox.</em></p>",
    "caption": "<figure><img src=x><figcaption>The pier on Monday.</figcaption></figure>",
    "advert": '<div class="ad-slot"><span>Advertisement</span><div>Try our new app</div></div>',
    ("comments"): (
        '<div class="comments-list"><h3>Comments</h3><p>I completely disagree with this, they should act.</p></div>'
    ),
    "hidden": "<p hidden>This paragraph is shown to nobody at all, not even to its author.</p>",
    "link list": "<ul><li><a href=/1>One story of today</a></li><li><a href=/2>Another story of today</a></li></ul>",
    "labelled link": "<p>Editor’s pick: <a href=/e>Airline cancels 200 flights</a></p>",
    "labelled link in bold": "<p><strong>Read here | <a href=/e>Airline cancels 200 flights</a></strong></p>",
    "counter of readers": "<p>1,204 people are reading this story right now</p>",
    "bio": '<div class="author-bio"><p>Jane Roe is a senior correspondent. She has written 341 stories.</p></div>',
}


@pytest.mark.parametrize("name", NOISE)
@pytest.mark.parametrize("at", [2, 4, None])
def test_what_is_not_the_article_makes_no_difference(name, at):
    assert read(article(NOISE[name], at=at)).article.sha256 == read(article()).article.sha256


@pytest.mark.parametrize(
    "line",
    [
        "<h3>Best for hills: <a href='https://shop.test/1'>Harbour Trail Five</a></h3>",
        "<p>Website: <a href='https://quay.test'>https://quay.test</a></p>",
        "<p>The council said: <a href='/minutes'>the pier is closed</a> until spring.</p>",
        "<div class='kg-callout-card'><p>Discount cards of all islanders stay valid until 2028, it says.</p></div>",
    ],
)
def test_labels_links_and_notes_that_are_text_stay(line):
    text = re.sub(r"<[^>]+>", "", line)
    assert text in news(article(line, at=3))


def test_what_is_left_out_is_kept_with_its_class_and_headings_in_headers_are_subheads():
    page = article(NOISE["caption"], NOISE["see"], NOISE["stamp"], at=2)
    assert kinds(page)["The pier on Monday."] is BlockKind.CAPTION
    assert kinds(page)["See: Airline cancels 200 flights"] is BlockKind.PROMO
    assert kinds(page)["Last updated on May 3, 2024 at 2:02 pm"] is BlockKind.BOILERPLATE
    head = '<div class="module-header"><h3>Who is responsible</h3></div>'
    found = read(article(head, at=3)).article
    assert "Who is responsible" in [block.text for block in found.editorial]


@pytest.mark.parametrize(
    ("html", "text", "kind"),
    [
        ("<h2>A fragile truce</h2>", "A fragile truce", BlockKind.SUBHEAD),
        ("<div><h3>A fragile truce</h3></div>", "A fragile truce", BlockKind.SUBHEAD),
        ("<p><strong>A fragile truce</strong></p>", "A fragile truce", BlockKind.SUBHEAD),
        (
            "<blockquote><p>“We were not ready,” she said.</p></blockquote>",
            "“We were not ready,” she said.",
            BlockKind.QUOTE,
        ),
        ("<ul><li>Two piers were closed in spring</li></ul>", "Two piers were closed in spring", BlockKind.LIST_ITEM),
        ("<table><tr><td>Ferries a day: 14</td></tr></table>", "Ferries a day: 14", BlockKind.TABLE),
        ("<p>“We are ready,” she said.</p>", "“We are ready,” she said.", BlockKind.PARAGRAPH),
        (
            '<p><a href="/r">The report, published on Monday by auditors,</a> said costs doubled.</p>',
            "The report, published on Monday by auditors, said costs doubled.",
            BlockKind.PARAGRAPH,
        ),
        ("<p>LONDON (Wire) —</p>", "LONDON (Wire) —", BlockKind.DATELINE),
        (
            "<p>Reporting by Ada Moor; Editing by Ben Field</p>",
            "Reporting by Ada Moor; Editing by Ben Field",
            BlockKind.CREDIT,
        ),
    ],
)
def test_blocks_and_their_classes(html, text, kind):
    assert kinds(article(html, at=3))[text] is kind


@pytest.mark.parametrize(
    "html",
    [
        "<p><em>Correction: An earlier version misstated the number of members.</em></p>",
        '<div class="correction">Correction: An earlier version misstated the number of members.</div>',
        "<aside><p>Correction: An earlier version misstated the number of members.</p></aside>",
    ],
)
def test_notices_are_seen_wherever_they_stand(html):
    text = "Correction: An earlier version misstated the number of members."
    for page in (article(html), article(html, at=0), article(after=f"<footer>{html}</footer>")):
        assert [(n.kind, n.text) for n in read(page).article.notices] == [(NoticeKind.CORRECTION, text)]


def test_a_correction_that_json_ld_alone_tells():
    for told in ("It was 14.", {"@type": "CorrectionComment", "text": "It was 14."}):
        assert read(article(head=ld(correction=told))).article.notices[0].text == "It was 14."


def test_text_is_read_in_sections_broken_by_line_breaks_and_by_any_class_names():
    page = article(NOISE["aside"], NOISE["caption"], at=3).decode()
    assert read(page.replace("<p>", '<p class="x7">').encode()).article.sha256 == read(page.encode()).article.sha256
    text = "<br><br>".join(PARAGRAPHS)
    assert read(plain_page(f"<div>{text}</div>")).article.text == "\n\n".join(PARAGRAPHS)
    sections = "".join(
        f"<section><div><p>{p}</p></div></section><div class=box><p>{n}</p></div>" for n, p in enumerate(PARAGRAPHS)
    )
    assert read(plain_page(sections)).article.text == "\n\n".join(PARAGRAPHS)


def test_metadata_and_where_it_came_from():
    data = (
        '{"@context":"https://schema.org","@graph":[{"@type":"WebPage"},{"@type":"NewsArticle",'
        '"headline":"Council shuts terminal","datePublished":"2024-05-03T14:02:00+02:00",'
        '"dateModified":"2024-05-03T15:31:00Z","articleSection":["City"],'
        '"author":[{"@type":"Person","name":"Ada Moor"},{"@type":"Person","name":"Ben Field"}],}]}'
    )
    head = (
        f'<script type="application/ld+json">{data}</script><link rel="canonical" href="https://x.test/a">'
        '<meta property="og:title" content="Council closes &quot;old&quot; terminal">'
    )
    found = read(article(head=head)).article
    assert found.published == datetime(2024, 5, 3, 12, 2, tzinfo=UTC)
    assert found.modified == datetime(2024, 5, 3, 15, 31, tzinfo=UTC)
    assert found.byline == ("Ada Moor", "Ben Field")
    assert found.section == "City"
    assert found.lang == "en"
    assert found.canonical_url == "https://x.test/a"
    assert found.headlines.h1 == "Council closes ferry terminal"
    assert found.headlines.og == 'Council closes "old" terminal'
    assert found.headlines.jsonld == "Council shuts terminal"
    assert found.headlines.html == "Council closes ferry terminal | Harbourton Herald"
    assert dict(found.fields) == {
        "byline": "json-ld", "modified": "json-ld", "published": "json-ld", "section": "json-ld", "title": "h1",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("page", "title", "source"),
    [
        (b"<title>Council closes the old pier - Herald</title><p>x", "Council closes the old pier", "title"),
        (
            b"<title>Council closes the old pier | The Harbourton Herald</title><p>x",
            "Council closes the old pier",
            "title",
        ),
        (b"<meta property=og:site_name content=Herald><title>Herald: a day - Herald</title>", "Herald: a day", "title"),
        (
            b'<meta property=og:site_name content="The Herald"><title>The Herald | Pier is closed</title>',
            "Pier is closed",
            "title",
        ),
        (b'<meta property=og:title content="Council closes pier"><p>x', "Council closes pier", "og:title"),
        (b"<title>Council closes pier</title><h1>Herald</h1>", "Council closes pier", "title"),
        (
            b"<nav><h1>Council closes pier</h1></nav><title>Council closes pier</title><h2>Council closes pier</h2>",
            "Council closes pier",
            "page",
        ),
    ],
)
def test_titles_without_a_plain_h1(page, title, source):
    found = read(page).article
    assert (found.title, dict(found.fields)["title"]) == (title, source)


def test_a_day_among_paragraphs_is_text_and_a_page_s_own_date_is_not():
    found = kinds(article("<p>4 March 2026</p>", at=3, before="<p>2 March 2026</p>", after="<p>5 March 2026</p>"))
    assert found["4 March 2026"] is BlockKind.PARAGRAPH
    assert {found.get(day) for day in ("2 March 2026", "5 March 2026")}.isdisjoint({BlockKind.PARAGRAPH})
    marked = kinds(article('<p class="date">4 March 2026</p>', at=3))
    assert marked["4 March 2026"] is not BlockKind.PARAGRAPH


def test_extract_gives_the_article_that_a_reading_holds():
    page, url = article("<p>Correction: The pier closed on Monday.</p>", at=2), "https://news.example/2026/pier"
    assert extract(page, url) == read(page, url).article


def test_a_page_that_was_read_leaves_no_cycles_behind():
    page = plain_page("".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS), heading="The pier closed")
    assert read(page).article.text
    gc.collect()
    gc.disable()
    try:
        read(page)
        assert gc.collect() == 0
    finally:
        gc.enable()


URL = "https://herald.test/news/2024/ferry.html"
TEXT = "The port office had said so in its report for the year, which the union called a fair piece of work."


def links(html: str, url: str = URL, head: str = "") -> tuple[Link, ...]:
    found = read(article(f"<p>{html}</p>", at=2, head=head), url).article
    return found.editorial[2].links


def linked(words: str, href: str) -> str:
    return TEXT.replace(words, f'<a href="{href}">{words}</a>')


def test_links_are_kept_in_order_follow_the_base_and_are_absolute_without_an_address():
    html = linked("its report", "/files/report.pdf").replace(
        "the union", '<a class="x" href="https://union.test/"><em>the</em> <b>union</b></a>'
    )
    assert links(html) == (
        Link("its report", "https://herald.test/files/report.pdf"),
        Link("the union", "https://union.test/"),
    )
    assert links(linked("its report", "report"), head='<base href="/archive/">') == (
        Link("its report", "https://herald.test/archive/report"),
    )
    assert links(linked("its report", "/report"), url="") == ()
    assert links(linked("its report", "https://wire.test/r"), url="") == (Link("its report", "https://wire.test/r"),)


@pytest.mark.parametrize(
    ("href", "expected"),
    [
        ("report.html?utm_source=x&amp;id=7#part", "https://herald.test/news/2024/report.html?id=7"),
        ("../other", "https://herald.test/news/other"),
        ("//wire.test/a", "https://wire.test/a"),
        ("http://wire.test/a/index.html", "http://wire.test/a/"),
        ("HTTPS://Wire.test/a", "https://wire.test/a"),
    ],
)
def test_addresses_are_absolute_and_do_not_track(href, expected):
    assert links(linked("its report", href)) == (Link("its report", expected),)


@pytest.mark.parametrize(
    "href",
    ["", "#notes", "javascript:void(0)", "mailto:a@herald.test", "https://me:pw@wire.test/", URL + "#top", "http://["],
)
def test_what_leads_to_no_other_page_is_no_link(href):
    assert links(linked("its report", href)) == ()


def test_links_are_evidence_of_news_and_a_new_tab_in_the_news_stays():
    one = read(article(f"<p>{linked('its report', '/a')}</p>"), URL).article
    two = read(article(f"<p>{linked('its report', '/b')}</p>"), URL).article
    assert one.sha256 == two.sha256
    assert one != two
    found = read(article('<p>See: <a href="/other">Ferry fares rise again</a></p>'), URL).article
    assert all(not block.links for block in found.blocks)
    text = "The bar will open a new tab for each of its guests, the owner said, and close it on Sunday night."
    page = article(f"<p>{text.replace('open a new tab', '<a href=/x>open a new tab</a> and')}</p>", at=2)
    assert "open a new tab" in read(page, URL).article.editorial[2].text


@pytest.mark.parametrize(
    "said",
    [
        ", opens new tab",
        "(opens in a new window)",
        " Öffnet in neuem Fenster",
        "(Wird in einem neuen Fenster geöffnet.)",
    ],
)
def test_what_links_tell_screen_readers_is_not_in_the_text(said):
    html = linked("its report", "/r").replace("</a>", f'<span class="q1">{said}</span></a>')
    found = read(article(f"<p>{html}</p>", at=2), URL).article
    assert found.editorial[2].text == TEXT
    assert found.editorial[2].links == (Link("its report", "https://herald.test/r"),)


@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_no_address_raises(href, url, told):
    assert isinstance(LinkBase(url, told).absolute(href), str)
