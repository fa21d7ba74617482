import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from selectolax.lexbor import LexborHTMLParser

from tracker.extraction.extractor import read, read_article
from tracker.extraction.page_tree import MAX_DEPTH, build_tree
from tracker.extraction.text import clean, overlap, plain
from tracker.extraction.text_paths import TextPaths
from tracker.model.article import BlockKind, NoticeKind, PageKind

from .pages import PARAGRAPHS, TEXT, article, kinds, news, plain_page


def group(*texts: str) -> str:
    return "<div>" + "".join(f"<p>{text}</p>" for text in texts) + "</div>"


@pytest.mark.parametrize("tag", ["h2", "h3", "h4"])
def test_subheads_between_groups_of_paragraphs_are_news(tag):
    subhead = f"<{tag}>What happens to the clock</{tag}>"
    page = plain_page(f"<section>{group(*PARAGRAPHS[:3])}{subhead}{group(*PARAGRAPHS[3:])}</section>")
    block = read(page).article.editorial[3]
    assert (block.text, block.kind) == ("What happens to the clock", BlockKind.SUBHEAD)


def test_subheads_and_paragraphs_between_groups_are_news_but_not_headings_of_boxes():
    links = '<a href="/a">Ferry fares</a><a href="/b">Snow</a>'
    box = f"<div class=q1><div><h3>What others read now</h3>{links}</div></div>"
    page = plain_page(f"<section>{group(*PARAGRAPHS[:3])}{box}{group(*PARAGRAPHS[3:])}</section>")
    assert news(page) == list(PARAGRAPHS)
    page = article("<h2><div>What happens to the clock</div></h2>", at=3)
    assert kinds(page)["What happens to the clock"] is BlockKind.SUBHEAD
    own = "<p>The last boat leaves at nine.</p><p>What follows is a bus</p>"
    groups = [f"<div>{group(*texts)}</div>" for texts in (PARAGRAPHS[:3], PARAGRAPHS[3:])]
    assert news(plain_page(f"<section>{own.join(groups)}</section>"))[3:5] == [
        "The last boat leaves at nine.",
        "What follows is a bus",
    ]


def body(*parts: str) -> list[str]:
    """Return the news text of a page whose paragraphs have *parts* after the third."""
    return news(article(*parts, at=3))[3:-3]


def test_short_lines_of_their_own_beside_lines_or_lists_of_the_text_are_text():
    assert body("<div class=highlight><pre>make install</pre></div>") == ["make install"]
    text = "<br><br>".join(PARAGRAPHS)
    page = f"<html><body><main><div>{text}<div>We hope that you enjoy the ride!</div></div></main></body></html>"
    assert read(page.encode()).article.editorial[-1].text == "We hope that you enjoy the ride!"
    steps = "".join(f"<li>{text}</li>" for text in PARAGRAPHS)
    assert "In slow steps" in news(
        plain_page(f"<div><p>In slow steps</p><ol>{steps}</ol></div>", heading="How to dance")
    )


def test_a_list_of_terms_is_never_all_and_a_standfirst_with_a_picture_no_caption():
    dek = "Islanders lose their only link to the shore after 94 years of service"
    hero = f"<div class=hero><img src=/a.jpg><h1>Ferry closes</h1><p>{dek}</p></div>"
    found = read(f"<html><body>{hero}<article>{TEXT}</article></body></html>".encode()).article
    assert found.dek == dek
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


def test_text_is_one_line_and_its_words_overlap_in_any_script():
    assert clean("  A\u00a0b\u00adc \n d\u200b\u202e\x07 ") == "A bc d"
    assert clean("x\ud800y") == "x\ufffdy"
    assert clean("می‌خواهم") == "می‌خواهم"
    assert overlap("Council closes pier", "Council closes the old pier") == 1.0
    assert overlap("", "x") == 0.0
    one = "気象庁は調査終了を受けた記者会見で地震はいつ起きてもおかしくないと述べた"
    assert overlap(one, one + "。備えを続けてほしいと呼びかけた") > 0.9
    assert overlap(one, "別の記事の文章であり内容はまったく異なるものになっていますのでご注意ください") < 0.3


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
        ("The pilot was <s>drunk</s> <ins>ill</ins> <del>that night</del>.", "The pilot was ill ."),
        ("<ruby>政府<rt>せいふ</rt></ruby>は計画を発表した。", "政府は計画を発表した。"),
        (
            "<ruby>政府<rp>（</rp><rt>せいふ</rt><rp>）</rp></ruby>は計画を発表した。",
            "政府（せいふ）は計画を発表した。",
        ),
    ],
)
def test_line_has_the_marks_of_quotations_and_neither_struck_out_text_nor_readings_of_ruby(inner, text):
    body = LexborHTMLParser(f"<p>{inner}</p><p>After it.</p>").body
    assert body is not None
    assert [line.text for line in build_tree(body).lines] == [text, "After it."]


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


def test_a_table_is_data_by_its_header_or_cells_and_a_page_laid_out_in_tables_is_text():
    table = TABLE.replace("<td>2<", '<td class="ticker">2<')
    assert kinds(article(table, at=3))["2"] is BlockKind.TABLE
    head = "<tr><th>Film</th><th>Plot</th></tr>"
    rows = "".join(f"<tr><td>Loop {n}</td><td>{text}</td></tr>" for n, text in enumerate(PARAGRAPHS))
    page = plain_page(f"<div><p>A list.</p><table>{head}{rows}</table></div>", heading="Films")
    assert {"Film", "Loop 0", "Loop 5", *PARAGRAPHS} <= set(news(page))
    rows = "".join(f"<tr><td><p>{text}</p></td></tr>" for text in PARAGRAPHS)
    layout = f"<html><body><table><tr><td>Updated 16:20</td></tr>{rows}</table></body></html>"
    assert news(layout.encode()) == list(PARAGRAPHS)


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


def test_pictures_throughout_the_text_make_no_captions():
    page = article("<img src=/a.jpg>", f"<p><img src=/b.jpg>{CAPTION}.</p>", at=3)
    assert kinds(page)[f"{CAPTION}."] is BlockKind.PARAGRAPH
    parts = "".join(f"<div><div><img src=/{n}.jpg></div><p>{text}</p></div>" for n, text in enumerate(PARAGRAPHS))
    assert news(plain_page(f"<div>{parts}</div>")) == list(PARAGRAPHS)


TITLE = "Council closes ferry terminal"
NEXT = '<script id="__NEXT_DATA__" type="application/json">%s</script>'


def shell(*scripts: str, title: str = TITLE, head: str = "") -> bytes:
    return (
        f'<!doctype html><html lang="en"><head><title>{title} | Harbourton Herald</title>'
        f'<meta property="og:title" content="{title}">{head}</head>'
        f"<body><div id=app></div>{''.join(scripts)}</body></html>"
    ).encode()


def state(value: object, title: str = TITLE) -> str:
    return json.dumps({"props": {"pageProps": {"article": {"headline": title, "content": value}}}})


TEASERS = [{"title": f"Another story {n}", "url": f"/{n}", "summary": text} for n, text in enumerate(PARAGRAPHS * 3)]

OBJECTS = [{"type": "paragraph", "text": text} for text in PARAGRAPHS]
SHAPES = {
    "strings": list(PARAGRAPHS),
    "objects": OBJECTS,
    "with pictures and teasers": [
        {"type": "image", "text": "The pier on a summer evening, seen from the museum's roof."},
        *({"type": "text", "content": f"<b>{html.escape(text[:9])}</b>{html.escape(text[9:])}"} for text in PARAGRAPHS),
        {"type": "related_links", "content": "What islanders say about the end of their ferry, in their own words."},
    ],
    "rich text": {
        "nodeType": "document",
        "content": [
            {"nodeType": "paragraph", "content": [{"nodeType": "text", "value": t[:20]}, {"value": t[20:]}]}
            for t in PARAGRAPHS
        ],
    },
    "models": [{"type": "text", "model": {"blocks": [{"model": {"text": text}}]}} for text in PARAGRAPHS],
    "markup": "$$ADVERT$$".join(f"<p class=x>{html.escape(text)}</p>" for text in PARAGRAPHS),
    "plain": "\n\n".join(PARAGRAPHS),
    "elements": [["$", "p", None, {"children": ["$", "span", None, {"children": text}]}] for text in PARAGRAPHS],
}


@pytest.mark.parametrize("shape", SHAPES)
def test_text_that_stands_in_a_script_alone(shape):
    reading = read(shell(NEXT % state(SHAPES[shape])))
    assert reading.page is PageKind.ARTICLE
    assert reading.detail == "the text is only in the script __NEXT_DATA__"
    assert dict(reading.article.fields)["body"] == "__NEXT_DATA__"
    assert reading.signature == "script"
    assert [block.text for block in reading.article.editorial] == list(PARAGRAPHS)
    assert reading.article.title == TITLE


@pytest.mark.parametrize(
    ("script", "source"),
    [
        ("<script>window.__PRELOADED_STATE__ = %s;</script>", "__PRELOADED_STATE__"),
        ("<script>window.__RQ_R_35b_ = []; window['__RQ_R_35b_'].push(%s)</script>", "script"),
        ('<script type="application/json">%s</script>', "application/json"),
    ],
)
def test_states_by_any_name(script, source):
    found = read(shell(script % state(SHAPES["strings"]))).article
    assert dict(found.fields)["body"].endswith(source)
    assert [block.text for block in found.editorial] == list(PARAGRAPHS)


def test_flight_streams_with_texts_by_reference():
    body = "".join(f"<p>{text}</p>" for text in PARAGRAPHS)
    stream = (
        '1:"$Sreact.fragment"\n2:I[13578,[],""]\n'
        f"24:T{len(body.encode()):x},{body}"
        f'5:["$","$L23",null,{{"state":{{"title":"{TITLE}","body":"$24"}}}}]\n'
    )
    half = len(stream) // 2
    chunks = [
        f"<script>self.__next_f.push({json.dumps([1, part])})</script>" for part in (stream[:half], stream[half:])
    ]
    found = read(shell("<script>(self.__next_f=self.__next_f||[]).push([0])</script>", *chunks)).article
    assert dict(found.fields)["body"] == "__next_f"
    assert [block.text for block in found.editorial] == list(PARAGRAPHS)


def test_the_classes_of_blocks_are_told_apart_there_too():
    extra = [
        {"type": "heading", "text": "What happens to the clock"},
        {"type": "quote", "text": "“The bells will ring again, and we shall all be there to hear them,” she said."},
        {"type": "paragraph", "text": "Correction: an earlier version of this story misstated the age of the service."},
    ]
    found = read(shell(NEXT % state([*OBJECTS, *extra, OBJECTS[0]]))).article
    kinds = {block.text: block.kind for block in found.blocks}
    assert kinds["What happens to the clock"] is BlockKind.SUBHEAD
    assert kinds[extra[1]["text"]] is BlockKind.QUOTE
    assert [notice.kind for notice in found.notices] == [NoticeKind.CORRECTION]


def test_a_state_needs_no_headline_on_an_article_and_text_beside_it_goes_first():
    other = {"headline": "The next story of an endless page", "content": list(PARAGRAPHS) * 2}
    page = {"stories": [other, {"headline": TITLE, "content": list(PARAGRAPHS[:4])}, other], "more": TEASERS}
    assert news(shell(NEXT % json.dumps(page))) == list(PARAGRAPHS[:4])
    kind = '<meta property="og:type" content="article">'
    assert read(shell(NEXT % state(SHAPES["strings"], "x"), head=kind)).page is PageKind.ARTICLE


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "[" * 100_000,
        "null",
        '{"a":1}' + " " * 300,
        json.dumps({"title": TITLE, "teasers": TEASERS}),
        json.dumps({"title": TITLE, "links": [f"https://harbourton.test/a/b/c/{n}/d/e/f" for n in range(99)]}),
        json.dumps({"title": TITLE, "text": "Short. " * 5}),
        state(SHAPES["strings"], "The headline of another page altogether"),
        json.dumps({"title": TITLE, "x": " " * 4_000_001}),
    ],
)
def test_states_without_the_article_leave_a_shell(text):
    reading = read(shell(NEXT % text))
    assert reading.page is PageKind.JS_SHELL
    assert not reading.article.blocks


JSON = st.recursive(
    st.none() | st.integers() | st.text(max_size=300) | st.sampled_from([*PARAGRAPHS, "$", "$24", "p"]),
    lambda inner: (
        st.lists(inner, max_size=5)
        | st.dictionaries(st.sampled_from(["text", "type", "content", "model", "url", "title", "x"]), inner, max_size=4)
    ),
    max_leaves=30,
)


@given(JSON)
def test_any_state_is_read_the_same_way_twice(value):
    page = shell(NEXT % json.dumps(value).replace("</", "<\\/"))
    assert read(page) == read(page)


@pytest.mark.parametrize("tag", ["noscript", "nav", "select", "template", "svg", "div"])
def test_a_script_is_read_alike_whether_or_not_the_page_is_watched(tag):
    page = shell(f"<{tag}>{NEXT % state(list(PARAGRAPHS))}</{tag}>")
    assert read_article(page) == read(page).article
