import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tracker.extraction.decode import unfold_shadow_roots
from tracker.extraction.extractor import read
from tracker.extraction.page_tree import MAX_DEPTH, build_tree
from tracker.extraction.text import clean, overlap, plain
from tracker.extraction.text_paths import TextPaths
from tracker.model.article import BlockKind

from .pages import PARAGRAPHS, TEXT, article, kinds, news, plain_page


def group(*texts: str) -> str:
    return "<div>" + "".join(f"<p>{text}</p>" for text in texts) + "</div>"


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
def test_subheads_between_groups_of_paragraphs_are_news(tag):
    subhead = f"<{tag}>What happens to the clock</{tag}>"
    page = plain_page(f"<section>{group(*PARAGRAPHS[:3])}{subhead}{group(*PARAGRAPHS[3:])}</section>")
    block = read(page).article.editorial[3]
    assert (block.text, block.kind) == ("What happens to the clock", BlockKind.SUBHEAD)


def test_headings_of_boxes_between_groups_are_not():
    links = '<a href="/a">Ferry fares</a><a href="/b">Snow</a>'
    box = f"<div class=q1><div><h3>What others read now</h3>{links}</div></div>"
    page = plain_page(f"<section>{group(*PARAGRAPHS[:3])}{box}{group(*PARAGRAPHS[3:])}</section>")
    assert news(page) == list(PARAGRAPHS)


def test_paragraphs_of_the_container_itself_between_groups_are_news():
    own = "<p>The last boat leaves at nine.</p><p>What follows is a bus</p>"
    groups = [f"<div>{group(*texts)}</div>" for texts in (PARAGRAPHS[:3], PARAGRAPHS[3:])]
    assert news(plain_page(f"<section>{own.join(groups)}</section>"))[3:5] == [
        "The last boat leaves at nine.",
        "What follows is a bus",
    ]


def body(*parts: str) -> list[str]:
    """Return the news text of a page whose paragraphs have *parts* after the third."""
    return news(article(*parts, at=3))[3:-3]


def test_lines_of_code_between_paragraphs_are_text():
    assert body("<div class=highlight><pre>make install</pre></div>") == ["make install"]


def test_a_short_sentence_of_its_own_beside_bare_lines_is_text():
    text = "<br><br>".join(PARAGRAPHS)
    page = f"<html><body><main><div>{text}<div>We hope that you enjoy the ride!</div></div></main></body></html>"
    assert read(page.encode()).article.editorial[-1].text == "We hope that you enjoy the ride!"


def test_a_short_paragraph_beside_lists_that_are_the_text_is_text():
    steps = "".join(f"<li>{text}</li>" for text in PARAGRAPHS)
    page = plain_page(f"<div><p>In slow steps</p><ol>{steps}</ol></div>", heading="How to dance")
    assert "In slow steps" in news(page)


def test_a_standfirst_in_one_box_with_the_headline_and_a_picture_is_no_caption():
    dek = "Islanders lose their only link to the shore after 94 years of service"
    hero = f"<div class=hero><img src=/a.jpg><h1>Ferry closes</h1><p>{dek}</p></div>"
    found = read(f"<html><body>{hero}<article>{TEXT}</article></body></html>".encode()).article
    assert found.dek == dek


def test_a_list_of_terms_is_never_all_of_the_article():
    steps = "".join(f"<dt>Step {n}</dt><dd><p>{text}</p></dd>" for n, text in enumerate(PARAGRAPHS))
    page = f"<html><body><article><h1>Cake</h1><div><p>Takes an hour.</p><dl>{steps}</dl></div></article></body></html>"
    assert read(page.encode()).container.endswith(">div")


def test_the_path_of_what_is_outside_of_the_container_does_not_depend_on_what_was_asked_before():
    tree = LexborHTMLParser("<div><p>Beside the text</p></div><main><p>The text</p></main>")
    assert tree.body is not None
    page = build_tree(tree.body)
    container = next(element for element in page.elements if element.tag == "main")
    one, other = TextPaths(page, container), TextPaths(page, container)
    for element in page.elements:
        other.path(element)
    outside = page.lines[0].owner
    assert one.path(outside) == other.path(outside)
    assert page.lines[1].owner.within(container)
    assert one.path(page.lines[1].owner) == ("p",)


def test_text_is_one_line_without_invisible_characters():
    assert clean("  A\u00a0b\u00adc \n d\u200b\u202e\x07 ") == "A bc d"
    assert clean("x\ud800y") == "x\ufffdy"
    assert clean("می‌خواهم") == "می‌خواهم"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Tom &amp;amp; Jerry", "Tom & Jerry"),
        ("<b>Fat</b> cats", "Fat cats"),
        ("1 < 2", "1 < 2"),
        ("AT&T", "AT&T"),
    ],
)
def test_what_a_string_of_a_page_means(text, expected):
    assert plain(text) == expected


def test_overlap_of_words_and_of_scripts_without_blanks():
    assert overlap("Council closes pier", "Council closes the old pier") == 1.0
    assert overlap("", "x") == 0.0
    one = "気象庁は調査終了を受けた記者会見で地震はいつ起きてもおかしくないと述べた"
    assert overlap(one, one + "。備えを続けてほしいと呼びかけた") > 0.9
    assert overlap(one, "別の記事の文章であり内容はまったく異なるものになっていますのでご注意ください") < 0.3


@pytest.mark.parametrize("opening", ["<div>", "<blockquote>", "<ul><li>", "<section><p>"])
def test_lines_nested_deeper_than_any_page_are_lines_in_order(opening):
    lines = [f"The council said in its statement number {n} that the pier would be closed." for n in range(400)]
    page = "<html><body>" + "".join(f"{opening}{line}" for line in lines)
    body = LexborHTMLParser(page).body
    assert body is not None
    walked = build_tree(body)
    assert [line.text for line in walked.lines] == lines
    assert max(element.depth for element in walked.elements) == MAX_DEPTH
    assert set(read(page.encode()).article.text.split("\n\n")) <= set(lines)


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("She said <q>we will <em>not</em> go</q>, and left.", "She said “we will not go”, and left."),
        ("She said „<q>we will not go</q>“ and left.", "She said „we will not go“ and left."),
        ("She said <q>“we will not go”</q> and left.", "She said “we will not go” and left."),
        ("She said <q><a href='/a'>we will</a> not go</q> and left.", "She said “we will not go” and left."),
        ("<ruby>政府<rt>せいふ</rt></ruby>は計画を発表した。", "政府は計画を発表した。"),
        (
            "<ruby>政府<rp>（</rp><rt>せいふ</rt><rp>）</rp></ruby>は計画を発表した。",
            "政府（せいふ）は計画を発表した。",
        ),
    ],
)
def test_quotations_have_the_marks_that_browsers_show_and_readings_of_ruby_do_not_run_into_the_text(inner, text):
    body = LexborHTMLParser(f"<p>{inner}</p><p>After it.</p>").body
    assert body is not None
    assert [line.text for line in build_tree(body).lines] == [text, "After it."]


HEAD = "<html><head><title>Terminal closes</title></head><body>"


@pytest.mark.parametrize("declared", ['shadowrootmode="open"', "shadowrootmode=closed", 'class="x" shadowroot="open"'])
def test_the_text_of_a_declared_shadow_tree_is_read(declared):
    tree = f"<template {declared}><style>p{{}}</style><h1>Terminal closes</h1>{TEXT}</template>"
    page = f"{HEAD}<news-article>{tree}</news-article>"
    found = read(page.encode()).article
    assert [block.text for block in found.editorial] == list(PARAGRAPHS)
    assert found.title == "Terminal closes"


def test_a_template_within_a_shadow_tree_that_declares_none_is_not():
    hidden = "<template><p>A card that a script fills with what somebody else has written about it.</p></template>"
    inner = TEXT.replace("</p>", f"</p>{hidden}", 1)
    page = f'{HEAD}<main><template shadowrootmode="open"><h1>Terminal closes</h1>{inner}</template></main>'
    assert news(page.encode()) == list(PARAGRAPHS)


def test_light_text_in_a_slot_is_read_beside_it():
    shell = '<template shadowrootmode="open"><header><h1>Terminal closes</h1></header><slot></slot></template>'
    page = f"{HEAD}<news-article>{shell}<div>{TEXT}</div></news-article>"
    assert news(page.encode()) == list(PARAGRAPHS)


def test_a_page_without_shadow_trees_stays_as_it_is():
    page = b"<template><p>A</p></template></template><p>shadow</p>"
    assert unfold_shadow_roots(page) == page


@given(st.lists(st.sampled_from([b"<template>", b"<template shadowrootmode=open>", b"</template>", b"<p>", b"x"])))
def test_unfolding_twice_is_unfolding_once(parts):
    once = unfold_shadow_roots(b"".join(parts))
    assert unfold_shadow_roots(once) == once


ROWS = (("Ward", "For", "Against"), ("Eastern", "2", "7"), ("Harbour", "1,204", "16:20"))
TABLE = "<table>" + "".join(f"<tr>{''.join(f'<td>{cell}</td>' for cell in row)}</tr>" for row in ROWS) + "</table>"
CELLS = [cell for row in ROWS for cell in row]


@pytest.mark.parametrize(
    "frame",
    [
        "{}",
        "<div class=q7>{}</div>",
        "<div><div class=wide>{}</div></div>",
        "<figure class=wp-block-table>{}</figure>",
    ],
)
def test_a_table_of_data_is_news_with_all_its_numbers(frame):
    found = read(article(frame.format(TABLE), at=3)).article
    assert [b.text for b in found.editorial] == [*PARAGRAPHS[:3], *CELLS, *PARAGRAPHS[3:]]
    assert {b.kind for b in found.editorial[3:-3]} == {BlockKind.TABLE}


def test_names_of_cells_describe_data():
    table = TABLE.replace("<td>2<", '<td class="ticker">2<')
    assert kinds(article(table, at=3))["2"] is BlockKind.TABLE


@pytest.mark.parametrize(
    "box",
    [
        f"<aside>{TABLE}</aside>",
        f'<div class="sponsored">{TABLE}</div>',
        f"<div><p>Most read this week in the Herald and in its sister papers on the coast and beyond</p>{TABLE}</div>",
        TABLE.replace("<td>", "<td><a href=/x>").replace("</td>", "</a></td>"),
    ],
)
def test_tables_beside_the_text_and_tables_of_links_are_none(box):
    assert news(article(box, at=3)) == list(PARAGRAPHS)


def test_a_page_laid_out_in_tables_is_read_as_text():
    rows = "".join(f"<tr><td><p>{text}</p></td></tr>" for text in PARAGRAPHS)
    page = f"<html><body><table><tr><td>Updated 16:20</td></tr>{rows}</table></body></html>"
    assert news(page.encode()) == list(PARAGRAPHS)


CAPTION = "Pictured from left are the mayor, the harbour master and two islanders at the old pier on Tuesday"


@pytest.mark.parametrize(
    "box",
    [
        f"<div><img src=/a.jpg><p>{CAPTION}</p></div>",
        f"<div><div><img src=/a.jpg></div><div><p>{CAPTION}</p><p>Image: Jo Roe</p></div></div>",
    ],
)
def test_a_line_framed_with_a_picture_is_its_caption(box):
    assert kinds(article(box, at=3))[CAPTION] is BlockKind.CAPTION


def test_a_picture_in_the_run_of_the_text_makes_no_caption():
    page = article("<img src=/a.jpg>", f"<p><img src=/b.jpg>{CAPTION}.</p>", at=3)
    assert kinds(page)[f"{CAPTION}."] is BlockKind.PARAGRAPH


def test_text_that_stands_with_pictures_throughout_is_text():
    parts = "".join(f"<div><div><img src=/{n}.jpg></div><p>{text}</p></div>" for n, text in enumerate(PARAGRAPHS))
    assert news(plain_page(f"<div>{parts}</div>")) == list(PARAGRAPHS)


def test_a_heading_with_a_block_in_it_is_a_subhead():
    page = article("<h2><div>What happens to the clock</div></h2>", at=3)
    assert kinds(page)["What happens to the clock"] is BlockKind.SUBHEAD


def test_a_table_with_header_cells_is_data_however_long_its_cells_are():
    head = "<tr><th>Film</th><th>Plot</th></tr>"
    rows = "".join(f"<tr><td>Loop {n}</td><td>{text}</td></tr>" for n, text in enumerate(PARAGRAPHS))
    page = plain_page(f"<div><p>A list.</p><table>{head}{rows}</table></div>", heading="Films")
    assert {"Film", "Loop 0", "Loop 5", *PARAGRAPHS} <= set(news(page))
