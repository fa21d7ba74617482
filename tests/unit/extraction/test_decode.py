import pytest
from hypothesis import given
from hypothesis import strategies as st
from webencodings.labels import LABELS

from tracker.errors import PageError
from tracker.extraction import text as module
from tracker.extraction.extractor import read
from tracker.extraction.text import MAX_PAGE_BYTES
from tracker.model.article import PageKind


def decode(body: bytes, charset: str = "") -> str:
    return module.decode(body, charset).decode()


def test_utf8_wins_over_wrong_labels_and_the_page_names_its_own_charset():
    assert decode("Café".encode(), "iso-8859-1") == "Café"
    assert decode(b"<meta charset=latin1>" + "Größe".encode()).endswith("Größe")
    page = '<meta http-equiv="Content-Type" content="text/html; charset=koi8-r">Привет'
    assert decode(page.encode("koi8-r")) == page
    assert decode('<?xml version="1.0" encoding="iso-8859-2"?>łódź'.encode("iso-8859-2")).endswith("łódź")
    assert decode(b"na\xefve \x93quote\x94") == "naïve “quote”"


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("windows-1251", "cp1251", "Москва сегодня"),
        ("Shift_JIS", "cp932", "東京の空①"),
        ("euc-kr", "cp949", "서울 똠방"),
        ("gb2312", "gb18030", "北京新闻"),
        ("latin1", "cp1252", "“naïve” – café"),
        ("iso-2022-jp", "iso2022_jp", "日本語の記事"),
    ],
)
def test_labels_of_the_header_count(label, codec, text):
    assert decode(text.encode(codec), label) == text


@pytest.mark.parametrize("label", ["utf-7", "punycode", "zlib", "rot13", "idna", "undefined", "no such thing"])
def test_codecs_of_python_are_not_reachable(label):
    assert decode(b"+ADw-script+AD4- \xff", label) == "+ADw-script+AD4- ÿ"


@pytest.mark.parametrize("label", sorted(LABELS))
def test_every_label_of_the_standard_can_be_decoded_or_is_refused_by_name(label):
    page = b"<p>caf\xe9 \xa4\xa1</p>"
    if LABELS[label] == "replacement":
        with pytest.raises(PageError, match="may not be decoded"):
            decode(page, label)
        assert decode(b"plain text", label) == "plain text"
    else:
        assert decode(page, label).startswith("<p>caf")


def test_byte_order_marks_count_unless_they_lie_and_ascii_escapes_are_refused():
    with pytest.raises(PageError):
        decode(b"<meta charset=iso-2022-kr>\x1b$)C\x0e0!\x0f")
    assert decode(b"\xe9\x80", "x-user-defined") == "\uf7e9\uf780"
    assert decode("\ufeffhello".encode("utf-16-le")) == "hello"
    assert decode(b"\xef\xbb\xbfhello") == "hello"
    assert decode(b"plain text that says charset=utf-16", "utf-16") == "plain text that says charset=utf-16"
    assert decode(b"\xffx", "utf-16le") == "\ufffdx"
    assert "<p>news" in decode(b"\xff\xfe<p>news of the day" * 20, "utf-16")
    assert decode("\ufeff<p>news".encode("utf-16-be")) == "<p>news"


def test_letters_that_only_look_encoded_twice_stay_and_a_character_cut_at_the_end_is_dropped():
    assert decode("news €".encode()[:-1]) == "news "
    assert len(decode(b"a" * (MAX_PAGE_BYTES + 10))) == MAX_PAGE_BYTES
    page = "São Paulo: â, Ã, Â£5, ça, ã – Größe"
    assert decode(page.encode()) == page
    body = "<p>Größe, déjà vu – 5 €</p>".encode()
    assert {decode(body, label) for label in ("utf-8", "windows-1252", "latin-1", "utf-16", "")} == {body.decode()}


@given(st.binary(max_size=300), st.text(max_size=20))
def test_never_raises(body, label):
    assert isinstance(decode(body, label), str)


def test_utf8_that_was_encoded_twice_is_set_right_and_a_picture_is_no_article():
    page = "<p>Ared’s kiosk – “open” at 5 €, naïve, 𝕏</p>"
    twice = page.encode().decode("latin-1").encode()
    assert decode(twice) == page
    odd = twice + "\xe0\x80\x80".encode()  # three letters that would be no character
    assert decode(odd) == page + "\xe0\x80\x80"
    reading = read(b"<html><p>" + bytes(range(256)) * 200)
    assert reading.page is PageKind.EMPTY
    assert not reading.article.blocks


@pytest.mark.parametrize(
    ("body", "binary"),
    [
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40, True),
        ("<p>Größe – 5 €</p>".encode() * 50, False),
        ("<p>日本語の記事です。</p>".encode() * 50, False),
        (b"<p>na\xefve caf\xe9</p>" * 50, False),
        (b"<p>caf\xff \x00</p>" * 50, False),
        (b"", False),
    ],
)
def test_bytes_that_are_no_text_are_told_apart(body, binary):
    assert module.is_binary(module.decode(body)) is binary
