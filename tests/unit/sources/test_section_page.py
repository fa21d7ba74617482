import pytest

from tracker.errors import PageError
from tracker.model.source import Hub, HubKind, Listing
from tracker.sources.hub_reader import read_hub
from tracker.sources.section_page import looks_like_article, story_links

URL = "https://www.x.org/city/"
PAGE = b"""<!doctype html><html><head><title>City | The X</title>
<link rel="alternate" type="application/rss+xml" href="/city/feed">
<link rel="ALTERNATE" type="application/atom+xml; charset=utf-8" href="https://x.org/all.atom" title="All">
<link rel="alternate" type="application/rss+xml" href="/comments/feed" title="Comments">
<link rel="alternate" hreflang="de" href="/de/city">
</head><body class="has-nav-bar">
<nav><a href="/2026/03/02/promoted-in-the-navigation-bar">No</a></nav>
<div class="site-menu"><a href="/2026/03/02/promoted-in-the-menu-bar">No</a></div>
<main class="menu">
 <article><a href="/2026/03/02/harbour-fire-spreads"><img src="a.jpg"></a>
  <h2><a href="/2026/03/02/harbour-fire-spreads?utm_source=front">Harbour fire   spreads</a></h2></article>
 <article><a href="mayor-and-council-agree-on-budget.html"><span>Live</span><h3>Mayor and <i>council</i> agree</h3></a>
 </article>
 <article><a href="https://live.x.org/news/articles/c4g1x2y3z4wo">Opaque</a></article>
 <a href="https://x.org/a-123456789">Numbered</a>
 <a href="https://other.org/2026/03/02/somebody-elses-story">Elsewhere</a>
 <a href="/topics/harbour">Topic</a> <a href="/author/jane-doe-senior-city-reporter">Jane</a>
 <a href="#top">Top</a><a href="">Empty</a><a href="javascript:void(0)">JS</a>
 <a href="/2026/03/02/map-of-the-fire.pdf">Map</a>
 <a name="anchor">No href</a>
</main>
<footer role="contentinfo"><a href="/2026/03/02/promoted-in-the-footer-line">No</a></footer>
</body></html>"""


def hub(selector: str = "", pattern: str = "") -> Hub:
    return Hub("X", HubKind.PAGE, URL, selector, pattern)


def found(listing: Listing) -> list[str]:
    return [target.url for target in listing.targets]


def test_without_rules_links_that_look_like_articles_are_taken_once():
    listing = read_hub(hub(), PAGE, URL)
    assert listing.kind is HubKind.PAGE
    assert listing.title == "City | The X"
    assert [(target.url, target.title) for target in listing.targets] == [
        ("https://www.x.org/2026/03/02/harbour-fire-spreads", "Harbour fire spreads"),
        ("https://www.x.org/city/mayor-and-council-agree-on-budget.html", "Mayor and council agree"),
        ("https://live.x.org/news/articles/c4g1x2y3z4wo", "Opaque"),
        ("https://x.org/a-123456789", "Numbered"),
    ]
    assert listing.warnings == ()


def test_a_selector_a_base_and_feeds_of_the_page_count():
    assert read_hub(hub(), PAGE, URL).hubs == ("https://www.x.org/city/feed", "https://x.org/all.atom")
    assert found(read_hub(hub("article h2 a"), PAGE, URL)) == ["https://www.x.org/2026/03/02/harbour-fire-spreads"]
    assert len(read_hub(hub("article"), PAGE, URL).targets) == 3
    assert found(read_hub(hub("nav"), PAGE, URL)) == ["https://www.x.org/2026/03/02/promoted-in-the-navigation-bar"]
    body = b'<base href="https://y.org/n/"><a href="a">A</a>'
    assert found(read_hub(hub("a"), body, URL)) == ["https://y.org/n/a"]
    body = b'<base href="javascript:x"><a href="a">A</a>'
    assert found(read_hub(hub("a"), body, URL)) == ["https://www.x.org/city/a"]


def test_a_pattern_decides_alone_or_with_a_selector():
    assert found(read_hub(hub(pattern=r"^https://other\.org/"), PAGE, URL)) == [
        "https://other.org/2026/03/02/somebody-elses-story"
    ]
    assert found(read_hub(hub("main a", r"/2026/.*fire"), PAGE, URL)) == [
        "https://www.x.org/2026/03/02/harbour-fire-spreads",
        "https://www.x.org/2026/03/02/map-of-the-fire.pdf",
    ]


def test_nothing_found_says_what_to_do_and_scripts_are_no_depth():
    body = b"<p>Nothing here"
    assert read_hub(hub(), body, URL).warnings == ("No article links found. Does the site have a feed?",)
    assert read_hub(hub("h9 a", "q"), body, URL).warnings == ("no link matches the selector 'h9 a' and pattern 'q'",)
    body = b"<script>" + b"'<div>'" * 600 + b"</script><!--" + b"<div>" * 600 + b"--><a href=/a>A</a>" + b"<div/>" * 600
    assert found(read_hub(hub("a"), body, URL)) == ["https://www.x.org/a"]


@pytest.mark.parametrize(
    ("selector", "pattern", "message"),
    [("a[", "", "not a valid CSS selector"), ("", "(", "not a usable regular expression")],
)
def test_a_rule_that_is_none_is_refused(selector, pattern, message):
    with pytest.raises(PageError, match=message):
        read_hub(hub(selector, pattern), PAGE, URL)


@pytest.mark.parametrize("charset", ["windows-1252", "iso-8859-1", "koi8-r", "shift_jis", "iso-2022-jp"])
def test_titles_are_decoded_as_the_page_declares(charset):
    title = {"koi8-r": "Пожар", "shift_jis": "火事", "iso-2022-jp": "火事"}.get(charset, "Überfall né")
    body = f'<meta charset="{charset}"><a href="/a">{title}</a>'.encode(charset, "ignore")
    assert read_hub(hub("a"), body, URL).targets[0].title == body.decode(charset).split(">")[2].partition("<")[0]


@pytest.mark.parametrize("label", ["iso-8859-1", "utf-16", "shift_jis"])
def test_a_page_in_utf8_is_read_whatever_it_declares(label):
    body = f'<meta charset="{label}"><a href="/größe">Größe</a>'.encode()
    target = read_hub(hub("a"), body, URL).targets[0]
    assert (target.url, target.title) == ("https://www.x.org/gr%C3%B6%C3%9Fe", "Größe")


@pytest.mark.parametrize("charset", ["punycode", "zlib", "rot13", "utf-7", "idna", "nonsense"])
def test_a_codec_that_is_no_web_encoding_is_not_used(charset):
    body = f'<meta charset="{charset}"><a href="/a">+ADw-é</a>'.encode()
    assert read_hub(hub("a"), body, URL).targets[0].title == "+ADw-é"


# --- hostile pages


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<div>" * 40_000, "nested deeper than 512"),
        (b"<template>" * 100_000, "more than 1000 templates"),
        (b"<b><i>" * 20_000, "nested deeper than 512"),
        (b"<select>" + b"<option>" * 16_000, "more than 8000 options"),
        (b"<p " + b"".join(b"a%d=1 " % n for n in range(40_000)) + b">", "more than 1000 attributes"),
        (b"<html>" + b"<a " * 140_000, "more than 1000 attributes"),
        (b"<p>" * 300_001, "more than 300000 tags"),
        (b"<html>" + b" " * (10 * 1024 * 1024), "larger than 10 MiB"),
    ],
)
def test_a_page_that_would_stall_the_parser_is_refused_at_once(body, message):
    with pytest.raises(PageError, match=message):
        read_hub(hub(), body, URL)


@pytest.mark.parametrize("part", [b"<script>", b"<!--", b"<style><!--"])
def test_what_never_closes_is_no_address(part):
    # So many that a look back from each would not end within the suite's time limit.
    assert found(read_hub(hub(), b"<html>" + part * 140_000, URL)) == []


# --- reading by what the bytes are


def test_a_hub_is_read_as_what_it_is_and_a_web_page_names_the_feed_it_knows():
    rss = b"<rss version='2.0'><channel><item><link>https://x.org/a</link></item></channel></rss>"
    listing = read_hub(Hub("X", HubKind.SITEMAP, URL), rss, URL)
    assert listing.kind is HubKind.FEED
    assert listing.warnings[0] == "it is configured as a sitemap but is a feed"
    assert read_hub(hub(), rss, URL).kind is HubKind.FEED
    listing = read_hub(Hub("X", HubKind.FEED, URL), b"<urlset><url><loc>https://x.org/a</loc></url></urlset>", URL)
    assert listing.kind is HubKind.SITEMAP
    with pytest.raises(PageError) as caught:
        read_hub(Hub("X", HubKind.FEED, URL), PAGE, URL)
    assert caught.value.hint == "the page links to a feed: https://www.x.org/city/feed"
    for body in (b"<html><p>Sign in", b"<html>" + b"<div>" * 40_000):
        with pytest.raises(PageError, match="a web page, not a feed") as caught:
            read_hub(Hub("X", HubKind.FEED, URL), body, URL)
        assert caught.value.hint in {"add it as a section page, under pages", "check the address"}


@pytest.mark.parametrize("kind", list(HubKind))
def test_what_lists_nothing_is_refused(kind):
    for body in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", b"<opml version='2.0'><body/></opml>", b"{}", b""):
        with pytest.raises(PageError) as caught:
            read_hub(Hub("X", kind, URL), body, URL)
        assert caught.value.resource == URL
        assert caught.value.hint


@pytest.mark.parametrize("body", [b"just words", b"<catalog><a/></catalog>"])
def test_text_and_unknown_xml_are_no_feed(body):
    with pytest.raises(PageError, match="not a feed"):
        read_hub(Hub("X", HubKind.FEED, URL), body, URL)


# --- addresses


@pytest.mark.parametrize(
    "url",
    [
        "https://x.org/2026/03/02/fire",
        "https://x.org/news/2026/mar/02/fire",
        "https://x.org/2026-03-02-fire/",
        "https://x.org/20260302/fire",
        "https://x.org/mayor-and-council-agree",
        "https://x.org/news/mayor_and_council_agree.html",
        "https://www.bbc.com/news/articles/c4g1x2y3z4wo",
        "https://www.dw.com/en/fire/a-71234567",
        "https://x.org/news/uk-12345678",
        "https://x.org/1234567.html",
    ],
)
def test_addresses_of_articles(url):
    assert looks_like_article(url)


@pytest.mark.parametrize(
    "url",
    [
        "https://x.org/",
        "https://x.org/news",
        "https://x.org/news/world/europe",
        "https://x.org/2026/03/",
        "https://x.org/2026/03/02",
        "https://x.org/tag/mayor-and-council-agree",
        "https://x.org/author/jane-doe-senior-reporter",
        "https://x.org/2026/03/02/fire.jpg",
        "https://x.org/about/our-standards-and-our-values",
        "https://x.org/a-b-c-d",
    ],
)
def test_addresses_of_other_pages(url):
    assert not looks_like_article(url)


URL_STORY_LINKS = "https://agency.example/2026/11/25/ferry-fire-kills-twelve"
PAGE_STORY_LINKS = """<html><body>
<nav><article><p><a href="/2026/11/01/in-the-menu-of-the-page">menu</a></p></article></nav>
<article><header><p><a href="/2026/11/02/in-the-header-of-it">x</a></p></header>
<h1><a href="{url}">itself</a></h1>
<p>A fire <a href="/2026/11/24/ferry-failed-its-inspections">failed</a>, <a href="https://other.example/2026/11/24/told-elsewhere-first">more</a>
 <a href="/tag/ferries">tag</a> <a href="mailto:desk@agency.example">mail</a> <a>nothing</a>
 <a href="/2026/11/24/ferry-failed-its-inspections#top">again</a></p>
<ul><li><a href="//agency.example/2026/11/23/owner-of-ferry-fined-twice">fined</a></li></ul>
<div class="teaser"><a href="/2026/11/20/most-read-of-the-week-now">no text</a></div>
<aside><p><a href="/2026/11/19/beside-the-text-of-it-all">aside</a></p></aside></article>
<footer><p><a href="/2026/11/18/below-the-text-of-it-all">foot</a></p></footer></body></html>"""


def test_links_in_the_text_lead_to_articles_of_the_same_host():
    assert story_links(PAGE_STORY_LINKS.format(url=URL_STORY_LINKS).encode(), URL_STORY_LINKS) == [
        "https://agency.example/2026/11/24/ferry-failed-its-inspections",
        "https://agency.example/2026/11/23/owner-of-ferry-fined-twice",
    ]
    page = b"<html><body><p><a href='/2026/11/24/ferry-failed-its-inspections'>x</a></body></html>"
    assert story_links(page, URL_STORY_LINKS) == []
    assert story_links(b"", URL_STORY_LINKS) == []
