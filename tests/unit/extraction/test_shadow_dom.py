import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.decode import unfold_shadow_roots
from tracker.extraction.extractor import read

from .pages import PARAGRAPHS, TEXT, news

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
