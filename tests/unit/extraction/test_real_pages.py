"""Shapes that pages of many outlets have, each made up here as small as it can be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker import parser_limits
from tracker.diff.comparison import compare
from tracker.extraction.extractor import read
from tracker.model.article import OUTSIDE_ARTICLE, BlockKind, PageKind
from tracker.model.change import Op

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


def test_sections_formulas_and_tables_of_the_text_stay_and_teasers_do_not():
    parts = "".join(f"<section><div class=article-text><p>{text}</p></div></section>" for text in PARAGRAPHS)
    assert news(plain_page(f"<div>{parts}</div>")) == list(PARAGRAPHS)
    assert news(article(after=f"<ul>{STREAM}</ul>", paragraphs=PARAGRAPHS[::-1])) == list(PARAGRAPHS[::-1])
    page = article('<h2><a href="#clock">What happens to the clock</a></h2>', at=4)
    assert "What happens to the clock" in news(page)
    formula = '<math><mi>a</mi><mo>=</mo><mn>2</mn></math><span style="display: none">a \\eq 2</span>'
    page = article(f"<p>The engineer wrote that the load {formula} was more than the pier could carry in a storm.</p>")
    assert "The engineer wrote that the load a=2 was more than the pier could carry in a storm." in news(page)
    rows = "".join(f"<tr><td>Pier {n}</td><td>{text}</td></tr>" for n, text in enumerate(PARAGRAPHS))
    assert read(plain_page(f"<div><table>{rows}</table></div>")).container.split(">")[-1] == "div"


def test_a_banner_hides_no_article_and_open_formatting_tags_are_cut():
    head = '<meta property="article:published_time" content="2026-03-02T08:00:00Z">'
    banner = "<div><p>Ihre Zustimmung, bitte.</p><p>Zustimmung zu Cookies akzeptieren.</p></div>"
    page = f"<html><head><title>Terminal closed</title>{head}</head><body>{banner}<main><h1>Terminal closed</h1>"
    page += "".join(f"<p>{text}</p>" for text in PARAGRAPHS[:2]) + "</main></body></html>"
    assert read(page.encode()).page is PageKind.ARTICLE
    assert "nested" in parser_limits.truncate(b"</div>" * 2_000 + b"<tt>" * 5_400)[1]


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


SAYS_SO = (
    '<script type="application/ld+json">{"@type":"LiveBlogPosting","headline":"Ferry terminal vote: live"}</script>'
)
NEWEST = (
    "16:20",
    "Vote is over",
    "The council has voted, by nine to four, to close the terminal for good, the clerk has just announced.",
    "It is the end of 94 years of ferries from this pier, and there were tears in the gallery.",
)
ENTRIES = (
    ("15:40", "Islanders gather", PARAGRAPHS[3]),
    ("15:10", "The mayor speaks", PARAGRAPHS[2], PARAGRAPHS[1]),
    ("14:30", "The session begins", PARAGRAPHS[0]),
    ("14:05", "What is at stake", PARAGRAPHS[4], PARAGRAPHS[5]),
)
STYLES = {
    "named": '<div class="live-blog-entry"><time>{time}</time><h3>{head}</h3>{text}</div>',
    "article": "<article><header><time>{time} BST</time><h2>{head}</h2><span class=author>Ada Moor</span></header>"
    "<div>{text}</div></article>",
    "list": '<li><p class="timestamp">{time}</p><h2>{head}</h2>{text}</li>',
    "bold": "<p><strong>{time} Uhr: {head}</strong></p>{text}",
}


def page(*entries: tuple[str, ...], style: str, updated: str = "15:41") -> bytes:
    body = "".join(
        STYLES[style].format(time=time, head=head, text="".join(f"<p>{text}</p>" for text in texts))
        for time, head, *texts in entries
    )
    return (
        f"<html><head><title>Ferry terminal vote: live</title>{SAYS_SO}</head><body><main>"
        f"<h1>Ferry terminal vote: live</h1><p class=clock>Updated {updated}</p><time>{updated}</time>"
        "<p class=standfirst>All the news about the vote on the ferry terminal, as it comes in.</p>"
        f"<div>{body}</div></main></body></html>"
    ).encode()


@pytest.mark.parametrize("style", STYLES)
def test_a_new_entry_is_inserts_of_its_time_its_heading_and_its_text(style):
    before = read(page(*ENTRIES, style=style))
    after = read(page(NEWEST, *ENTRIES, style=style, updated="16:21"))
    assert before.page is after.page is PageKind.LIVE_BLOG
    change = compare(before.article, after.article)
    changed = [block for block in change.blocks if block.op is not Op.SAME]
    assert {block.op for block in changed} == {Op.INSERT}
    told = " ".join(block.new_text for block in changed)
    assert all(part in told for part in NEWEST)
    assert not change.title.changed
    assert not change.dek.changed


def test_clocks_that_move_head_no_entry_and_other_pages_have_none():
    ago = [(f"{n} minutes ago", head, *texts) for n, (_, head, *texts) in enumerate(ENTRIES, 3)]
    found = read(page(*ago, style="article")).article
    assert "heading of an entry" in {block.reason for block in found.blocks}
    assert "minutes ago" not in found.text
    plain = page(*ENTRIES, style="article").replace(SAYS_SO.encode(), b"")
    assert "time of an entry" not in {block.reason for block in read(plain).article.blocks}


SCRIPT = b"<script>" + b"'<div>'" * 3_000 + b"</script>"
DRAWING = b"<svg>" + b"<g>" * 700 + b"</svg>"


@pytest.mark.parametrize(
    "page",
    [
        pytest.param(article(), id="an ordinary page"),
        pytest.param(b"<script>" + b"s+='<b>';" * 6_000 + b"</script><p>The council.</p>", id="formatting in a script"),
        pytest.param(
            b"<p>a</p>" * 1_000 + SCRIPT + DRAWING + b"<!--" + b"<div>" * 900 + b"-->", id="scripts and drawings"
        ),
        *(
            pytest.param(b"<p>a</p>" * 3_000 + opening * 20_000 + b"<div>" * 600, id=f"endless {opening.decode()}")
            for opening in (b"<script>", b"<style>", b"<!-- ")
        ),
        pytest.param(f'<p data-x="{"a b " * 3_000}">text</p>'.encode(), id="a long value"),
        pytest.param(b"<p>a</p><script>if (a <b) " + b"word " * 3_000 + b"</script>", id="words of a script"),
    ],
)
def test_what_does_not_hurt_the_parser_passes_whole(page):
    assert parser_limits.truncate(page) == (page, "")


@pytest.mark.parametrize(
    ("page", "why"),
    [
        ("<div>" * 40_000, "nested deeper"),
        ("<div>" * 40_000 + "x" + "</div>" * 40_000, "nested deeper"),
        ("<DIV><ul><li>" * 5_000, "nested deeper"),
        ("<template>" * 20_000, "templates"),
        ("<select>" + "<option>x</option>" * 20_000 + "</select>", "options"),
        ("<svg>" + "<p>x</p>" * 4_000 + "<div>" * 600, "nested deeper"),
        ("<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">", "attributes"),
        ("<b>" * 6_000 + "</p>" * 100, "nested deeper"),
        ("<p>x" * 100_001, "tags"),
        ("<p>x" * 90_000 + "<div>" * 60_000 + "x" + "</div>" * 60_000, "nested deeper"),
        ("<p " + " ".join(f"a{n}=1" for n in range(40_000)) + ">" + "<p>x" * 100_001, "attributes"),
    ],
)
def test_what_hurts_the_parser_is_cut(page, why):
    page = page.encode()
    kept, reason = parser_limits.truncate(page)
    assert why in reason
    assert len(kept) < len(page)


@pytest.mark.parametrize("start", [b"<p ", b'<p title="x"y ', b"<div><p>x</p><img/"])
def test_a_crowd_of_attributes_is_found_wherever_it_begins(start):
    page = b"<p>before</p>" * 700 + start + b" ".join(b"a%d" % n for n in range(1_500)) + b">after"
    kept, reason = parser_limits.truncate(page)
    assert "attributes" in reason
    assert kept.startswith(b"<p>before</p>" * 700)
    assert len(kept) < len(page) - 1_000
