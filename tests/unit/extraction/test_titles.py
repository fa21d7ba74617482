import pytest

from tracker.extraction.extractor import read

from .pages import PARAGRAPHS


@pytest.mark.parametrize(
    ("h1", "other", "title"),
    [
        ("Ferries: Council closes terminal", "Council closes terminal", "Council closes terminal"),
        (
            "<span>Ferries</span> <span>Council closes terminal</span>",
            "Council closes terminal",
            "Council closes terminal",
        ),
        ("Harbourton council closes terminal", "council closes terminal", "Harbourton council closes terminal"),
        ("Ferries: Council closes terminal", "Council shuts terminal", "Ferries: Council closes terminal"),
        (
            "The best of the islands: Council closes terminal",
            "Council closes terminal",
            "The best of the islands: Council closes terminal",
        ),
        ("One pier-less town closes terminal", "less town closes terminal", "One pier-less town closes terminal"),
    ],
)
def test_a_kicker_before_the_headline_is_no_part_of_it(h1, other, title):
    head = f'<meta property="og:title" content="{other}">'
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    page = f"<html><head><title>{other}</title>{head}</head><body><article><h1>{h1}</h1>{body}</article></body></html>"
    found = read(page.encode()).article
    assert found.title == title
    assert found.headlines.h1 == " ".join(h1.replace("<span>", "").replace("</span>", "").split())


def test_an_edit_of_the_h1_alone_is_seen_with_and_without_kicker():
    page = (
        '<html><head><title>Herald</title><meta property="og:title" content="Council closes terminal"></head><body>'
        "<article><h1>Ferries: Council closes terminal</h1>"
        f"{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article></body></html>"
    )
    edited = page.replace("<h1>Ferries: Council closes", "<h1>Ferries: Council may close")
    assert read(page.encode()).article.title == "Council closes terminal"
    assert read(edited.encode()).article.title == "Ferries: Council may close terminal"


_CRUMB = "Ferry terminal: what the council decided"
_SHOWN = "Islanders lose their last boat to the mainland"


@pytest.mark.parametrize(
    ("below", "og", "title"),
    [
        (f"<h2>{_SHOWN}</h2>", _SHOWN, _SHOWN),
        (f"<h2><span>Ferries</span> {_SHOWN}</h2>", _SHOWN, _SHOWN),
        (f"<h2>Anger on the pier <div>{_SHOWN}</div></h2>", f"Anger on the pier: {_SHOWN}", _SHOWN),
        (f'<h2><a href="/other">{_SHOWN}</a></h2>', _SHOWN, _CRUMB),
        ("<h2>What islanders say about it now</h2>", _SHOWN, _CRUMB),
    ],
)
def test_the_heading_that_a_surface_repeats_heads_the_text_below_the_h1_of_a_breadcrumb(below, og, title):
    page = (
        f'<html><head><title>{_CRUMB}</title><meta property="og:title" content="{og}"></head><body><article>'
        f"<ul><li><h1>{_CRUMB}</h1></li></ul><header>{below}</header>"
        f"{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article></body></html>"
    )
    found = read(page.encode()).article
    assert found.title == title
    assert found.headlines.h1 == _CRUMB
    assert found.heading == (_CRUMB if title != _CRUMB else "")
    assert found.dek != _SHOWN


def test_an_edit_of_the_h1_is_seen_where_a_heading_below_it_repeats_the_old_one():
    page = (
        f'<html><head><title>{_SHOWN}</title><meta property="og:title" content="{_SHOWN}"></head><body><article>'
        f"<h1>Most of the {_SHOWN}</h1><h2>{_SHOWN}</h2>"
        f"{''.join(f'<p>{text}</p>' for text in PARAGRAPHS)}</article></body></html>"
    )
    assert read(page.encode()).article.title == f"Most of the {_SHOWN}"
