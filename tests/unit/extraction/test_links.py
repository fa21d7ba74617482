import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.extractor import read
from tracker.extraction.links import LinkBase
from tracker.model.article import Link

from .pages import article

URL = "https://herald.test/news/2024/ferry.html"
TEXT = "The port office had said so in its report for the year, which the union called a fair piece of work."


def links(html: str, url: str = URL, head: str = "") -> tuple[Link, ...]:
    found = read(article(f"<p>{html}</p>", at=2, head=head), url).article
    return found.editorial[2].links


def linked(words: str, href: str) -> str:
    return TEXT.replace(words, f'<a href="{href}">{words}</a>')


def test_links_of_the_text_are_kept_in_order_with_their_words():
    html = linked("its report", "/files/report.pdf").replace(
        "the union", '<a class="x" href="https://union.test/"><em>the</em> <b>union</b></a>'
    )
    assert links(html) == (
        Link("its report", "https://herald.test/files/report.pdf"),
        Link("the union", "https://union.test/"),
    )


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


def test_the_base_of_the_page_counts():
    assert links(linked("its report", "report"), head='<base href="/archive/">') == (
        Link("its report", "https://herald.test/archive/report"),
    )


def test_without_an_address_only_absolute_links_are_kept():
    assert links(linked("its report", "/report"), url="") == ()
    assert links(linked("its report", "https://wire.test/r"), url="") == (Link("its report", "https://wire.test/r"),)


def test_links_are_evidence_and_no_identity():
    one = read(article(f"<p>{linked('its report', '/a')}</p>"), URL).article
    two = read(article(f"<p>{linked('its report', '/b')}</p>"), URL).article
    assert one.sha256 == two.sha256
    assert one != two


def test_only_news_has_links():
    found = read(article('<p>See: <a href="/other">Ferry fares rise again</a></p>'), URL).article
    assert all(not block.links for block in found.blocks)


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


def test_a_new_tab_in_the_news_stays():
    text = "The bar will open a new tab for each of its guests, the owner said, and close it on Sunday night."
    page = article(f"<p>{text.replace('open a new tab', '<a href=/x>open a new tab</a> and')}</p>", at=2)
    assert "open a new tab" in read(page, URL).article.editorial[2].text


@given(st.text(max_size=60), st.text(max_size=40), st.text(max_size=40))
def test_no_address_raises(href, url, told):
    assert isinstance(LinkBase(url, told).absolute(href), str)
