import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.extraction.extractor import read, read_unless_same
from tracker.extraction.name_hints import Hint, hint
from tracker.model.article import BlockKind, SamePage

from .pages import PARAGRAPHS, TEXT, article, kinds, news, plain_page

STORY = tuple(
    f"The council voted on {day} to close the old ferry terminal, and the harbour master said that boats number {n}"
    " to nine would move to the north pier until the repairs are done."
    for n, day in enumerate(("Monday", "Tuesday", "Wednesday", "Thursday", "Friday"))
)
REVIEW = tuple(
    f"The {n}th restaurant on our list serves fish that was landed the same morning, on plates that the owner's"
    " daughter has painted, and the wine is from the hills behind the town."
    for n in range(4, 10)
)


def paragraphs(texts: tuple[str, ...]) -> str:
    return "".join(f"<p>{text}</p>" for text in texts)


def page(story: str, review: str) -> bytes:
    return f"<html><body><h1>Council closes ferry terminal</h1>{story}{review}</body></html>".encode()


USUAL = page(f"<main><div>{paragraphs(STORY)}</div></main>", f"<section>{paragraphs(REVIEW[:1])}</section>")
# For a day another text has more paragraphs, in the same kind of frame; or the story is in another one.
OUTGROWN = page(f"<main><div>{paragraphs(STORY)}</div></main>", f"<main><div>{paragraphs(REVIEW * 2)}</div></main>")
REFRAMED = page(
    f"<section><div><div>{paragraphs(STORY)}</div></div></section>", f"<main><div>{paragraphs(REVIEW * 2)}</div></main>"
)


@pytest.mark.parametrize("other", [OUTGROWN, REFRAMED])
def test_a_page_that_alternates_between_two_containers_gives_one_reading(other):
    read_before = read(USUAL)
    for each in (other, USUAL, other, USUAL):
        reading = read(each, prefer=read_before.signature)
        assert reading.article.text == "\n\n".join(STORY)
        read_before = reading


def test_a_consent_form_that_was_read_once_is_not_read_for_ever():
    form = f"<div class=cookie-consent>{paragraphs(REVIEW)}</div>"
    alone = read(page("", form))
    assert alone.article.text
    both = page(f"<div>{paragraphs(STORY)}</div>", form)
    assert read(both, prefer=alone.signature).article.text == "\n\n".join(STORY)


def test_a_replaced_text_is_read_anew_and_one_gathered_around_its_container_alike():
    replaced = page(f"<main><div>{paragraphs(REVIEW)}</div></main>", f"<section>{paragraphs(STORY[:1])}</section>")
    assert read(replaced, prefer=read(USUAL).signature).article.text == "\n\n".join(REVIEW)
    around = "".join(f"<div><p>{text}</p></div>" for text in STORY)
    ending = "<br><br>".join(f"Part {n}: {REVIEW[0]} {REVIEW[1]}" for n in range(12))
    html = page(f"<div itemprop=articleBody>{around}<div><div>{ending}</div></div></div>", "")
    first = read(html)
    assert "#" not in first.signature
    again = read(html, prefer=first.signature)
    assert (again.article, again.container) == (first.article, first.container)


def test_the_container_names_no_paragraph_and_prose_named_the_text_is_text():
    reading = read(USUAL)
    assert reading.container == "body>main>div"
    assert read(USUAL, prefer=reading.signature).signature == reading.signature
    box = "".join(f'<div class="article-body"><p>{text}</p></div>' for text in PARAGRAPHS[:2])
    rest = "".join(f'<div class="article-body"><p>{text}</p></div>' for text in PARAGRAPHS[2:])
    page = plain_page(f'<div><div class="teaser-content">{box}</div><div>{rest}</div></div>')
    assert news(page) == list(PARAGRAPHS)


@pytest.mark.parametrize("prefer", ["#", "body>main>div#", "#zz", "body>main>div#12345", "a#b#c", ">" * 50])
def test_any_signature_is_accepted(prefer):
    assert read(USUAL, prefer=prefer).article.text == "\n\n".join(STORY)


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


PLEA = (
    "<section><header><div><h3>Sign in or create an account</h3>"
    "<p>Readers who have an account may read ten stories of the Herald in each month without paying.</p>"
    "<ul><li>Unlimited stories of all the papers of the coast</li><li>Puzzles on every day of the week</li></ul>"
    "</div></header></section>"
)


def test_headers_quotes_and_titles_of_players_are_told_from_the_text():
    assert news(article(PLEA, at=3)) == list(PARAGRAPHS)
    page = f"<html><body><header><h1>Council closes ferry terminal</h1><div>{TEXT}</div></header></body></html>"
    assert news(page.encode()) == list(PARAGRAPHS)
    pulled = "Nobody wants to see people stranded on the island"
    found = read(article(f"<blockquote><p>{pulled}</p><p>Edith Calloway</p></blockquote>", at=4)).article
    assert [b.text for b in found.editorial] == list(PARAGRAPHS)
    assert (
        kinds(article(f"<blockquote><p>{pulled} or in the water</p></blockquote>", at=4))[f"{pulled} or in the water"]
        is BlockKind.QUOTE
    )
    player = article("<div><video src=/a.mp4></video><h2>How ferries are built</h2></div>", at=3)
    assert kinds(player)["How ferries are built"] is BlockKind.CAPTION


HEAD = (
    '<meta name="csrf-token" content="1"><meta name="description" content="An old terminal closes.">'
    '<script type="application/ld+json">{"@type":"NewsArticle","headline":"Council closes ferry terminal",'
    '"dateModified":"2026-03-04T10:00:00Z","author":{"name":"Ada Moor"}}</script>'
)
BEFORE = '<p class=byline>By Ada Moor</p><time datetime="2026-03-04">4 March</time><script>count(1)</script>'
AFTER = "<p><em>Correction: The pier is 94 metres long, not 49.</em></p>"
PAGE = article(head=HEAD, before=BEFORE, after=AFTER)
FINGERPRINT = read(PAGE).fingerprint


def is_same(page: bytes) -> bool:
    return isinstance(read_unless_same(page, None, FINGERPRINT), SamePage)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"", b""),
        (b'content="1"', b'content="2"'),
        (b"count(1)", b"count(2)"),
        (b"<body>", b"<body><!-- 12:31 --><script>t=1</script><nav><a href=/x>New</a></nav>"),
        (b"1 Quay Street", b"2 Quay Street"),
        (b"<p>", b'<p class="x9" data-id="7">'),
        (b"</p>", b"</p>\n   "),
    ],
)
def test_what_is_not_of_the_article_may_differ(old, new):
    page = PAGE.replace(old, new)
    assert is_same(page)
    assert read(page).article.sha256 == read(PAGE).article.sha256


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (b"<h1>Council closes", b"<h1>Mayor closes"),
        (b"An old terminal", b"A new terminal"),
        (b"2026-03-04T10", b"2026-03-04T11"),
        (b'datetime="2026-03-04"', b'datetime="2026-03-05"'),
        (b"By Ada Moor", b"By Ida Moor"),
        (b'"name":"Ada Moor"', b'"name":"Ida Moor"'),
        (b"94 metres long", b"95 metres long"),
        (b"<body>", b"<body><div><p>Something else stands before the article</p></div>"),
        (b"nine to four", b"nine to three"),
        (b" to close the old", b"</p><p>to close the old"),
    ],
)
def test_what_the_article_says_may_not(old, new):
    assert old in PAGE
    assert not is_same(PAGE.replace(old, new, 1))


@given(st.integers(0, len(PARAGRAPHS) - 1), st.text("abc é.", min_size=1, max_size=12), st.data())
def test_text_put_anywhere_into_a_paragraph_is_read(number, text, data):
    at = data.draw(st.integers(0, len(PARAGRAPHS[number])))
    edited = PARAGRAPHS[number][:at] + text + PARAGRAPHS[number][at:]
    page = PAGE.replace(PARAGRAPHS[number].encode(), edited.encode())
    found = read_unless_same(page, None, FINGERPRINT)
    assert not isinstance(found, SamePage) or read(page).article.sha256 == read(PAGE).article.sha256


@pytest.mark.parametrize("fingerprint", ["", ":", "0.1", "9.9:abc", "0.0:abc", FINGERPRINT[:-1]])
def test_a_page_without_that_fingerprint_is_read(fingerprint):
    assert read_unless_same(PAGE, None, fingerprint) == read(PAGE)


@pytest.mark.parametrize(
    "page", [b"", b"\x00\x01\x02", b"<p>Not found", b"<html><body><p>Hello there</p></body></html>"]
)
def test_what_is_no_article_has_no_fingerprint(page):
    assert read(page).fingerprint == ""
    assert read_unless_same(page, None, FINGERPRINT) == read(page)


def test_an_error_page_is_never_the_same():
    assert not isinstance(read_unless_same(PAGE, None, FINGERPRINT, status=404), SamePage)


@pytest.mark.parametrize("tag", ["aside", "footer"])
def test_an_aside_or_footer_that_holds_most_of_the_prose_is_the_article(tag):
    transcript = f"<{tag}><div>{TEXT * 2}</div></{tag}>"
    assert (
        news(plain_page("<p>To learn more about the terminal, click play.</p>", transcript)).count(PARAGRAPHS[3]) == 2
    )
    beside = f"<{tag}><p>{REVIEW[0]}</p></{tag}>"
    assert news(plain_page(TEXT, beside)) == list(PARAGRAPHS)


def test_the_text_near_the_headline_is_the_article_and_not_a_longer_list_far_from_it():
    speakers = f"<table><tr><td>{paragraphs(REVIEW * 6)}</td></tr></table>"
    title = "<title>Council closes ferry terminal</title>"
    story = f"<div><div>Council closes ferry terminal</div>{paragraphs(STORY * 2)}</div>"
    page_without_h1 = f"<html><head>{title}</head><body><div>{story}</div><div>{speakers}</div></body></html>"
    found = read(page_without_h1.encode()).article
    assert REVIEW[0] not in found.text
    assert found.text.startswith(STORY[0])


def test_sections_of_one_name_are_read_together():
    sections = f"<div class=para>{paragraphs(STORY[:4])}</div><div class=para>{paragraphs(STORY[4:])}</div>"
    assert read(page(f"<div>{sections}</div>", "")).article.text == "\n\n".join(STORY)


def test_text_in_noscript_is_read_where_the_page_shows_no_other():
    hidden = f"<noscript><div>{TEXT}</div></noscript>"
    assert news(plain_page(hidden)) == list(PARAGRAPHS)
    assert REVIEW[0] not in read(plain_page(TEXT, f"<noscript><p>{REVIEW[0]}</p></noscript>")).article.text
