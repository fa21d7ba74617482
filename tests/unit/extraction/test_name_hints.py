"""What class names may decide, and what they may not: a redesign renames them all."""

import pytest

from tracker.extraction.extractor import read
from tracker.extraction.name_hints import Hint, hint
from tracker.model.article import BlockKind

from .pages import PARAGRAPHS, TEXT, article, kinds, news, plain_page


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("adSlot", Hint.JUNK),
        ("readMore-2", Hint.PROMO),
        ("block-id-n1AuAdJlVL", Hint.NONE),
        ("x7AdSlotAb", Hint.NONE),
        ("cmp-text cmp-title", Hint.NONE),
        ("cmp-banner", Hint.VENDOR | Hint.JUNK),
        ("elementor-widget textwidget", Hint.NONE),
    ],
)
def test_names_are_read_by_their_words_and_hashes_say_nothing(name, wanted):
    assert hint(name) == wanted


def test_prose_that_is_named_the_text_is_text_in_a_box_named_a_teaser():
    box = "".join(f'<div class="article-body"><p>{text}</p></div>' for text in PARAGRAPHS[:2])
    rest = "".join(f'<div class="article-body"><p>{text}</p></div>' for text in PARAGRAPHS[2:])
    page = plain_page(f'<div><div class="teaser-content">{box}</div><div>{rest}</div></div>')
    assert news(page) == list(PARAGRAPHS)


PLEA = (
    "<section><header><div><h3>Sign in or create an account</h3>"
    "<p>Readers who have an account may read ten stories of the Herald in each month without paying.</p>"
    "<ul><li>Unlimited stories of all the papers of the coast</li><li>Puzzles on every day of the week</li></ul>"
    "</div></header></section>"
)


def test_a_header_within_the_article_is_not_its_text():
    assert news(article(PLEA, at=3)) == list(PARAGRAPHS)


def test_an_article_in_a_header_is_read():
    page = f"<html><body><header><h1>Council closes ferry terminal</h1><div>{TEXT}</div></header></body></html>"
    assert news(page.encode()) == list(PARAGRAPHS)


def test_a_quote_that_repeats_the_text_is_no_news():
    pulled = "Nobody wants to see people stranded on the island"
    found = read(article(f"<blockquote><p>{pulled}</p><p>Edith Calloway</p></blockquote>", at=4)).article
    assert [b.text for b in found.editorial] == list(PARAGRAPHS)
    assert (
        kinds(article(f"<blockquote><p>{pulled} or in the water</p></blockquote>", at=4))[f"{pulled} or in the water"]
        is BlockKind.QUOTE
    )


def test_a_title_on_a_player_is_no_subhead():
    page = article("<div><video src=/a.mp4></video><h2>How ferries are built</h2></div>", at=3)
    assert kinds(page)["How ferries are built"] is BlockKind.CAPTION
