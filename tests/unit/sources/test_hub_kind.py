"""What an address turned out to be."""

import gzip
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import PageError
from tracker.model.source import HubKind
from tracker.sources.hub_reader import detect_hub_kind

HTML = "text/html; charset=utf-8"
SENTENCE = "The council met again on Tuesday to hear what had become of the money that the harbour was promised. "
TEXT = "".join(f"<p>{SENTENCE}{n}</p>" for n in range(8))
CARDS = "".join(
    f'<article><h2><a href="/2026/03/{n:02}/story-number-{n}">Story</a></h2></article>' for n in range(1, 29)
)
RSS = b"<?xml version='1.0'?><rss version='2.0'><channel/></rss>"


def page(body: str, head: str = "", ld: object = None) -> bytes:
    script = f'<script type="application/ld+json">{json.dumps(ld)}</script>' if ld is not None else ""
    return f"<!doctype html><html><head>{head}{script}</head><body>{body}</body></html>".encode()


def og(kind: str) -> str:
    return f'<meta property="og:type" content="{kind}">'


@pytest.mark.parametrize(
    ("body", "content_type", "kind"),
    [
        (RSS, "text/html", HubKind.FEED),
        (b"\xef\xbb\xbf\n" + RSS, "", HubKind.FEED),
        (RSS.decode().encode("utf-16"), "", HubKind.FEED),
        (b"Warning: cache is cold\n" + RSS, "", HubKind.FEED),
        (b"<!-- c --><?x y?><feed xmlns='http://www.w3.org/2005/Atom'/>", "", HubKind.FEED),
        (b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "", HubKind.FEED),
        (b"<!DOCTYPE rss [<!ENTITY a 'b'>]><rss/>", "", HubKind.FEED),
        (b'{"version": "https://jsonfeed.org/version/1.1", "items": []}', "application/json", HubKind.FEED),
        (b"<urlset/>", "text/xml", HubKind.SITEMAP),
        (gzip.compress(b"<sitemapindex/>", mtime=0), "application/gzip", HubKind.SITEMAP),
        (b"https://x.org/a\nhttps://x.org/b\n", "text/plain", HubKind.SITEMAP),
        (b"https://x.org/a", "", HubKind.SITEMAP),
    ],
)
def test_machine_readable_lists_are_told_by_their_bytes(body, content_type, kind):
    assert detect_hub_kind(body, content_type, "https://x.org/whatever") is kind


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (page(TEXT, og("article")), "https://x.org/a"),
        (page(TEXT, ld={"@type": "NewsArticle"}), "https://x.org/a"),
        (page(TEXT, og("website"), [{"@type": "WebSite"}, {"@type": ["ReportageNewsArticle"]}]), "https://x.org/a"),
        (page("<p>Short.</p>" + CARDS, og("article"), {"@graph": [{"@type": "NewsArticle"}]}), "https://x.org/a"),
        (page(TEXT + CARDS, og("article")), "https://x.org/2026/03/02/harbour-fire-spreads"),
        (page(TEXT, '<meta name="article:published_time" content="2026-03-02">'), "https://x.org/a"),
        (page(TEXT, og("website")), "https://x.org/2026/03/02/harbour-fire-spreads"),
        (page("<p>Short.</p>"), "https://x.org/brief"),
    ],
)
def test_articles(body, url):
    assert detect_hub_kind(body, HTML, url) is None


@pytest.mark.parametrize(
    ("body", "url"),
    [
        (page(CARDS, og("website")), "https://x.org/"),
        (page(CARDS), "https://x.org/city"),
        (page(CARDS + TEXT, og("website"), {"@type": "CollectionPage"}), "https://x.org/city"),
        (page(CARDS, ld={"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle"}]}), "https://x.org/city"),
        (page("<p>One story</p>", og("website")), "https://x.org"),
    ],
)
def test_section_pages(body, url):
    assert detect_hub_kind(body, HTML, url) is HubKind.PAGE


@pytest.mark.parametrize(
    "raw", ["{", "[" * 100_000, '"x"', "null", '[{"@type": 3}, 4]', '{"@graph": {"@type": null}}', " " * 1_000_001]
)
def test_metadata_that_is_none_is_passed_over(raw):
    body = page(TEXT, f'<script type="application/ld+json">{raw}</script>')
    assert detect_hub_kind(body, HTML, "https://x.org/a") is None


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "empty"),
        (b"%PDF-1.7\n\x00\x01\x02", "not a web page"),
        (b"<catalog/>", "not a web page"),
        (b"plain words", "plain text"),
        (b'{"a": 1}', "not a JSON Feed"),
        (b"{", "not valid JSON"),
        (b"<opml version='2.0'/>", "OPML"),
        (b"<div>" * 40_000, "stall the parser"),
        (b"\x1f\x8bnonsense", "damaged"),
    ],
)
def test_what_cannot_be_watched_is_refused_with_a_hint(body, message):
    with pytest.raises(PageError, match=message) as caught:
        detect_hub_kind(body, "text/plain" if message == "plain text" else HTML, "https://x.org/a")
    assert caught.value.hint


@given(
    st.one_of(
        st.binary(max_size=300),
        st.lists(
            st.sampled_from(
                [
                    "<!doctype html>",
                    "<?xml?>",
                    "<!--",
                    "-->",
                    "<p>",
                    "<a href=/2026/03/02/x>",
                    "{",
                    "http://x",
                    "\0",
                    "<script type=application/ld+json>",
                    "]",
                    "<rss",
                    "é",
                    "\n",
                ]
            ),
            max_size=12,
        ).map(lambda parts: "".join(parts).encode()),
    ),
    st.sampled_from(["", "text/plain", HTML]),
)
def test_any_bytes_are_recognised_or_refused(body, content_type):
    try:
        kind = detect_hub_kind(body, content_type, "https://x.org/a")
    except PageError:
        return
    assert kind is None or isinstance(kind, HubKind)
