import gzip
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.errors import PageError
from tracker.model.source import Hub, HubKind, Target
from tracker.sources import listing_builder, sitemap
from tracker.sources.body_format import MAX_UNPACKED_BYTES
from tracker.sources.hub_reader import detect_hub_kind, read_hub

URL = "https://x.org/sitemap.xml"
HUB = Hub("X", HubKind.SITEMAP, URL)
OPEN = (
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"'
    b' xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
    b' xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
)
NEWS = (
    b'\n<?xml version="1.0" encoding="UTF-8"?>'
    + OPEN
    + b"""<url><loc> https://x.org/a?x=1&amp;y=2 </loc><lastmod>2026-03-02</lastmod>
<image:image><image:loc>https://x.org/a.jpg</image:loc></image:image>
<n:news><n:publication><n:name>X</n:name><n:language>en</n:language></n:publication>
<n:publication_date>2026-03-01T10:00:00+01:00</n:publication_date><n:title>Mayor &amp; council</n:title></n:news></url>
<url><loc>/b</loc></url><!-- c --><other><loc>https://x.org/no</loc></other><url><loc>ftp://x.org/c</loc></url><url/>
</urlset>"""
)
INDEX = b"""<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
<sitemap><loc>https://x.org/s1.xml.gz</loc><lastmod>2026-03-02</lastmod></sitemap>
<sitemap><loc>https://x.org/s2.xml?outputtype=xml</loc></sitemap><sitemap><loc>https://x.org/s1.xml.gz</loc></sitemap><sitemap><loc>ftp://x.org/s</loc></sitemap>
</sitemapindex>"""


def test_a_news_sitemap_gives_addresses_titles_and_dates():
    listing = read_hub(HUB, NEWS, URL)
    assert listing.kind is HubKind.SITEMAP
    assert listing.targets == (
        Target(
            "https://x.org/a?x=1&y=2",
            "Mayor & council",
            datetime(2026, 3, 1, 9, tzinfo=UTC),
            datetime(2026, 3, 2, tzinfo=UTC),
        ),
        Target("https://x.org/b"),
    )
    assert listing.warnings == ("left out 2 of its links: not web addresses",)


def test_an_index_gives_hubs_once_and_comments_hide_no_part_of_an_address():
    listing = read_hub(HUB, INDEX, URL)
    assert listing.targets == ()
    assert listing.hubs == ("https://x.org/s1.xml.gz", "https://x.org/s2.xml?outputtype=xml")
    body = (
        b"<urlset><url><loc><!-- new -->https://x.org/a</loc><lastmod>2026-<?x?>03-02</lastmod></url>"
        b"<url><loc>https://x.org/<!-- moved -->b</loc></url></urlset>"
    )
    day = datetime(2026, 3, 2, tzinfo=UTC)
    assert read_hub(HUB, body, URL).targets == (Target("https://x.org/a", updated=day), Target("https://x.org/b"))


@pytest.mark.parametrize("head", [b"\xef\xbb\xbf\n<?xml version='1.0'?>", b"<?xml version='1.0' encoding='utf-16'?>"])
def test_a_sitemap_is_read_whatever_is_wrong_with_its_first_line(head):
    listing = read_hub(HUB, head + "<urlset><url><loc>https://x.org/ü</loc></url></urlset>".encode(), URL)
    assert listing.targets == (Target("https://x.org/%C3%BC"),)


def test_a_bare_ampersand_ends_no_sitemap():
    body = OPEN + (
        b"<url><loc>https://x.org/a?x=1&y=2</loc></url><url><loc>ftp://x.org/c</loc></url>"
        b"<url><loc><![CDATA[https://x.org/b?x=1&y=2]]></loc></url>"
        b"<url><loc>https://x.org/d</loc><n:news><n:title>Mayor&nbsp;&mdash; council</n:title></n:news></url></urlset>"
    )
    listing = read_hub(HUB, body, URL)
    assert listing.targets == (
        Target("https://x.org/a?x=1&y=2"),
        Target("https://x.org/b?x=1&y=2"),
        Target("https://x.org/d", "Mayor — council"),
    )
    assert listing.warnings == (
        "its XML has an & that is not written &amp;",
        "left out 1 of its links: not web addresses",
    )


def test_lists_of_addresses_are_read_also_gzipped_and_broken():
    listing = read_hub(HUB, b"\xef\xbb\xbfhttps://x.org/a\r\n# no\r\n\r\nhttps://x.org/b\r\nmailto:c\r\n", URL)
    assert [target.url for target in listing.targets] == ["https://x.org/a", "https://x.org/b"]
    assert listing.warnings
    body = NEWS.lstrip()
    packed = gzip.compress(body[:300]) + gzip.compress(body[300:])
    assert read_hub(HUB, packed, URL).targets == read_hub(HUB, body, URL).targets
    listing = sitemap.read(NEWS[: NEWS.index(b"<url><loc>/b")] + b"<url><loc>https://x.org/z", URL)
    assert [target.url for target in listing.targets] == ["https://x.org/a?x=1&y=2"]
    assert "broken" in listing.warnings[0]
    assert sitemap.read(b"<urlset></urlset>", URL).warnings == ("it lists no addresses",)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (gzip.compress(NEWS)[:-20], "cut short"),
        (b"\x1f\x8bnonsense", "damaged"),
        (gzip.compress(b"0" * (MAX_UNPACKED_BYTES + 1), 1), "more than 50 MiB"),
        (gzip.compress(b"0" * (MAX_UNPACKED_BYTES // 2 + 1), 1) * 2, "more than 50 MiB"),
        (b"<urlset><url><loc>", "cannot be read"),
        (b"<?xml version='1.0'?><catalog><url><loc>https://x.org</loc></url></catalog>", "its root is <catalog>"),
        (b"<html><body>Not found</body></html>", "a web page, not a sitemap"),
        (b"%PDF-1.7\n\x00\x01\x02\xff\xfe\xfd\xfc", "not text"),
        (b" \n ", "empty"),
    ],
)
def test_what_is_no_sitemap_is_refused_with_a_hint(body, message):
    with pytest.raises(PageError) as caught:
        read_hub(HUB, body, URL)
    assert message in caught.value.message
    assert caught.value.hint
    assert caught.value.resource == URL


@pytest.mark.parametrize("form", ["xml", "text", "index"])
def test_no_more_addresses_are_taken_than_a_sitemap_may_list(form, monkeypatch):
    assert listing_builder.MAX_TARGETS == 50_000
    monkeypatch.setattr(listing_builder, "MAX_TARGETS", most := 500)
    start, one, end = {
        "xml": (OPEN, b"<url><loc>https://x.org/%d</loc></url>", b"</urlset>"),
        "text": (b"", b"https://x.org/%d\n", b""),
        "index": (b"<sitemapindex>", b"<sitemap><loc>https://x.org/%d</loc></sitemap>", b"</sitemapindex>"),
    }[form]
    body = start + b"".join(one % n for n in range(most + 100)) + end
    listing = sitemap.read(body, URL)
    assert len(listing.targets) + len(listing.hubs) == most
    assert listing.warnings == (f"it lists more than {most} addresses; the rest were left out",)


def test_entities_are_neither_read_nor_grown(tmp_path):
    kept = tmp_path / "secret"
    kept.write_text("https://x.org/SECRET", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    body = f'<!DOCTYPE urlset [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "file://{kept}">]><urlset><url><loc>https://x.org/a</loc></url><url><loc>&x;</loc></url><url><loc>https://x.org/&l9;</loc></url></urlset>'
    assert "SECRET" not in (told := repr(sitemap.read(body.encode(), URL)))
    assert len(told) < 1000


@pytest.mark.parametrize(
    ("filler", "message"), [(b"<x/>" * 30_000, "more than 20000 elements"), (b"<x>" * 300, "cannot be read")]
)
def test_an_entry_that_would_fill_the_memory_is_refused(filler, message):
    with pytest.raises(PageError, match=message):
        sitemap.read(b"<urlset><url>" + filler, URL)


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
