from dataclasses import replace

import pytest

from tracker import compare
from tracker.extraction.extractor import read
from tracker.model.article import Article

from . import pages
from .pages import PARAGRAPHS, article

COUNCIL = "Council closes the old ferry terminal"
MAY_CLOSE = "Council may close the old ferry terminal"


ASKED = "“Nobody asked us”, islanders say"


def page(h1: str, *, og: str = "", ld: str = "", html: str = "", site: str = "") -> bytes:
    script = pages.ld(headline=ld) if ld else ""
    heading = f"<h1>{h1}</h1>" if h1 else ""
    return (
        f'<html><head><title>{html}</title><meta property="og:title" content="{og}">'
        f'<meta property="og:site_name" content="{site}">{script}</head>'
        f"<body><article>{heading}{pages.TEXT}</article></body></html>"
    ).encode()


def titled(*titles: str, site: str = "Herald") -> tuple[str, str]:
    """Return the title of a page without any heading, and its source."""
    found = read(page("", **dict(zip(("og", "ld", "html"), titles, strict=False)), site=site)).article
    return found.title, dict(found.fields).get("title", "")


@pytest.mark.parametrize(
    ("h1", "og", "ld", "html", "title"),
    [
        # readers see the h1, whatever is written for sharing and searching
        (COUNCIL, "Islanders lose their link to the shore", COUNCIL, "Ferry news | Herald", COUNCIL),
        (ASKED, COUNCIL, COUNCIL, "Ferry news", ASKED),
        (ASKED, COUNCIL, COUNCIL, f"{COUNCIL} | Herald", ASKED),
        (MAY_CLOSE, COUNCIL, COUNCIL, COUNCIL, MAY_CLOSE),
        (f"{COUNCIL} after survey", COUNCIL, COUNCIL, f"{COUNCIL} after survey", f"{COUNCIL} after survey"),
        # a kicker or a subtitle that only the others have
        (COUNCIL, f"Harbourton: {COUNCIL}", f"Harbourton: {COUNCIL}", "", COUNCIL),
        (COUNCIL, f"{COUNCIL} – a long farewell", f"{COUNCIL} – a long farewell", "", COUNCIL),
        # a kicker that the others do not have
        (f"Ministers: {COUNCIL}!", f"{COUNCIL}!", "", "", f"{COUNCIL}!"),
        # only the page's style sets the kicker apart: the others write the sign
        (f"Ferries {COUNCIL}", f"Ferries: {COUNCIL}", f"Ferries: {COUNCIL}", "", f"Ferries: {COUNCIL}"),
        (COUNCIL, f"{COUNCIL} | HBT", f"{COUNCIL} | HBT", f"{COUNCIL} | HBT", COUNCIL),
        ("", f"{COUNCIL} | Herald", "", "", COUNCIL),
        ("", "", "", "", ""),
    ],
)  # fmt: skip
def test_the_headline_is_what_readers_see(h1, og, ld, html, title):
    assert read(page(h1, og=og, ld=ld, html=html, site="Herald")).article.title == title


def test_sections_outlets_and_mastheads_are_no_part_of_a_headline():
    assert titled(f"{COUNCIL} - Ferries | Herald") == (f"{COUNCIL} - Ferries", "og:title")
    close = "Council closes the old terminal for good"
    assert titled(f"Harbour Herald | {close}", site="Harbour Herald") == (close, "og:title")
    assert read(page('<a href="/">The Harbour Herald</a>')).article.title == "The Harbour Herald"
    teaser = '<section><h1><a href="/b">Council and islanders at odds over the ferry</a></h1></section>'
    found = page(COUNCIL, og="Ferry: what the council and the islanders want", html="What now for the ferry?")
    assert read(found.replace(b"</article>", f"</article>{teaser}".encode())).article.title == COUNCIL


@pytest.mark.parametrize(
    ("shown", "title"),
    [
        (f"<h2>{COUNCIL}</h2>", COUNCIL),
        (f"<h3>{COUNCIL} at last</h3>", f"{COUNCIL} at last"),
        (f'<div class="caption">{COUNCIL}</div>', COUNCIL),
        (f"<h2>Ferries</h2><h1>News</h1><h2>{COUNCIL}</h2>", COUNCIL),
        (f"<h2>{COUNCIL[:30]}...</h2><h2>Ferry news</h2>", COUNCIL),
        (f"<header><h2><div>{COUNCIL}</div><div>: a farewell</div></h2></header>", f"{COUNCIL}: a farewell"),
    ],
)
def test_without_an_h1_the_line_that_the_titles_repeat_is_the_headline(shown, title):
    found = page("", html=f"{COUNCIL} | Herald").replace(b"<article>", f"<article>{shown}".encode())
    article = read(found).article
    assert article.title == article.shown_title == title
    assert COUNCIL not in article.text


def test_a_shown_headline_is_followed_where_a_menu_repeats_the_titles():
    menu = f"<nav><h1>{COUNCIL}</h1></nav>"
    shown = page("", og=COUNCIL, ld=ASKED, html=COUNCIL).replace(
        b"<article>", f"{menu}<article><h2>{ASKED}</h2>".encode()
    )
    assert read(shown).article.title == ASKED
    only_menu = page("", og="Ferries", html=f"{COUNCIL} | Herald").replace(b"<article>", f"{menu}<article>".encode())
    assert read(only_menu).article.title == COUNCIL


@pytest.mark.parametrize("prefix", ["Ministers: ", "Now ", ""])
def test_an_edit_of_the_h1_alone_shows_in_the_title(prefix):
    before = page(COUNCIL, og=COUNCIL, ld=COUNCIL, html=f"{COUNCIL} | Herald")
    edited = f"{prefix}{COUNCIL}".replace("old", "new")
    after = before.replace(f"<h1>{COUNCIL}".encode(), f"<h1>{edited}".encode())
    assert read(before).article.title == COUNCIL
    assert read(after).article.title == edited


def test_an_h1_written_anew_while_all_else_stays_is_a_change_too():
    before = read(page(COUNCIL, og=COUNCIL, ld=COUNCIL, html=COUNCIL)).article
    after = read(page(ASKED, og=COUNCIL, ld=COUNCIL, html=COUNCIL)).article
    assert after.title == after.shown_title == ASKED
    assert dict(after.fields)["title"] == "h1"
    assert before.sha256 != after.sha256
    change = compare(before, after)
    assert not change.is_empty
    assert (change.title.old, change.title.new) == (COUNCIL, ASKED)


def test_a_title_where_readers_do_not_look_counts_and_identities_from_before_stay():
    old = Article(title="One", heading="Shown")
    change = compare(old, replace(old, title="Two"))
    assert (change.title.old, change.title.new) == ("One", "Two")
    assert Article(title=COUNCIL).sha256 == "cb98381f479c862a9d442e82fcd60523768995483dfc2fc34f7bdb47779c42cf"


@pytest.mark.parametrize("home", ["/", "https://herald.example", "//herald.example/"])
def test_an_h1_that_leads_to_the_first_page_is_the_masthead(home):
    shown = page(f'<a href="{home}">The Harbour Herald</a>', html=f"The Harbour Herald » {COUNCIL}")
    article = read(shown.replace(b"</h1>", f"</h1><h2>{COUNCIL}</h2>".encode())).article
    assert (article.title, article.headlines.h1) == (COUNCIL, "")


@pytest.mark.parametrize(
    ("href", "html"), [("https://herald.example/ferry", "The Harbour Herald"), ("/", f"{COUNCIL} | Herald")]
)
def test_a_linked_headline_stays(href, html):
    assert read(page(f'<a href="{href}">{COUNCIL}</a>', html=html)).article.headlines.h1 == COUNCIL


def test_an_edit_of_the_h1_is_seen_beside_kickers_copies_and_repeated_headings():
    copy = f'<div class="print"><h1>{COUNCIL}</h1></div>'
    before = page(COUNCIL, og=COUNCIL, ld=COUNCIL, html=COUNCIL).replace(b"</article>", f"</article>{copy}".encode())
    edited = before.replace(f"<article><h1>{COUNCIL}".encode(), f"<article><h1>{MAY_CLOSE}".encode())
    assert read(edited).article.title == MAY_CLOSE
    edited = page(f"Most of the {SHOWN}", og=SHOWN, html=SHOWN).replace(b"</h1>", f"</h1><h2>{SHOWN}</h2>".encode())
    assert read(edited).article.title == f"Most of the {SHOWN}"
    before, after = (page(f"Ferries: {title}", og=COUNCIL, html="Herald") for title in (COUNCIL, MAY_CLOSE))
    assert read(before).article.title == COUNCIL
    assert read(after).article.title == f"Ferries: {MAY_CLOSE}"


@pytest.mark.parametrize(
    ("h1", "other", "title"),
    [
        ("Ferries: Council closes terminal", "Council closes terminal", "Council closes terminal"),
        (
            "<span>Ferries</span> <span>Council closes terminal</span>",
            "Council closes terminal",
            "Council closes terminal",
        ),
        ("Harbourton council closes terminal", "council closes terminal", "Harbourton council closes terminal"),
        ("Ferries: Council closes terminal", "Council shuts terminal", "Ferries: Council closes terminal"),
        (
            "The best of the islands: Council closes terminal",
            "Council closes terminal",
            "The best of the islands: Council closes terminal",
        ),
        ("One pier-less town closes terminal", "less town closes terminal", "One pier-less town closes terminal"),
    ],
)
def test_a_kicker_before_the_headline_is_no_part_of_it(h1, other, title):
    found = read(page(h1, og=other, html=other)).article
    assert found.title == title
    assert found.headlines.h1 == " ".join(h1.replace("<span>", "").replace("</span>", "").split())


CRUMB = "Ferry terminal: what the council decided"
SHOWN = "Islanders lose their last boat to the mainland"


@pytest.mark.parametrize(
    ("below", "og", "title"),
    [
        (f"<h2>{SHOWN}</h2>", SHOWN, SHOWN),
        (f"<h2><span>Ferries</span> {SHOWN}</h2>", SHOWN, SHOWN),
        (
            f"<h2>Anger on the pier <div>{SHOWN}</div></h2>",
            f"Anger on the pier: {SHOWN}",
            f"Anger on the pier: {SHOWN}",
        ),
        (f'<h2><a href="/other">{SHOWN}</a></h2>', SHOWN, CRUMB),
        ("<h2>What islanders say about it now</h2>", SHOWN, CRUMB),
    ],
)
def test_the_heading_that_a_surface_repeats_heads_the_text_below_the_h1_of_a_breadcrumb(below, og, title):
    plain, crumb = f"<h1>{CRUMB}</h1>".encode(), f"<ul><li><h1>{CRUMB}</h1></li></ul><header>{below}</header>".encode()
    found = read(page(CRUMB, og=og, html=CRUMB).replace(plain, crumb)).article
    assert found.title == title
    assert found.headlines.h1 == CRUMB
    assert found.dek != SHOWN


@pytest.mark.parametrize(
    ("title", "bare"),
    [
        ("섬으로 가는 배가 끊겼다… 주민들 '막막'-사회ㅣ항구일보", "섬으로 가는 배가 끊겼다… 주민들 '막막'"),
        ("港の連絡船が廃止へ｜港日報", "港の連絡船が廃止へ"),
        ("Harbour-side ferry closes | 항구일보", "Harbour-side ferry closes"),
    ],
)
def test_names_and_sections_are_cut_where_no_blanks_part_them(title, bare):
    site = "港日報" if "港" in title else "항구일보"
    assert titled(title, "", title, site=site)[0] == bare


def test_endless_headlines_take_no_endless_time():
    one, other = "a b " * 200_000, "b c " * 200_000
    assert read(page(one, og=other, ld=other, html=other)).article.title


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


def test_paragraphs_and_points_above_the_text_are_the_standfirst_by_their_place():
    text = "Islanders lose a service that has run for 94 years, and get a bus instead, which leaves every 20 minutes."
    dek = '<div class="standfirst">A pier is closed and a bus takes its place.</div>'
    assert read(article(before=f"{dek}<section><p>{text}</p></section>")).article.text.startswith(text)
    head = f'<meta name="description" content="{FIRST}">'
    page = article(head=head, before=box(f"<div>{FIRST}</div>", f'<h2 class="deck">{SECOND}</h2>'))
    found = read(page).article
    assert found.dek == f"{FIRST} {SECOND}"
    edited = read(page.replace(b"nobody on the island", b"few on the island")).article
    assert "few on the island" in edited.dek
    points = "".join(f"<li>{point}</li>" for point in POINTS)
    found = read(article(before=box(f"<ul>{points}</ul>"))).article
    assert found.dek == " ".join(POINTS)
    linked = "".join(f'<li><a href="/x">{point}</a></li>' for point in POINTS)
    assert read(article(before=box(f"<ul>{linked}</ul>"))).article.dek == ""


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


def test_the_standfirst_leaves_the_text_of_the_article_alone():
    page = article(before=box(f"<p>{FIRST}</p>", f"<p>{PARAGRAPHS[0]}</p>"), paragraphs=PARAGRAPHS[1:])
    found = read(page).article
    assert found.dek == FIRST
    assert found.text.startswith(PARAGRAPHS[0])
    page = article(before=box(f"<p class=deck>{FIRST}</p>", f"<div><div>{LONG}</div></div>"))
    found = read(page).article
    assert found.dek == FIRST
    assert found.editorial[0].text == LONG
