import pytest

from tracker.extraction.extractor import read
from tracker.model.article import BlockKind, PageKind

from .pages import PARAGRAPHS, article, ld


def page(title: str, body: str, head: str = "") -> bytes:
    return f"<html><head><title>{title}</title>{head}</head><body>{body}</body></html>".encode()


LINKS = "".join(f"<li><a href=/{n}>A headline of an article, number {n} of many today</a></li>" for n in range(30))


@pytest.mark.parametrize(
    ("html", "status", "kind"),
    [
        (article(), 200, PageKind.ARTICLE),
        (article(), 410, PageKind.SOFT_404),
        (page("Page not found", "<h1>Page not found</h1><p>Try our search.</p>"), 200, PageKind.SOFT_404),
        (page("Seite nicht gefunden", "<p>Leider gibt es diese Seite nicht.</p>"), 200, PageKind.SOFT_404),
        (page("Just a moment...", "<p>Checking your browser before you enter.</p>"), 200, PageKind.BOT_WALL),
        (
            page("Herald", "<p>Access to this page has been denied. Verify that you are human.</p>"),
            403,
            PageKind.BOT_WALL,
        ),
        (
            page("We value your privacy", "<h1>We value your privacy</h1><p>Accept all cookies.</p>"),
            200,
            PageKind.CONSENT_WALL,
        ),
        (
            page("Herald", "<p>Your privacy is important. Cookie settings. Accept all cookies.</p>"),
            200,
            PageKind.CONSENT_WALL,
        ),
        (page("News", f"<ul>{LINKS}</ul>"), 200, PageKind.LISTING),
        (page("News", f"<ul>{LINKS}</ul>", ld(**{"@type": "CollectionPage"})), 200, PageKind.LISTING),
        (page("Herald", "<div id=app></div>"), 200, PageKind.JS_SHELL),
        (page("", ""), 200, PageKind.EMPTY),
        (article(head=ld(**{"@type": "LiveBlogPosting"})), 200, PageKind.LIVE_BLOG),
        (
            page("A note", f"<h1>A note</h1><p>{PARAGRAPHS[0][:120]}</p>", ld(headline="A note")),
            200,
            PageKind.ARTICLE,
        ),
        (
            page("A note", f"<h1>A note</h1><p>{PARAGRAPHS[0][:120]}</p>" + "<p>More text of it all.</p>" * 5),
            200,
            PageKind.ARTICLE,
        ),
    ],
)
def test_kinds_of_page(html, status, kind):
    assert read(html, status=status).page is kind


@pytest.mark.parametrize(
    ("lang", "text", "kind"),
    [
        ("en", "This article has been removed for legal reasons.", PageKind.ARTICLE),
        ("en", "Editor's note: This story has been retracted because it did not meet our standards.", PageKind.ARTICLE),
        ("de", "Dieser Artikel wurde aus rechtlichen Gründen entfernt.", PageKind.ARTICLE),
        ("fr", "Cet article a été retiré.", PageKind.ARTICLE),
        ("es", "Este artículo ha sido retirado.", PageKind.ARTICLE),
        ("it", "Questo articolo è stato rimosso.", PageKind.ARTICLE),
        ("pt", "Este artigo foi removido.", PageKind.ARTICLE),
        ("nl", "Dit artikel is verwijderd.", PageKind.ARTICLE),
        # The text may be missing only for this reader, or only now.
        ("en", "This content is not available in your country.", PageKind.JS_SHELL),
        ("en", "This story is being updated.", PageKind.JS_SHELL),
        ("en", "Comments are closed.", PageKind.JS_SHELL),
    ],
)
def test_what_an_outlet_leaves_of_an_article_that_it_withdrew(lang, text, kind):
    reading = read(f"<html lang={lang}><title>Storm</title><main><h1>Storm</h1><p>{text}</p></main></html>".encode())
    assert reading.page is kind
    assert reading.is_article is (kind is PageKind.ARTICLE)
    if reading.is_article:
        assert [notice.text for notice in reading.article.notices] == [text]
        assert not reading.article.text


def test_text_may_stand_in_json_ld_alone_and_a_notice_does_not_stand_for_it():
    notice = "<main><h1>Storm</h1><p>This article has been removed.</p></main>"
    state = '<script id="__NEXT_DATA__" type="application/json">{"props":{}}</script>'
    assert read(page("Storm", notice + state)).page is PageKind.JS_SHELL
    reading = read(page("Herald", "<div id=app></div>", ld(articleBody="\n".join(PARAGRAPHS))))
    assert reading.page is PageKind.ARTICLE
    assert reading.signature == "json-ld"
    assert dict(reading.article.fields)["body"] == "json-ld"
    assert len(reading.article.blocks) == len(PARAGRAPHS)


def test_live_entries_galleries_and_reasons_are_told_by_their_names():
    assert "not found" in read(page("Page not found", "<p>Try our search.</p>")).detail.lower()
    entries = "".join(f'<div class="live-blog-entry"><p>{text}</p></div>' for text in PARAGRAPHS)
    assert read(page("Live", f"<main><h1>Ferry terminal: live</h1>{entries}</main>")).page is PageKind.LIVE_BLOG
    figures = "".join(f"<figure><figcaption>{text}</figcaption></figure>" for text in PARAGRAPHS)
    reading = read(page("The pier in pictures", f"<h1>The pier in pictures</h1>{figures}", ld()))
    assert reading.page is PageKind.GALLERY
    assert {block.kind for block in reading.article.blocks} <= {BlockKind.CAPTION, BlockKind.BOILERPLATE}


def test_paywalled_stubs():
    wall = '<div class="paywall"><p>Subscribe now to continue reading this story.</p></div>'
    closed = ld(isAccessibleForFree=False)
    short = PARAGRAPHS[:2]
    assert read(article(wall, head=closed, paragraphs=short)).page is PageKind.PAYWALL
    assert read(article(wall, paragraphs=short)).page is PageKind.PAYWALL
    assert read(article(paragraphs=short)).page is PageKind.ARTICLE
    whole = ld(isAccessibleForFree="False", articleBody="text " * 500)
    assert read(article(head=whole, paragraphs=short)).page is PageKind.PAYWALL


@pytest.mark.parametrize(
    "data",
    [
        "{",
        "[" * 200_000,
        '{"@type": "NewsArticle" "x"}',
        "null",
        '{"@type":7,"@graph":[{"@type":["Person"]}]}',
        '{"a":1}{"b":2}',
        "x" * 2_000_001,
    ],
)
def test_broken_json_ld_is_no_harm(data):
    assert read(article(head=f'<script type="application/ld+json">{data}</script>')).page is PageKind.ARTICLE
