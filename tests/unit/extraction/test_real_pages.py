"""Shapes that pages of many outlets have, each made up here as small as it can be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.extractor import read
from tracker.model.article import OUTSIDE_ARTICLE, BlockKind, PageKind

from .pages import PARAGRAPHS, article, news, plain_page

STREAM = "".join(
    f"<li><div><h3><a href=/{n}>Another story of the day, number {n}</a></h3><p>{text}</p></div></li>"
    for n, text in enumerate(PARAGRAPHS[:4])
)
QUOTE = "“We heard the pier groan at night,” said a fisherman who lives beside the terminal. “Nobody listened.”"


@pytest.mark.parametrize(
    "inset",
    [
        f"<blockquote><div><p>{QUOTE}</p></div></blockquote>",
        f"<section><div><div><p>{QUOTE}</p></div></div></section>",
        f"<div><ul><li>{QUOTE}</li><li>{QUOTE[::-1]}.</li></ul></div>",
    ],
)
def test_a_quote_a_row_or_a_list_on_a_path_of_its_own_is_text(inset):
    assert QUOTE in news(article(inset, at=3))


@pytest.mark.parametrize(
    "inset",
    [
        f"<section><div><div><p>{QUOTE}</p><button>Sign up</button></div></div></section>",
        f"<section><div><div><p>{QUOTE}</p><p><a href=/a>Take part in our survey</a></p></div></div></section>",
    ],
)
def test_a_box_with_a_button_or_links_is_not(inset):
    assert news(article(inset, at=3)) == list(PARAGRAPHS)


def test_sections_that_are_each_named_the_text_are_one_text():
    parts = "".join(f"<section><div class=article-text><p>{text}</p></div></section>" for text in PARAGRAPHS)
    assert news(plain_page(f"<div>{parts}</div>")) == list(PARAGRAPHS)


def test_a_stream_of_teasers_after_the_text_is_left_out():
    assert news(article(after=f"<ul>{STREAM}</ul>", paragraphs=PARAGRAPHS[::-1])) == list(PARAGRAPHS[::-1])


def test_a_heading_that_links_to_itself_is_a_subhead():
    page = article('<h2><a href="#clock">What happens to the clock</a></h2>', at=4)
    assert "What happens to the clock" in news(page)


def test_a_formula_in_a_sentence_stays_and_its_hidden_source_does_not():
    formula = '<math><mi>a</mi><mo>=</mo><mn>2</mn></math><span style="display: none">a \\eq 2</span>'
    page = article(f"<p>The engineer wrote that the load {formula} was more than the pier could carry in a storm.</p>")
    assert "The engineer wrote that the load a=2 was more than the pier could carry in a storm." in news(page)


def test_a_table_of_data_is_in_the_text_that_it_is_part_of():
    rows = "".join(f"<tr><td>Pier {n}</td><td>{text}</td></tr>" for n, text in enumerate(PARAGRAPHS))
    assert read(plain_page(f"<div><table>{rows}</table></div>")).container.split(">")[-1] == "div"


def test_a_banner_does_not_hide_an_article():
    head = '<meta property="article:published_time" content="2026-03-02T08:00:00Z">'
    banner = "<div><p>Ihre Zustimmung, bitte.</p><p>Zustimmung zu Cookies akzeptieren.</p></div>"
    page = f"<html><head><title>Terminal closed</title>{head}</head><body>{banner}<main><h1>Terminal closed</h1>"
    page += "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:2]) + "</main></body></html>"
    assert read(page.encode()).page is PageKind.ARTICLE


def test_a_script_without_blanks_is_counted_by_what_its_characters_say():
    text = "市議會週二投票決定關閉舊渡輪碼頭，此前一項調查發現主碼頭出現裂縫，結束了運行九十四年的服務。"
    links = "".join(f"<li><a href=/{n}>這是今天許多文章中第{n}篇的標題，請點擊閱讀全文內容</a></li>" for n in range(40))
    page = f"<html><body><main><h1>碼頭關閉</h1><p>{text}</p><p>{text[::-1]}</p></main><ul>{links}</ul></body></html>"
    assert read(page.encode()).page is PageKind.ARTICLE


def test_the_other_paragraphs_of_the_page_are_kept_as_furniture():
    outside = "<p>The Harbourton Herald is printed by the Quay Street Press and has been since the year 1901.</p>"
    found = read(article() + outside.encode()).article
    block = next(block for block in found.blocks if "Quay Street Press" in block.text)
    assert (block.kind, block.reason) == (BlockKind.BOILERPLATE, OUTSIDE_ARTICLE)
    assert not block.editorial


_TEXT = st.text(alphabet="abcdefgh ", min_size=60, max_size=120).map(lambda text: f"word {text} end.")
_TAGS = st.sampled_from(["p", "li", "div", "blockquote", "td", "h2", "section", "aside", "footer", "figcaption"])
_NODES = st.recursive(
    st.tuples(_TAGS, _TEXT).map(lambda pair: f"<{pair[0]}>{pair[1]}</{pair[0]}>"),
    lambda inner: st.tuples(
        st.sampled_from(["div", "section", "article", "ul", "table"]), st.lists(inner, max_size=4)
    ).map(lambda pair: f"<{pair[0]}>{''.join(pair[1])}</{pair[0]}>"),
    max_leaves=12,
)


@given(st.lists(_NODES, min_size=1, max_size=6))
def test_every_visible_paragraph_stands_in_some_block(nodes):
    page = "".join(nodes)
    found = read(f"<html><body>{page}</body></html>".encode()).article
    shown = {block.text for block in found.blocks} | {found.dek, found.title}
    for text in re.findall(r"word [a-h ]* end\.", page):
        line = " ".join(text.split())
        if sum(map(str.isalpha, line)) >= 40:
            assert any(line in each for each in shown)


def test_a_long_paragraph_that_tells_of_errors_is_news_unless_it_begins_as_a_notice():
    told = (
        "Klein implores his readers to be aware of the ways that the media have been wrong and that errors were"
        " corrected late: last week the ministry said that this article misstated the number of dead, and that an"
        " earlier version was incorrect, and we are told that the story was changed again and the mistake regretted"
        " and corrected by its editors, who have removed it."
    )
    assert (BlockKind.PARAGRAPH, told) in [(b.kind, b.text) for b in read(article(f"<p>{told}</p>")).article.blocks]
    begun = f"Correction: {told}"
    assert (BlockKind.NOTICE, begun) in [(b.kind, b.text) for b in read(article(f"<p>{begun}</p>")).article.blocks]
