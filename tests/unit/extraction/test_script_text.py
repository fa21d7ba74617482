import html
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.extractor import read, read_article
from tracker.model.article import BlockKind, NoticeKind, PageKind

from .pages import PARAGRAPHS, news

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


def test_the_text_beside_the_headline_goes_before_a_longer_one():
    other = {"headline": "The next story of an endless page", "content": list(PARAGRAPHS) * 2}
    page = {"stories": [other, {"headline": TITLE, "content": list(PARAGRAPHS[:4])}, other], "more": TEASERS}
    assert news(shell(NEXT % json.dumps(page))) == list(PARAGRAPHS[:4])


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


def test_a_page_that_calls_itself_an_article_needs_no_headline_in_the_state():
    kind = '<meta property="og:type" content="article">'
    assert read(shell(NEXT % state(SHAPES["strings"], "x"), head=kind)).page is PageKind.ARTICLE


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
