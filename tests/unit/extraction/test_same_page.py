"""Which differences of a page let it be taken for the same, and which do not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.extractor import read, read_unless_same
from tracker.model.article import SamePage

from .pages import PARAGRAPHS, article

HEAD = (
    '<meta name="csrf-token" content="1"><meta name="description" content="An old terminal closes.">'
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Council closes ferry terminal",'
    '"dateModified":"2026-03-04T10:00:00Z","author":{"name":"Ada Moor"}}</script>'
)
BEFORE = '<p class=byline>By Ada Moor</p><time datetime="2026-03-04">4 March</time><script>count(1)</script>'
AFTER = "<p><em>Correction: The pier is 94 metres long, not 49.</em></p>"
PAGE = article(head=HEAD, before=BEFORE, after=AFTER)
FINGERPRINT = read(PAGE).fingerprint


def is_same(page: bytes) -> bool:
    return isinstance(read_unless_same(page, None, FINGERPRINT), SamePage)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b""),
        (b'content="1"', b'content="2"'),
        (b"count(1)", b"count(2)"),
        (b"<body>", b"<body><!-- 12:31 --><script>t=1</script><nav><a href=/x>New</a></nav>"),
        (b"1 Quay Street", b"2 Quay Street"),
        (b"<p>", b'<p class="x9" data-id="7">'),
        (b"</p>", b"</p>\n   "),
    ],
)
def test_what_is_not_of_the_article_may_differ(old, new):
    page = PAGE.replace(old, new)
    assert is_same(page)
    assert read(page).article.sha256 == read(PAGE).article.sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<h1>Council closes", b"<h1>Mayor closes"),
        (b"An old terminal", b"A new terminal"),
        (b"2026-03-04T10", b"2026-03-04T11"),
        (b'datetime="2026-03-04"', b'datetime="2026-03-05"'),
        (b"By Ada Moor", b"By Ida Moor"),
        (b'"name":"Ada Moor"', b'"name":"Ida Moor"'),
        (b"94 metres long", b"95 metres long"),
        (b"<body>", b"<body><div><p>Something else stands before the article</p></div>"),
        (b"nine to four", b"nine to three"),
        (b" to close the old", b"</p><p>to close the old"),
    ],
)
def test_what_the_article_says_may_not(old, new):
    assert old in PAGE
    assert not is_same(PAGE.replace(old, new, 1))


@given(st.integers(0, len(PARAGRAPHS) - 1), st.text("abc é.", min_size=1, max_size=12), st.data())
def test_text_put_anywhere_into_a_paragraph_is_read(number, text, data):
    at = data.draw(st.integers(0, len(PARAGRAPHS[number])))
    edited = PARAGRAPHS[number][:at] + text + PARAGRAPHS[number][at:]
    page = PAGE.replace(PARAGRAPHS[number].encode(), edited.encode())
    found = read_unless_same(page, None, FINGERPRINT)
    assert not isinstance(found, SamePage) or read(page).article.sha256 == read(PAGE).article.sha256


@pytest.mark.parametrize("fingerprint", ["", ":", "0.1", "9.9:abc", "0.0:abc", FINGERPRINT[:-1]])
def test_a_page_without_that_fingerprint_is_read(fingerprint):
    assert read_unless_same(PAGE, None, fingerprint) == read(PAGE)


@pytest.mark.parametrize(
    "page", [b"", b"\x00\x01\x02", b"<p>Not found", b"<html><body><p>Hello there</p></body></html>"]
)
def test_what_is_no_article_has_no_fingerprint(page):
    assert read(page).fingerprint == ""
    assert read_unless_same(page, None, FINGERPRINT) == read(page)


def test_an_error_page_is_never_the_same():
    assert not isinstance(read_unless_same(PAGE, None, FINGERPRINT, status=404), SamePage)
