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


def test_a_standfirst_of_two_paragraphs_is_one():
    page = article(before=box(f"<p>{FIRST}</p>", f"<p>{SECOND}</p>", "<div>Ada Moor</div>"))
    assert read(page).article.dek == f"{FIRST} {SECOND}"


def test_a_second_line_named_standfirst_goes_on_with_the_first():
    head = f'<meta name="description" content="{FIRST}">'
    page = article(head=head, before=box(f"<div>{FIRST}</div>", f'<h2 class="deck">{SECOND}</h2>'))
    found = read(page).article
    assert found.dek == f"{FIRST} {SECOND}"
    edited = read(page.replace(b"nobody on the island", b"few on the island")).article
    assert "few on the island" in edited.dek


def test_the_line_of_day_and_reading_time_is_no_standfirst():
    stamp = '<h3 class="intro">15.04.2026 - 15:48 UhrLesedauer: 2 Min.</h3>'
    assert read(article(before=box(stamp))).article.dek == ""


@pytest.mark.parametrize(
    ("name", "dek"), [("story__dek", FIRST), ("photo-description", ""), ("leading-relaxed", ""), ("", "")]
)
def test_a_standfirst_named_so_is_one_beside_a_picture_too(name, dek):
    framed = f'<div class="head"><div><img src="/pier.jpg"></div><div class="{name}">{FIRST}</div></div>'
    assert read(article(before=f"<header>{framed}</header>")).article.dek == dek


def test_a_standfirst_among_the_paragraphs_right_below_the_headline_is_one():
    page = article(before=f'<p class="standfirst">{FIRST}</p>')
    found = read(page).article
    assert found.dek == FIRST
    assert FIRST not in found.text


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


def test_the_byline_ends_the_standfirst():
    page = article(before=box(f"<p>{FIRST}</p>", "<p>By Ada Moor</p>", "<p>Elsewhere, a fair opens at nine.</p>"))
    assert read(page).article.dek == FIRST


def test_text_of_the_article_is_no_part_of_it():
    page = article(before=box(f"<p>{FIRST}</p>", f"<p>{PARAGRAPHS[0]}</p>"), paragraphs=PARAGRAPHS[1:])
    found = read(page).article
    assert found.dek == FIRST
    assert found.text.startswith(PARAGRAPHS[0])


def test_a_byline_is_no_standfirst():
    page = article(before=box('<p class="intro">von Daniel Brauner, Davor Pasoskin</p>', f"<p>{FIRST}</p>"))
    assert read(page).article.dek == FIRST


@pytest.mark.parametrize(
    "caption",
    [
        "The terminal on its last day of service. By HARBOUR AND COAST AUTHORITY",
        "The terminal on its last day of service (Photo: Ada Moor)",
        "The terminal on its last day of service. Ben Field / Getty Images",
    ],
)
def test_a_line_that_ends_with_who_took_the_picture_is_no_standfirst(caption):
    assert read(article(before=box(f'<p class="summary">{caption}</p>'))).article.dek == ""


def test_a_standfirst_may_speak_of_pictures_and_name_who_wrote():
    for dek in (f"{FIRST} By Ada Moor", "The image: a terminal that no one wants, on the last day of its service."):
        assert read(article(before=box(f'<p class="summary">{dek}</p>'))).article.dek == dek


def test_a_text_named_teaser_is_a_standfirst_where_it_links_nowhere():
    head = f'<div class="teaser-text" itemprop="description"><p>{FIRST}</p></div>'
    assert read(article(before=box(head))).article.dek == FIRST


def test_a_long_first_paragraph_in_a_box_of_its_own_is_text():
    page = article(before=box(f"<p class=deck>{FIRST}</p>", f"<div><div>{LONG}</div></div>"))
    found = read(page).article
    assert found.dek == FIRST
    assert found.editorial[0].text == LONG
