import pytest

from tracker.extraction.text import clean, overlap, plain


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
