import pytest

from tracker.extraction.extractor import read

from .pages import PARAGRAPHS, article

FIRST = "Islanders lose their only link to the shore after 94 years of service."
SECOND = "The council wants a bus instead; nobody on the island was asked."
LONG = (
    "The harbour master had warned in March that the pier might not outlast another winter, and asked for money to have"
    " it repaired; the council put the letter aside until the survey of the pier late in October."
)
POINTS = (
    "The old terminal closes on Friday after a survey found cracks in its pier.",
    "A bus will leave from Granary Square every twenty minutes from Monday.",
)


def box(*lines: str) -> str:
    """Return the page's head matter in a box of its own, apart from the column of text."""
    return f"<header>{''.join(lines)}</header>"


NAMED_TEASER = f'<div class="teaser-text" itemprop="description"><p>{FIRST}</p></div>'
OF_PICTURES = "The image: a terminal that no one wants, on the last day of its service."
CAPTION = "The old ferry terminal, which was built 94 years ago, on the morning of the vote"
AUTHOR = "Ben Field lives beside the ferry terminal and has written about the harbour for ten years."


@pytest.mark.parametrize(
    ("lines", "dek"),
    [
        ((f"<p>{FIRST}</p>", f"<p>{SECOND}</p>", "<div>Ada Moor</div>"), f"{FIRST} {SECOND}"),
        ((f"<p>{FIRST}</p>", "<p>By Ada Moor</p>", "<p>Elsewhere, a fair opens at nine.</p>"), FIRST),
        (('<p class="intro">von Daniel Brauner, Davor Pasoskin</p>', f"<p>{FIRST}</p>"), FIRST),
        ((NAMED_TEASER,), FIRST),
        ((f'<p class="summary">{FIRST} By Ada Moor</p>',), f"{FIRST} By Ada Moor"),
        ((f'<p class="summary">{OF_PICTURES}</p>',), OF_PICTURES),
    ],
)
def test_the_standfirst_goes_on_until_the_byline(lines, dek):
    assert read(article(before=box(*lines))).article.dek == dek


@pytest.mark.parametrize(
    "before",
    [
        box('<h3 class="intro">15.04.2026 - 15:48 UhrLesedauer: 2 Min.</h3>'),
        box('<p class="summary">The terminal on its last day of service. By HARBOUR AND COAST AUTHORITY</p>'),
        box('<p class="summary">The terminal on its last day of service (Photo: Ada Moor)</p>'),
        box('<p class="summary">The terminal on its last day of service. Ben Field / Getty Images</p>'),
        f"<div><img src=/a.jpg><p>{CAPTION}</p></div>",
        "<h2>Harbour board: Council closes ferry terminal</h2>",
        f'<div class="author-box"><div class="description"><p>{AUTHOR}</p></div></div>',
    ],
)
def test_times_credits_captions_kickers_and_authors_are_no_standfirst(before):
    assert read(article(before=before)).article.dek == ""


def test_the_standfirst_by_description_by_name_and_by_place():
    told = article(before=f"<div><span>{FIRST}</span></div>", head=f'<meta name="description" content="{FIRST[:60]}">')
    named = (article(before=f'<{tag} class="standfirst">{FIRST}</{tag}>') for tag in ("div", "p"))
    placed = article(before=f"<h2>{FIRST}</h2>")
    for page in (told, *named, placed):
        found = read(page).article
        assert found.dek == FIRST
        assert FIRST not in found.text
    first = article(paragraphs=PARAGRAPHS).replace(b"<p>HARB", b'<p class="lead">HARB')
    assert read(first).article.dek == PARAGRAPHS[0]


def test_a_paragraph_above_the_run_is_text():
    text = "Islanders lose a service that has run for 94 years, and get a bus instead, which leaves every 20 minutes."
    dek = '<div class="standfirst">A pier is closed and a bus takes its place.</div>'
    assert read(article(before=f"{dek}<section><p>{text}</p></section>")).article.text.startswith(text)


def test_a_second_line_named_standfirst_goes_on_with_the_first():
    head = f'<meta name="description" content="{FIRST}">'
    page = article(head=head, before=box(f"<div>{FIRST}</div>", f'<h2 class="deck">{SECOND}</h2>'))
    found = read(page).article
    assert found.dek == f"{FIRST} {SECOND}"
    edited = read(page.replace(b"nobody on the island", b"few on the island")).article
    assert "few on the island" in edited.dek


@pytest.mark.parametrize(
    ("name", "dek"), [("story__dek", FIRST), ("photo-description", ""), ("leading-relaxed", ""), ("", "")]
)
def test_a_standfirst_named_so_is_one_beside_a_picture_too(name, dek):
    framed = f'<div class="head"><div><img src="/pier.jpg"></div><div class="{name}">{FIRST}</div></div>'
    assert read(article(before=f"<header>{framed}</header>")).article.dek == dek


@pytest.mark.parametrize("short", ["Pier Closed", "Ferry pier in danger again", "Podcast", "“Never seen before”"])
def test_a_standfirst_of_few_words_is_one_and_nobody_s_name_where_the_description_says_the_same(short):
    head = f'<meta name="description" content="{short}">'
    found = read(article(head=head, before=f'<p class="standfirst">{short}</p>')).article
    assert (found.dek, found.byline) == (short, ())
    assert short not in found.text
    kicker = read(article(head=head, before=f'<p class="topic">{short}</p>')).article
    assert kicker.dek == ""


def test_points_above_the_text_are_the_standfirst_where_there_is_no_other():
    points = "".join(f"<li>{point}</li>" for point in POINTS)
    found = read(article(before=box(f"<ul>{points}</ul>"))).article
    assert found.dek == " ".join(POINTS)
    linked = "".join(f'<li><a href="/x">{point}</a></li>' for point in POINTS)
    assert read(article(before=box(f"<ul>{linked}</ul>"))).article.dek == ""


def test_text_of_the_article_is_no_part_of_it():
    page = article(before=box(f"<p>{FIRST}</p>", f"<p>{PARAGRAPHS[0]}</p>"), paragraphs=PARAGRAPHS[1:])
    found = read(page).article
    assert found.dek == FIRST
    assert found.text.startswith(PARAGRAPHS[0])


def test_a_long_first_paragraph_in_a_box_of_its_own_is_text():
    page = article(before=box(f"<p class=deck>{FIRST}</p>", f"<div><div>{LONG}</div></div>"))
    found = read(page).article
    assert found.dek == FIRST
    assert found.editorial[0].text == LONG
