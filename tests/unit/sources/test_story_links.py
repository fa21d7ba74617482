"""Which links of an article lead on to the same story."""

from tracker.sources.section_page import story_links

URL = "https://agency.example/2026/11/25/ferry-fire-kills-twelve"
PAGE = """<html><body>
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


def test_links_in_the_text_to_articles_of_the_same_host():
    assert story_links(PAGE.format(url=URL).encode(), URL) == [
        "https://agency.example/2026/11/24/ferry-failed-its-inspections",
        "https://agency.example/2026/11/23/owner-of-ferry-fined-twice",
    ]


def test_a_page_without_text_has_none():
    page = b"<html><body><p><a href='/2026/11/24/ferry-failed-its-inspections'>x</a></body></html>"
    assert story_links(page, URL) == []
    assert story_links(b"", URL) == []
